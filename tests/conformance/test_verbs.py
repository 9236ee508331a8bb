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
from pathlib import Path

import originals
import pytest
from originals import ORIGINALS_PATH

SESSIONS = Path(__file__).parents[1] / "fixtures" / "verbs"
STATE = """
ip -o addr; ip -o -d link | grep -o 'promiscuity [0-9]*\\|qlen [0-9]*\\|mtu [0-9]*\\|link/[a-z]* [0-9a-f:]*'
ip -4 -o route show table main | sort; ip -6 -o route show table main | sort
ip -o neigh | sort; ip -o neigh show proxy | sort"""
RACES = re.compile(r" linkdown| (expires|used) \S+")   # the kernel gets round to these later
COUNTERS = re.compile(r"(RX|TX) (packets|errors).*")


def play(lab, node: str, line: str, path: str):
    kind, command = line[0], line[2:].replace("ETHERS", str(SESSIONS / "ethers"))
    environment = {"PATH": ORIGINALS_PATH if kind == "!" else path, "LC_ALL": "C"}
    if kind == "!":
        return lab.run(node, ["sh", "-c", command], env=environment)
    words = shlex.split(command)
    unprivileged = words[0] == "nobody"
    program, *arguments = words[1:] if unprivileged else words
    argv = [shutil.which(program, path=path), *arguments]
    return lab.run(node, [program, *argv[1:]], executable=argv[0], env=environment, unprivileged=unprivileged,
                   errors="backslashreplace")


def outcome(program: str, done) -> tuple:
    stdout = COUNTERS.sub(r"\1 \2", done.stdout)
    if program == "arp":              # the kernel's hash order differs from node to node
        stdout = sorted(stdout.splitlines())
    return stdout, done.stderr, done.returncode


def compared(what: str, original, netlite) -> str:
    """The lines in which two outcomes or states differ."""
    texts = [str(one).replace("\\n", "\n").splitlines() for one in (original, netlite)]
    return "\n".join(difflib.unified_diff(*texts, f"original {what}", f"netlite {what}", n=0, lineterm=""))


@pytest.mark.parametrize("program", ["arp", "route", "ifconfig"])
def test_equal_sessions(program, twins, netlite_path):
    originals.need(program)
    paths = {"original": ORIGINALS_PATH, "netlite": netlite_path("nobody")}
    differences = []
    for node in paths:   # a proxy without a device, left in the kernel by a namespace that is gone
        twins.run(node, ["ip", "neigh", "del", "proxy", "10.77.1.98"], env={"PATH": ORIGINALS_PATH})
    for line in (SESSIONS / f"{program}.txt").read_text().splitlines():
        if line[:1] not in ("!", "$"):
            continue
        done = {node: play(twins, node, line, path) for node, path in paths.items()}
        state = {node: RACES.sub("", twins.run(node, ["sh", "-c", STATE], env={"PATH": ORIGINALS_PATH}).stdout)
                 for node in paths}
        for what, pair in (("outcome", [outcome(program, one) for one in done.values()]), ("state", list(state.values()))):
            if line[0] == "$" and pair[0] != pair[1]:
                differences.append(f"{line}\n{compared(what, *pair)}")
        assert state["original"] == state["netlite"], "\n".join(differences)
    assert not differences, f"{len(differences)} lines differ:\n" + "\n".join(differences)
