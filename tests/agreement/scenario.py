"""scenario.py: a scenario of tests/scenarios (see the README there) as a capture.

Initial sequence numbers are 1000 and 5000, C is 10.0.0.1 and S 10.0.0.2; link type RAW.
"""
import struct

FLAGS = {'FIN': 1, 'SYN': 2, 'RST': 4, 'PSH': 8, 'ACK': 16, 'URG': 32, 'ECE': 64, 'CWR': 128}
ISS = {'C': 1000, 'S': 5000}
ADDRESS = {'C': bytes([10, 0, 0, 1]), 'S': bytes([10, 0, 0, 2])}
START_US = 1700000000 * 1000000
LINKTYPE_RAW = 101


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip_packet(source, destination, protocol, payload):
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0,
                       source, destination)
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


def keys_of(words):
    return dict(word.split('=', 1) for word in words if '=' in word)


def sack_option(text, iss):
    """LEFT-RIGHT,… relative to what the other end sends; as the option's bytes."""
    blocks = b''
    for block in text.split(','):
        left, right = block.split('-')
        blocks += struct.pack('!II', (iss + int(left)) & 0xffffffff,
                              (iss + int(right)) & 0xffffffff)
    return bytes([5, 2 + len(blocks)]) + blocks


def options_of(words, keys, iss):
    """The TCP options, padded. iss: of the other end."""
    some = b''
    if 'mss' in keys:
        some += struct.pack('!BBH', 2, 4, int(keys['mss']))
    if 'wscale' in keys:
        some += bytes([3, 3, int(keys['wscale'])])
    if 'sackok' in words:
        some += bytes([4, 2])
    if 'ts' in keys:
        some += struct.pack('!BBII', 8, 10, int(keys['ts']), int(keys.get('ecr', 0)))
    if 'cookie' in keys:
        some += bytes([34, 2 + int(keys['cookie'])]) + b'c' * int(keys['cookie'])
    if 'sack' in keys:
        some += sack_option(keys['sack'], iss)
    return some + b'\1' * (-len(some) % 4)


def segment_of(words, ends, ports):
    """words: FROM > TO FLAGS key=value…; ends: the names that these two have here."""
    keys = keys_of(words)
    source, destination = ends
    flags = sum(FLAGS[name] for name in words[3].split(','))
    seq = 0 if 'seq0' in words else ISS[source] + int(keys.get('seq', 0))
    ack = ISS[destination] + int(keys.get('ack', 0)) if flags & FLAGS['ACK'] else 0
    options = options_of(words, keys, ISS[destination])
    head = struct.pack('!HHIIBBHHH', ports[source], ports[destination], seq & 0xffffffff,
                       ack & 0xffffffff, (20 + len(options)) << 2, flags,
                       int(keys.get('win', 65535)), 0, int(keys.get('urgent', 0)))
    segment = head + options + b'x' * int(keys.get('len', 0))
    pseudo = ADDRESS[source] + ADDRESS[destination] + struct.pack('!HH', 6, len(segment))
    return segment[:16] + struct.pack('!H', checksum(pseudo + segment)) + segment[18:]


def icmp_of(words, ends, ports):
    """An error from the other end that quotes the segment."""
    keys = keys_of(words)
    source, destination = ends
    quoted = segment_of([*words[:3], 'SYN', *words[3:]], ends, ports)
    quoted = ip_packet(ADDRESS[source], ADDRESS[destination], 6, quoted)[:28]
    error = bytes([int(keys.get('type', 3)), int(keys.get('code', 1)), 0, 0, 0, 0, 0, 0]) + quoted
    error = error[:2] + struct.pack('!H', checksum(error)) + error[4:]
    return ip_packet(ADDRESS[destination], ADDRESS[source], 1, error)


def flood_of(seconds, keys, port):
    """SYNs of many ports of C."""
    for i in range(int(keys['count'])):
        ports = {'C': int(keys.get('port', 10000)) + i, 'S': port}
        segment = segment_of(['C', '>', 'S', 'SYN'], ('C', 'S'), ports)
        yield (START_US + round(seconds * 1e6) + i,
               ip_packet(ADDRESS['C'], ADDRESS['S'], 6, segment))


def packets_of(lines):
    """(microseconds, packet) of each line that is one; the list is empty for one of a self-connect
    or without a packet."""
    ports, packets = {'C': 50000, 'S': 1234}, []
    for line in lines:
        words = line.split('#')[0].split('|')[0].split()
        if words[:1] == ['set']:
            if 'self' in words:
                return []
            ports.update((k, int(v)) for k, v in keys_of(words).items() if k in ports)
        elif words[1:2] == ['flood']:
            packets += flood_of(float(words[0]), keys_of(words), ports['S'])
        elif words and words[0] != 'expect' and words[1] not in ('advance', 'kernel'):
            icmp = words[1] == 'icmp'
            rest = words[2 if icmp else 1:]
            ends = ('C', 'S') if rest[0] == 'C' else ('S', 'C')
            packet = icmp_of(rest, ends, ports) if icmp else \
                ip_packet(ADDRESS[ends[0]], ADDRESS[ends[1]], 6, segment_of(rest, ends, ports))
            packets.append((START_US + round(float(words[0]) * 1e6), packet))
    return packets


def write_pcap(path, packets):
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, LINKTYPE_RAW))
        for time_us, packet in packets:
            file.write(struct.pack('<IIII', time_us // 1000000, time_us % 1000000, len(packet),
                                   len(packet)) + packet)
