#!/usr/bin/env python3
"""compare.py: does tcpviz agree with tshark, and does it differ only where it means to?

  compare.py PROGRAM [--list]   run it on the corpus, print TAP; comments list what fails
  compare.py --self-test        damaged answers must be noticed

First its --wireshark-findings against what tshark says (tshark.txt), verdict by verdict. Then its
own findings: the table behind --help findings says which verdict each stands for; every difference
has to belong to a class of differences.txt, which gives the reason, and of each class there are
exactly as many as stand there. Last, the connection records against the segments.
"""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, namedtuple

import classes
import corpus

BOUND = 0.99
ENOUGH = 300  # captures
DIFFERENCES = os.path.join(corpus.HERE, 'differences.txt')
REPEATS = {'retransmission', 'fast_retransmission', 'timeout_retransmission',
           'spurious_retransmission', 'syn_retransmission', 'fin_retransmission',
           'partial_overlap'}
# What the program said about one capture.
Told = namedtuple('Told', 'crc segments connections')


# --- the program ---

def run(program, *args):
    done = subprocess.run([program, *args], capture_output=True, text=True, timeout=120,
                          check=False)
    if done.returncode != 0:
        raise ValueError('%s: exit status %d: %s' % (' '.join(args), done.returncode, done.stderr))
    return done.stdout


def told_by(crc, text):
    segments, connections = {}, {}
    for line in text.splitlines():
        record = json.loads(line)
        if record['type'] == 'segment':
            segments[record['frame']] = record
        elif record['type'] == 'connection':
            connections[record['connection']] = record
    return Told(crc, segments, connections)


def ask(program):
    """{name: Told} of the whole corpus."""
    told = {}
    with tempfile.TemporaryDirectory() as directory:
        for name in corpus.names_here():
            path = corpus.capture_of(name, directory)
            told[name] = told_by(corpus.crc_of(path),
                                 run(program, '--json', '--segments', '--wireshark-findings', '-r',
                                     path))
    return told


def meanings_of(text):
    """{finding: Wireshark's name or None}, from --help findings."""
    meanings, name = {}, None
    for line in text.splitlines()[1:]:
        if re.fullmatch(r'[a-z_]+', line):
            name = line
        found = re.match(r' +RFC .*?(?:; Wireshark: tcp\.analysis\.(\w+))?$', line)
        if found:
            meanings[name] = found.group(1)
    return meanings


# --- Wireshark's verdicts ---

def streams_of(told):
    """{frames: completeness} of its connections."""
    frames = {}
    for frame, segment in told.segments.items():
        frames.setdefault(segment['connection'], []).append(frame)
    return {tuple(some): told.connections[number]['wireshark']['completeness']
            for number, some in frames.items()}


def compare_verdicts(stored, told):
    """Counts by verdict, the flags that differ and the conversations that do."""
    theirs, ours, lists, streams = Counter(), Counter(), [], []
    for name, capture in stored.items():
        segments = told[name].segments
        for frame in sorted(set(segments) | set(capture.verdicts)):
            expected = capture.verdicts.get(frame, frozenset())
            seen = set(segments[frame]['wireshark_findings']) if frame in segments else set()
            theirs.update(expected)
            ours.update(seen)
            lists += [('missed', v, name, frame) for v in sorted(expected - seen)]
            lists += [('extra', v, name, frame) for v in sorted(seen - expected)]
        expected = {(stream.frames, stream.completeness) for stream in capture.streams}
        seen = set(streams_of(told[name]).items())
        streams += [('tshark', name, str(c), corpus.ranges_of(f)) for f, c in expected - seen]
        streams += [('tcpviz', name, str(c), corpus.ranges_of(f)) for f, c in seen - expected]
    return theirs, ours, lists, streams


def only_listed(what, seen, listed):
    return (seen == listed, 'every %s that differs is listed: %d' % (what, len(seen)),
            [' '.join(some) + ': not listed' for some in sorted(seen - listed)] +
            [' '.join(some) + ': listed, but it agrees' for some in sorted(listed - seen)])


