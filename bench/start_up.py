"""How long the programs take to start and to do least: ``make bench ROWS=start``, ``python -m bench.start_up``.

All are started in turn, in an order that changes from round to round, as pip installs them and as the one file; the
figure of each is the median of its ratios to ``python3 -I -S -c pass`` of the same interpreter in the same round.  An
empty program with the same first lines shows what no change of ours can save.  Only loopback is used.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

from bench import pairs

CHECKOUT = Path(__file__).resolve().parents[1]
RUNS = {  # the command: its goal
    "route -n": 1.35, "arp -n": 1.35, "ifconfig lo": 1.35, "netstat -tn": 1.35, "tracepath -n 127.0.0.1": 1.35,
    "traceroute -n 127.0.0.1": 1.5, "ping -c1 -n 127.0.0.1": 1.5}
BARE, EMPTY, ONE_FILE = "python3 -I -S -c pass", "an empty launcher", "netlite.pyz ping -c1 -n 127.0.0.1"
ROUNDS = 41
WORST_ONE_FILE = 1.3  # of the same program as installed


def commands(programs: Path, folder: Path) -> dict[str, list[str]]:
    """What is measured, with the interpreter of the virtual environment that holds `programs`."""
    python = str(programs / "python3")
    launcher = (programs / "ping").read_text()
    empty = programs / "empty"
    empty.write_text(launcher[:launcher.index("from _signal")] + "from posix import _exit\n\n_exit(0)\n")
    empty.chmod(0o755)
    one_file = folder / "netlite.pyz"
    subprocess.run([python, "-I", CHECKOUT / "packaging" / "zipapp.py", one_file], check=True)
    found = {BARE: [python, "-I", "-S", "-c", "pass"], EMPTY: [str(empty)]}
    for command in RUNS:
        program, *arguments = command.split()
        found[command] = [str(programs / program), *arguments]
    found[ONE_FILE] = [str(one_file), *ONE_FILE.split()[1:]]
    return found


def measure(started: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """The wall times of each in milliseconds, round by round, after one that nobody counts."""
    times: dict[str, list[float]] = {name: [] for name in started}
    order = list(started)
    for number in range(rounds + 1):
        random.shuffle(order)
        for name in order:
            spent_ms = pairs.wall_ms(started[name])
            if number:
                times[name].append(spent_ms)
    return times


def row(name: str, times: dict[str, list[float]], beside: str, goal: float | None) -> str:
    ratios = [ours / reference for ours, reference in zip(times[name], times[beside])]
    low, middle, high = quantiles(ratios, n=4)
    verdict = "" if goal is None else f"<= {goal:g}" + ("" if middle <= goal else "  MISSED")
    return f"{name:36} {median(times[name]):7.2f} ms {middle:6.2f}  {low:.2f}-{high:.2f}  {verdict}".rstrip()


def table(programs: Path, rounds: int = ROUNDS) -> None:
    """Measure the programs of a virtual environment, and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = pairs.ENVIRONMENT["PATH"]
        pairs.ENVIRONMENT["PATH"] = f"{programs}:{path}"  # the python3 of the one file
        try:
            times = measure(commands(programs, Path(folder)), rounds)
        finally:
            pairs.ENVIRONMENT["PATH"] = path
    print(f"{'start-up, ' + str(rounds) + ' rounds':36} {'median':>10} {'ratio':>6}  quartiles  goal")
    for name in times:
        if name != ONE_FILE:
            print(row(name, times, BARE, RUNS.get(name)))
    print(row(ONE_FILE, times, "ping -c1 -n 127.0.0.1", WORST_ONE_FILE) + " (of the installed one)", flush=True)


def main(words: list[str]) -> None:
    """Install the checkout into a virtual environment that is gone afterwards, and measure."""
    from bench.run import install

    with tempfile.TemporaryDirectory() as folder:
        table(install(Path(folder)), int(words[0]) if words else ROUNDS)


if __name__ == "__main__":
    main(sys.argv[1:])
