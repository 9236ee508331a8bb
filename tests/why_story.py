"""What the notes and the paragraphs of `netlite why --explain` claim, each pattern with its check."""

from __future__ import annotations

import re

from why_situations import Truth
from why_truth import (
    ADDRESS,
    ICMP,
    TCP,
    UDP,
    always,
    behind,
    came_back,
    full,
    is_echo,
    is_heard,
    small,
)

SYN, RST = 0x02, 0x04


def machine_is(truth: Truth, match, verdict) -> str | None:
    return None if match[0].startswith(("There is eth0", "There is none", "There are")) else "another machine"


def answered(truth: Truth, match, verdict) -> str | None:
    received, sent = int(match[2]), int(match[3])
    asked = truth.probes(match[1])
    return None if sent <= len(asked) and received <= sum(map(came_back, asked)) else f"{sum(map(came_back, asked))} of {len(asked)}"


def met(truth: Truth, match, verdict) -> str | None:
    """"By udp to A: a b *": each at its hop."""
    protocol = {"icmp": ICMP, "udp": UDP, "tcp": TCP}[match[1]]
    walks = [ways[0] for ways in truth.probes(match[2], protocol)]
    hops = match[3].split()
    for number, address in enumerate(hops, 1):
        if address not in ("*", match[2], "nobody") and not any(len(walk.nodes) > number and walk.nodes[number] == truth.owner(address) for walk in walks) \
                and not any(walk.nodes[-1] == truth.owner(address) for walk in walks):
            return f"{truth.owner(address)} is not at hop {number}"
    some = any(walk.nodes[-1] == "client" and walk.header.source == match[2]
               for ways in truth.probes(match[2], protocol) for walk in ways[1:])
    lossy = any(wire.loss for wire in truth.topology.wires)
    if "refuses" in (match[4] or ""):
        return None if any(walk.why.startswith(("rejected", "no route", "nobody", "a route")) for walk in walks) else "nobody refused"
    dropped = truth.topology.nodes["client"].rules
    return None if lossy or dropped or some != bool(match[4]) else f"reached: {some}"


def stands_for(truth: Truth, match, verdict) -> str | None:
    return None if match[1] == "nothing" or set(match[1].split(", ")) == set(truth.document["addresses"]) else f"{truth.document['addresses']}"


def largest(truth: Truth, match, verdict) -> str | None:
    if match[1] == "no":
        return None
    sizes = {wire.mtu_bytes for wire in truth.topology.wires}
    return None if int(match[1]) in sizes or any(wire.loss for wire in truth.topology.wires) else f"{sizes}"


def flows(truth: Truth, match, verdict) -> str | None:
    return None if sum(map(int, re.findall(r"\d+", match[0]))) in (6, 12) else "neither six nor twelve"


def quiet_hops(truth: Truth, match, verdict) -> str | None:
    """They are shy, or what they sent got lost."""
    for hop in map(int, match[1].split(", ")):
        nodes = {walk.nodes[hop] for ways in truth.walks.values() for walk in ways[:1] if len(walk.nodes) > hop}
        shy = any(truth.topology.nodes[node].silent or truth.topology.nodes[node].icmp_interval_ns for node in nodes)
        chance = any(wire.loss for wire in truth.topology.wires) or any(node.rules for node in truth.topology.nodes.values())
        if not shy and not (chance and "or they got lost" in match[0]):
            return f"hop {hop} is not shy: {nodes}"
    return None


def unsent(truth: Truth, match, verdict) -> str | None:
    return "something left" if any(is_echo(ways[0]) for ways in truth.probes(match[1], ICMP)) else None


def no_default(truth: Truth, match, verdict) -> str | None:
    said = "del ::/0" if match[1] == "6" else "del default"
    commands = [command for _, command in truth.situation.done]
    return None if any(said in command for command in commands) else f"done was {commands}"


