#!/usr/bin/env python3
"""compare.py: does tcpviz say what the kernels did?

  compare.py PROGRAM          run it on every capture here, print TAP; comments list what fails
  compare.py --self-test      truth itself must agree, damaged truth must not
  compare.py --both-ends PROGRAM     the captures of both ends joined: then every far end must agree, too
options: --case GLOB          only these cases; the totals are then printed, not judged
         --list               list far ends that differ, and frames, too

README.md says what is compared, what may differ, and what the bounds are.
"""
import argparse
import fnmatch
import json
import os
import subprocess
import sys
from collections import Counter, namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ('scenarios.truth', 'packetdrill.truth')

# A step of the kernel's; frame and fin are None where there is no frame, fin is False where the
# step is not that of a FIN.
Step = namedtuple('Step', 'origin state cause before frame fin')
Life = namedtuple('Life', 'pair near far steps')
Case = namedtuple('Case', 'name kind captures lives')
# What came out for one pair of endpoints in one capture.
Result = namedtuple('Result', 'pair near why steps right confirmed frames agreed wrong')


# --- reading the truth ---

def read_frame(words, prefix):
    for word in words:
        if word.startswith(prefix + '@'):
            return int(word[len(prefix) + 1:])
    return None


def read_step(origin, words):
    fin = read_frame(words, 'fin') if any(w.startswith('fin') for w in words) else False
    return Step(origin, words[0], words[1], 'before' in words, read_frame(words, ''), fin)


def read_life(words):
    near = words[3].split('=')[1]
    far = words[4].split('=')[1].rstrip(':')
    return Life((words[1], words[2]), near, far.split(','), [])


def read_cases():
    """Every case in the order of the files."""
    cases, origin = [], None
    for file_name in FILES:
        with open(os.path.join(HERE, file_name), encoding='utf-8') as file:
            for line in file:
                words = line.split()
                if not words or words[0] == '#':
                    continue
                if words[0] == 'case':
                    cases.append(Case(words[1], file_name.split('.')[0], {}, []))
                elif words[0] == 'capture':
                    cases[-1].captures[words[1]] = os.path.join(HERE, words[2])
                elif words[0] == 'life':
                    cases[-1].lives.append(read_life(words))
                    origin = words[5]
                else:
                    step = read_step(origin, words)
                    cases[-1].lives[-1].steps.append(step)
                    origin = step.state
    return cases


# --- reading the program's answer ---

def begins_life(record):
    return (record['to'] in ('SYN_SENT', 'SYN_RECEIVED') and
            record['from'] in ('CLOSED', 'LISTEN', 'TIME_WAIT', 'UNKNOWN'))


def lives_of(records):
    """The transitions of one endpoint, cut where a new life begins."""
    lives = []
    for record in records:
        if record['to'] == 'LISTEN' or record['to'] == record['from']:
            continue
        if begins_life(record) or (not lives and record['to'] != 'CLOSED') or \
                (not lives and record['from'] not in ('CLOSED', 'LISTEN', 'UNKNOWN')):
            lives.append([])
        if lives:
            lives[-1].append(record)
    return lives


def told_by(text):
    """Transition records by (endpoint, peer). The record of the capture must end them."""
    told, record = {}, {}
    for line in text.splitlines():
        record = json.loads(line)
        if record['type'] == 'transition':
            told.setdefault((record['endpoint'], record['peer']), []).append(record)
    if record.get('type') != 'capture':
        raise ValueError('no capture record at the end')
    return told


# --- comparing ---

def without_unseen_tail(steps):
    """Every shorter list: what no packet shows at the end may be left out."""
    while steps and steps[-1].cause == 'unseen':
        steps = steps[:-1]
        yield steps


def acceptable(steps, last_life):
    """The lists of states that are right for one life."""
    lists = [steps, *without_unseen_tail(steps)]
    states = [step.state for step in steps]
    if states[-2:] == ['TIME_WAIT', 'CLOSED']:
        lists.append(steps[:-1])
    queued = [s for s in steps if s.state in ('FIN_WAIT_1', 'LAST_ACK') and s.fin is None]
    lists += [[s for s in some if s not in queued] for some in list(lists)]
    right = [[step.state for step in some] for some in lists]
    if states[-1:] == ['TIME_WAIT'] and not last_life:
        right.append(states + ['CLOSED'])
    return right


