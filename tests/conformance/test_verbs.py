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

import kernel_tables
import originals
import pytest
from player import Step

SESSIONS = Path(__file__).parents[1] / "fixtures" / "verbs"
STATE = "addresses", "links", "routes", "routes6", "neighbours", "proxies"
LINK = "name", "promiscuity", "queue", "mtu", "type", "address", "broadcast"  # what is compared of each
COUNTERS = re.compile(r"(RX|TX) (packets|errors).*")
GROUP_USERS = re.compile(r"^(ff00::/8 .* )\d+( +\d+ \S+)$", re.M)  # Ref: what each kernel sends to groups holds their route


def state(seen: list[list]) -> list[list]:
    """The kernel's state in a node; its routes, of which it lists some in the order of a hash, sorted."""
    addresses, links, *rest = seen
    return [addresses, [{name: link.get(name) for name in LINK} for link in links],
            *(sorted(table, key=repr) for table in kernel_tables.settled(rest))]


def settled_states(twins, seen: list[list], before_a_display: bool) -> list[list]:
    """The states of the twins once they are equal, or as they are after five seconds: after a change of a device the kernel
    adds its link-local address, and ends the detection of duplicates, in its own time; and says that a device is running,
    which displays show."""
    for _ in range(50):
        states = [state(each) for each in seen]
        if states[0] == states[1] and not (before_a_display and any(kernel_tables.is_unsettled(link) for _, links, *_ in seen for link in links)):
            break
        time.sleep(0.1)
        seen = [node[0][3] for node in twins.play([Step(state=STATE)])]
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
    texts = [str(one).replace("\\n", "\n").splitlines() if isinstance(one, tuple) else [str(entry) for table in one for entry in table]
             for one in (original, netlite)]
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
