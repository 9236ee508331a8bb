"""What a diagnosis says of names, and whether the name servers of a situation are so."""

from __future__ import annotations

from truth import Walk
from why_situations import Truth
from why_truth import UDP, behind, came_back


def manners(truth: Truth) -> dict[str, str]:
    return {truth.topology.address(node.name, 4): node.names for node in truth.topology.nodes.values() if node.names}


def lossy_to(truth: Truth, address: str) -> bool:
    node = truth.owner(address)
    return any(wire.loss for wire in truth.topology.wires if node in wire.ends)


def asked_for_names(truth: Truth, address: str) -> list[list[Walk]]:
    return [ways for ways in truth.probes(address, UDP) if behind(ways[0])[2:4] == b"\0\x35"]


def no_server_answers(truth: Truth, match, verdict) -> str | None:
    answered = [address for address in manners(truth) if any(map(came_back, asked_for_names(truth, address)))]
    return f"{answered} did" if answered else None


def server_silent(truth: Truth, match, verdict) -> str | None:
    address = match[1]
    if any(map(came_back, asked_for_names(truth, address))):
        return "it answered"
    others = [other for other in manners(truth) if other != address and any(map(came_back, asked_for_names(truth, other)))]
    if not others:
        return "no other one does"
    if "next one" in match[0] and list(manners(truth)).index(others[0]) < list(manners(truth)).index(address):
        return "it is no next one"
    half = manners(truth)[address] == "half" and "-6" in truth.situation.ask
    return None if half or manners(truth)[address] == "silent" or lossy_to(truth, address) else "it is well"


def server_errs(truth: Truth, match, verdict) -> str | None:
    said = {"SERVFAIL": "fails", "REFUSED": "refuses"}.get(match[2])
    return None if manners(truth)[match[1]] == said else f"it {manners(truth)[match[1]]}"


def half_server(truth: Truth, match, verdict) -> str | None:
    manner = manners(truth)[match[1]]
    return None if manner == "half" and match[2] == "AAAA" or lossy_to(truth, match[1]) else f"it {manner}"


def unknown_name(truth: Truth, match, verdict) -> str | None:
    lies = "denies" in manners(truth).values()
    return None if truth.owner_of_name(match[1]) is None or lies and "Nobody who was asked" in match[0] else "it exists"


def disagree(truth: Truth, match, verdict) -> str | None:
    return None if "elsewhere" in manners(truth).values() else "none is elsewhere"
