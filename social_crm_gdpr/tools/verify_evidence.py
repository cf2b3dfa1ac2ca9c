#!/usr/bin/env python3
# Part of Social CRM. See LICENSE file for full copyright and licensing details.
# ruff: noqa: T201 (a command line speaks by printing)
"""Verify an export of the evidence log, with nothing but Python.

Each line of the export is one JSON object. Its hash is the SHA-256, in hexadecimal digits, of the
canonical JSON of its other members: keys sorted, no white space between tokens, UTF-8 with
characters outside ASCII written as they are. ``previous_hash`` is the hash of the line before, and
64 zeros at the beginning; ``sequence`` counts from 1. So no line can be changed, left out or put
in between without every later hash being wrong.

What a chain alone cannot show is that its end was cut off. Note the last hash somewhere else from
time to time and give it with ``--expect``: it must still be in the chain.

    python3 verify_evidence.py evidence.jsonl [--expect HASH]

Ends with 0 where the chain holds, 1 where it does not, 2 where the file cannot be read.
"""

import argparse
import hashlib
import json
import sys

GENESIS = "0" * 64
MEMBERS = frozenset(
    ("sequence", "kind", "reference", "payload", "happened_at", "company", "previous_hash")
)


def digest(row):
    """The hash a row must have.

    :param dict row: the members named in ``MEMBERS``; others are left out
    :rtype: str
    """
    told = {name: row[name] for name in MEMBERS}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check(rows, previous=GENESIS, sequence=0):
    """Follow the chain.

    :param iterable rows: dictionaries in the order of the log
    :param str previous: the hash before the first of them
    :param int sequence: the number before the first of them
    :return: what is wrong first, as (sequence, words), or None; and the last good hash
    :rtype: tuple
    """
    for row in rows:
        sequence += 1
        if row.get("sequence") != sequence:
            return (sequence, f"number {sequence} is missing"), previous
        if row.get("previous_hash") != previous:
            return (sequence, "does not follow from the row before"), previous
        if not row.keys() >= MEMBERS or row.get("hash") != digest(row):
            return (sequence, "was changed after it was written"), previous
        previous = row["hash"]
    return None, previous


def main(arguments=None):
    """The command line.

    :return: the exit code
    :rtype: int
    """
    parser = argparse.ArgumentParser(description="Verify an export of the evidence log.")
    parser.add_argument("file", help="the export: one JSON object a line")
    parser.add_argument("--expect", help="a hash noted earlier that must be in the chain")
    options = parser.parse_args(arguments)
    try:
        with open(options.file, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        print(f"The file cannot be read: {error}", file=sys.stderr)
        return 2
    broken, last = check(rows)
    if broken:
        print(f"BROKEN at row {broken[0]}: {broken[1]}")
        return 1
    if options.expect and options.expect not in {GENESIS, *(row["hash"] for row in rows)}:
        print("BROKEN: the hash noted earlier is not in this chain; its end was cut off")
        return 1
    print(f"The chain of {len(rows)} rows holds. Last hash: {last}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
