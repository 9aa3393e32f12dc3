#!/usr/bin/env python3
"""Compares the measures of tcpviz with those of tcptrace 6.6.7, connection by connection.

    measures-tcptrace.py PROGRAM CAPTURE...        TAP: a test per capture
    measures-tcptrace.py PROGRAM --list CAPTURE... what differs, as measures-differences.md has it

What the two define differently in general is taken into account by rules (the functions named
rule_*); what is left is in measures-differences.md, line by line, with its reason. A difference that
is not there fails, and so does a line there that no longer is one.
"""

import collections
import csv
import ipaddress
import json
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DIFFERENCES = os.path.join(HERE, "measures-differences.md")
# tcptrace prints times in milliseconds with one digit, some rounded and some cut off
PRECISION_MS = 0.11
LINUX_SLL2, RAW_IP = 276, 101


def readable_by_tcptrace(path, directory):
    """tcptrace does not know LINUX_SLL2: such captures are handed over as raw IP."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return path
    if struct.unpack("<I", data[20:24])[0] != LINUX_SLL2:
        return path
    out = bytearray(data[:20] + struct.pack("<I", RAW_IP))
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, wire = struct.unpack("<IIII", data[at : at + 16])
        packet = data[at + 16 : at + 16 + captured]
        at += 16 + captured
        out += struct.pack("<IIII", seconds, fraction, captured - 20, wire - 20) + packet[20:]
    name = os.path.join(directory, "raw.pcap")
    with open(name, "wb") as file:
        file.write(out)
    return name


def run(command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace").stdout


def tcptrace(path, directory):
    """A dictionary for each connection, by the names of tcptrace's CSV."""
    text = run(["tcptrace", "-l", "-r", "-W", "-n", "--csv", readable_by_tcptrace(path, directory)])
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = [[field.strip() for field in row] for row in csv.reader(lines)]
    for at, row in enumerate(rows):
        if row[0] == "conn_#":
            return [dict(zip(row, values)) for values in rows[at + 1 :]]
    return []


class Connection:
    """What tcpviz says about a connection, and its segments."""

    def __init__(self, record, segments):
        self.ends = {}
        for role in ("client", "server"):
            if role in record:
                end = record[role]
                self.ends[end["address"], end["port"]] = end
        self.segments = segments

    def key(self):
        return tuple(sorted(self.ends))

    def sent(self, end):
        address = ipaddress.ip_address(end[0])
        text = ("[%s]:%d" if address.version == 6 else "%s:%d") % end
        return [segment for segment in self.segments if segment["source"] == text]


def tcpviz(program, path):
    segments = collections.defaultdict(list)
    out = []
    for line in run([program, "--json", "--segments", path]).splitlines():
        record = json.loads(line)
        if record["type"] == "segment":
            segments[record["connection"]].append(record)
        elif record["type"] == "connection":
            out.append(Connection(record, segments[record["connection"]]))
    return out


def fields(row, way, me, peer):
    """Field by field: (tcptrace's, ours). The RTT of a direction is that to its receiver and back."""
    ack = peer.get("rtt", {}).get("ack", {"samples": 0})
    out = {
        "payload_bytes": (int(row["actual_data_bytes_" + way]), me["payload_bytes"]),
        "unique_bytes": (int(row["unique_bytes_sent_" + way]), me["unique_bytes"]),
        "retransmitted_bytes": (
            int(row["rexmt_data_bytes_" + way]),
            me.get("retransmitted_bytes", 0),
        ),
        "zero_windows": (int(row["zero_win_adv_" + way]), me["zero_windows"]),
        "in_flight_max": (int(row["max_owin_" + way]), me.get("in_flight_max", 0)),
        "rtt_samples": (int(row["RTT_samples_" + way]), ack["samples"]),
    }
    if "window" in me:
        out["window_max"] = (int(row["max_win_adv_" + way]), me["window"]["max"])
        if me["window"]["min"] > 0:
            out["window_min"] = (int(row["min_win_adv_" + way]), me["window"]["min"])
    if out["rtt_samples"][0] == out["rtt_samples"][1] > 0:
        for theirs, ours in (("min", "min"), ("max", "max"), ("avg", "mean")):
            out["rtt_" + ours] = (float(row["RTT_%s_%s" % (theirs, way)]), ack[ours] * 1000)
    return out


def same(field, theirs, ours):
    if field.startswith("rtt_m"):
        return abs(theirs - ours) < PRECISION_MS
    return theirs == ours


# Rules: whether a general difference of definition explains this one exactly. Each has its section in
# measures-differences.md.


