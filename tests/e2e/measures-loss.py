#!/usr/bin/env python3
"""Loss by the network and by the capture, told apart: TAP.

    measures-loss.py PROGRAM DIRECTORY-OF-TRUTH-SCENARIOS

Where a wire dropped what the scenario named, both ends' captures must tell the same. Where nothing
was dropped, frames are taken out of the capture: these bytes, and no others, were missed by it.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile

# bytes that the wire dropped and that were sent again, by end that sent them
DROPPED = {
    "lost_data_fastretransmit": {"client": 1448},
    "lost_data_multi": {"client": 3 * 1448},
    "lost_fin_server": {"server": 1},
    "random_loss": {"client": 5780, "server": 1448},
    "v6_lost_data": {"client": 1428},
    "lost_acks": {},
    "dup_everything": {},
    "reorder_data": {},
    "zero_window": {},
    "pingpong": {},
}
# captures that saw everything, and how often a segment with data is taken out
COMPLETE = {"veth_bulk.server": 9, "seq_wrap.server": 4, "pingpong.client": 3, "lo_bulk.lo": 7}


def measure(program, path):
    """{field: {end: bytes}} of the capture's only connection, and its segments."""
    out = {"lost_by_network": {}, "missed_by_capture": {}, "unique_bytes": {}}
    segments = []
    text = subprocess.run([program, "--json", "--segments", path], capture_output=True).stdout
    for line in text.splitlines():
        record = json.loads(line)
        if record["type"] == "segment":
            segments.append(record)
        if record["type"] != "connection":
            continue
        for field, bytes_by_end in out.items():
            for end in ("client", "server"):
                if field in record[end]:
                    bytes_by_end[end] = record[end][field]
    return out, segments


def without(path, frames, directory):
    with open(path, "rb") as file:
        data = file.read()
    out, at, number = bytearray(data[:24]), 24, 0
    while at < len(data):
        length = 16 + struct.unpack("<I", data[at + 8 : at + 12])[0]
        number += 1
        if number not in frames:
            out += data[at : at + length]
        at += length
    name = os.path.join(directory, os.path.basename(path))
    with open(name, "wb") as file:
        file.write(out)
    return name


def result(name, expected, seen):
    if expected == seen:
        print("ok - " + name)
        return
    print("# expected %s, seen %s" % (expected, seen))
    print("not ok - " + name)


def take_out(program, path, every, directory):
    """Takes out segments with data, but not the connection's first nor last ones, and none that were
    sent twice: what is acknowledged later then tells of each."""
    whole, segments = measure(program, path)
    client = segments[0]["source"]
    taken, expected = set(), {}
    with_data = [s for s in segments if s["length"] > 0 and not s["findings"]][2:-2]
    for segment in with_data[::every]:
        taken.add(segment["frame"])
        end = "client" if segment["source"] == client else "server"
        expected[end] = expected.get(end, 0) + segment["length"]
    left = {end: whole["unique_bytes"][end] - expected.get(end, 0) for end in ("client", "server")}
    return without(path, taken, directory), expected, left


def main():
    program, scenarios = sys.argv[1:3]
    for name, dropped in DROPPED.items():
        for vantage in ("client", "server"):
            path = os.path.join(scenarios, "%s.%s.pcap" % (name, vantage))
            seen, _ = measure(program, path)
            del seen["unique_bytes"]
            result(
                "%s.%s: lost by the network" % (name, vantage),
                {"lost_by_network": dropped, "missed_by_capture": {}},
                seen,
            )
    with tempfile.TemporaryDirectory() as directory:
        for name, every in COMPLETE.items():
            path = os.path.join(scenarios, name + ".pcap")
            damaged, missed, left = take_out(program, path, every, directory)
            seen, _ = measure(program, damaged)
            result(
                name + ": missed by the capture",
                {"lost_by_network": {}, "missed_by_capture": missed, "unique_bytes": left},
                seen,
            )


if __name__ == "__main__":
    main()
