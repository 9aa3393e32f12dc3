#!/usr/bin/env python3
"""Compares two captures of the same scenario by what matters: for each connection how it opened and
closed, the states of both ends in their order, and what was found.

What is found by how soon a host acts is left out: on a machine that others load it comes and goes.

captures-compare.py STORED.json REMADE.json

Both are what -f json says of them. Times, ports and sequence numbers may differ; connections are taken in
the order of their first frames. Prints what differs; exit status 1 if anything does.
"""
import json
import sys

TIMED = {'coalesced_writes', 'delayed_ack'}


def name_of(end):
    return (f'[{end["address"]}]:{end["port"]}' if ':' in end['address'] else
            f'{end["address"]}:{end["port"]}')


def describe(path):
    """A list of lines, those of a connection together."""
    with open(path, encoding='utf-8') as lines:
        rows = [json.loads(line) for line in lines]
    told = []
    records = [row for row in rows if row['type'] == 'connection']
    for record in sorted(records, key=lambda record: record['connection']):
        number = record['connection']
        told.append(f'{number}: opened {record["open"]}, closed {record["close"]}')
        told += [f'{number}: {name}' for name in sorted(set(record['findings']) - TIMED)]
        told += [f'{number}: diagnosis {item["name"]}' for item in record.get('diagnosis', [])]
        for side in ('client', 'server'):
            states = [row['to'] for row in rows
                      if row['type'] == 'transition' and row['connection'] == number
                      and row['endpoint'] == name_of(record[side])]
            told.append(f'{number}: {side} {" ".join(states)}')
    return told


def main():
    stored, remade = describe(sys.argv[1]), describe(sys.argv[2])
    for line in stored:
        if line not in remade:
            print(f'only stored: {line}')
    for line in remade:
        if line not in stored:
            print(f'only remade: {line}')
    if stored != remade and set(stored) == set(remade):
        print('the same in another order: ' + '; '.join(remade))
    return 0 if stored == remade else 1


if __name__ == '__main__':
    sys.exit(main())
