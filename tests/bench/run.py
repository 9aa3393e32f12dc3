#!/usr/bin/env python3
"""Runs tcpviz beside the floor program and the peers that are installed on generated captures;
prints a table of medians as Markdown and writes them as JSON.

The programs take turns, so that a ratio to the floor is one of neighbours in time."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

import cost

# packets at --scale 1; a million connections are open at once with 11 million packets
SHAPES = {
    "many": (2_000_000, "10,000 at once"),
    "million": (11_000_000, "1,000,000 open"),
    "flood": (2_000_000, "SYN flood"),
    "elephants": (1_000_000, "elephants"),
    "lossy": (1_000_000, "losses"),
}


class Program:
    """One column of the comparison: how it is called, and on how many packets at most."""

    def __init__(self, name, command, most_packets=None):
        self.name, self.command, self.most_packets = name, command, most_packets

    def available(self):
        return shutil.which(self.command[0]) is not None

    def on(self, capture):
        return [capture if word == "FILE" else word for word in self.command]


def programs(build):
    floor = Program("floor", [os.path.join(build, "tests/bench/floor"), "FILE"])
    tcpviz = os.path.join(build, "tcpviz")
    own = [floor,
           Program("tcpviz -f summary", [tcpviz, "-q", "-f", "summary", "-r", "FILE"]),
           Program("tcpviz --json", [tcpviz, "-q", "--json", "-r", "FILE"])]
    peers = [Program("tcpdump -w /dev/null", ["tcpdump", "-r", "FILE", "-w", "/dev/null"]),
             Program("argus", ["argus", "-X", "-r", "FILE", "-w", "/dev/null"], 1_000_000),
             Program("tcptrace -n", ["tcptrace", "-n", "FILE"], 500_000),
             Program("tshark -q -z conv,tcp",
                     ["tshark", "-r", "FILE", "-q", "-z", "conv,tcp"], 20_000)]
    return own, [peer for peer in peers if peer.available()]


def generate(build, shape, packets, path):
    with open(path, "wb") as out:
        done = subprocess.run([os.path.join(build, "tests/bench/gen"), shape, str(packets)],
                              stdout=out, stderr=subprocess.PIPE, check=True)
    return json.loads(done.stderr)


def median_of(runs, value):
    return statistics.median(value(run) for run in runs)


def summarize(runs, floor_runs, packets):
    """One cell of the table."""
    cell = {"packets": packets,
            "ns_per_packet": round(median_of(runs, lambda run: run.cpu_ns) / packets, 1),
            "peak_kib": int(median_of(runs, lambda run: run.peak_kib))}
    if floor_runs is not None:
        cell["ratio"] = round(statistics.median(
            run.cpu_ns / floor.cpu_ns for run, floor in zip(runs, floor_runs)), 2)
    return cell


def run_own(own, options, capture, packets):
    """The programs in turn, options.runs rounds after one that warms the cache."""
    costs = {program.name: [] for program in own}
    for turn in range(options.runs + 1):
        for program in own:
            result = cost.measure(options.cost, program.on(capture))
            if result.status != 0:
                sys.exit("%s failed on %s" % (program.name, capture))
            if turn > 0:
                costs[program.name].append(result)
    floor = costs[own[0].name]
    return {name: summarize(runs, floor, packets) for name, runs in costs.items()}


def run_peer(peer, options, shape, packets, capture):
    """A slow peer gets a shorter capture of the same shape, and fewer runs."""
    path, count = capture, packets
    if peer.most_packets is not None and peer.most_packets < packets:
        path, count = capture + ".short", peer.most_packets
        generate(options.build, shape, count, path)
    runs = []
    while len(runs) < options.runs:
        result = cost.measure(options.cost, peer.on(path), options.timeout)
        if result is None or result.status != 0:
            runs = None
            break
        runs.append(result)
        if result.wall_ns > 5e9:
            break
    if path != capture:
        os.unlink(path)
    return {"packets": count, "failed": True} if runs is None else summarize(runs, None, count)


def json_budget(cells, tally):
    """What the JSON records cost beyond the summary, against what they may."""
    on_top = (cells["tcpviz --json"]["ns_per_packet"] - cells["tcpviz -f summary"]["ns_per_packet"])
    allowed = 150 * tally["transitions"] + 500 * tally["connections"]
    return {"on_top_ns": round(on_top * tally["packets"]), "allowed_ns": allowed}


def measure_shape(options, own, peers, shape):
    packets = max(int(SHAPES[shape][0] * options.scale), 1000)
    capture = os.path.join(options.work, "bench-%s.pcap" % shape)
    tally = generate(options.build, shape, packets, capture)
    cells = run_own(own, options, capture, packets)
    for peer in peers:
        cells[peer.name] = run_peer(peer, options, shape, packets, capture)
    os.unlink(capture)
    return {"tally": tally, "programs": cells, "json": json_budget(cells, tally)}


def cell_text(cell, full_packets):
    if cell.get("failed"):
        return "fails"
    text = "%.0f" % cell["ns_per_packet"]
    if "ratio" in cell and cell["ratio"] != 1:
        text += " (%.2f ×)" % cell["ratio"]
    if cell["packets"] != full_packets:
        text += " at %d k" % (cell["packets"] // 1000)
    return text + ", %.0f MiB" % (cell["peak_kib"] / 1024)


def print_table(results, names):
    """Rows are programs, columns shapes."""
    print("| ns a packet, peak memory | %s |" %
          " | ".join("%s (%.1f M)" % (SHAPES[shape][1], result["tally"]["packets"] / 1e6)
                     for shape, result in results.items()))
    print("|---" * (len(results) + 1) + "|")
    for name in names:
        print("| %s | %s |" % (name, " | ".join(
            cell_text(result["programs"][name], result["tally"]["packets"])
            for result in results.values())))
    print("| JSON records, ms of what they may | %s |" % " | ".join(
        "%.0f of %.0f" % (result["json"]["on_top_ns"] / 1e6, result["json"]["allowed_ns"] / 1e6)
        for result in results.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=".", help="the build tree")
    parser.add_argument("--work", default=".", help="where captures are written, up to 1.2 GB")
    parser.add_argument("--scale", type=float, default=1.0, help="of the numbers of packets")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=300, help="seconds for a peer's run")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", help="file for the results")
    options = parser.parse_args()
    options.cost = os.path.join(options.build, "tests/bench/cost")
    own, peers = programs(options.build)
    if options.no_peers:
        peers = []
    results = {shape: measure_shape(options, own, peers, shape)
               for shape in options.shapes.split(",")}
    print_table(results, [program.name for program in own + peers])
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
