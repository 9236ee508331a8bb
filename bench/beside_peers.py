"""The programs of examples/ beside the same jobs done with other libraries: ``make peers`` (root).

Each pair does its job in a network of namespaces: a client, a router, a server with a thousand addresses behind a
wire of 1400 bytes, and addresses that nobody answers for.  Lines are those of code; seconds and processor time are
medians of five runs, children included.  Then many probes at once: 64 threads, and 1,000 targets in an event loop, a
tenth of them dead; counts must be exact, and descriptors are back where they were.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.parts import Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
LIVE = [f"198.18.{8 + number // 250}.{number % 250 + 1}" for number in range(1000)]
DEAD = [f"198.18.40.{number + 1}" for number in range(100)]
NET = Topology([Node("client"), Node("r1", True, rules=(Rule(Action.DROP, destination="198.18.40.0/24"),),
                                     routes=(StaticRoute("198.18.8.0/22", "server"),)), Node("server")],
               [Wire(("client", "r1")), Wire(("r1", "server"), mtu_bytes=1400)], "peers")
JOBS = (  # example, what the other one uses, its words, what it needs
    ("sweep", "icmplib", [*LIVE[:100], *DEAD[:10]], ["icmplib"]),
    ("concurrent_traces", "scapy", LIVE[:10], ["scapy"]),
    ("path_mtus", "tracepath in threads", LIVE[:20], []),
    ("with_asyncio", "ping in subprocesses", [*LIVE[:20], DEAD[0]], []),
    ("default_gateway", "pyroute2, icmplib", [], ["pyroute2", "icmplib"]),
    ("interface_changes", "pyroute2", ["0.5"], ["pyroute2"]),
    ("open_sockets", "psutil", [], ["psutil"]),
    ("rows_for_pandas", "icmplib, pandas", LIVE[:1], ["icmplib", "pandas"]),
    ("health_check", "FastAPI, ping", [*LIVE[:50], *DEAD[:5]], ["fastapi", "httpx"]),
)


def lines(path: Path) -> int:
    """The lines of code: no blanks, comments or docstrings."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node):
            del node.body[0]
    kept = {number for node in ast.walk(tree) if hasattr(node, "lineno") for number in (node.lineno, node.end_lineno)}
    return len(kept)


def measured(lab: Lab, argv: list[str]) -> tuple[float, float, str]:
    """Seconds, processor seconds and output of one run on the client."""
    begin = time.perf_counter()
    with lab.popen("client", argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                   text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(argv[1:3])}: {output}")
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime, output


def both(lab: Lab, programs: list[list[str]]) -> list[tuple[float, float]]:
    """Medians of two programs, in turns: seconds, processor seconds."""
    runs: tuple[list, list] = [], []
    for number in range(ROUNDS):
        for place in (0, 1) if number % 2 else (1, 0):
            runs[place].append(measured(lab, programs[place]))
    return [(median(run[0] for run in each), median(run[1] for run in each)) for each in runs]


def job(lab: Lab, name: str, peer: str, words: list[str], needs: list[str]) -> None:
    """One row of the table."""
    files = ROOT / "examples" / f"{name}.py", ROOT / "bench" / "peers" / f"{name}.py"
    missing = [module for module in needs if find_spec(module) is None]
    if missing:
        print(f"{name:18} {', '.join(missing)}: not installed")
        return
    argvs = [[sys.executable, str(file), *words] for file in files]
    if name == "health_check":
        driver = ROOT / "bench" / "peers" / "ask_health.py"
        argvs = [[sys.executable, str(driver), str(file.parent), *words] for file in files]
    ours, theirs = both(lab, argvs)
    print(f"{name:18} {peer:22} {lines(files[0]):3} {lines(files[1]):6}   {ours[0]:6.2f} {theirs[0]:6.2f}   "
          f"{ours[1]:6.2f} {theirs[1]:6.2f}", flush=True)


def many(lab: Lab, what: str, names: tuple[str, ...]) -> None:
    """A row of many probes at once for each program: what it counted itself."""
    for name in names:
        if name.startswith("icmplib") and find_spec("icmplib") is None:
            continue
        script = ROOT / "bench/peers" / f"{name}.py"
        seconds, used, output = measured(lab, [sys.executable, str(script), *LIVE[:900], *DEAD])
        print(f"{what:22} {name.partition('_')[0]:8} {seconds:6.2f} {used:6.2f}   {output.strip()}", flush=True)


def main() -> None:
    """Print the tables."""
    with Lab(NET) as lab:
        lab.run("server", ["ip", "route", "add", "local", "198.18.8.0/22", "dev", "lo"])
        lab.setting("client", "net/ipv4/ping_group_range", "0 0")
        print(f"{'example':18} {'beside':22} {'lines':10}   {'seconds':13}   processor seconds")
        for name, peer, words, needs in JOBS:
            job(lab, name, peer, words, needs)
        print()
        many(lab, "64 threads x 20", ("netlite_threads", "icmplib_threads"))
        many(lab, "1,000 targets x 2", ("netlite_targets", "icmplib_targets"))


if __name__ == "__main__":
    main()
