"""classes.py: what tells the classes of differences.txt apart, by name.

A class gets what was sent before the segment (Context), our findings that Wireshark lacks and its
verdicts that we lack, and returns those of both that it explains, or nothing.
"""
from collections import namedtuple

# end, peer: what both had sent before the segment. before: our findings of all segments before.
Context = namedtuple('Context', 'segment end peer before')
REPEATS = {'retransmission', 'fast_retransmission', 'timeout_retransmission',
           'spurious_retransmission', 'syn_retransmission', 'fin_retransmission',
           'partial_overlap', 'out_of_order'}
THEIR_REPEATS = {'retransmission', 'fast_retransmission', 'spurious_retransmission',
                 'out_of_order'}
FAST_OPEN = {'tfo_syn', 'tfo_ack', 'tfo_ignored'}
REFUSED = {'unacceptable', 'ignored_rst'}


class End:
    """What one end sent: numbers are relative; None where nothing is known."""

    def __init__(self):
        self.next = self.acked = self.syn = None
        self.window = self.window_seq = self.window_ack = self.last = None

    def outstanding(self):
        return self.next is not None and self.acked is not None and self.next > self.acked


def signed(number):
    """A relative number before the first is told as one near 2^32."""
    return number - 2 ** 32 if number is not None and number >= 2 ** 31 else number


def take(end, peer, segment):
    """What the segment adds to what is known."""
    if REFUSED & set(segment['findings']) or 'R' in segment['flags']:
        return
    seq, ack = signed(segment.get('relative_seq')), signed(segment.get('relative_ack'))
    length = segment['length'] + ('S' in segment['flags']) + ('F' in segment['flags'])
    if seq is not None and (end.next is None or seq + length > end.next):
        end.next = seq + length
    if ack is not None and (peer.acked is None or ack > peer.acked) and \
            (peer.next is None or ack <= peer.next):
        peer.acked = ack
    if 'S' in segment['flags']:
        end.syn = segment['seq']
    # SND.WL1 and SND.WL2: an older segment says nothing about the window
    if end.window is None or seq is None or seq >= end.window_seq or \
            (ack is not None and ack > end.window_ack):
        end.window = segment['window']
        end.window_seq, end.window_ack = seq or 0, ack or 0
    end.last = segment


def copy_of(end):
    twin = End()
    twin.__dict__.update(end.__dict__)
    return twin


def contexts_of(segments):
    """{frame: Context} of a capture."""
    ends, before, contexts = {}, {}, {}
    for frame, segment in sorted(segments.items()):
        number = segment['connection']
        end = ends.setdefault((number, segment['source']), End())
        peer = ends.setdefault((number, segment['destination']), End())
        seen = before.setdefault(number, set())
        contexts[frame] = Context(segment, copy_of(end), copy_of(peer), frozenset(seen))
        take(end, peer, segment)
        seen |= set(segment['findings'])
    return contexts


# --- the classes: the names are explained in differences.txt ---

def fast_open(_, _ours, theirs):
    return theirs & FAST_OPEN


def refused(context, _, theirs):
    if REFUSED & set(context.segment['findings']):
        return theirs & {'lost_segment', 'duplicate_ack', 'retransmission', 'ack_lost_segment'}
    return None


def after_refused(context, ours, theirs):
    """Wireshark goes on from the numbers of what was refused."""
    if (REFUSED | {'challenge_ack'}) & context.before and not ours:
        return theirs & (THEIR_REPEATS | {'lost_segment', 'ack_lost_segment', 'reused_ports'})
    return None


def challenge(context, _, theirs):
    return theirs & {'duplicate_ack'} if 'challenge_ack' in context.segment['findings'] else None


def nothing_outstanding(context, _, theirs):
    return theirs & {'duplicate_ack'} if not context.peer.outstanding() else None


def simultaneous_open(context, ours, theirs):
    """The SYN,ACK has the number of the SYN of the same end; the other end sent a SYN too."""
    answer = {'S', 'A'} <= set(context.segment['flags'])
    if answer and context.end.syn == context.segment['seq'] and context.peer.syn is not None and \
            not ours:
        return theirs & {'retransmission'}
    return None


def window_probe(context, ours, theirs):
    """The peer's window is 0; and what answers such a probe."""
    if 'window_probe' in ours and context.peer.window == 0 and theirs <= {'keep_alive'}:
        return ours & {'window_probe'} | theirs
    answers = context.segment['window'] == 0 and context.peer.last is not None and \
        'window_probe' in context.peer.last['findings']
    return ours & {'window_probe_ack'} if answers else None


def trigger(_, ours, theirs):
    """Both see a repeat."""
    return ours & REPEATS | theirs & THEIR_REPEATS if ours & REPEATS and theirs & THEIR_REPEATS \
        else None


def keep_alive_of_outstanding(context, ours, theirs):
    if context.end.outstanding() and ours & REPEATS and 'keep_alive' in theirs:
        return ours & REPEATS | {'keep_alive'}
    return None


def unseen_said_once(context, ours, _):
    ack = signed(context.segment.get('relative_ack'))
    if context.peer.next is not None and ack is not None and ack > context.peer.next:
        return ours & {'acked_not_captured'}
    return None


def one_sided(context, ours, _):
    return ours & {'acked_not_captured'} if context.peer.last is None else None


def old_window(context, _, theirs):
    """The window that the last segment said, apart from a repeated one between."""
    return theirs & {'window_update'} if context.end.window == context.segment['window'] else None


def overlap(context, _, theirs):
    """What is acknowledged was seen."""
    ack = signed(context.segment.get('relative_ack'))
    if context.peer.next is not None and ack is not None and ack <= context.peer.next:
        return theirs & {'ack_lost_segment'}
    return None


CLASSES = {
    'fast-open': fast_open,
    'refused': refused,
    'after-refused': after_refused,
    'challenge': challenge,
    'nothing-outstanding': nothing_outstanding,
    'simultaneous-open': simultaneous_open,
    'window-probe': window_probe,
    'trigger': trigger,
    'keep-alive-of-outstanding': keep_alive_of_outstanding,
    'unseen-said-once': unseen_said_once,
    'one-sided': one_sided,
    'old-window': old_window,
    'overlap': overlap,
}
