"""How long the programs take to start and to do least: ``make bench ROWS=start``, ``python -m bench.start_up``.

All are started in turn, in an order that changes from round to round, as pip installs them and as the one file; the
figure of each is the median of its ratios to ``python3 -I -S -c pass`` of the same interpreter in the same round.  An
empty program with the same first lines shows what no change of ours can save, and a bare script (peers/bare_*.py) what
the same system calls and lines cost Python without a class.  Only loopback is used.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import timing
from bench.rows import BEFORE, OURS, Row

CHECKOUT = Path(__file__).resolve().parents[1]
RUNS = {  # the command: its goal
    "route -n": 1.35,
    "arp -n": 1.35,
    "ifconfig lo": 1.35,
    "netstat -tn": 1.35,
    "tracepath -n 127.0.0.1": 1.35,
    "traceroute -n 127.0.0.1": 1.5,
    "ping -c1 -n 127.0.0.1": 1.5,
}
BARE, EMPTY, ONE_FILE = "python3 -I -S -c pass", "the launcher and no more", "netlite.pyz ping -c1 -n 127.0.0.1"
FLOOR = "a bare script"
GROUP = "Start-up"
ROUNDS = 41
WORST_ONE_FILE = 1.3  # of the same program as installed


def commands(programs: Path, before: Path | None, folder: Path) -> dict[str, dict[str, list[str]]]:
    """What is measured by row and name, with the interpreter of the virtual environment that holds `programs`."""
    python = str(programs / "python3")
    launcher = (programs / "ping").read_text()
    empty = programs / "empty"
    empty.write_text(launcher[: launcher.index("from _signal")] + "from posix import _exit\n\n_exit(0)\n")
    empty.chmod(0o755)
    one_file = folder / "netlite.pyz"
    subprocess.run([python, "-I", CHECKOUT / "packaging" / "zipapp.py", one_file], check=True)
    found = {BARE: {BARE: [python, "-I", "-S", "-c", "pass"]}, EMPTY: {OURS: [str(empty)]}}
    for command in RUNS:
        program, *arguments = command.split()
        found[command] = {OURS: [str(programs / program), *arguments]}
        if before:
            found[command][BEFORE] = [str(before / program), *arguments]
        bare = CHECKOUT / "bench" / "peers" / f"bare_{program}.py"
        if bare.exists():
            found[command][FLOOR] = [python, "-I", "-S", str(bare), *arguments[-1:]]
        original = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if original:
            found[command]["original"] = [original, *arguments]
    found[ONE_FILE] = {OURS: [str(one_file), *ONE_FILE.split()[1:]]}
    return found


def measure(started: dict[str, dict[str, list[str]]], rounds: int) -> dict[tuple[str, str], list[timing.Measured]]:
    """Each program, round by round, after one round that nobody counts."""
    programs = {(row, name): argv for row, named in started.items() for name, argv in named.items()}
    seen: dict[tuple[str, str], list[timing.Measured]] = {key: [] for key in programs}
    order = list(programs)
    for number in range(rounds + 1):
        random.shuffle(order)
        for key in order:
            result = timing.whole_process(programs[key])
            if number:
                seen[key].append(result)
    return seen


def rows(programs: Path, before: Path | None = None, rounds: int = ROUNDS) -> list[Row]:
    """Measure the programs of a virtual environment, beside an older one's where `before` is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = timing.ENVIRONMENT["PATH"]
        timing.ENVIRONMENT["PATH"] = f"{programs}:{path}"  # the python3 of the one file
        try:
            seen = measure(commands(programs, before, Path(folder)), rounds)
        finally:
            timing.ENVIRONMENT["PATH"] = path
    bare, found = seen[BARE, BARE], []
    for row in (EMPTY, *RUNS, ONE_FILE):
        ours = seen[row, OURS]
        others = {BARE: bare} | {name: seen[row, name] for of, name in seen if of == row and name != OURS}
        if row == ONE_FILE:
            others = {"the same as installed": seen[ONE_FILE.partition(" ")[2], OURS]}
        goals = (
            {BARE: RUNS[row]} if row in RUNS else {"the same as installed": WORST_ONE_FILE} if row == ONE_FILE else {}
        )
        found.append(
            Row(
                GROUP,
                row,
                "wall_ms",
                {OURS: timing.middle(ours, "wall_ms")}
                | {name: timing.middle(other, "wall_ms") for name, other in others.items()},
                {name: timing.ratio(ours, other, "wall_ms") for name, other in others.items()},
                goals,
            )
        )
    return found


def main(words: list[str]) -> None:
    """Install the checkout into a virtual environment that is gone afterwards, and measure."""
    from bench.run import install

    with tempfile.TemporaryDirectory() as folder:
        for row in rows(install(Path(folder)), rounds=int(words[0]) if words else ROUNDS):
            print("\n".join(row.lines()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
