#!/usr/bin/env python3
"""first-packets.py COUNT PCAP [SECONDS]: the first packets of a little-endian pcap file, each that
much later than before by its clock (negative: the clock runs backwards)."""
import struct
import sys

count = int(sys.argv[1])
step = int(sys.argv[3]) if len(sys.argv) > 3 else 0
with open(sys.argv[2], "rb") as file:
    data = file.read()
out = [data[:24]]
at = 24
for number in range(count):
    seconds, fraction, captured, wire = struct.unpack_from("<IIII", data, at)
    out.append(struct.pack("<IIII", seconds + number * step, fraction, captured, wire))
    out.append(data[at + 16:at + 16 + captured])
    at += 16 + captured
sys.stdout.buffer.write(b"".join(out))
