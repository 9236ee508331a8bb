"""``make fuzz [SECONDS=60] [SEED=n] [TARGET=name] [EXECUTIONS=n]``: random tables, changes, probes and bytes, and what they brought to light.

TARGET is ``displays``, ``changes``, ``probing``, ``targets`` (all of them), or one of the targets by its name; without
it everything gets a part of the time.  With EXECUTIONS the targets run so many times in all, however long that takes,
each of them as often as the others: ``make fuzz TARGET=targets EXECUTIONS=10000000``; of displays, changes and probing so
many command lines are compared.  Ends with status 1 when there is a finding.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable

import players
from probing import Probing
from tables import Tables
from targets import Campaign, all_targets

from netlite.errors import NetliteError

SEEDS_A_RUN = 1_000_000
PROGRAMS = ("displays", "changes", "probing")
ROUND = 500
TELL_EVERY_S = 60


def tell(text: str) -> None:
    """A line for who waits."""
    print(text, flush=True)


def beside_originals(kind: str, seed: int, seconds: float, executions: int = 0) -> int:
    """Examples from `seed` on until the time is over or so many command lines were compared; how many differed."""
    begun_s = told_s = time.monotonic()
    try:
        with players.Stage() as stage:
            fuzzer = Probing(stage) if kind == "probing" else Tables(kind, stage)
            number, tally = seed, fuzzer.tally
            while tally.unplayed <= tally.commands - tally.unplayed < executions if executions else time.monotonic() < begun_s + seconds:
                for text in fuzzer.run(number):
                    tell(text + "\n")
                number += 1
                if time.monotonic() > told_s + TELL_EVERY_S:
                    told_s = time.monotonic()
                    tell(f"{kind}: seeds {seed} to {number - 1}, {told_s - begun_s:.0f} s: {tally.figures()}")
    except NetliteError as refusal:
        tell(f"{kind}: not here: {refusal}")
        return 0
    tell(f"{kind}: seeds {seed} to {number - 1} in {time.monotonic() - begun_s:.0f} s: {tally.told()}")
    return len(tally.findings)


def on_targets(names: list[str], seed: int, seconds: float, executions: int = 0) -> int:
    """Each target for its part of the time, or of the executions; the number of findings."""
    targets, findings, count, begun_s = all_targets(), 0, 0, time.monotonic()
    for name in names:
        campaign, end_s = Campaign(targets[name], seed), time.monotonic() + seconds / len(names)
        if executions:
            campaign.go(-(-executions // len(names)))
        while not executions and time.monotonic() < end_s:
            campaign.go(ROUND)
        for line in campaign.told():
            tell(line)
        findings += len(campaign.findings)
        count += campaign.executions
    took_s = time.monotonic() - begun_s
    tell(f"{len(names)} targets: {count} executions in {took_s:.0f} s, {count / took_s:.0f} a second")
    return findings


def main() -> int:
    """Read the command line, run, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--target", default="")
    parser.add_argument("--executions", type=int, default=0)
    asked = parser.parse_args()
    seed = random.randrange(1000) * SEEDS_A_RUN if asked.seed is None else asked.seed
    names = list(all_targets())
    if asked.target not in ("", "targets", *PROGRAMS, *names):
        parser.error(f"TARGET is one of {', '.join((*PROGRAMS, 'targets', *names))}")
    players.low_priority()
    amount = f"EXECUTIONS={asked.executions}" if asked.executions else f"SECONDS={asked.seconds:g}"
    tell(f"seed {seed}; the same again: make fuzz {amount} SEED={seed} TARGET={asked.target}")
    parts: list[Callable[[float], int]] = []
    for kind in PROGRAMS:
        if asked.target in ("", kind):
            parts.append(lambda seconds, kind=kind: beside_originals(kind, seed, seconds, asked.executions))
    chosen = names if asked.target in ("", "targets") else [asked.target] * (asked.target in names)
    if chosen:
        parts.append(lambda seconds: on_targets(chosen, seed, seconds, asked.executions))
    findings = sum(part(asked.seconds / len(parts)) for part in parts)
    tell(f"{findings} findings" if findings else "no findings")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
