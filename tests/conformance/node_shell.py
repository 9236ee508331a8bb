"""A shell that stays in a node, for the many small commands around a comparison.

A program started by ``lab.run`` costs a fork of the whole test process; one started here only a fork of sh.
"""

from __future__ import annotations

import os
import select
import subprocess

from originals import ORIGINALS_PATH

END = b"\n[end of the command: "


class NodeShell:
    """Runs shell command lines in a node, one after the other; it ends with the lab."""

    def __init__(self, lab, node: str):
        self._process = lab.popen(node, ["sh"], env={"PATH": ORIGINALS_PATH, "LC_ALL": "C"}, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, command: str, timeout_s: float = 60) -> tuple[str, int]:
        """What a command line wrote on stdout and stderr, and its exit status.

        Raises AssertionError when it does not end in time.
        """
        script = f"( {command}\n) </dev/null\nprintf '\\n[end of the command: %d]\\n' $?\n"
        self._process.stdin.write(script.encode())
        self._process.stdin.flush()
        text, output = b"", self._process.stdout.fileno()
        while END not in text or not text.endswith(b"]\n"):
            assert select.select([output], [], [], timeout_s)[0], f"no end of {command} after {timeout_s} s: {text}"
            data = os.read(output, 1 << 16)
            assert data, f"the shell has ended: {text}"
            text += data
        said, _, status = text.rpartition(END)
        return said.decode("utf-8", "backslashreplace"), int(status[:-2])
