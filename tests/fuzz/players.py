"""What plays examples: a process inside a node of a lab, which is asked through pipes (stage.py)."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [folder for folder in map(str, (HERE, HERE.parent, HERE.parent / "conformance", HERE.parents[1]))
                if folder not in sys.path]

from netlite.lab.kernel.namespaces import Lab  # noqa: E402
from netlite.lab.scene.parts import Node  # noqa: E402
from netlite.lab.scene.topology import Topology  # noqa: E402


class Stage:
    """Plays examples one after the other.  A context manager.

    Raises LabRefused where there are no namespaces.
    """

    def __init__(self):
        self._lab = Lab(Topology([Node("h1")], []))
        self.rootless = self._lab.rootless
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-I", "-S", str(HERE / "stage.py")]
        self._process = self._lab.popen("h1", command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/",
                                        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"})
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("the stage did not start")

    def play(self, kind: str, lines: list[str], commands: list[list[bytes]]):
        """The answer of stage.py to an example."""
        pickle.dump((kind, lines, commands), self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._lab.close()


def low_priority() -> None:
    """Let everything else on the machine go first."""
    os.nice(max(0, 10 - os.nice(0)))
