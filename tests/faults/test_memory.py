"""However many packets there are: the memory of a program is that of a short run."""

from __future__ import annotations

import subprocess
import sys

import pytest
from trials import ours

GROWTH_KIB = 1536  # what an allocator may take without anything being kept
PEAK = "import os, sys; " \
       "child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ); " \
       "_, status, used = os.wait4(child, 0); print(used.ru_maxrss, file=sys.stderr); sys.exit(status != 0)"


def peak_kib(start, command: str) -> int:
    """The most that a program held: told by a small process of its own, for a large parent would count."""
    process = start([sys.executable, "-I", "-S", "-c", PEAK, *ours(command)], stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with process:
        told = process.communicate()[1]
    assert process.returncode == 0, told
    return int(told)


@pytest.mark.parametrize("command, rounds", [("ping -n -q -A -c {} 127.0.0.1", 2), ("ping -n -q -f -c {} 127.0.0.1", 1),
                                             ("ping -n -A -c {} 127.0.0.1", 1), ("ping -n -q -A -c {} ::1", 1)])
def test_rounds_of_all_sequence_numbers(start, command, rounds):
    assert peak_kib(start, command.format(rounds * 65536 + 5000)) - peak_kib(start, command.format(5000)) <= GROWTH_KIB
