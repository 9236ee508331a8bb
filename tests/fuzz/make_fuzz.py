"""``make fuzz [SECONDS=60] [SEED=n] [TARGET=name] [COMMANDS=n]``: random tables, changes, probes and bytes, and what they brought to light.

TARGET is ``displays``, ``changes``, ``probing``, ``targets`` (all of them), or one of the targets by its name; without
it everything gets a part of the time.  COMMANDS ends a kind when so many command lines were compared.  Ends with status 1 when there is a finding.
"""

from __future__ import annotations

import argparse
import math
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


def tell(text: str) -> None:
    """A line for who waits."""
    print(text, flush=True)


def beside_originals(kind: str, seed: int, end_s: float, most: float) -> int:
    """Examples from `seed` on until the time is over or `most` command lines were compared; how many differed."""
    try:
        with players.Stage() as stage:
            fuzzer = Probing(stage) if kind == "probing" else Tables(kind, stage)
            number = seed
            while time.monotonic() < end_s and fuzzer.tally.commands - fuzzer.tally.unplayed < most:
                for text in fuzzer.run(number):
                    tell(text + "\n")
                number += 1
    except NetliteError as refusal:
        tell(f"{kind}: not here: {refusal}")
        return 0
    tell(f"{kind}: seeds {seed} to {number - 1}: {fuzzer.tally.told()}")
    return len(fuzzer.tally.findings)


def on_targets(names: list[str], seed: int, seconds: float) -> int:
    """Each target for its part of the time; the number of findings."""
    targets, findings = all_targets(), 0
    for name in names:
        campaign, end_s = Campaign(targets[name], seed), time.monotonic() + seconds / len(names)
        while time.monotonic() < end_s:
            campaign.go(ROUND)
        for line in campaign.told():
            tell(line)
        findings += len(campaign.findings)
    return findings


def main() -> int:
    """Read the command line, run, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--commands", type=float, default=math.inf)
    parser.add_argument("--target", default="")
    asked = parser.parse_args()
    seed = random.randrange(1000) * SEEDS_A_RUN if asked.seed is None else asked.seed
    names = list(all_targets())
    if asked.target not in ("", "targets", *PROGRAMS, *names):
        parser.error(f"TARGET is one of {', '.join((*PROGRAMS, 'targets', *names))}")
    players.low_priority()
    tell(f"seed {seed}; the same again: make fuzz SECONDS={asked.seconds:g} SEED={seed} TARGET={asked.target}")
    parts: list[Callable[[float], int]] = []
    for kind in PROGRAMS:
        if asked.target in ("", kind):
            parts.append(lambda seconds, kind=kind: beside_originals(kind, seed, time.monotonic() + seconds, asked.commands))
    chosen = names if asked.target in ("", "targets") else [asked.target] * (asked.target in names)
    if chosen:
        parts.append(lambda seconds: on_targets(chosen, seed, seconds))
    findings = sum(part(asked.seconds / len(parts)) for part in parts)
    tell(f"{findings} findings" if findings else "no findings")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