def judge_verdicts(stored, told, listed):
    theirs, ours, lists, streams = compare_verdicts(stored, told)
    number = Counter((kind, verdict) for kind, verdict, _, _ in lists)
    results = []
    for verdict in corpus.VERDICTS:
        missed, extra = number['missed', verdict], number['extra', verdict]
        good = theirs[verdict] > 0 and missed <= (1 - BOUND) * theirs[verdict] and \
            extra <= (1 - BOUND) * ours[verdict]
        results.append((good, 'Wireshark\'s %s: %d, missed %d, extra %d'
                        % (verdict, theirs[verdict], missed, extra), []))
    number = sum(len(capture.streams) for capture in stored.values())
    results.append(only_listed('conversation of %d and its completeness' % number, set(streams),
                               listed['stream']))
    flags = {(name, str(frame), kind, verdict) for kind, verdict, name, frame in lists}
    results.append(only_listed('flag', flags, listed['flag']))
    return results


# --- our own findings ---

def their_words(verdicts):
    """Wireshark adds retransmission to the two kinds of it."""
    kinds = {'fast_retransmission', 'spurious_retransmission'}
    return verdicts - {'retransmission'} if verdicts & kinds else verdicts


def differences_of(stored, told, meanings):
    """Every frame where the findings and the verdicts differ: (name, frame, ours, theirs), each
    only what the other does not have."""
    for name, capture in stored.items():
        if name == corpus.RANDOM:
            continue
        for frame, segment in sorted(told[name].segments.items()):
            theirs = their_words(capture.verdicts.get(frame, frozenset()))
            ours = {f for f in segment['findings'] if meanings[f] is not None}
            said = {meanings[f] for f in ours}
            left = frozenset(f for f in ours if meanings[f] not in theirs)
            if left or theirs - said:
                yield name, frame, left, frozenset(theirs - said)


def classify(stored, told, meanings):
    """Counts by class, and the differences that belong to none."""
    counts, unknown, contexts = Counter(), [], {}
    for name, frame, ours, theirs in differences_of(stored, told, meanings):
        if name not in contexts:
            contexts = {name: classes.contexts_of(told[name].segments)}
        context = contexts[name][frame]
        for label, claim in classes.CLASSES.items():
            claimed = claim(context, ours, theirs)
            if claimed:
                counts[label] += 1
                ours, theirs = ours - claimed, theirs - claimed
        if ours or theirs:
            unknown.append('%s frame %d: tcpviz says %s, Wireshark %s' % (
                name, frame, ' '.join(sorted(ours)) or 'nothing',
                ' '.join(sorted(theirs)) or 'nothing'))
    return counts, unknown


def judge_findings(stored, told, meanings, expected):
    counts, unknown = classify(stored, told, meanings)
    results = [(not unknown, 'every difference of our own findings has a class', unknown)]
    for label in sorted(set(expected) | set(classes.CLASSES)):
        good = counts[label] == expected.get(label, 0) > 0
        results.append((good, 'differences by %s: %d' % (label, counts[label]),
                        [] if good else ['differences.txt says %d' % expected.get(label, 0)]))
    return results


# --- the connection records ---

def tally_of(segments):
    """{connection: Counter of findings}, {(connection, source): Counter of the record's counts}"""
    findings, sides = {}, {}
    for segment in segments.values():
        number, some = segment['connection'], set(segment['findings'])
        findings.setdefault(number, Counter()).update(some)
        side = sides.setdefault((number, segment['source']), Counter())
        side['packets'] += 1
        side['retransmissions'] += bool(some & REPEATS)
        side['out_of_order'] += 'out_of_order' in some
        side['duplicate_acks'] += 'duplicate_ack' in some
        side['zero_windows'] += 'zero_window' in some
    return findings, sides


def address_of(end):
    host = end['address']
    return '%s:%d' % ('[%s]' % host if ':' in host else host, end['port'])


