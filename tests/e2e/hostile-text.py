#!/usr/bin/env python3
"""hostile-text.py make IN OUT: a copy of a pcap with text in its payloads that would drive a terminal.
hostile-text.py check NAME FILE...: fails if such text stands in the files as it is."""
import struct
import sys
import unicodedata

HOSTILE = (b"\x1b]0;title\x07\x1b[2J\x9b31m\xc2\x9b31m\xe2\x80\xae<script>alert(1)</script>"
           b"\xff\xfe\x00=cmd|' /C calc'!A0\r\n\x7f\xed\xa0\x80\xe2\x81\xa6")


def make(source, target):
    data = bytearray(open(source, "rb").read())
    at = 24
    changed = 0
    while at + 16 <= len(data):
        captured = struct.unpack_from("<I", data, at + 8)[0]
        frame = at + 16
        ip = frame + 14
        tcp = ip + (data[ip] & 15) * 4
        payload = tcp + (data[tcp + 12] >> 4) * 4
        for i in range(payload, min(frame + captured, ip + struct.unpack_from(">H", data, ip + 2)[0])):
            data[i] = HOSTILE[changed % len(HOSTILE)]
            changed += 1
        at = frame + captured
    if changed < 20:
        sys.exit("too little payload to change")
    open(target, "wb").write(data)


def is_hostile(char):
    return (unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"
            or char in "\u061c\u200e\u200f" or "\u202a" <= char <= "\u202e"
            or "\u2066" <= char <= "\u2069" or char in "\u2028\u2029\ufeff")


def check(names):
    wrong = 0
    for name in names:
        data = open(name, "rb").read()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            print(f"{name}: no UTF-8: {error}")
            wrong = 1
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if name.endswith(".csv"):
                line = line.removesuffix("\r")  # RFC 4180
            found = sorted({f"U+{ord(char):04X}" for char in line if is_hostile(char)})
            if found:
                print(f"{name}:{number}: {' '.join(found)}: {line!r}"[:300])
                wrong = 1
    sys.exit(wrong)


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3])
else:
    check(sys.argv[2:])
