#!/usr/bin/env python3
"""Drives the terminal UI in a pseudo-terminal while it has much to do, and prints what a user would
feel: how soon the first screen is there, how soon a key shows, what it costs idle, and whether anything
is lost when the terminal is slow, resized, stopped or gone. A table in Markdown."""
import argparse
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Terminal:
    """A program on a pseudo-terminal of its own."""

    def __init__(self, command, rows=24, columns=80):
        self.begun = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", COLUMNS="", LINES="")
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execv(command[0], command)
        self.status = None
        self.kept = b""

    def read(self, seconds):
        """What is there within that time; b"" if nothing is, None once the other side is closed."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.fd, 1 << 16) or None
        except OSError:
            return None

    def wait_for(self, pattern, seconds=60):
        """Seconds until the pattern was drawn; what came is dropped."""
        begun, seen = time.monotonic(), self.kept
        self.kept = b""
        while not re.search(pattern, seen):
            left = begun + seconds - time.monotonic()
            got = self.read(max(left, 0))
            if not got:
                raise SystemExit("%r was not drawn in %g s; last: %r" % (pattern, seconds, seen[-2000:]))
            seen = seen[-4096:] + got
        return time.monotonic() - begun

    def drain(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.read(end - time.monotonic()) is None:
                return

    def type(self, keys):
        os.write(self.fd, keys)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def cpu(self):
        with open("/proc/%d/stat" % self.pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def end(self, keys=b"Q"):
        """Quits and returns the exit status."""
        if keys:
            self.type(keys)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            got = self.read(0.1)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
            if got is None:
                time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        raise SystemExit("it did not end")


HELP, LIST = rb"Everywhere", rb"F1 "


def key_latencies(terminal, count):
    """Seconds from a key to what it shows: help opened."""
    times = []
    for _ in range(count):
        begun = time.monotonic()
        terminal.type(b"\x1bOP")
        terminal.wait_for(HELP)
        times.append(time.monotonic() - begun)
        terminal.type(b"q")
        terminal.drain(0.1)
    return times


def milliseconds(seconds):
    return "%.1f ms" % (seconds * 1000)


def many_packets(args, rows):
    """A large file: the first screen, keys while it loads, idle once it has."""
    capture = os.path.join(args.work, "tui-many.pcap")
    with open(capture, "wb") as file:
        subprocess.run([os.path.join(args.build, "tests/bench/gen"), "many", str(args.packets)],
                       stdout=file, stderr=subprocess.DEVNULL, check=True)
    size = os.path.getsize(capture)
    try:
        terminal = Terminal([os.path.join(args.build, "tcpviz"), "-n", capture])
        first = terminal.wait_for(rb"connection")
        rows["first screen, %.2f GB" % (size / 1e9)] = milliseconds(first)
        times = key_latencies(terminal, args.keys)
        rows["key to paint while it loads, median"] = milliseconds(statistics.median(times))
        rows["key to paint while it loads, worst of %d" % len(times)] = milliseconds(max(times))
        terminal.drain(0.2)
        before, begun = terminal.cpu(), time.monotonic()
        # loaded once a second of it costs next to nothing
        while True:
            used = terminal.cpu()
            terminal.drain(1)
            if terminal.cpu() - used < 0.1:
                break
        rows["full load"] = "%.1f s (CPU %.1f s)" % (time.monotonic() - terminal.begun, terminal.cpu())
        before, begun = terminal.cpu(), time.monotonic()
        terminal.drain(args.idle)
        rows["idle, file loaded"] = "%.2f %% CPU" % (
            100 * (terminal.cpu() - before) / (time.monotonic() - begun))
        storm(terminal, rows)
        rows["exit status"] = str(terminal.end())
    finally:
        os.unlink(capture)


def storm(terminal, rows):
    """A thousand sizes a second for three seconds."""
    before, begun, sizes = terminal.cpu(), time.monotonic(), 0
    while time.monotonic() < begun + 3:
        terminal.resize(10 + sizes % 90, 20 + sizes * 7 % 280)
        sizes += 1
        terminal.drain(0.001)
    terminal.resize(24, 80)
    terminal.drain(0.5)
    used = terminal.cpu() - before
    times = key_latencies(terminal, 5)
    rows["resize storm"] = "%d sizes in 3 s, %.1f s CPU, then a key in %s" % (
        sizes, used, milliseconds(statistics.median(times)))


def enter_own_network():
    """Runs this program again where lo is nobody else's."""
    if "BENCH_TUI_ALONE" in os.environ:
        return
    os.environ["BENCH_TUI_ALONE"] = "yes"
    user = [] if os.getuid() == 0 else ["-r"]
    again = 'ip link set lo up && exec "$0" -B "$@"'
    os.execvp("unshare", ["unshare"] + user + ["-n", "sh", "-c", again, sys.executable] + sys.argv)


