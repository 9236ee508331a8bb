"""How far a run walks through the house: ``python -m bench.walks``.

Each command runs twice in this process, on loopback, and the second run is counted: calls of netlite's functions, the
files they stand in, how often the next call stands in another folder, and how often in another layer (a folder at
the top).  Records are left out: making one is no step.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = ("ping -c1 -n 127.0.0.1", "netstat -tan", "traceroute -m1 -n 127.0.0.1", "tracepath -n 127.0.0.1", "ifconfig lo",
        "route -n", "arp -n", "ping -c1 -n --explain 127.0.0.1")


class Walk:
    """The calls of one run."""

    def __init__(self):
        self.calls = self.switches = self.layers = 0
        self.files: set[str] = set()
        self._folder = self._layer = ""

    def step(self, frame, event: str, _argument) -> None:
        """What `sys.setprofile` calls."""
        file = frame.f_code.co_filename
        if event != "call" or not file.startswith(str(ROOT / "netlite")) or file.endswith("records/record.py"):
            return
        self.calls += 1
        self.files.add(file)
        folder = os.path.dirname(file)
        self.switches += folder != self._folder
        layer = folder[len(str(ROOT)):].split("/")[2:3]
        self.layers += layer != self._layer
        self._folder, self._layer = folder, layer


def walk(command: str) -> Walk:
    """Run a command of netlite in this process and count; its output goes to /dev/null."""
    try:
        from netlite.environment import Environment
        from netlite.programs.registry import execute
    except ImportError:  # the layout of 0.1.0
        from netlite.__main__ import execute
        from netlite.commands.environment import Environment
    program, *arguments = command.split()
    walk = Walk()
    for counted in (False, True):
        environment = Environment(program)
        if counted:
            sys.setprofile(walk.step)
        try:
            execute(program, list(arguments), environment)
            environment.out.flush()
        finally:
            sys.setprofile(None)
    return walk


def main() -> None:
    """Print a row a command."""
    table = io.StringIO()
    table.write(f"{'run':36} {'calls':>6} {'files':>6} {'folders':>8} {'layers':>7}\n")
    kept = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        for command in RUNS:
            found = walk(command)
            table.write(f"{command:36} {found.calls:6} {len(found.files):6} {found.switches:8} {found.layers:7}\n")
    finally:
        os.dup2(kept, 1)
    print(table.getvalue(), end="")


if __name__ == "__main__":
    main()
