"""corpus.py: what record.py writes and compare.py reads: the verdicts of tshark on the corpus.

The corpus: the bundled captures, those of tests/truth, and made ones: every scenario of
tests/scenarios and random conversations (conversations.py), both as captures.

tshark.txt is text, a block a capture:

    capture tests/truth/scenarios/syn_lost.client.pcap 9a41c2f0    and the CRC-32 of the file
    stream 31 1-9 12          tcp.completeness and the frames of a conversation
    2 retransmission          a frame and its tcp.analysis.* flags, where there are some
"""
import glob
import os
import zlib
from collections import namedtuple

import conversations
import scenario

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
STORED = os.path.join(HERE, 'tshark.txt')
VERSION = '4.0.17'
PATTERNS = ('captures/*.pcap', 'tests/truth/scenarios/*.pcap', 'tests/truth/packetdrill/*.pcap',
            'tests/scenarios/*.seg')
RANDOM = 'random-conversations'
VERDICTS = (
    'retransmission', 'fast_retransmission', 'spurious_retransmission', 'out_of_order',
    'lost_segment', 'ack_lost_segment', 'duplicate_ack', 'keep_alive', 'keep_alive_ack',
    'zero_window', 'zero_window_probe', 'zero_window_probe_ack', 'window_update', 'window_full',
    'reused_ports', 'tfo_syn', 'tfo_ack', 'tfo_ignored')

# A conversation: tcp.completeness and its frames. A capture: its CRC, its conversations in the
# order of their first frames, and {frame: set of verdicts}.
Stream = namedtuple('Stream', 'completeness frames')
Capture = namedtuple('Capture', 'crc streams verdicts')


def names_here():
    """All of the corpus, sorted: paths relative to the top, and RANDOM."""
    return [RANDOM] + sorted(os.path.relpath(path, TOP) for pattern in PATTERNS
                             for path in glob.glob(os.path.join(TOP, pattern)))


def capture_of(name, directory):
    """The path of its capture, which is made in directory where there is none."""
    path, made = os.path.join(TOP, name), os.path.join(directory, 'made.pcap')
    if name == RANDOM:
        scenario.write_pcap(made, conversations.packets())
    elif name.endswith('.seg'):
        with open(path, encoding='utf-8') as file:
            scenario.write_pcap(made, scenario.packets_of(file))
    else:
        return path
    return made


def crc_of(path):
    with open(path, 'rb') as file:
        return '%08x' % zlib.crc32(file.read())


def ranges_of(frames):
    """[1, 2, 3, 7] as "1-3 7"."""
    runs = []
    for frame in frames:
        if runs and runs[-1][1] == frame - 1:
            runs[-1][1] = frame
        else:
            runs.append([frame, frame])
    return ' '.join('%d-%d' % (a, b) if a != b else str(a) for a, b in runs)


def frames_of(words):
    """The reverse."""
    frames = []
    for word in words:
        first, _, last = word.partition('-')
        frames.extend(range(int(first), int(last or first) + 1))
    return tuple(frames)


def lines_of(name, capture):
    """A capture's block."""
    yield 'capture %s %s' % (name, capture.crc)
    for stream in capture.streams:
        yield 'stream %d %s' % (stream.completeness, ranges_of(stream.frames))
    for frame, verdicts in sorted(capture.verdicts.items()):
        yield '%d %s' % (frame, ' '.join(v for v in VERDICTS if v in verdicts))


def read_stored():
    """{name: Capture}, from tshark.txt."""
    captures = {}
    with open(STORED, encoding='utf-8') as file:
        for line in file:
            words = line.split()
            if not words or words[0] == '#':
                continue
            if words[0] == 'capture':
                capture = captures[words[1]] = Capture(words[2], [], {})
            elif words[0] == 'stream':
                capture.streams.append(Stream(int(words[1]), frames_of(words[2:])))
            else:
                capture.verdicts[int(words[0])] = frozenset(words[1:])
    return captures
