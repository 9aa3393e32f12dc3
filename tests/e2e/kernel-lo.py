#!/usr/bin/env python3
"""Sockets of this process in one state after another on loopback: what tcpviz --kernel says of each is what ss
says beside it.

kernel-lo.py TCPVIZ DIRECTORY. Prints "pass NAME" or "fail NAME: why" a line; "skip WHY" where capturing is not
allowed.
"""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time

PATIENCE_S = 60
SS = {'ESTAB': 'ESTABLISHED', 'SYN-SENT': 'SYN_SENT', 'SYN-RECV': 'SYN_RECEIVED', 'FIN-WAIT-1': 'FIN_WAIT_1',
      'FIN-WAIT-2': 'FIN_WAIT_2', 'TIME-WAIT': 'TIME_WAIT', 'CLOSE-WAIT': 'CLOSE_WAIT', 'LAST-ACK': 'LAST_ACK',
      'CLOSING': 'CLOSING', 'LISTEN': 'LISTEN'}
kept = []  # what must not be closed before the end


def report(name, why=None):
    print(f'fail {name}: {why}' if why else f'pass {name}', flush=True)


class Viz:
    """A capture that runs, and what it has written so far."""

    def __init__(self, program, directory):
        self.path, self.errors = f'{directory}/kernel.json', f'{directory}/kernel.err'
        self.process = subprocess.Popen(
            [program, '-i', 'lo', '-p', '--kernel', '--json', '-o', self.path, 'tcp'],
            stderr=open(self.errors, 'wb'), stdin=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

    def records(self):
        try:
            with open(self.path, encoding='utf-8') as file:
                return [json.loads(line) for line in file if line.endswith('\n')]
        except FileNotFoundError:
            return []

    def words(self):
        """{(endpoint, peer): the kernel's last word on it}"""
        return {(r['endpoint'], r['peer']): r for r in self.records() if r['type'] == 'kernel'}

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return 'none: it did not end'


def wait_for(condition):
    """What condition() returns once that is true, or at last."""
    until = time.monotonic() + PATIENCE_S
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def listener(family=socket.AF_INET, backlog=8, **options):
    server = socket.socket(family)
    for option, value in options.items():
        level = socket.SOL_SOCKET if option.startswith('SO_') else socket.IPPROTO_TCP
        server.setsockopt(level, getattr(socket, option), value)
    server.bind(('::1' if family == socket.AF_INET6 else '127.0.0.1', 0))
    server.listen(backlog)
    kept.append(server)
    return server


def connect(server, wait=True):
    client = socket.socket(server.family)
    client.setblocking(wait)
    client.connect_ex(server.getsockname())
    kept.append(client)
    return client


def pair(**options):
    server = listener(**options)
    client = connect(server)
    kept.append(server.accept()[0])
    return client, kept[-1]


def name_of(address):
    return f'[{address[0]}]:{address[1]}' if ':' in address[0] else f'{address[0]}:{address[1]}'


def ends(client, server=None):
    """The two keys of words()."""
    here, there = name_of(client.getsockname()), name_of(server or client.getpeername())
    return (here, there), (there, here)


def said_by_ss():
    text = subprocess.run(['ss', '-tan'], stdout=subprocess.PIPE, check=True, encoding='utf-8').stdout
    rows = [line.split() for line in text.splitlines()[1:]]
    return {(row[3], row[4]): SS.get(row[0], row[0]) for row in rows if len(row) > 4}


def in_state(viz, name, key, state, ask_ss=True):
    """Waits until the kernel's word on an end is the state; then ss must say so too."""
    def seen():
        word = viz.words().get(key)
        return word if word and word['kernel_state'] == state else None
    word = wait_for(seen)
    other = said_by_ss().get(key) if ask_ss else state
    if not word:
        report(name, f'{key}: {viz.words().get(key)}, ss: {other}')
    elif other != state:
        report(name, f'{key} is in {state}, by ss in {other}')
    else:
        report(name)
    return word or {}


def agrees(viz, name, key, wanted):
    """Waits until the verdict is the wanted one."""
    found = wait_for(lambda: viz.words().get(key, {}).get('kernel_agrees') is wanted)
    report(name, None if found else f'{key}: {viz.words().get(key)}')


def owned(viz, key):
    return wait_for(lambda: viz.words().get(key, {}).get('owner') == 'process') and viz.words()[key]


def check_established(viz, family, name):
    client, _ = pair(family=family)
    for key, end in zip(ends(client), ('client', 'server')):
        in_state(viz, f'{name}: ESTABLISHED at the {end}', key, 'ESTABLISHED')
        agrees(viz, f'{name}: ESTABLISHED is agreed on at the {end}', key, True)
        word = owned(viz, key) or {}
        report(f'{name}: the process of the {end}',
               None if word.get('pid') == os.getpid() and word.get('process', '').startswith('python') else word)
        report(f'{name}: tcp_info of the {end}', None if word.get('tcp_info', {}).get('cwnd', 0) > 0 else word)


def check_half_closed(viz):
    client, _ = pair()
    keys = ends(client)
    client.shutdown(socket.SHUT_WR)
    for key, end, state in zip(keys, ('client', 'server'), ('FIN_WAIT_2', 'CLOSE_WAIT')):
        in_state(viz, f'{state} at the {end}', key, state)
        agrees(viz, f'{state} is agreed on', key, True)


def check_time_wait(viz):
    client, accepted = pair()
    keys = ends(client)
    owned(viz, keys[0])
    client.close()
    accepted.close()
    word = in_state(viz, 'TIME_WAIT', keys[0], 'TIME_WAIT')
    report('TIME_WAIT remembers its process',
           None if word.get('owner') == 'past' and word.get('pid') == os.getpid() else word)
    report('TIME_WAIT has its timer',
           None if word.get('timer') == 'TIME_WAIT' and 0 < word.get('timer_left', 0) <= 60 else word)
    agrees(viz, 'TIME_WAIT is agreed on', keys[0], True)
    agrees(viz, 'CLOSED is agreed on', keys[1], True)


def check_deferred(viz):
    """The server's kernel waits for data; the segments show the end of a handshake."""
    server = listener(TCP_DEFER_ACCEPT=30)
    keys = ends(connect(server))
    in_state(viz, 'SYN_RECEIVED where data is waited for', keys[1], 'SYN_RECEIVED')
    in_state(viz, 'ESTABLISHED at its client', keys[0], 'ESTABLISHED')


def check_queue(viz):
    """A queue of one takes two; the next SYN is dropped."""
    server = listener(backlog=1)
    for _ in range(2):
        wait_for(lambda key=ends(connect(server))[0]: said_by_ss().get(key) == 'ESTABLISHED')
    late = connect(server, wait=False)
    keys = ends(late, server.getsockname())
    in_state(viz, 'SYN_SENT while the accept queue is full', keys[0], 'SYN_SENT')
    word = wait_for(lambda: viz.words().get(keys[1], {}))
    report('the full accept queue and its limit',
           None if word.get('accept_queue', 0) >= 2 and word.get('accept_limit') == 1 else word)


def check_held_fin(viz):
    """A FIN that waits behind data which the peer takes none of: only the kernel knows."""
    client, _ = pair(SO_RCVBUF=2048)
    key = ends(client)[0]
    client.setblocking(False)
    wait_for(lambda: viz.words().get(key))
    try:
        while client.send(bytes(65536)):
            pass
    except BlockingIOError:
        pass
    client.shutdown(socket.SHUT_WR)
    in_state(viz, 'FIN_WAIT_1 while the FIN waits', key, 'FIN_WAIT_1')
    agrees(viz, 'which the segments cannot show', key, False)
    found = [r for r in viz.records() if r['type'] == 'kernel' and 'kernel_disagrees' in r.get('findings', [])
             and r['endpoint'] == key[0]]
    report('which is a finding, found once', None if len(found) == 1 else found)
    kept[-1].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


def check_totals(viz, seconds):
    totals = [r for r in viz.records() if r['type'] == 'capture']
    asked = totals[0].get('kernel_asked', {}) if totals else {}
    report('at most 20 rounds a second', None if 0 < asked.get('rounds', 0) <= 20 * seconds + 1 else
           f'{asked} in {seconds} s')
    if os.environ.get('KERNEL_LO_ALONE') == 'yes':
        report('nothing was dropped', None if totals and totals[0]['complete'] and totals[0]['kernel_dropped'] == 0
               else totals)
    ended = [r for r in viz.records() if r['type'] == 'connection' and
             r['findings'].get('kernel_disagrees') and r['client'].get('kernel_agrees') is False]
    report('the connection counts the disagreement', None if ended else 'no such record')


def main():
    began = time.monotonic()
    viz = Viz(sys.argv[1], sys.argv[2])

    def captures():
        """Connections that are made before it listens are not seen."""
        kept[:] = pair()
        return viz.process.poll() is not None or viz.words()
    wait_for(captures)
    if viz.process.poll() is not None:
        print('skip', open(viz.errors, encoding='utf-8').readline().strip())
        return
    check_held_fin(viz)
    check_established(viz, socket.AF_INET, 'IPv4')
    try:
        listener(family=socket.AF_INET6)
    except OSError:
        print('note no IPv6 here')
    else:
        check_established(viz, socket.AF_INET6, 'IPv6')
    check_half_closed(viz)
    check_time_wait(viz)
    check_deferred(viz)
    check_queue(viz)
    status = viz.stop()
    report('the end', None if status == 0 else f'exit status {status}')
    check_totals(viz, time.monotonic() - began)


main()
