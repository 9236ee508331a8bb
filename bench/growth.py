"""How time and memory grow with a table: a thousand rows, ten thousand, … as far as the kernel holds them."""

from __future__ import annotations

import subprocess
import sys

from bench import loads, timing
from bench.rows import Bench

GROUP = "Growth"
THOUSANDS = (1_000, 10_000, 100_000, 1_000_000)
TABLES = {  # the command: what its rows are, how many, how they are made, how many of them the original is shown too
    "netstat -tan": ("sockets", THOUSANDS, loads.sockets, 1_000_000),
    "netstat -xa": ("Unix sockets", THOUSANDS, loads.many_unix_sockets, 1_000_000),
    "route -n": ("routes", THOUSANDS, loads.routes, 1_000_000),
    "arp -n": ("neighbours", THOUSANDS, loads.neighbours, 100_000),
    "ifconfig -a": ("interfaces", (100, 1_000, 3_000), loads.interfaces, 3_000),
}
WORST_MEMORY_MIB = 20  # above the interpreter's, whatever the size


ALONE = """
from posix import O_RDWR, POSIX_SPAWN_OPEN, posix_spawn, wait4
import sys

nowhere = [(POSIX_SPAWN_OPEN, fd, "/dev/null", O_RDWR, 0) for fd in (0, 1, 2)]
print(wait4(posix_spawn(sys.argv[1], sys.argv[1:], {"LC_ALL": "C"}, file_actions=nowhere), 0)[2].ru_maxrss)
"""  # a small parent: what a process held before it became the program counts as the program's


def with_memory(argv: list[str]) -> timing.Measured:
    """A program from start to end, and once more for the most memory that it holds."""
    found = timing.whole_process(argv)
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, *argv], capture_output=True, text=True, check=True
    ).stdout
    return {**found, "memory_mib": int(told) / 1024}


def what(command: str, size: int) -> str:
    """The name of a row, and of the point of a plot."""
    return f"{command}, {size:,} {TABLES[command][0]}"


def measure(bench: Bench, lab, bare: str) -> None:
    """Each table program at each size: time beside the original's, memory beside the bare interpreter's."""
    for command, (_, sizes, load, most) in TABLES.items():
        for size in sizes:
            beside = {"python3": bare} | ({"original": command} if size <= most else {})
            bench.row(
                GROUP,
                what(command, size),
                lab,
                command,
                {},
                beside=beside,
                load=load(lab, "client", size),
                rounds=5 if size < 100_000 else 1,
                figures=("wall_ms", "memory_mib"),
                warm=size < 1_000_000,
                measure=with_memory,
            )
