#!/usr/bin/env python3
"""Compares a lab run: what the tracker inferred of the near end, what that end's kernel said itself, and
what the scenario expects.

lab-compare.py SCENARIO.lab client|server RUN.json [VIEW.json]

RUN.json is the run's own output, with the kernels' words and the calls; VIEW.json the states as inferred
from the capture at that end (RUN.json unless given). Prints what differs; exit status 1 if anything does.
"""
import datetime
import json
import sys

# A state that lasts for less than this may be missed by who asks the kernel.
BRIEF_S = 0.004


def seconds(text):
    whole, _, fraction = text.rstrip('Z').partition('.')
    moment = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return moment.timestamp() + float('0.' + (fraction or '0'))


def expectations(path):
    """{(of_kernel, host, connection): [states]}"""
    found, inside = {}, False
    for line in open(path, encoding='utf-8'):
        if not line[0].isspace():
            inside = line.split('#')[0].split() == ['expect']
            continue
        words = line.split('#')[0].split()
        if not inside or not words:
            continue
        kernel = words[0] == 'kernel'
        words = words[kernel:]
        connection = 1
        if len(words) > 1 and words[1].isdigit():
            connection = int(words.pop(1))
        found[kernel, words[0], connection] = words[1:]
    return found


def records(path):
    with open(path, encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def paths(rows, kind, state, address):
    """{(endpoint, peer): [life, …]}, a life a list of (state, time)."""
    lives = {}
    for row in rows:
        if row['type'] == kind and row['endpoint'].startswith(address):
            life = lives.setdefault((row['endpoint'], row['peer']), {})
            life.setdefault(row['connection'], []).append((row[state], seconds(row['time'])))
    return {ends: [life[number] for number in sorted(life)] for ends, life in lives.items()}


def differ(inferred, kernel):
    """None, or how the kernel's samples contradict the states inferred."""
    at = 0
    for state, _ in kernel:
        while at < len(inferred) and inferred[at][0] != state:
            lasted = inferred[at + 1][1] - inferred[at][1] if at + 1 < len(inferred) else 1e9
            if lasted > BRIEF_S:
                return f'the kernel never was in {inferred[at][0]}'
            at += 1
        if at == len(inferred):
            return f'the kernel was in {state}'
        at += 1
    for i in range(at, len(inferred)):
        if i + 1 == len(inferred) or inferred[i + 1][1] - inferred[i][1] > BRIEF_S:
            return f'the kernel never was in {inferred[i][0]}'
    return None


def main():
    scenario, host, run_file = sys.argv[1:4]
    run = records(run_file)
    view = records(sys.argv[4]) if len(sys.argv) > 4 else run
    address = {'client': ('10.0.0.1:', '[fd00::1]:'), 'server': ('10.0.0.2:', '[fd00::2]:')}[host]
    expected = expectations(scenario)
    inferred = paths(view, 'transition', 'to', address)
    kernel = paths(run, 'kernel', 'kernel_state', address)
    problems = []

    # connections in the order of their first frames, as the scenario numbers them
    order = []
    for row in view:
        if row['type'] == 'connection':
            ends = [f'[{e["address"]}]:{e["port"]}' if ':' in e['address'] else
                    f'{e["address"]}:{e["port"]}' for e in (row['client'], row['server'])]
            if not ends[0].startswith(address):
                ends.reverse()
            order.append((row['connection'], tuple(ends), row['incarnation'] - 1))
    order.sort()
    for number, (_, ends, life) in enumerate(order, 1):
        name = f'{host} {number}'
        mine = (inferred.get(ends, []) + [[]] * (life + 1))
        # lives without a transition leave no trace: count from the end
        mine = mine[life] if life < len(inferred.get(ends, [])) else []
        theirs = kernel.get(ends, [])
        theirs = theirs[life] if life < len(theirs) else []
        states = [state for state, _ in mine]
        wanted = expected.get((False, host, number))
        if wanted is not None and states != wanted:
            problems.append(f'{name}: inferred {" ".join(states)}; expected {" ".join(wanted)}')
        own = expected.get((True, host, number))
        said = [state for state, _ in theirs]
        if own is not None:
            if said != own:
                problems.append(f'{name}: the kernel said {" ".join(said)}; expected {" ".join(own)}')
            continue
        why = differ(mine, theirs)
        if why:
            problems.append(f'{name}: {why}: inferred {" ".join(states)}; kernel {" ".join(said)}')
    for kernels, where, number in expected:
        if where == host and number > len(order) and expected[kernels, where, number]:
            problems.append(f'{host} {number}: there is no such connection')
    if problems:
        print('\n'.join(problems))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
