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
import time
from pathlib import Path

import originals
import pytest
from player import Step

SESSIONS = Path(__file__).parents[1] / "fixtures" / "verbs"
STATE = ("ip -o -d -batch -\naddr\nlink\nroute show table main\nneigh\nneigh show proxy\n", "ip -6 -o route show table main")
LINK = re.compile(r"promiscuity \d+|qlen \d+|mtu \d+|link/[a-z]* [\da-f:]*")
RACES = re.compile(r" linkdown| (expires|used) \S+")   # the kernel gets round to these later
FLAGS = re.compile(rb"<([A-Z,_-]*)>")
COUNTERS = re.compile(r"(RX|TX) (packets|errors).*")
GROUP_USERS = re.compile(r"^(ff00::/8 .* )\d+( +\d+ \S+)$", re.M)  # Ref: what each kernel sends to groups holds their route


def state(told: list[bytes]) -> list[str]:
    """The kernel's state in a node, a line each."""
    lines = RACES.sub("", b"".join(told).decode("utf-8", "backslashreplace")).splitlines()
    links = [line for line in lines if "link/" in line]
    addresses = [line for line in lines if line[:1].isdigit() and line.partition(":")[2].startswith(" ") and line not in links]
    return [*addresses, *LINK.findall("\n".join(links)), *sorted(line for line in lines if line not in links + addresses)]


def carriers_are_known(told: list[bytes]) -> bool:
    """Whether each device that is up is running (has no NO-CARRIER) when it has a carrier (LOWER_UP), and only then."""
    flags = [set(each.split(b",")) for each in FLAGS.findall(told[0])]
    return not any(b"UP" in each and (b"LOWER_UP" in each) == (b"NO-CARRIER" in each) for each in flags)


def settled_states(twins, told: list[list[bytes]], before_a_display: bool) -> list[list[str]]:
    """The states of the twins once they are equal, or as they are after five seconds: after a change of a device the kernel
    adds its link-local address, and ends the detection of duplicates, in its own time; and says that a device is running,
    which displays show."""
    for _ in range(50):
        states = [state(each) for each in told]
        if states[0] == states[1] and (not before_a_display or all(map(carriers_are_known, told))):
            break
        time.sleep(0.1)
        told = [node[0][3] for node in twins.play([Step(state=STATE)])]
    return states


def step(command: str) -> Step:
    words = shlex.split(command.replace("ETHERS", str(SESSIONS / "ethers")))
    nobody = words[0] == "nobody"
    return Step(words[nobody:], state=STATE, nobody=nobody)


def outcome(program: str, stdout: bytes, stderr: bytes, status: int) -> tuple:
    stdout, stderr = (text.decode("utf-8", "backslashreplace") for text in (stdout, stderr))
    stdout = GROUP_USERS.sub(r"\1-\2", COUNTERS.sub(r"\1 \2", stdout))
    if program == "arp":              # the kernel's hash order differs from node to node
        stdout = sorted(stdout.splitlines())
    return stdout, stderr, status


def difference(what: str, original, netlite) -> str:
    """The lines in which two outcomes or states differ."""
    texts = [str(one).replace("\\n", "\n").splitlines() if isinstance(one, tuple) else one for one in (original, netlite)]
    return "\n".join(difflib.unified_diff(*texts, f"original {what}", f"netlite {what}", n=0, lineterm=""))


@pytest.mark.parametrize("program", ["arp", "route", "ifconfig"])
def test_equal_sessions(program, twins, record_property):
    originals.need(program)
    differences, lines = [], (SESSIONS / f"{program}.txt").read_text().splitlines()
    record_property("compared", (originals.generation(program), sum(line.startswith("$") for line in lines)))
    for line, following in zip(lines, [*lines[1:], ""]):
        kind, command = line[:1], line[2:]
        if kind == "!":
            played = twins.play([Step(["sh", "-c", command], state=STATE)])
        elif kind == "$":
            played = twins.play([step(command)])
            outcomes = [outcome(program, *node[0][:3]) for node in played]
            if outcomes[0] != outcomes[1]:
                differences.append(f"{line}\n{difference('outcome', *outcomes)}")
        else:
            continue
        states = settled_states(twins, [node[0][3] for node in played], before_a_display=len(following.split()) <= 3)
        if states[0] != states[1]:
            differences.append(f"{line}\n{difference('state', *states)}")
            break
    assert not differences, f"{len(differences)} lines differ:\n" + "\n".join(differences)
