"""Programs timed beside each other, so that all meet the same machine.

Rounds are interleaved and begin with another program each time; each program is started with posix_spawn and waited for
with wait4.  A ratio is the median of the ratios of the rounds, which a busy machine disturbs far less than a ratio of
medians.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from statistics import median, quantiles

Measured = dict[str, float]  # wall_ms, cpu_ms, or another figure, by its name
NULL = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


def whole_process(argv: list[str]) -> Measured:
    """A program from start to end: its time, and its processor time with that of its children."""
    begin = time.perf_counter()
    child = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=NULL)
    _, _, used = os.wait4(child, 0)
    return {"wall_ms": (time.perf_counter() - begin) * 1e3, "cpu_ms": (used.ru_utime + used.ru_stime) * 1e3}


def round_trip(argv: list[str]) -> Measured:
    """The average round trip that a ping reports."""
    from subprocess import run

    summary = run(argv, capture_output=True, text=True, env=ENVIRONMENT).stdout.rpartition(" = ")[2]
    return {"round_trip_us": float(summary.split("/")[1]) * 1e3}


def in_turns(programs: dict[str, list[str]], rounds: int, measure: Callable[[list[str]], Measured] = whole_process,
             warm: bool = True) -> dict[str, list[Measured]]:
    """Measure all programs `rounds` times, after a round that nobody counts."""
    seen: dict[str, list[Measured]] = {name: [] for name in programs}
    names = list(programs)
    for number in range(-warm, rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            result = measure(programs[name])
            if number >= 0:
                seen[name].append(result)
    return seen


def ratio(ours: list[Measured], theirs: list[Measured], figure: str) -> list[float]:
    """The quartiles of the rounds' ratios: low, median, high."""
    ratios = [mine[figure] / max(other[figure], 1e-9) for mine, other in zip(ours, theirs)]
    return quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3


def middle(seen: list[Measured], figure: str) -> float:
    """The median of a figure."""
    return median(each[figure] for each in seen)


def inside(lab, node: str, function, *arguments):
    """Call a function in a child process that lives in a node; hand back what it returns, if JSON can say it."""
    read_fd, write_fd = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read_fd)
            lab.enter(node)
            result = function(*arguments)
            with os.fdopen(write_fd, "w") as stream:
                json.dump(result, stream)
            status = 0
        finally:
            os._exit(status)
    os.close(write_fd)
    with os.fdopen(read_fd) as stream:
        text = stream.read()
    if os.waitpid(child, 0)[1] or not text:
        raise RuntimeError(f"measuring in {node} failed")
    return json.loads(text)
