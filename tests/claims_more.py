"""What is claimed of names and of refusals of the own kernel, as `claims.py` has it for the rest."""

from __future__ import annotations

import re

from truth import Truth, is_name_question


def manners(truth: Truth) -> dict[str, str]:
    """Address of each name server: how good a one it is."""
    return {truth.topology.address(node.name, 4): node.names for node in truth.topology.nodes.values() if node.names}


def refused_here(truth: Truth, match, item) -> str | None:
    """A rule of the client is for what leaves."""
    return None if any(rule.outgoing for rule in truth.topology.nodes["client"].rules) else "it has no such rule"


def no_server_answered(truth: Truth, match, item) -> str | None:
    named = match[1].split(", ")
    well = [address for address in named if manners(truth).get(address) in ("answers", "denies", "elsewhere")]
    return f"{well} did" if well or not set(named) <= set(manners(truth)) else None


def unknown_name(truth: Truth, match, item) -> str | None:
    """It is unknown, or a name server says so of a known one."""
    there = match[2].removesuffix(".lab") in truth.topology.nodes
    if match[1] not in manners(truth):
        return "no name server"
    return None if not there or "denies" in manners(truth).values() else "it is known"


def no_such_kind(truth: Truth, match, item) -> str | None:
    """A name server that answers for one version of IP alone, or with nothing."""
    return None if set(manners(truth).values()) - {"answers"} else "all servers answer"


def server_failed(truth: Truth, match, item) -> str | None:
    return None if set(manners(truth).values()) & {"fails", "refuses", "silent", "half"} else f"{manners(truth)}"


def probably_said(truth: Truth, match, item) -> str | None:
    """It is the first that is asked."""
    return None if match[1] == next(iter(manners(truth)), None) else "not the first name server"


def took(truth: Truth, match, item) -> str | None:
    """As long as the packets of the look-up took: questions to port 53 before the first probe."""
    asked = [ways for ways in truth.walks.values() if is_name_question(ways[0].first.packet)]
    longest = sum((max(walk.ended_ns for walk in ways) - ways[0].first.at_ns) / 1e6 for ways in asked)
    waited = 5000.0 * len(asked)  # of a silent one
    return None if float(match[1]) <= longest + waited + 1 else f"at most {longest + waited} ms"


def is_broadcast(truth: Truth, match, item) -> str | None:
    return None if truth.situation.command.endswith("255") else "another destination"


MORE_CLAIMS = [
    (r"Your own kernel refused (?:to send some packets: |\()Operation not permitted", refused_here),
    (r"could not be looked up: no name server answered \((.*?)\)", no_server_answered),
    (r"neither /etc/hosts nor the name server (\S+) \(/etc/resolv\.conf\) knows (\S+)\. It may", unknown_name),
    (r"is known, but has no address of the kind asked for", no_such_kind),
    (r"The name server could not answer for", server_failed),
    (r"not in /etc/hosts, so probably the name server (\S+) \(/etc/resolv\.conf\) said it", probably_said),
    (r"That took (\d+(?:\.\d+)?) ms\.", took), (r"Linux answers no broadcast unless", is_broadcast),
]

MORE_NEUTRAL = re.compile("|".join((
    r"It may be mistyped, or known in another network only; .*", r"Next: .*", r"The name \S+ could not be looked up: .*",
    r"There is no such name: .*", r"\S+ is known, but has no address of the kind .*", r"The name server could not answer .*", r".* could not be looked up\.",
    r"Linux answers no broadcast unless .*")))
