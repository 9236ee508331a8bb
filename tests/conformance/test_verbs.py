"""Changes: the same command lines by the original and by netlite in twin nodes.

Each file of fixtures/verbs is one long session: ``! COMMAND`` prepares the node, ``$ COMMAND`` runs
a program, ``$ nobody COMMAND`` as an ordinary user.  After every line stdout, stderr, status and the
kernel's state (addresses, links, routes, neighbours) of the twins have to be equal.
Where netlite mends a bug of the original on purpose, the line is in test_verbs_mended.py instead.
"""

from __future__ import annotations

import difflib
import re
import shlex
import shutil
import time
from pathlib import Path

import originals
import pytest
from node_shell import NodeShell
from originals import ORIGINALS_PATH

SESSIONS = Path(__file__).parents[1] / "fixtures" / "verbs"
STATE = """ip -o addr; echo
ip -o -d link; echo
printf '%s\\n' 'route show table main' neigh 'neigh show proxy' | ip -o -batch -; ip -6 -o route show table main"""
LINK = re.compile(r"promiscuity \d+|qlen \d+|mtu \d+|link/[a-z]* [\da-f:]*")
RACES = re.compile(r" linkdown| (expires|used) \S+")   # the kernel gets round to these later
COUNTERS = re.compile(r"(RX|TX) (packets|errors).*")


def state(shell: NodeShell) -> list[str]:
    """The kernel's state in a node, a line each."""
    said, _ = shell.run(STATE)
    addresses, links, others = RACES.sub("", said).split("\n\n")
    return [*addresses.splitlines(), *LINK.findall(links), *sorted(others.splitlines())]


def settled_states(shells: list[NodeShell]) -> list[list[str]]:
    """The states of the twins once they are equal, or as they are after five seconds: after a change of a device the kernel
    adds its link-local address, and ends the detection of duplicates, in its own time."""
    for _ in range(50):
        states = [state(shell) for shell in shells]
        if states[0] == states[1]:
            break
        time.sleep(0.1)
    return states


def play(lab, node: str, command: str, path: str):
    words = shlex.split(command.replace("ETHERS", str(SESSIONS / "ethers")))
    unprivileged = words[0] == "nobody"
    program, *arguments = words[1:] if unprivileged else words
    return lab.run(node, [program, *arguments], executable=shutil.which(program, path=path),
                   env={"PATH": path, "LC_ALL": "C"}, unprivileged=unprivileged, errors="backslashreplace")


def outcome(program: str, done) -> tuple:
    stdout = COUNTERS.sub(r"\1 \2", done.stdout)
    if program == "arp":              # the kernel's hash order differs from node to node
        stdout = sorted(stdout.splitlines())
    return stdout, done.stderr, done.returncode


def difference(what: str, original, netlite) -> str:
    """The lines in which two outcomes or states differ."""
    texts = [str(one).replace("\\n", "\n").splitlines() if isinstance(one, tuple) else one for one in (original, netlite)]
    return "\n".join(difflib.unified_diff(*texts, f"original {what}", f"netlite {what}", n=0, lineterm=""))


@pytest.mark.parametrize("program", ["arp", "route", "ifconfig"])
def test_equal_sessions(program, twins, netlite_path, record_property):
    originals.need(program)
    paths = {"original": ORIGINALS_PATH, "netlite": netlite_path("nobody")}
    shells = {node: NodeShell(twins, node) for node in paths}
    differences, lines = [], (SESSIONS / f"{program}.txt").read_text().splitlines()
    record_property("compared", (originals.generation(program), sum(line.startswith("$") for line in lines)))
    for line in lines:
        kind, command = line[:1], line[2:]
        if kind == "!":
            for shell in shells.values():
                shell.run(command)
        elif kind == "$":
            outcomes = [outcome(program, play(twins, node, command, path)) for node, path in paths.items()]
            if outcomes[0] != outcomes[1]:
                differences.append(f"{line}\n{difference('outcome', *outcomes)}")
        else:
            continue
        states = settled_states(list(shells.values()))
        if states[0] != states[1]:
            differences.append(f"{line}\n{difference('state', *states)}")
            break
    assert not differences, f"{len(differences)} lines differ:\n" + "\n".join(differences)
