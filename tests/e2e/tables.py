"""Holds connections.csv, segments.csv and conn.log in a directory against the records in its file json."""
import csv
import json
import re
import sqlite3
import sys
from datetime import datetime, timezone

where = sys.argv[1]
records = [json.loads(line) for line in open(f"{where}/json", encoding="utf-8")]
connections = [r for r in records if r["type"] == "connection"]
segments = [r for r in records if r["type"] == "segment"]


def read_csv(name):
    with open(f"{where}/{name}", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def same(what, expected, seen):
    if str(expected) != str(seen):
        sys.exit(f"{what}: {seen!r}, JSON has {expected!r}")


def text(value):
    return "" if value is None else value


def seconds(value, digits):
    """As the table writes it, from a JSON number that is exact to nanoseconds."""
    nanoseconds = round(value * 1e9)
    return f"{nanoseconds // 10**9}.{nanoseconds % 10**9:09d}"[: digits - 9 or None]


def check_ends(row, record):
    for end in "client", "server":
        of_json = record.get(end, {})
        for column in ("packets", "payload_bytes", "unique_bytes", "retransmissions", "out_of_order",
                       "duplicate_acks", "zero_windows", "isn", "mss", "window_scale", "throughput", "state"):
            same(f"{end}_{column}", text(of_json.get(column)), row[f"{end}_{column}"])
        of_json = record.get(end, record["client"])
        same(f"{end}_address", of_json["address"], row[f"{end}_address"])
        same(f"{end}_port", of_json["port"], row[f"{end}_port"])


def check_connection(row, record):
    for column in "connection", "incarnation", "open", "close", "closed_by", "start", "end", "community_id":
        same(column, record[column], row[column])
    same("duration", seconds(record["duration"], 9), row["duration"])
    same("handshake_rtt", seconds(record["handshake_rtt"], 9) if "handshake_rtt" in record else "",
         row["handshake_rtt"])
    for column in "held", "broken", "unknown":
        same(column, record["checks"][column], row[f"checks_{column}"])
    same("findings", ";".join(f"{name}={count}" for name, count in record["findings"].items()), row["findings"])
    check_ends(row, record)


def check_segment(row, record):
    for column in ("connection", "frame", "time", "source", "destination", "flags", "seq", "ack", "relative_seq",
                   "relative_ack", "length", "window", "window_bytes", "client_state", "server_state"):
        same(column, text(record.get(column)), row[column])
    same("findings", ";".join(record["findings"]), row["findings"])
    same("wireshark_findings", ";".join(record["wireshark_findings"]), row["wireshark_findings"])
    same("broken_checks", ";".join(c["check"] for c in record["checks"] if c["outcome"] == "breaks"),
         row["broken_checks"])


def read_zeek():
    lines = open(f"{where}/conn.log", encoding="ascii").read().split("\n")
    assert lines.pop() == "", "the last line does not end"
    head = {}
    while lines and lines[0].startswith("#"):
        words = re.split(r"[\t ]", lines.pop(0))
        head[words[0]] = words[1:]
    assert head["#separator"] == ["\\x09"] and head["#path"] == ["conn"] and head["#unset_field"] == ["-"]
    assert len(head["#fields"]) == len(head["#types"])
    rows = [line.split("\t") for line in lines]
    assert all(len(row) == len(head["#fields"]) for row in rows), "a row of another length"
    return [dict(zip(head["#fields"], row)) for row in rows]


def check_zeek(row, record):
    client, server = record["client"], record.get("server")
    start = datetime.strptime(record["start"][:26], "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=timezone.utc)
    same("ts", start.timestamp().__format__(".6f"), row["ts"])
    same("duration", seconds(record["duration"], 6), row["duration"])
    same("id.orig_h", client["address"], row["id.orig_h"])
    same("id.resp_p", (server or client)["port"], row["id.resp_p"])
    same("orig_bytes", client["unique_bytes"], row["orig_bytes"])
    same("resp_pkts", server["packets"] if server else 0, row["resp_pkts"])
    zeek = record.get("zeek", {"conn_state": "-", "history": "-"})
    same("conn_state", zeek["conn_state"], row["conn_state"])
    same("history", zeek["history"], row["history"])
    assert re.fullmatch("C[0-9A-Za-z]{17}", row["uid"]), row["uid"]


for name, wanted, check in (("connections.csv", connections, check_connection),
                            ("segments.csv", segments, check_segment)):
    rows = read_csv(name)
    assert len(rows) == len(wanted), f"{name}: {len(rows)} rows, {len(wanted)} records"
    for row, record in zip(rows, wanted):
        check(row, record)
rows = read_zeek()
assert len(rows) == len(connections)
for row, record in zip(rows, connections):
    check_zeek(row, record)

# a database takes it: the example of tcpviz-json(5)
with sqlite3.connect(":memory:") as database:
    rows = read_csv("segments.csv")
    if rows:
        database.execute(f"create table segments ({', '.join(rows[0])})")
        database.executemany(f"insert into segments values ({', '.join('?' * len(rows[0]))})",
                             [tuple(row.values()) for row in rows])
        (total,) = database.execute("select sum(length) from segments").fetchone()
        same("bytes in SQL", sum(s["length"] for s in segments), int(total))
