"""Programs whose netlink is refused, forked off a process that has them loaded (conformance/program_runs.py).

Answers each pickled (way, command lines) on stdin with what came of each in a namespace of their own, (stdout, stderr, status),
or with why that cannot be.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "faults"), str(TESTS / "lab")]

from refuse_netlink import refuse  # noqa: E402
from troubled import ROOT, load_programs, outcome  # noqa: E402

from netlite.lab.kernel import syscalls  # noqa: E402

SET_UP = b"""link set lo up
link add d0 address 02:00:00:00:00:01 type veth peer name d1
address add 10.4.4.1/24 dev d0
link set d1 up
link set d0 up
address add 2001:db8:4::1/64 dev d0 nodad
neigh add 10.4.4.9 lladdr 02:00:00:00:00:09 nud permanent dev d0
route add 10.5.0.0/16 via 10.4.4.9
"""


def outcomes(way: tuple[str, int] | None, commands: list[str]) -> list[tuple] | str:
    """In a process of their own: what came of each command."""
    try:
        syscalls.unshare(syscalls.CLONE_NEWNET)
        subprocess.run(["ip", "-batch", "-"], input=SET_UP, check=True)
        if way:
            refuse(*way)
    except (OSError, KeyError, subprocess.CalledProcessError) as refusal:
        return str(refusal)
    return [outcome(command) for command in commands]


def main() -> None:
    load_programs(str(ROOT))
    while True:
        try:
            way, commands = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        child = os.fork()
        if not child:
            pickle.dump(outcomes(way, commands), sys.stdout.buffer)
            sys.stdout.buffer.flush()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
