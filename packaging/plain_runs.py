"""Write packaging/plain_runs.txt anew: which modules each program loads in any case; the code file has them together.

A line has the module that is asked for first, and those that are loaded with it, in the order in which they are
complete: what a run on loopback loads that has no privileges to give up.  The first two lines are of all programs.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "packaging" / "plain_runs.txt"
RUNS = ("ping -c1 -n 127.0.0.1", "traceroute -n 127.0.0.1", "tracepath -n 127.0.0.1", "netstat -tn", "ifconfig lo",
        "route -n", "arp -n", "hostname")
REPORT = """
import posix, sys
import _frozen_importlib_external as importing
complete, execute = [], importing._LoaderBasics.exec_module
def note(loader, module):
    execute(loader, module)
    complete.append(module.__name__)
    if module.__name__ == "netlite.sockets.capabilities":
        module.permitted_capabilities = lambda: 0
importing._LoaderBasics.exec_module = note
sys.path.insert(0, {root!r})
import netlite.__main__ as start
def leave(status):
    posix.write(2, ("\\nloaded " + " ".join(complete)).encode())
    leave_now(status)
leave_now, start._exit = start._exit, leave
start.start({program!r}, [{program!r}, *{arguments!r}])
"""


def recorded(run: str) -> list[str]:
    """The modules of netlite that a run loads, in the order in which they are complete."""
    program, *arguments = run.split()
    code = REPORT.format(root=str(ROOT), program=program, arguments=arguments)
    argv = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit(f"{run}: status {done.returncode}, but all runs are to work (as root, with lo up)")
    return [name for name in done.stderr.rpartition("loaded ")[2].split() if name.partition(".")[0] == "netlite"]


def text() -> str:
    """The lines of the file."""
    lines = {}
    for run in RUNS:
        program = f"netlite.programs.{run.split()[0]}"
        loaded = recorded(run)
        begun, before = loaded.index("netlite.world"), loaded.index(program)
        lines["netlite"] = loaded[:begun]
        lines["netlite.environment"] = loaded[begun:before]
        lines[f"{program}.main"] = loaded[before:]
    return "".join(f"{first}: {' '.join(name for name in names if name != first)}\n" for first, names in lines.items())


if __name__ == "__main__":
    TARGET.write_text(text())
