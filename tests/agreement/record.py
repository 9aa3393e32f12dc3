#!/usr/bin/env python3
"""record.py: writes tshark.txt anew: what tshark -2 says about every capture here.

  record.py [CAPTURE…]   with names: prints their blocks instead

The rules change from one version of Wireshark to the next, so only the version named in corpus.py
is taken. Nobody's own settings are read.
"""
import os
import subprocess
import sys
import tempfile

import corpus

HEAD = """\
# What tshark -2 %s says about the captures: see corpus.py. Made by: make update-agreement
""" % corpus.VERSION


def run_tshark(config, *args):
    """Its standard output; ends the program when there is no such tshark."""
    env = dict(os.environ, WIRESHARK_CONFIG_DIR=config, HOME=config, LC_ALL='C', TZ='UTC')
    try:
        done = subprocess.run(['tshark', *args], capture_output=True, text=True, check=False,
                              env=env)
    except FileNotFoundError:
        sys.exit('record.py: tshark %s is needed, and there is none' % corpus.VERSION)
    if done.returncode != 0:
        sys.exit('record.py: tshark %s: %s' % (' '.join(args), done.stderr.strip()))
    return done.stdout


def refuse_other_versions(config):
    first = run_tshark(config, '--version').splitlines()[0]
    if corpus.VERSION not in first.replace('(', ' ').replace(')', ' ').rstrip('.').split():
        sys.exit('record.py: tshark %s is needed; its rules differ from those of: %s'
                 % (corpus.VERSION, first))


def ask(config, path):
    fields = ['frame.number', 'tcp.stream', 'tcp.completeness']
    fields += ['tcp.analysis.' + verdict for verdict in corpus.VERDICTS]
    args = [arg for field in fields for arg in ('-e', field)]
    # an ICMP error quotes a segment: it is none
    text = run_tshark(config, '-2', '-n', '-r', path, '-Y', 'tcp && !icmp && !icmpv6',
                      '-T', 'fields', '-E', 'separator=,', '-E', 'occurrence=f', *args)
    streams, verdicts = {}, {}
    for line in text.splitlines():
        frame, stream, completeness, *flags = line.split(',')
        # tcp.completeness grows from frame to frame: the last one counts
        frames = streams.get(stream, (0, []))[1]
        streams[stream] = (int(completeness), frames + [int(frame)])
        there = frozenset(v for v, flag in zip(corpus.VERDICTS, flags) if flag)
        if there:
            verdicts[int(frame)] = there
    ordered = sorted((corpus.Stream(number, tuple(frames)) for number, frames in streams.values()),
                     key=lambda stream: stream.frames[0])
    return corpus.Capture(corpus.crc_of(path), ordered, verdicts)


def main():
    with tempfile.TemporaryDirectory() as config:
        refuse_other_versions(config)
        if len(sys.argv) > 1:
            for path in sys.argv[1:]:
                print('\n'.join(corpus.lines_of(path, ask(config, path))))
            return
        lines, names = [], corpus.names_here()
        for name in names:
            lines += corpus.lines_of(name, ask(config, corpus.capture_of(name, config)))
    with open(corpus.STORED, 'w', encoding='utf-8') as file:
        file.write(HEAD + '\n'.join(lines) + '\n')
    print('%d captures' % len(names))


if __name__ == '__main__':
    main()