def judge_records(told):
    wrong, number = [], 0
    for name, answer in told.items():
        findings, sides = tally_of(answer.segments)
        for connection, record in answer.connections.items():
            number += 1
            if record.get('findings', {}) != dict(findings[connection]):
                wrong.append('%s connection %d: findings %s, its segments have %s' % (
                    name, connection, record.get('findings'), dict(findings[connection])))
            for end in ('client', 'server'):
                if end not in record:
                    continue
                side = sides.get((connection, address_of(record[end])), Counter())
                wrong += ['%s connection %d %s: %s %d, its segments have %d' % (
                    name, connection, end, key, record[end][key], side[key])
                    for key in ('packets', 'retransmissions', 'out_of_order', 'duplicate_acks',
                                'zero_windows') if record[end].get(key, 0) != side[key]]
    return [(not wrong, 'the records of %d connections count what their segments have' % number,
             wrong)]


# --- the reviewed file ---

def read_differences():
    """What is listed one by one: {flag or stream: {words}}; {class: number}"""
    listed, numbers = {'flag': set(), 'stream': set()}, {}
    with open(DIFFERENCES, encoding='utf-8') as file:
        for line in file:
            words = line.split()
            if line.startswith(('flag ', 'stream ')):
                listed[words[0]].add((*words[1:4], ' '.join(words[4:])))
            elif line.startswith('class '):
                numbers[words[1]] = int(words[2])
    return listed, numbers


def print_tap(results):
    """results: (good, text, details); good is None for what is left out."""
    print('1..%d' % len(results))
    for number, (good, text, details) in enumerate(results, 1):
        print('%sok %d - %s%s' % ('not ' if good is False else '', number, text,
                                  ' # SKIP make update-agreement' if good is None else ''))
        for detail in details[:20] if good is False else []:
            print('#   ' + detail)
    return 1 if any(good is False for good, _, _ in results) else 0


def judge(stored, told, meanings):
    """Captures and scenarios that tshark was not asked about as they are now are left out."""
    listed, numbers = read_differences()
    asked = {name: capture for name, capture in stored.items()
             if name in told and told[name].crc == capture.crc}
    results = [(None, 'tshark was not asked about %s' % name, [])
               for name in sorted((set(told) | set(stored)) - set(asked))]
    results.append((len(asked) >= ENOUGH, '%d captures are compared' % len(asked), []))
    return results + judge_verdicts(asked, told, listed) + \
        judge_findings(asked, told, meanings, numbers) + judge_records(told)


# --- the test of the test ---

def lose_verdict(told):
    for answer in told.values():
        for segment in answer.segments.values():
            if 'window_full' in segment['wireshark_findings']:
                segment['wireshark_findings'].remove('window_full')
                return


def add_verdict(told):
    next(iter(told['captures/refused.pcap'].segments.values()))['wireshark_findings'].append(
        'keep_alive')


def lose_finding(told):
    for answer in told.values():
        for segment in answer.segments.values():
            if 'zero_window' in segment['findings']:
                segment['findings'].remove('zero_window')
                return


def add_finding(told):
    next(iter(told['captures/refused.pcap'].segments.values()))['findings'].append('lost_segment')


def change_completeness(told):
    told['captures/refused.pcap'].connections[1]['wireshark']['completeness'] ^= 1


def change_count(told):
    told['captures/lost-data.pcap'].connections[1]['client']['retransmissions'] += 1


DAMAGES = (lose_verdict, add_verdict, lose_finding, add_finding, change_completeness, change_count)


def self_test(program):
    stored, meanings = corpus.read_stored(), meanings_of(run(program, '--help', 'findings'))
    right = ask(program)
    results = []
    for damage in DAMAGES:
        told = copy.deepcopy(right)
        damage(told)
        failed = sum(good is False for good, _, _ in judge(stored, told, meanings))
        results.append((failed > 0, 'noticed: ' + damage.__name__.replace('_', ' '), []))
    return results


def main():
    words = [word for word in sys.argv[1:] if not word.startswith('--')]
    if len(words) != 1:
        sys.exit(__doc__)
    program = words[0]
    if '--self-test' in sys.argv:
        return print_tap(self_test(program))
    meanings = meanings_of(run(program, '--help', 'findings'))
    return print_tap(judge(corpus.read_stored(), ask(program), meanings))


if __name__ == '__main__':
    sys.exit(main())
