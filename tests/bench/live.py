#!/usr/bin/env python3
"""Captures generated traffic on lo, in a network of its own, with tcpviz and with tcpdump; prints
what each saw, lost and used as a table in Markdown. Both say themselves what they lost."""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import cost

LOADS = {"churn": "connections", "writes": "64-byte writes"}


def enter_own_network():
    """Runs this program again where lo is nobody else's."""
    if "BENCH_LIVE_ALONE" in os.environ:
        return
    os.environ["BENCH_LIVE_ALONE"] = "yes"
    user = [] if os.getuid() == 0 else ["-r"]
    again = 'ip link set lo up && exec "$0" -B "$@"'
    os.execvp("unshare", ["unshare"] + user + ["-n", "sh", "-c", again, sys.executable] + sys.argv)


def captures(build):
    tcpviz = os.path.join(build, "tcpviz")
    return {
        "tcpviz --json": [tcpviz, "--json", "-o", "/dev/null", "-i", "lo"],
        "tcpviz -f summary": [tcpviz, "-f", "summary", "-o", "/dev/null", "-i", "lo"],
        "tcpdump -w": ["tcpdump", "-B", "16384", "-i", "lo", "-w", "/dev/null"],
        "tcpdump -nn": ["tcpdump", "-B", "16384", "-i", "lo", "-nn"],
    }


def totals(text):
    """Packets captured and dropped, from the closing lines of either program."""
    own = re.search(r"lo: (\d+) packets?, .*?(\d+) dropped by the kernel", text)
    if own:
        return int(own[1]), int(own[2])
    captured = re.search(r"(\d+) packets? captured", text)
    dropped = re.search(r"(\d+) packets? dropped by kernel", text)
    return int(captured[1]), int(dropped[1])


def child_of(process):
    with open("/proc/%d/task/%d/children" % (process.pid, process.pid), encoding="ascii") as file:
        return int(file.read().split()[0])


def has_packet_socket():
    with open("/proc/net/packet", encoding="ascii") as file:
        return len(file.readlines()) > 1


def wait_until(condition, what):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    sys.exit("waited in vain for " + what)


def run(options, command, load):
    capture = subprocess.Popen([os.path.join(options.build, "tests/bench/cost")] + command,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wait_until(has_packet_socket, "the capture to begin")
    time.sleep(0.3)
    made = subprocess.run([os.path.join(options.build, "tests/bench/load"), load,
                           str(options.seconds)] + ([str(options.rate)] if options.rate else []),
                          stdout=subprocess.PIPE, check=True)
    time.sleep(0.5)
    os.kill(child_of(capture), signal.SIGINT)
    _, said = capture.communicate()
    used = cost.Cost(said.splitlines()[-1])
    packets, dropped = totals(said)
    return {"made": int(made.stdout), "packets": packets, "dropped": dropped,
            "cpu_us_per_packet": round(used.cpu_ns / 1000 / max(packets, 1), 2),
            "packets_per_second": round((packets + dropped) / options.seconds)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=".")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rate", type=int, help="connections or writes a second at most")
    parser.add_argument("--json", help="file for the results")
    options = parser.parse_args()
    enter_own_network()
    results = {}
    print("| load | captured by | packets/s | lost | CPU µs a packet |\n|---|---|---|---|---|")
    for load, noun in LOADS.items():
        for name, command in captures(options.build).items():
            if shutil.which(command[0]) is None:
                continue
            seen = results["%s: %s" % (load, name)] = run(options, command, load)
            lost = 100 * seen["dropped"] / max(seen["packets"] + seen["dropped"], 1)
            print("| %d %s/s | %s | %d | %.2f %% | %.2f |" %
                  (seen["made"] / options.seconds, noun, name, seen["packets_per_second"], lost,
                   seen["cpu_us_per_packet"]), flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