def rule_syn_and_fin_bytes(field, theirs, ours, sent, answered):
    """tcptrace counts a repeated SYN or FIN as a retransmitted byte."""
    if field != "retransmitted_bytes":
        return False
    repeats = sum(max(0, sum(flag in s["flags"] for s in sent) - 1) for flag in "SF")
    return 0 < theirs - ours <= repeats


def rule_syn_window(field, theirs, ours, sent, answered):
    """tcptrace takes a SYN's window, which is never scaled, for one of those offered."""
    if not field.startswith("window_"):
        return False
    return theirs in [s["window"] for s in sent if "S" in s["flags"]]


def rule_ack_of_reset(field, theirs, ours, sent, answered):
    """tcptrace takes the ack of a RST for one of a segment."""
    resets = sum("R" in s["flags"] and "A" in s["flags"] for s in answered)
    return field == "rtt_samples" and 0 < theirs - ours <= min(resets, 1)


def rule_last_byte_acknowledged(field, theirs, ours, sent, answered):
    """tcptrace counts what is in flight from the last byte acknowledged on, one too many."""
    return field == "in_flight_max" and theirs == ours + 1


def rule_syn_in_flight(field, theirs, ours, sent, answered):
    """A SYN and the data that it carries are in flight until they are acknowledged."""
    return field == "in_flight_max" and theirs < ours <= max(
        (s["length"] + 1 for s in sent if "S" in s["flags"]), default=0
    )


def rule_syn_data_refused(field, theirs, ours, sent, answered):
    """A SYN-ACK answers the SYN, whether or not it takes the data of a Fast Open."""
    data = any("S" in s["flags"] and s["length"] > 0 for s in sent)
    return field == "rtt_samples" and data and ours == theirs + 1


RULES = [
    rule_syn_and_fin_bytes,
    rule_syn_window,
    rule_ack_of_reset,
    rule_last_byte_acknowledged,
    rule_syn_in_flight,
    rule_syn_data_refused,
]


def compare(program, path, directory):
    """All differences that no rule explains: (capture, direction, field, tcptrace's, ours)."""
    name = os.path.basename(path)
    ours, theirs = collections.defaultdict(list), collections.defaultdict(list)
    for connection in tcpviz(program, path):
        ours[connection.key()].append(connection)
    for row in tcptrace(path, directory):
        ends = [
            (str(ipaddress.ip_address(row["host_" + c])), int(row["port_" + c])) for c in "ab"
        ]
        theirs[tuple(sorted(set(ends)))].append((row, ends))
    for key in sorted(set(ours) | set(theirs)):
        if len(ours[key]) != len(theirs[key]):
            yield name, "-", "connections", str(len(theirs[key])), str(len(ours[key]))
            continue
        if len(key) < 2:
            continue  # a self-connect: neither tells its directions apart
        for number, ((row, ends), connection) in enumerate(zip(theirs[key], ours[key])):
            for way, me, peer in (("a2b", *ends), ("b2a", *reversed(ends))):
                found = fields(row, way, connection.ends[me], connection.ends[peer])
                sent, answered = connection.sent(me), connection.sent(peer)
                for field, (a, b) in found.items():
                    if same(field, a, b) or any(r(field, a, b, sent, answered) for r in RULES):
                        continue
                    where = way if number == 0 else "%s#%d" % (way, number + 1)
                    yield name, where, field, "%g" % a, "%g" % round(b, 1)


def reviewed():
    """The table of measures-differences.md: {difference: reason}."""
    out = {}
    with open(DIFFERENCES, encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("| ") and len(cells) == 6 and cells[0].endswith(".pcap"):
                out[tuple(cells[:5])] = cells[5]
    return out


def main():
    program, arguments = sys.argv[1], sys.argv[2:]
    listing = arguments[:1] == ["--list"]
    captures = arguments[1:] if listing else arguments
    known = reviewed()
    with tempfile.TemporaryDirectory() as directory:
        for path in captures:
            found = set(compare(program, path, directory))
            name = os.path.basename(path)
            expected = {difference for difference in known if difference[0] == name}
            if listing:
                for difference in sorted(found):
                    print("| %s | %s |" % (" | ".join(difference), known.get(difference, "?")))
                continue
            for difference in sorted(found - expected):
                print("# new: " + " ".join(difference))
            for difference in sorted(expected - found):
                print("# gone: " + " ".join(difference))
            print("%s - %s" % ("ok" if found == expected else "not ok", name))


if __name__ == "__main__":
    main()
