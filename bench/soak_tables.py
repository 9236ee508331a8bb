"""A long watch of netstat -c where sockets, processes and interfaces come and go by the hundred a second.

``python -m bench.soak_tables [SECONDS]`` (600 by default; needs root or user namespaces).  netstat runs through all
its tables ten times a second; any message of netlite's own error kind, any exit and any growth of memory or
open descriptors after the first tenth of the time is a fault.  Prints both at the start and at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain

CHECKOUT = Path(__file__).resolve().parents[1]
COMMANDS = ("-anpe", "-tuan --json -p", "-tan", "-ta --state all", "-ina", "-rn", "-gn")
GROWTH_KIB = 4096  # what an allocator may keep without anything being lost
CHURN = """
import os, socket, subprocess, sys, time
turn = 0
while True:
    turn += 1
    server = socket.create_server(("127.0.0.1", 0))
    for _ in range(20):
        near = socket.create_connection(server.getsockname())
        far = server.accept()[0]
        (near if turn % 2 else far).close(), near.close(), far.close()
        with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as two:
            one.bind(f"\\0soak{turn}")
            two.bind(("::1", 0))
    server.close()
    children = [os.fork() for _ in range(1)]
    if 0 in children:
        kept = [socket.socket() for _ in range(5)]
        os._exit(0)
    for child in children:
        os.waitpid(child, 0)
    if turn % 10 == 0:
        subprocess.run(["ip", "link", "add", f"soak{turn}", "type", "veth", "peer", "name", f"kaos{turn}"],
                       stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "del", f"soak{turn}"], stderr=subprocess.DEVNULL)
    time.sleep(0.01)
"""
RUN = """
import sys
sys.path.insert(0, {root!r})
from netlite.__main__ import run
run("netstat", "netstat", {words!r})
"""


class Watched:
    """One netstat -c, and what it holds."""

    def __init__(self, lab: Lab, words: str):
        self.words = words
        code = RUN.format(root=str(CHECKOUT), words=[*words.split(), "--interval=0.1"])
        environment = {**os.environ, "NETLITE_TRACEBACK": "1"}
        self.process = lab.popen("client", [sys.executable, "-I", "-c", code], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, env=environment)

    def holds(self) -> tuple[int, int]:
        """Resident memory in KiB and open descriptors."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(resident.split()[1]), len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self) -> str:
        """End it; what it complained of."""
        ended = self.process.poll()
        self.process.terminate()
        complaint = self.process.communicate()[1]
        text = complaint if isinstance(complaint, str) else complaint.decode(errors="replace")
        return f"ended with {ended}: {text[-2000:]}" if ended is not None else text


def soak(seconds: float, commands=COMMANDS, report=print) -> list[str]:
    """Watch for `seconds`; returns what went wrong."""
    faults = []
    with Lab(chain(1)) as lab, ExitStack() as stack:
        churn = lab.popen("client", [sys.executable, "-I", "-c", CHURN])
        stack.callback(churn.wait)
        stack.callback(churn.kill)
        watched = [Watched(lab, words) for words in commands]
        time.sleep(max(1.0, seconds / 10))
        before = [each.holds() for each in watched if each.process.poll() is None]
        time.sleep(seconds * 0.9)
        after = [each.holds() for each in watched if each.process.poll() is None]
        complaints = [each.stop() for each in watched]
        if churn.poll() is not None:
            faults.append("the churn ended early")
    for each, complaint in zip(watched, complaints):
        if complaint:
            faults.append(f"{each.words}: {complaint}")
    if len(before) != len(after) or len(after) != len(watched):
        return [*faults, "a netstat ended before its time"]
    for each, (memory, files), (memory_then, files_then) in zip(watched, before, after):
        report(f"netstat {each.words:20} RSS {memory} -> {memory_then} KiB, descriptors {files} -> {files_then}")
        if memory_then > memory + GROWTH_KIB or files_then > files + 4:  # a table may be open at that moment
            faults.append(f"{each.words}: grows")
    return faults


def main() -> int:
    reason = Lab.unavailable_reason()
    if reason:
        print(f"soak: {reason}", file=sys.stderr)
        return 1
    faults = soak(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
    print("\n".join(faults) or "nothing lost, nothing grown")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