def is_chain(records):
    return all(a['to'] == b['from'] for a, b in zip(records, records[1:]))


def common_length(steps, records):
    """How far the two lists are the same."""
    for i, (step, record) in enumerate(zip(steps, records)):
        if step.state != record['to']:
            return i
    return min(len(steps), len(records))


def frame_of(step):
    """Where the kernel moved, or None where the truth does not place it finely enough: a request
    socket is sampled, and so is an ESTABLISHED that is gone at once."""
    if step.state == 'SYN_RECEIVED' or (step.origin, step.state) == ('ESTABLISHED', 'CLOSED'):
        return None
    return step.fin or step.frame


def compare_life(tally, steps, records, right):
    """Counts one life of the program's against one of the kernel's; says why they differ."""
    same = common_length(steps, records)
    tally['steps'] += len(records)
    for step, record in zip(steps[:same], records):
        tally['right'] += 1
        tally['confirmed'] += record.get('confirmed') is True
        if frame_of(step) is not None:
            tally['frames'] += 1
            tally['agreed'] += record.get('frame') == frame_of(step)
    if not is_chain(records):
        return 'a chain of transitions that breaks'
    states = [record['to'] for record in records]
    if states in right:
        return None
    tally['wrong'] += sum(record.get('confirmed') is True for record in records[same:])
    return 'kernel %s, program %s' % (' '.join(s.state for s in steps) or 'nothing',
                                      ' '.join(states) or 'nothing')


def compare_late(tally, lives, told):
    """A capture that begins late is right when its last steps are."""
    steps = [step for life in lives for step in life]
    states = [record['to'] for life in told for record in life]
    tally['steps'] += len(states)
    for some in (steps, *without_unseen_tail(steps)):
        wanted = [step.state for step in some]
        if states[len(states) - len(wanted):] == wanted:
            tally['right'] += len(wanted)
            last = [r for life in told for r in life][len(states) - len(wanted):]
            tally['confirmed'] += sum(r.get('confirmed') is True for r in last)
            return None
    return 'kernel %s, program %s' % ([s.state for s in steps], states)


def compare_pair(lives, near, told):
    """All lives of one pair of endpoints, as the kernel lived them, against the program's."""
    tally = Counter()
    late = any(life.steps[0].before for life in lives)
    kernel = [[s for s in life.steps if not s.before] for life in lives]
    kernel = [steps for steps in kernel if steps]
    if late:
        why = compare_late(tally, kernel, told)
    else:
        reasons = ['%d lives, program %d' % (len(kernel), len(told))] \
            if len(kernel) != len(told) else []
        for i, (steps, records) in enumerate(zip(kernel, told)):
            right = acceptable(steps, i == len(kernel) - 1)
            reasons.append(compare_life(tally, steps, records, right))
        why = '; '.join(reason for reason in reasons if reason) or None
    if not near:
        tally['frames'] = tally['agreed'] = 0
    return Result(lives[0].pair, near, why, *(tally[key] for key in Result._fields[3:]))


def compare_capture(case, vantage, told):
    """The results of a capture, and the ends that were given states but have no socket."""
    pairs = {}
    for life in case.lives:
        pairs.setdefault(life.pair, []).append(life)
    results = []
    for pair, lives in pairs.items():
        near = any(life.near == vantage for life in lives)
        if near or any(vantage in life.far for life in lives):
            results.append(compare_pair(lives, near, lives_of(told.get(pair, []))))
    local = {life.pair for life in case.lives if life.near == vantage}
    # packetdrill's own end is a script, so there only a kernel's end can be judged
    invented = [] if case.kind == 'packetdrill' else [
        pair for pair in told if pair not in pairs and pair[::-1] in local and
        any(record['to'] not in ('CLOSED', 'LISTEN') for record in told[pair])]
    return results, invented


# --- totals and bounds ---

def add_up(totals, results, invented):
    for result in results:
        end = 'near' if result.near else 'far'
        totals[end + (' differ' if result.why else ' agree')] += 1
        for key in ('steps', 'right', 'confirmed', 'frames', 'agreed', 'wrong'):
            totals[key] += getattr(result, key)
    totals['invented'] += len(invented)


def share(part, rest):
    return part / (part + rest) if part + rest else 0.0


