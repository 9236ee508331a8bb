"""Measure netlite's programs, as pip installs them, beside the originals and print a table: ``make bench``.

Needs root (namespaces are entered by the measuring process) and the originals; works in network
namespaces of its own.  `ratio` is netlite's time through the reference's; `goal` is what we hold
ourselves to.  ``make bench ROWS=WORD`` runs the rows whose name contains WORD, ``ROWS=start`` those of start-up alone,
in less than a minute and without root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from bench import loads, pairs, start_up
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import Node, Topology, Wire, chain

CHECKOUT = Path(__file__).resolve().parents[1]
ONE_SHOT = ("ping -c1 -n 127.0.0.1", "traceroute -n 127.0.0.1", "tracepath -n 127.0.0.1", "netstat -tn", "ifconfig",
            "route -n", "arp -n")
TITLE = f"{'what':44} {'reference':>10} {'netlite':>10} {'ratio':>7}  {'quartiles':11} goal"


class Bench:
    """Runs rows and prints each as it is known."""

    def __init__(self, programs: Path, word: str):
        self.programs = programs
        self.word = word

    def words(self, command: str) -> tuple[list[str], list[str]]:
        """The command line of the original and of netlite."""
        program, *arguments = command.split()
        original = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")
        return [original or f"/missing/{program}", *arguments], [str(self.programs / program), *arguments]

    def row(self, what: str, lab, node: str, command: str, goal: float | None, *, rounds: int = 15, load=None,
            beside: str = "", measure=pairs.wall_ms, unit: str = "ms") -> None:
        """Measure one command line in a node under a load, beside the original or another program."""
        if self.word not in what:
            return
        _, ours = self.words(command)
        original, _ = self.words(beside or command)
        if not os.path.exists(original[0]):
            print(f"{what:44} the original is not installed")
            return
        with load or nullcontext():
            seen = pairs.inside(lab, node, pairs.compare, original, ours, rounds, measure)
        verdict = "" if goal is None else f"<= {goal:g}" + ("" if seen.ratio <= goal else "  MISSED")
        print(f"{what:44} {seen.reference_ms:7.2f} {unit} {seen.ours_ms:7.2f} {unit} {seen.ratio:7.2f}  "
              f"{seen.spread:11} {verdict}", flush=True)


def one_shot(bench: Bench, lab) -> None:
    """Beside the originals; beside the bare interpreter: bench.start_up."""
    for command in ONE_SHOT:
        bench.row(f"one shot: {command}", lab, "client", command, None, rounds=25)


def tables(bench: Bench, lab) -> None:
    for count, goals in ((10_000, (0.75, None, None)), (100_000, (0.5, 0.1, 0.25))):
        for command, goal, rounds in zip(("netstat -tan", "netstat -tln", "netstat -tanp"), goals, (7, 7, 3)):
            bench.row(f"{command}, {count} sockets", lab, "client", command, goal, rounds=rounds,
                      load=loads.sockets(lab, "client", count))
    bench.row("netstat -xa, 50000 unix sockets", lab, "client", "netstat -xa", 0.95, rounds=9,
              load=loads.unix_sockets(lab, "client", 5, 10_000))
    bench.row("netstat -tanp, 500 processes with 200 sockets", lab, "client", "netstat -tanp", 0.5, rounds=3,
              load=loads.unix_sockets(lab, "client", 500, 200))
    for count, goal in ((2, None), (100, None), (1000, 0.06), (3000, 0.012)):
        bench.row(f"ifconfig -a, {count} interfaces more", lab, "client", "ifconfig -a", goal,
                  rounds=5 if count < 3000 else 1, load=loads.interfaces(lab, "client", count))
    for count, goal, rounds in ((1000, None, 9), (100_000, 0.9, 5), (1_000_000, 0.75, 2)):
        bench.row(f"route -n, {count} routes more", lab, "client", "route -n", goal, rounds=rounds,
                  load=loads.routes(lab, "client", count))
    bench.row("arp -n, 10000 neighbours", lab, "client", "arp -n", 0.5, rounds=9,
              load=loads.neighbours(lab, "client", 10_000))


def probes(bench: Bench, lab) -> None:
    bench.row("ping -f -q, 20000 packets over veth", lab, "client", "ping -f -q -c20000 198.18.1.2", 1.25, rounds=5)
    bench.row("ping, average round trip on an idle veth", lab, "client", "ping -q -c200 -i0.002 198.18.1.2", 1.0,
              rounds=5, measure=pairs.round_trip_us, unit="us")
    with tempfile.NamedTemporaryFile("w", suffix=".targets") as targets:
        targets.writelines(f"127.{count >> 14}.{count >> 7 & 127}.{(count & 127) + 1}\n" for count in range(10_000))
        targets.flush()
        bench.row("10000 targets at once / fping", lab, "client", f"ping --multi --rate 0 --targets {targets.name}",
                  1.0, rounds=5, beside=f"fping -q -c1 -i0 -f {targets.name}")


def paths(bench: Bench) -> None:
    with Lab(chain(10)) as lab:
        far = lab.addresses("server")[0]
        bench.row("traceroute, 10 routers answer", lab, "client", f"traceroute -n {far}", None)
        bench.row("tracepath, 10 routers answer", lab, "client", f"tracepath -n {far}", None)
    silent = Topology([Node("client"), *(Node(f"r{number}", True, silent=number in (2, 4)) for number in range(1, 6)),
                       Node("server")], [Wire(ends) for ends in CHAIN_WITH_SILENCE])
    with Lab(silent) as lab:
        far = lab.addresses("server")[0]
        bench.row("traceroute, 2 of 5 routers are silent", lab, "client", f"traceroute -n {far}", None)
        bench.row("traceroute, silent from hop 6 to 14, -w 1", lab, "client", "traceroute -n -m14 -w1 203.0.113.1", 1.0,
                  rounds=3)


CHAIN_WITH_SILENCE = (("client", "r1"), ("r1", "r2"), ("r2", "r3"), ("r3", "r4"), ("r4", "r5"), ("r5", "server"))


def install(folder: Path) -> Path:
    """Have pip install the checkout into a virtual environment of its own; returns where its programs are."""
    source, venv = folder / "source", folder / "venv"
    shutil.copytree(CHECKOUT, source, symlinks=True, ignore=shutil.ignore_patterns(
        ".*", "build", "dist", "tests", "*.egg-info", "__pycache__"))  # a build leaves files where it is done
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--no-deps", source], check=True)
    return venv / "bin"


def main() -> int:
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    if word == "start":
        start_up.main([])
        return 0
    if os.geteuid() != 0:
        print("make bench: needs root, to enter the network namespaces it measures in", file=sys.stderr)
        return 1
    print(f"Python {sys.version.split()[0]}, Linux {os.uname().release}, {os.cpu_count()} processors\n{TITLE}")
    with tempfile.TemporaryDirectory() as folder:
        programs = install(Path(folder))
        if not word:
            start_up.table(programs)
        bench = Bench(programs, word)
        with Lab(chain(1)) as lab:
            one_shot(bench, lab)
            tables(bench, lab)
            probes(bench, lab)
        paths(bench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
