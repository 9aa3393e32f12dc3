#!/usr/bin/env python3
"""import.py CORPUS: make the files beside this script from a recorded corpus.

CORPUS holds scenarios/NAME/{truth.json,VANTAGE.pcap} and packetdrill/NAME.{truth.json,pcap}, as the
recorder left them: captures of real connections and the state changes that the kernels' tracepoints
and inet_diag reported. Written here: KIND.truth, in the format that README.md explains, and the
captures as they are, KIND/NAME.VANTAGE.pcap.
"""
import glob
import ipaddress
import json
import os
import shutil
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = {'scenarios': '*/truth.json', 'packetdrill': '*.truth.json'}
IP_OFFSET = {0: 4, 1: 14, 12: 0, 101: 0, 113: 16, 276: 20}
CAUSES = {'rx': 'received', 'tx': 'sent', 'icmp': 'icmp', 'none': 'unseen'}


def endpoint(address, port):
    address = ipaddress.ip_address(address)
    mapped = getattr(address, 'ipv4_mapped', None)
    form = '[%s]:%d' if address.version == 6 and not mapped else '%s:%d'
    return form % (mapped or address, port)


def tcp_pair(packet):
    """The two endpoints of an IP packet, or None: there are neither options nor fragments."""
    if packet[:1] and packet[0] >> 4 == 4 and packet[9] == 6:
        header, source, destination = (packet[0] & 15) * 4, packet[12:16], packet[16:20]
    elif packet[:1] and packet[0] >> 4 == 6 and packet[6] == 6:
        header, source, destination = 40, packet[8:24], packet[24:40]
    else:
        return None
    ports = struct.unpack_from('>HH', packet, header)
    return endpoint(source, ports[0]), endpoint(destination, ports[1])


def pairs_in(path):
    """Every pair of endpoints between which a capture has a segment, both ways round."""
    with open(path, 'rb') as file:
        data = file.read()
    order = '<' if data[:1] in (b'\xd4', b'\x4d') else '>'
    offset = IP_OFFSET[struct.unpack_from(order + 'I', data, 20)[0] & 0xffff]
    found, at = set(), 24
    while at + 16 <= len(data):
        length = struct.unpack_from(order + 'I', data, at + 8)[0]
        pair = tcp_pair(data[at + 16 + offset:at + 16 + length])
        if pair:
            found |= {pair, pair[::-1]}
        at += 16 + length
    return found


def step_text(step, start):
    text = '%s %s' % (step['to'], CAUSES[step['cause']])
    if step['t'] < start:
        text += ' before'
    if step['frame'] is not None:
        text += ' @%d' % step['frame']
    if 'fin_frame' in step:
        fin = step['fin_frame']
        text += ' fin=none' if fin is None else ' fin@%d' % fin
    return text


def life_text(life, start, seen):
    pair = (life['local'], life['peer'])
    seen_at = [vantage for vantage in sorted(seen) if pair in seen[vantage]]
    near = life['vantage'] if life['vantage'] in seen_at else 'none'
    far = [vantage for vantage in seen_at if vantage != near]
    steps = life['transitions']
    words = 'life %s %s near=%s far=%s' % (*pair, near, ','.join(far) or 'none')
    lines = ['  ' + step_text(step, start) for step in steps]
    return '\n'.join([words + ': ' + steps[0]['from'], *lines])


def case_text(kind, truth, folder):
    name, seen = truth['name'], {}
    lines = ['', 'case %s' % name]
    about = truth.get('note') or truth.get('script')
    if about:
        lines.append('# %s' % about)
    for vantage, file in truth['pcaps'].items():
        source = os.path.join(folder, file)
        target = '%s/%s.%s.pcap' % (kind, name, vantage)
        seen[vantage] = pairs_in(source)
        shutil.copyfile(source, os.path.join(HERE, target))
        lines.append('capture %s %s' % (vantage, target))
    lines += [life_text(life, truth['capture_start'], seen) for life in truth['endpoints']]
    return '\n'.join(lines)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for kind, pattern in KINDS.items():
        os.makedirs(os.path.join(HERE, kind), exist_ok=True)
        cases = []
        for path in sorted(glob.glob(os.path.join(sys.argv[1], kind, pattern))):
            with open(path, encoding='utf-8') as file:
                cases.append(case_text(kind, json.load(file), os.path.dirname(path)))
        with open(os.path.join(HERE, kind + '.truth'), 'w', encoding='utf-8') as file:
            file.write('# What the kernels did. Made by import.py; README.md explains the format.\n')
            file.write('\n'.join(cases) + '\n')


if __name__ == '__main__':
    main()
