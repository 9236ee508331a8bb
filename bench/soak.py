"""The programs at work for as long as told: nothing may be lost, miscounted or grow.

``make soak MINUTES=30``, or ``python -m bench.soak [MINUTES]``; needs root or user namespaces.  The probing programs
(bench.soak_probes) and netstat -c (bench.soak_tables) run at the same time, in networks of their own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from netlite.lab.kernel.namespaces import Lab

from . import soak_probes

CHECKOUT = Path(__file__).resolve().parents[1]


def main() -> int:
    reason = Lab.unavailable_reason()
    if reason:
        print(f"soak: {reason}", file=sys.stderr)
        return 1
    seconds = 60 * float(sys.argv[1] if len(sys.argv) > 1 else 10)
    code = f"import sys; sys.path[:] = {[str(CHECKOUT), *sys.path]!r}; sys.argv[1:] = [{str(seconds)!r}]; " \
           "from bench.soak_tables import main; from netlite.lab.kernel.syscalls import die_with_parent; " \
           f"die_with_parent({os.getpid()}, {signal.SIGKILL:d}); sys.exit(main())"
    tables = subprocess.Popen([sys.executable, "-I", "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        faults = soak_probes.soak(seconds, lambda line: print(line, flush=True))
        report = tables.communicate()[0]
    finally:
        tables.kill()
        tables.wait()
    print(report, end="")
    print("\n".join(faults) or "every packet counted once, nothing grown")
    return 1 if faults or tables.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