def judgements(totals):
    """(passed, text) of each bound."""
    near, far = totals['near differ'], share(totals['far agree'], totals['far differ'])
    frames = share(totals['agreed'], totals['frames'] - totals['agreed'])
    confirmed = share(totals['confirmed'], totals['right'] - totals['confirmed'])
    return [
        (totals['failed'] == 0, '%(captures)d captures read, %(failed)d not' % totals),
        (near == 0 and totals['near agree'] > 0,
         'near ends: %(near agree)d agree, %(near differ)d differ (bound: 0)' % totals),
        (far >= 0.95, 'far ends: %d agree, %d differ: %.1f %% (bound: 95 %%)' %
         (totals['far agree'], totals['far differ'], 100 * far)),
        (frames >= 0.99, 'frame of the transition: %d of %d agree: %.1f %% (bound: 99 %%)' %
         (totals['agreed'], totals['frames'], 100 * frames)),
        (totals['wrong'] == 0, 'marked confirmed but not so: %(wrong)d (bound: 0)' % totals),
        (totals['invented'] == 0, 'ends without a socket given states: %(invented)d (bound: 0)'
         % totals),
        (confirmed >= 0.90, 'right and marked confirmed: %d of %d: %.1f %% (bound: 90 %%)' %
         (totals['confirmed'], totals['right'], 100 * confirmed)),
    ]


def judgements_of_both(totals):
    """Joined captures leave nothing to be guessed."""
    ends = [totals[end + ' differ'] for end in ('near', 'far')]
    return [
        (totals['failed'] == 0 and totals['captures'] > 10 * totals['not joined'],
         '%(captures)d captures joined, %(not joined)d have nothing in common with the other, '
         '%(failed)d failed' % totals),
        (sum(ends) == 0 and totals['near agree'] > 100 < totals['far agree'],
         'joined: %(near agree)d near and %(far agree)d far ends agree, %(near differ)d and '
         '%(far differ)d differ (bound: 0)' % totals),
        (totals['wrong'] == 0, 'joined: marked confirmed but not so: %(wrong)d (bound: 0)' % totals),
    ]


def print_tap(results):
    print('1..%d' % len(results))
    for number, (passed, text) in enumerate(results, 1):
        print('%sok %d - %s' % ('' if passed else 'not ', number, text))
    return 0 if all(passed for passed, _ in results) else 1


# --- the program ---

NOT_JOINED = 'shows too, in both directions'


def run_program(program, path, other=None):
    """Its transitions by pair, or None and why not."""
    joined = ['--other-end', other] if other else []
    try:
        done = subprocess.run([program, '--json', '-r', path] + joined, capture_output=True,
                              text=True, timeout=120, check=False)
        if other and NOT_JOINED in done.stderr:
            return None, NOT_JOINED
        if done.returncode != 0 or done.stderr:
            return None, 'exit status %d: %s' % (done.returncode, done.stderr.strip())
        return told_by(done.stdout), None
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
        return None, str(error)


LISTED = 40  # lines of what differs, unless --list asks for all


def list_result(case, vantage, result, all_of_them):
    name = '# %s.%s %s:' % (case.name, vantage, ' '.join(result.pair))
    if result.why and (result.near or result.wrong or all_of_them):
        print(name, 'near:' if result.near else 'far:', result.why)
    if result.agreed < result.frames and all_of_them:
        print(name, '%d of %d frames agree' % (result.agreed, result.frames))


def other_capture(case, vantage):
    return next((path for name, path in case.captures.items() if name != vantage), None)


def check_program(program, cases, all_of_them, both_ends=False):
    totals = Counter()
    for case in cases:
        for vantage, path in case.captures.items():
            other = other_capture(case, vantage) if both_ends else None
            if both_ends and other is None:
                continue
            totals['captures'] += 1
            told, trouble = run_program(program, path, other)
            if trouble == NOT_JOINED: # nothing came through: there is one side only
                totals['not joined'] += 1
                continue
            if told is None:
                totals['failed'] += 1
                if totals['failed'] < LISTED:
                    print('# %s.%s: %s' % (case.name, vantage, trouble))
                told = {}
            results, invented = compare_capture(case, vantage, told)
            add_up(totals, results, invented)
            for result in results:
                if all_of_them or totals['near differ'] < LISTED:
                    list_result(case, vantage, result, all_of_them)
            for pair in invented:
                print('# %s.%s %s: invented' % (case.name, vantage, ' '.join(pair)))
    return totals


