"""What lines under "seen" of `netlite why` claim of this machine, its wire, its sockets and its name servers."""

from __future__ import annotations

from why_names import asked_for_names, manners
from why_situations import Truth
from why_truth import came_back, is_heard, small


def who_owns(truth: Truth, match, verdict) -> str | None:
    """Whether the neighbour table can say so: a host of the wire, or nobody."""
    near = [far.node for far in truth.topology.next_to(truth.topology.interfaces("client")[0])]
    gone = match[2] in ("FAILED", "INCOMPLETE")
    there = truth.owner(match[1]) in near and not truth.situation.done
    return "it is there" if gone and there else None


def own_filter(truth: Truth, match, verdict) -> str | None:
    rules = truth.topology.nodes["client"].rules
    if not rules:
        return "it has no rules"
    if not match[0][0].isdigit():
        return None if any(rule.outgoing for rule in rules) else "none is for what leaves"
    dropped = [walk for ways in truth.walks.values() for walk in ways[1:] if walk.nodes[-1] == "client" and not is_heard(walk)]
    return None if int(match[1]) <= len(dropped) else f"{len(dropped)} were dropped"


def done(*words: str, truth: Truth, match, verdict) -> str | None:
    commands = [command for _, command in truth.situation.done]
    return None if any(word in command for command in commands for word in words) else f"done was {commands}"


def since(*words: str):
    return lambda truth, match, verdict: done(*words, truth=truth, match=match, verdict=verdict)


def queue(truth: Truth, match, verdict) -> str | None:
    """Such a connection of the client was made, and its manner is what the queue shows."""
    manners_of = {each.manner for each in truth.situation.connections}
    shown = "unread" if "Recv-Q" in match[0] else "untaken" if "window 0" in match[0] else "unanswered"
    blocked = bool(truth.topology.nodes["server"].rules or any(node.rules for node in truth.topology.nodes.values()))
    return None if shown in manners_of or shown == "unanswered" and blocked else f"{manners_of}"


def server_said(truth: Truth, match, verdict) -> str | None:
    """What a name server answered, and whether it did."""
    asked = asked_for_names(truth, match[1])
    manner = manners(truth).get(match[1])
    if match[3] == "no answer":
        return None if manner in ("silent", "half") or any(not came_back(ways) for ways in asked) else f"it {manner}"
    if not any(map(came_back, asked)):
        return "it said nothing"
    words = {"SERVFAIL": ("fails",), "REFUSED": ("refuses",), "NXDOMAIN": ("denies", "answers", "elsewhere", "half")}.get(match[3], ("answers", "elsewhere", "half"))
    return None if manner in words else f"it {manner}"


def one_dead(truth: Truth, match, verdict) -> str | None:
    if not any(map(came_back, small(truth, match[1]))):
        return "neither does it"
    return "both do" if any(map(came_back, small(truth, match[2]))) else None