def totals(path):
    """Packets in a capture, by tcpdump, which has to find it whole."""
    result = subprocess.run(["tcpdump", "-nn", "-r", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            check=False)
    return result.stdout.count(b"\n"), result.returncode


def live(args, rows):
    """Full loopback rate: keys while it captures; a terminal that takes nothing; a line that breaks."""
    tcpviz, load = os.path.join(args.build, "tcpviz"), os.path.join(args.build, "tests/bench/load")
    saved = os.path.join(args.work, "tui-live.pcap")
    user = ["-Z", "root"] if args.stay_root else []
    terminal = Terminal([tcpviz, "-n", "-i", "lo", "-w", saved] + user)
    terminal.wait_for(rb"connection")
    terminal.drain(0.5)
    before, begun = terminal.cpu(), time.monotonic()
    terminal.drain(args.idle)
    rows["idle, live without traffic"] = "%.2f %% CPU" % (
        100 * (terminal.cpu() - before) / (time.monotonic() - begun))
    with open("/proc/net/dev", encoding="ascii") as file:
        start = lo_packets(file.read())
    churn = subprocess.Popen([load, "churn", "6", str(args.rate)], stdout=subprocess.DEVNULL)
    terminal.drain(1)
    times = key_latencies(terminal, 10)
    rows["key to paint while capturing, median"] = milliseconds(statistics.median(times))
    rows["key to paint while capturing, worst of 10"] = milliseconds(max(times))
    # the terminal takes nothing from here on until the load is over
    while churn.poll() is None:
        time.sleep(0.2)
    with open("/proc/net/dev", encoding="ascii") as file:
        sent = lo_packets(file.read()) - start
    terminal.drain(3)
    # the line breaks
    os.kill(terminal.pid, signal.SIGHUP)
    status = terminal.end(keys=b"")
    kept, opened = totals(saved)
    rows["live: packets on lo, saved by -w"] = "%d, %d (%.3f %% lost)" % (
        sent, kept, 100 * (sent - kept) / max(sent, 1))
    rows["after SIGHUP"] = "exit status %d, the file %s" % (status, "opens" if opened == 0 else "is broken")
    os.unlink(saved)


def lo_packets(text):
    return int(re.search(r"^ *lo: *\d+ +(\d+)", text, re.M)[1])


def stopped(args, rows):
    """^Z and back."""
    terminal = Terminal([os.path.join(args.build, "tcpviz"), "-n",
                         os.path.join(args.captures, "handshake-four-way-close.pcap")])
    terminal.wait_for(rb"TIME_WAIT")
    rows["first screen, 13 packets"] = milliseconds(time.monotonic() - terminal.begun)
    os.kill(terminal.pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(terminal.pid, signal.SIGCONT)
    rows["key to paint after a stop"] = milliseconds(statistics.median(key_latencies(terminal, 5)))
    terminal.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=".")
    parser.add_argument("--captures", required=True)
    parser.add_argument("--work", default=None, help="where the large capture goes")
    parser.add_argument("--packets", type=int, default=10000000)
    parser.add_argument("--rate", type=int, default=5000, help="connections a second")
    parser.add_argument("--keys", type=int, default=10)
    parser.add_argument("--idle", type=float, default=10)
    parser.add_argument("--stay-root", action="store_true")
    parser.add_argument("--json", help="write the figures here too")
    args = parser.parse_args()
    args.build = os.path.abspath(args.build)
    enter_own_network()
    work = args.work or tempfile.mkdtemp(prefix="tcpviz-bench.")
    args.work, rows = work, {}
    try:
        stopped(args, rows)
        many_packets(args, rows)
        live(args, rows)
    finally:
        print("| what | figure |\n|---|---|")
        for name, figure in rows.items():
            print("| %s | %s |" % (name, figure))
        if args.json:
            with open(args.json, "w", encoding="utf-8") as file:
                json.dump(rows, file, indent=1)
        if not os.listdir(work):
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
