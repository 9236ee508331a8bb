"""Measure netlite's programs, as pip installs them, beside what else does the same: ``make bench``.

Needs root (namespaces are entered by the measuring process); works in network namespaces of its own.  A ratio is
netlite's figure through the other's; a goal is what we hold ourselves to.  ``make bench ROWS=WORD`` runs the rows whose
name contains WORD, ``ROWS=start`` those of start-up alone, in less than a minute and without root.  A whole run is kept
in build/bench.json, and writes docs/benchmarks.rst with its plots and the README's table.  ``BEFORE=REVISION`` measures
an older netlite in the same rounds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import growth, page, probe_rows, start_up, table_rows
from bench.rows import Bench
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain

CHECKOUT = Path(__file__).resolve().parents[1]
RESULT = CHECKOUT / "build" / "bench.json"


def install(folder: Path, revision: str = "") -> Path:
    """Have pip install the checkout, or a revision of it, into a virtual environment; where its programs are."""
    source, venv = folder / f"source{revision}", folder / f"venv{revision}"
    if revision:
        source.mkdir()
        with subprocess.Popen(["git", "-C", str(CHECKOUT), "archive", revision], stdout=subprocess.PIPE) as archive:
            subprocess.run(["tar", "-x", "-C", source], stdin=archive.stdout, check=True)
    else:
        left = shutil.ignore_patterns(".*", "build", "dist", "tests", "*.egg-info", "__pycache__")
        shutil.copytree(CHECKOUT, source, symlinks=True, ignore=left)  # a build leaves files where it is done
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, source], check=True)
    return venv / "bin"


def machine() -> dict[str, str]:
    """What the run was made on and with."""

    def told(*argv: str) -> str:
        done = subprocess.run(argv, capture_output=True, text=True)
        return (done.stdout or done.stderr).strip().partition("\n")[0]

    versions = {
        name: told("dpkg-query", "-W", "-f", "${Package} ${Version}", package)
        for name, package in (
            ("ping", "iputils-ping"),
            ("traceroute", "traceroute"),
            ("net-tools", "net-tools"),
            ("iproute2", "iproute2"),
            ("fping", "fping"),
            ("mtr", "mtr-tiny"),
            ("busybox", "busybox"),
        )
    }
    return {
        "commit": told("git", "-C", str(CHECKOUT), "rev-parse", "--short", "HEAD"),
        "date": time.strftime("%Y-%m-%d"),
        "python": sys.version.split()[0],
        "linux": os.uname().release.partition("-")[0],
        "processors": str(os.cpu_count()),
        "versions": ",\n".join(version for version in versions.values() if version and "no packages" not in version),
    }


def main() -> int:
    word, revision = [*sys.argv[1:], "", ""][:2]
    if word == "start":
        start_up.main([])
        return 0
    if os.geteuid() != 0:
        print("make bench: needs root, to enter the network namespaces it measures in", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        programs = install(Path(folder))
        before = install(Path(folder), revision) if revision else None
        bench = Bench(programs, word, before)
        if not word:
            for row in start_up.rows(programs, before):
                bench.add(row)
        with Lab(chain(1)) as lab:
            table_rows.sockets(bench, lab)
            table_rows.rest(bench, lab)
            probe_rows.probes(bench, lab)
            bench.before = None  # it grows as slowly as it may
            growth.measure(bench, lab, f"{programs}/python3 -I -S -c pass")
            bench.before = before
        probe_rows.paths(bench)
        probe_rows.labs(bench)
    if not word:
        bench.save(RESULT, **machine())
        page.write(RESULT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
