"""conversations.py: random conversations, always the same ones, that break every habit of TCP.

They are for Wireshark's rules only: what follows from what is of no use to a receiver is best
found where nothing makes sense. Each is written as a scenario (tests/scenarios/README.md).
"""
import scenario

COUNT = 80
GAPS_US = (100, 1000, 2000, 4000, 15000, 19000, 21000, 50000, 300000)
SEPARATION_US = 100 * 1000000


class Random:
    """A generator of our own: the same on every system."""

    def __init__(self, seed):
        self.state = seed * 2654435761 + 1

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % limit

    def choice(self, values):
        return values[self.below(len(values))]

    def chance(self, percent):
        return self.below(100) < percent


class Conversation:
    """The lines of one, and what both ends sent so far."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.time_us = 0
        self.lines = []
        self.next = {'C': 1, 'S': 1}
        self.ack = {'C': 1, 'S': 1}
        self.window = {end: self.random.choice((100, 5000, 65535)) for end in 'CS'}

    def add(self, end, flags, seq, ack, length, extra=''):
        peer = 'S' if end == 'C' else 'C'
        self.lines.append('%.6f %s > %s %s seq=%d%s len=%d win=%d%s' % (
            self.time_us / 1e6, end, peer, flags, seq, ' ack=%d' % ack if 'ACK' in flags else '',
            length, self.window[end], extra))
        self.time_us += self.random.choice(GAPS_US)

    def options(self, scaled):
        scale = ' wscale=%d' % self.random.choice((0, 1, 7, 14))
        return ' mss=1460' + (scale if scaled and self.random.chance(90) else '')

    def handshake(self):
        random = self.random
        scaled, length, cookie = random.chance(40), 0, ''
        if random.chance(20):
            length = random.choice((0, 0, 5))
            cookie = ' cookie=%d' % random.choice((0, 8))
        taken = random.choice((1, 1 + length))
        self.add('C', 'SYN', 0, 0, length, self.options(scaled) + cookie)
        self.add('S', 'SYN,ACK', 0, taken, 0, self.options(scaled))
        self.add('C', 'ACK', taken, 1, 0)
        self.next['C'] = 1 + length

    def sequence(self, end):
        draw, following = self.random.below(100), self.next[end]
        if draw < 10:
            return following - 1
        if draw < 16:
            return following - self.random.choice((2, 5, 10, 20))
        if draw < 22:
            return following + self.random.choice((1, 5, 10, 1000))
        return following

    def acknowledge(self, end):
        draw, following = self.random.below(100), self.next['S' if end == 'C' else 'C']
        if draw < 45:
            self.ack[end] = following
        elif draw < 50:
            self.ack[end] = following - self.random.choice((1, 5, 10))
        elif draw < 56:
            self.ack[end] = following + self.random.choice((1, 5, 100, 1000))
        return self.ack[end]

    def segment(self):
        random = self.random
        end = random.choice('CS')
        length = random.choice((0, 0, 0, 1, 1, 5, 10, 100))
        if random.chance(12):
            self.window[end] = random.choice((0, 0, 1, 5, 10, 100, 5000, 65535))
        seq, ack = self.sequence(end), self.acknowledge(end)
        flags = 'PSH,ACK' if length > 0 else 'ACK'
        draw = random.below(200)
        if draw < 4:
            flags += ',FIN'
        elif draw < 7:
            flags = random.choice(('RST', 'RST,ACK'))
        elif draw < 8:
            flags = 'PSH'
        self.add(end, flags, seq, ack, length)
        after = seq + length + (1 if 'FIN' in flags else 0)
        if random.chance(90):
            self.next[end] = max(self.next[end], after)


def lines_of(number):
    talk = Conversation(number)
    if talk.random.chance(80):
        talk.handshake()
    for _ in range(5 + talk.random.below(35)):
        talk.segment()
    return talk.lines


def packets():
    """All of them, one after the other, each with a port of its own."""
    some = []
    for number in range(COUNT):
        for time_us, packet in scenario.packets_of(['set C=%d' % (10000 + number)] +
                                                   lines_of(number)):
            some.append((time_us + number * SEPARATION_US, packet))
    return some