# --- the test of the test ---

def truth_as_told(case):
    """What a program that is always right would say."""
    told = {}
    for life in case.lives:
        told.setdefault(life.pair, []).extend(
            {'from': step.origin, 'to': step.state, 'frame': step.fin or step.frame,
             'confirmed': True} for step in life.steps)
    return told


def drop_first(records):
    del records[0]


def rename_last(records):
    records[-1]['to'] = 'CLOSING' if records[-1]['to'] != 'CLOSING' else 'LAST_ACK'


def insert_step(records):
    records.insert(1, {'from': records[0]['to'], 'to': 'CLOSING', 'frame': 1, 'confirmed': True})
    if len(records) > 2:
        records[2]['from'] = 'CLOSING'


def break_chain(records):
    records[-1]['from'] = 'LISTEN' if records[-1]['to'] != 'LISTEN' else 'CLOSED'


DAMAGES = (drop_first, rename_last, insert_step, break_chain)


def damage_is_seen(case, vantage, pair, damage):
    """None where a pair has too little to damage."""
    told = truth_as_told(case)
    if len(told[pair]) < 2:
        return None
    damage(told[pair])
    results, _ = compare_capture(case, vantage, told)
    return any(result.why for result in results if result.pair == pair)


def counters_work(cases):
    """Moved frames, unproven and wrong claims and invented ends must show in the totals."""
    totals = Counter()
    for case in cases:
        vantage = next(iter(case.captures))
        told = truth_as_told(case)
        for records in told.values():
            for record in records:
                record.update(frame=(record['frame'] or 0) + 1000, confirmed=False)
            records.append({'from': records[-1]['to'], 'to': 'LISTENING', 'confirmed': True})
        add_up(totals, *compare_capture(case, vantage, told))
        if not case.lives:
            continue
        pair = case.lives[0].pair
        ghost = Case(case.name, 'scenarios', case.captures,
                     [life._replace(near=vantage) for life in case.lives if life.pair == pair])
        other = {pair[::-1]: [{'from': 'LISTEN', 'to': 'SYN_RECEIVED'}]}
        totals['ghosts'] += len(compare_capture(ghost, vantage, other)[1])
        totals['ghosts possible'] += pair != pair[::-1]
    return (totals['agreed'] == 0 < totals['frames'] and totals['confirmed'] == 0 < totals['right']
            and totals['wrong'] > 0 and totals['ghosts'] == totals['ghosts possible'])


def self_test(cases):
    totals, seen = Counter(), Counter()
    for case in cases:
        for vantage in case.captures:
            totals['captures'] += 1
            results, invented = compare_capture(case, vantage, truth_as_told(case))
            add_up(totals, results, invented)
            late = any(life.steps[0].before for life in case.lives)
            for pair in [] if late else [result.pair for result in results]:
                for damage in DAMAGES:
                    verdict = damage_is_seen(case, vantage, pair, damage)
                    seen[verdict] += 1
                    if verdict is False:
                        print('# not seen:', case.name, vantage, *pair, damage.__name__)
    agree = (totals['near differ'] + totals['far differ'] == 0 and totals['near agree'] > 0 and
             totals['agreed'] == totals['frames'] and totals['wrong'] + totals['invented'] == 0)
    return [(agree, 'the truth itself agrees: %d near and %d far ends'
             % (totals['near agree'], totals['far agree'])),
            (seen[True] > 0 == seen[False], 'damaged truth is noticed: %d of %d'
             % (seen[True], seen[True] + seen[False])),
            (counters_work(cases), 'wrong frames, claims and ends are counted')]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('program', nargs='?')
    parser.add_argument('--self-test', action='store_true')
    parser.add_argument('--both-ends', action='store_true')
    parser.add_argument('--case', default='*')
    parser.add_argument('--list', action='store_true')
    args = parser.parse_args()
    cases = [case for case in read_cases() if fnmatch.fnmatchcase(case.name, args.case)]
    if not cases or (args.program is None) != args.self_test:
        parser.error('no case, or not one of PROGRAM and --self-test')
    if args.self_test:
        return print_tap(self_test(cases))
    judge = judgements_of_both if args.both_ends else judgements
    results = judge(check_program(args.program, cases, args.list, args.both_ends))
    if args.case == '*':
        return print_tap(results)
    for _, text in results:
        print(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
