"""Timing of two programs beside each other, so that both meet the same machine.

Rounds are interleaved and their order alternates; each program is started with posix_spawn and
waited for with wait4.  The figure is the median of the ratios of the rounds, which a busy
machine disturbs far less than a ratio of medians.
"""

from __future__ import annotations

import json
import os
import time
from statistics import median, quantiles

NULL = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


class Comparison:
    """Wall times in milliseconds of both programs, round by round."""

    def __init__(self, reference_ms: list[float], ours_ms: list[float]):
        self.reference_ms = median(reference_ms)
        self.ours_ms = median(ours_ms)
        ratios = [ours / reference for reference, ours in zip(reference_ms, ours_ms)]
        self.ratio = median(ratios)
        low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else (self.ratio,) * 3
        self.spread = f"{low:.2f}-{high:.2f}"


def wall_ms(argv: list[str]) -> float:
    """How long a program takes from start to end."""
    begin = time.perf_counter()
    child = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=NULL)
    os.wait4(child, 0)
    return (time.perf_counter() - begin) * 1e3


def compare(reference: list[str], ours: list[str], rounds: int, measure=wall_ms) -> Comparison:
    """Measure both programs `rounds` times, after one round that nobody counts."""
    times: tuple[list, list] = [], []
    for number in range(rounds + 1):
        order = ((0, reference), (1, ours)) if number % 2 else ((1, ours), (0, reference))
        for place, argv in order:
            times[place].append(measure(argv))
    return Comparison(times[0][1:], times[1][1:])


def round_trip_us(argv: list[str]) -> float:
    """The average round trip that a ping reports, in microseconds."""
    from subprocess import run

    summary = run(argv, capture_output=True, text=True, env=ENVIRONMENT).stdout.rpartition(" = ")[2]
    return float(summary.split("/")[1]) * 1e3


def inside(lab, node: str, function, *arguments):
    """Call a function in a child process that lives in a node; hand back what it returns."""
    read_fd, write_fd = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read_fd)
            lab.enter(node)
            result = function(*arguments)
            with os.fdopen(write_fd, "w") as stream:
                json.dump(vars(result), stream)
            status = 0
        finally:
            os._exit(status)
    os.close(write_fd)
    with os.fdopen(read_fd) as stream:
        text = stream.read()
    if os.waitpid(child, 0)[1] or not text:
        raise RuntimeError(f"measuring in {node} failed")
    comparison = Comparison.__new__(Comparison)
    vars(comparison).update(json.loads(text))
    return comparison
