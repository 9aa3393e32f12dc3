#!/usr/bin/env python3
"""tally.py TALLY JSON-LINES: compares what gen says it made with the records that tcpviz wrote;
says each number that differs."""
import collections
import json
import sys


def tally_of(lines):
    """The same numbers from tcpviz's records."""
    seen = collections.Counter()
    states = {"client": collections.Counter(), "server": collections.Counter()}
    for line in lines:
        record = json.loads(line)
        if record["type"] == "transition":
            seen["transitions"] += 1
        elif record["type"] == "connection":
            seen["connections"] += 1
            for end in ("client", "server"):
                states[end][record[end]["state"]] += 1
                seen["payload_bytes"] += record[end]["payload_bytes"]
                seen["unique_bytes"] += record[end]["unique_bytes"]
        elif record["type"] == "capture":
            seen["packets"] = record["tcp_segments"]
    return {**seen, **{end: dict(counts) for end, counts in states.items()}}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        made = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        seen = tally_of(file)
    differences = [key for key in made if made[key] != seen.get(key, 0)]
    for key in differences:
        print("%s: made %s, seen %s" % (key, made[key], seen.get(key, 0)))
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