def connection(truth: Truth, match, verdict) -> str | None:
    """What came of SYNs to the port that was asked about, of one address at least; the own kernel gives up too late."""
    if truth.topology.nodes["client"].rules:
        return None
    came = [[walk for walk in ways[1:] if is_heard(walk) and len(walk.nodes) > 1] for address in truth.document["addresses"]
            for ways in full(truth, address, TCP) if behind(ways[0])[2:4] == (truth.port or 0).to_bytes(2, "big")]
    segments = [behind(walk)[13] for walks in came for walk in walks if walk.header.protocol in TCP]
    is_so = {"open": any(flags & SYN for flags in segments), "refused": any(flags & RST for flags in segments), "silent": not came or not all(came),
             "error": not any(came) or any(walk.header.protocol in ICMP for walks in came for walk in walks)}
    return None if is_so[match[1]] else "none was"


def way_out(truth: Truth, match, verdict) -> str | None:
    """What left for it went to that neighbour first, or, on the own wire, to itself."""
    first = {ways[0].nodes[1] for ways in truth.probes(match[1]) if len(ways[0].nodes) > 1}
    near = truth.owner(match[2] or match[1])
    return None if not first or near in first or truth.situation.done else f"it went to {first}"


def open_in_spite(truth: Truth, match, verdict) -> str | None:
    """No echo request that was counted was answered, and a SYN was."""
    if any(map(came_back, small(truth, match[1]))):
        return "it answers echo requests"
    return None if any(behind(walk)[13] & SYN for ways in full(truth, match[1], TCP) for walk in ways[1:]
                       if is_heard(walk) and walk.header.protocol in TCP) else "no connection was accepted"


def doubled(truth: Truth, match, verdict) -> str | None:
    return None if any(wire.duplicates for wire in truth.topology.wires) else "nothing was doubled"


def narrows(truth: Truth, match, verdict) -> str | None:
    return None if int(match[1]) in [wire.mtu_bytes for wire in truth.topology.wires] else "no such wire"


def claimed(truth: Truth, match, verdict) -> str | None:
    twin = any("eth0:1" in command for _, command in truth.situation.done)
    return None if twin == (match[2] != "nobody else") else f"a twin: {twin}"


STORY = (
    (r"There is (?:eth0|none|no interface).*", machine_is), (r"There are \d+ of them\.", machine_is),
    (rf"{ADDRESS} answered (\d+) of (\d+)\.", answered),
    (rf"By (\w+) to {ADDRESS}: (.*?)(, then nobody|, which refuses them)?\.", met), (r"The name stands for (.*) \(\w+\)\.", stands_for),
    (r"The largest that arrives has (\d+|no) bytes(?:, and bigger ones vanish unreported)?\.", largest),
    (r"(\d+) flows were answered, (\d+) were not(?:, (\d+) were refused)?\.", flows),
    (rf"To {ADDRESS} nothing could be sent: errno \d+\.", unsent),
    (r"Hop ([\d, ]+) sends? no errors, or not so many.*", quiet_hops),
    (r"The connection: (open|refused|silent|error).*", connection), (r"(\S+) is claimed by (.*) on eth0\.", claimed),
    (rf"To {ADDRESS}: by eth0, (?:to {ADDRESS}|on its own wire)\.", way_out),
    (rf"To {ADDRESS} there is no way: errno \d+\.", lambda truth, match, verdict: "something left" if truth.probes(match[1]) else None),
    (r"(?:What is nearest|A name is only|Where would|The kernel knows|Connections that|Echo requests split|Two hosts with|A port answers|Packets that die|"
     r"Small packets|Several equal|Then the rules|What fits is|On eth0 nobody could).*", always),
    (r"There may be more: .*", always), (rf"{ADDRESS} does not answer echo requests, but connections: .*", open_in_spite),
    (r"Answers of \S+ come more than once\.", doubled),
    (r"This machine has an IPv(\d) address and no IPv\d default route: .*", no_default),
    (r"The path narrows to (\d+) bytes, .*", narrows), (r"\S+ was not tried: .*", always), (r"The name servers name different addresses: .*", always),
)
