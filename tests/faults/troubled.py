"""Programs whose netlink is in trouble, forked off a process that has them loaded (conformance/program_runs.py).

Run in a node: answers each pickled (times, errno, command lines) on stdin with what came of each, (stdout, stderr, status).
So many receives of a program fail with `errno`; with 0 the kernel calls its dumps inconsistent.
"""

from __future__ import annotations

import pickle
import select
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "conformance")]

from program_runs import Run, load_programs  # noqa: E402

from netlite.errors import KernelRefused  # noqa: E402
from netlite.system.netlink import channel  # noqa: E402

PATIENCE_S = 240


class Troubled(channel.Channel):
    """A real channel that gets such answers now and then."""

    left = errno = 0

    def receive(self) -> bytes:
        chunk = bytearray(super().receive())
        if Troubled.left:
            Troubled.left -= 1
            if Troubled.errno:
                raise KernelRefused(Troubled.errno, "rtnetlink")
            at = 0
            while at + 16 <= len(chunk):
                length = int.from_bytes(chunk[at:at + 4], sys.byteorder)
                chunk[at + 6] |= channel.NLM_F_DUMP_INTR if sys.byteorder == "little" else 0
                at += max(16, length + 3 & ~3)
        return bytes(chunk)


def outcome(command: str) -> tuple:
    """What came of a command; a status of None: it did not end."""
    run = Run([word.encode() for word in command.split()], f"{ROOT}/bin")
    out, err, status = run.outcome(bool(select.select([run.ended], [], [], PATIENCE_S)[0]))
    return out.decode(errors="replace"), err.decode(errors="replace"), status


def main() -> None:
    channel.Channel = Troubled  # before the others are loaded, which take it from there
    load_programs(str(ROOT))
    while True:
        try:
            Troubled.left, Troubled.errno, commands = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump([outcome(command) for command in commands], sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
