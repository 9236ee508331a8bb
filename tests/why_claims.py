"""What `netlite why --explain` claims, and whether it is so in a situation whose cause is known.

A verdict's sentence, its evidence and the paragraphs each have patterns with a check: None, or what contradicts it.
What no pattern knows is a problem, too: a new sentence needs its check here.
"""

from __future__ import annotations

import re
from math import prod

from why_evidence import EVIDENCE
from why_names import (
    disagree,
    half_server,
    no_server_answers,
    server_errs,
    server_silent,
    unknown_name,
)
from why_situations import Truth
from why_story import STORY
from why_truth import (
    ADDRESS,
    PLACE,
    TCP,
    UDP,
    always,
    behind,
    came_back,
    echoes,
    full,
    heard,
    is_echo,
    is_error,
    is_so_far,
    small,
    stands_at,
    targets,
    walks,
    was_reset,
)

from netlite.engines.why.chance import DOUBT


def problems(truth: Truth) -> tuple[int, list[str]]:
    """How many claims there are, and those that are not so."""
    found, wrong = 0, []
    document = truth.document
    for verdict in document["verdicts"]:
        said = [(SENTENCES, verdict["sentence"])] + [(EVIDENCE, each) for each in verdict["evidence"]]
        for patterns, text in said:
            check = next(((check, match) for pattern, check in patterns if (match := re.fullmatch(pattern, text))), None)
            problem = "a sentence without a check" if check is None else check[0](truth, check[1], verdict)
            found += 1
            if patterns is SENTENCES and not problem:
                problem = is_so_far(truth, verdict)
            if problem:
                wrong.append(f"{problem}: {text} ({verdict['cause']}, hop {verdict['hop']}, IPv{verdict['version']})")
        if verdict["sentence"] not in truth.text:
            wrong.append(f"text and document differ: {verdict['sentence']}")
    for text in document["notes"] + truth.items:
        for sentence in re.split(r"(?<=[.!?]) (?=[A-Z0-9])", text):
            check = next(((check, match) for pattern, check in STORY if (match := re.fullmatch(pattern, sentence))), None)
            problem = "a sentence without a check" if check is None else check[0](truth, check[1], None)
            found += 1
            if problem:
                wrong.append(f"{problem}: {sentence}")
    well = document["well"]
    if (truth.status == 0) != well or well != (document["verdicts"][0]["cause"] == "well"):
        wrong.append(f"status {truth.status}, well {well}")
    return found + 1, wrong


def nothing_from_behind(truth: Truth, match, verdict) -> str | None:
    address, hop = match[1], int(match[2])
    farther = [walk for each in targets(truth, verdict) for ways in truth.probes(each) for walk in ways[1:]
              if walk.nodes[-1] == "client" and truth.owner(walk.header.source) not in ways[0].nodes[:hop + 1]]
    if farther:
        return f"something came back from {farther[0].header.source}"
    return stands_at(truth, address, hop, verdict)


def found_well(truth: Truth, match, verdict) -> str | None:
    """Nothing wrong was found: all that was asked was answered."""
    for address in truth.document["addresses"]:
        asked = echoes(truth, address)
        lost = [ways for ways in asked if not came_back(ways) and ways[0].header.size_bytes < 1000]
        if asked and len(lost) > 1 and not (truth.port and len(lost) == len(asked)):
            return f"{len(lost)} of {len(asked)} echo requests to {address} were not answered"
    return None


def says(truth: Truth, match, verdict) -> str | None:
    """An error came from there."""
    owner = truth.owner(match[1])
    errors = [walk for ways in truth.walks.values() for walk in ways[1:]
              if walk.nodes[-1] == "client" and walk.nodes[0] == owner and not is_echo(walk)]
    if not errors:
        return "it said nothing"
    return stands_at(truth, match[1], verdict["hop"], verdict) if verdict["hop"] is not None else None


def forbids(truth: Truth, match, verdict) -> str | None:
    owner = truth.owner(match[1])
    ends = [walk for walk in walks(truth, verdict) if walk.nodes[-1] == owner and walk.why.startswith("rejected by a rule")]
    if not ends:
        return "it forbade nothing"
    return stands_at(truth, match[1], verdict["hop"], verdict) if verdict["hop"] is not None else None


def in_circle(truth: Truth, match, verdict) -> str | None:
    round_ = [walk for walk in walks(truth, verdict) if len(set(walk.nodes)) < len(walk.nodes)]
    if not round_:
        return "no packet met a router twice"
    owners = {truth.owner(each) for each in match[1].split(", ") if each != "*"}
    return None if any(owners <= set(walk.nodes) for walk in round_) else "not these"


def lost_there(truth: Truth, match, verdict) -> str | None:
    """Something got lost at that place or farther, and nothing before it."""
    hop = int(match[2])
    problem = stands_at(truth, match[1], hop, verdict)
    if problem:
        return problem
    nodes = truth.topology.nodes
    lossy = [wire for wire in truth.topology.wires if wire.loss]
    way = max((walk.nodes for walk in walks(truth, verdict)), key=len)
    before = {frozenset(pair) for pair in zip(way[:hop], way[1:hop + 1])}
    if not lossy and not any(node.rules for node in nodes.values()):
        return "nothing gets lost"
    if truth.situation.kind == "asymmetric":
        return None
    return "it gets lost before" if lossy and all(frozenset(wire.ends) in before for wire in lossy) \
        and not lucky(truth, match[1], [wire.loss for wire in lossy]) else None


def lucky(truth: Truth, address: str, losses: list[float]) -> bool:
    """Whether a router behind lossy wires passed for a clean one as seldom as `engines.why.chance` promises."""
    asked = small(truth, address) if address else []
    passes = prod((1 - loss) ** 2 for loss in losses)
    return bool(asked) and all(map(came_back, asked)) and passes ** len(asked) <= DOUBT


def slow_there(truth: Truth, match, verdict) -> str | None:
    hop = int(match[2])
    way = max((walk.nodes for walk in walks(truth, verdict)), key=len)
    after = {frozenset(pair) for pair in zip(way[hop:], way[hop + 1:])}
    slow = [wire for wire in truth.topology.wires if wire.delay_ns + wire.jitter_ns >= 50_000_000]
    if not slow:
        return "nothing is slow"
    back = truth.situation.kind == "asymmetric"
    return None if back or any(frozenset(wire.ends) in after for wire in slow) else "the slow wire is not behind it"


def swallowed(truth: Truth, match, verdict) -> str | None:
    size, hop = int(match[1]), int(match[3])
    nodes = truth.topology.nodes.values()
    if not any(node.black_hole or node.silent for node in nodes):
        return "nobody swallows anything"
    if size not in [wire.mtu_bytes for wire in truth.topology.wires]:
        return "no such wire"
    return stands_at(truth, match[2], hop, verdict)


def same_flows(truth: Truth, match, verdict) -> str | None:
    rules = any(node.rules for node in truth.topology.nodes.values())
    lossy = [wire for wire in truth.topology.wires if wire.loss]
    return None if rules or lossy else "no flow gets lost"


def some_refused(truth: Truth, match, verdict) -> str | None:
    """An error came from there about some, and others were answered."""
    said = [walk for _, walk in heard(truth, verdict, (*TCP, *UDP)) if walk.header.source == match[1] and not is_error(walk)]
    if not said or not any(came_back(ways) for each in targets(truth, verdict) for ways in truth.probes(each, (*TCP, *UDP))):
        return "none was refused, or all were"
    return stands_at(truth, match[1], verdict["hop"], verdict) if verdict["hop"] is not None else None


def unsteady(truth: Truth, match, verdict) -> str | None:
    """Connections to that port were answered, and some were not."""
    asked = [ways for each in targets(truth, verdict) for ways in full(truth, each, TCP) if behind(ways[0])[2:4] == int(match[1]).to_bytes(2, "big")]
    return None if {True, False} == set(map(came_back, asked)) else "all were alike"


def echo_alone(truth: Truth, match, verdict) -> str | None:
    for address in targets(truth, verdict):
        if any(map(came_back, echoes(truth, address))):
            return "an echo request was answered"
        if not any(map(came_back, truth.probes(address, (*TCP, *UDP)))):
            return "nothing else was answered"
    return stands_at(truth, match[2], int(match[3]), verdict)


def mute_port(truth: Truth, match, verdict) -> str | None:
    for address in targets(truth, verdict):
        for ways in full(truth, address, TCP):
            port = int.from_bytes(behind(ways[0])[2:4], "big")
            if port == truth.port and came_back(ways):
                return "a connection was answered"
        if not any(map(came_back, truth.probes(address))):
            return "nothing was answered"
    return None


def port_gets_there(truth: Truth, match, verdict) -> str | None:
    return mute_port(truth, match, verdict) or stands_at(truth, match[3], int(match[4]), verdict)


def silent_service(truth: Truth, match, verdict) -> str | None:
    kinds = [each.manner for each in truth.topology.nodes["server"].services if each.port == int(match[1])]
    lossy = any(wire.loss for wire in truth.topology.wires)
    return None if kinds == ["silent"] or lossy else f"it is {kinds}"


def nobody_has(truth: Truth, match, verdict) -> str | None:
    port = truth.topology.interfaces("client")[0]
    if truth.situation.done and ":" not in match[2]:
        return "somebody has it" if truth.lab.who_has(port, match[2]) else None
    return "somebody has it" if truth.owner(match[2]) in [far.node for far in truth.topology.next_to(port)] else None


def done(*words: str):
    """It follows from what was done to a node."""
    def check(truth: Truth, match, verdict) -> str | None:
        commands = [command for _, command in truth.situation.done]
        return None if any(word in command for command in commands for word in words) else f"done was {commands}"
    return check


def own_rule(truth: Truth, match, verdict) -> str | None:
    return None if truth.topology.nodes["client"].rules else "it has no rules"


def kept_in(truth: Truth, match, verdict) -> str | None:
    rules = [*truth.topology.nodes["client"].rules, *truth.topology.nodes["r1"].rules]
    return None if rules else "they keep nothing"


def silent_gateway(truth: Truth, match, verdict) -> str | None:
    owner = truth.owner(match[1])
    near = [far.node for far in truth.topology.next_to(truth.topology.interfaces("client")[0])]
    if owner not in near:
        return "it is not on the wire"
    version = 6 if ":" in match[1] else 4
    came = [walk for ways in truth.walks.values() if ways[0].header.version == version for walk in ways[1:]
            if walk.nodes[-1] == "client" and not truth.topology.nodes["client"].rules]
    return "something came back" if came else None


def stuck(manner: str):
    def check(truth: Truth, match, verdict) -> str | None:
        return None if any(each.manner == manner for each in truth.situation.connections) or manner == "unanswered" and \
            truth.situation.connections else "no such connection"
    return check


HOST = r"(\S+|the net)"
SENTENCES = (
    (rf"Nothing (?:wrong was found|is wrong) with {HOST}\.", found_well),
    (rf"Packets to \S+ get as far as {PLACE} \(hop (\d+)\); from behind it nothing comes back\.", nothing_from_behind),
    (rf"The router {ADDRESS} says that it has no route to \S+\.", says),
    (rf"{ADDRESS} says that \S+ is unreachable: a last router says so when nobody answers it there\.", says),
    (rf"(?:server|server\.lab|{ADDRESS}) forbids (?:it|connections to port \d+).*\.", lambda truth, match, verdict: forbids(
        truth, re.match("(.*)", verdict["place"]), verdict)),
    (r"Packets to \S+ go round in a circle: (.*)\.", in_circle),
    (rf"Packets get lost behind {PLACE} \(hop (\d+)\): \d+ % of \d+\.", lost_there),
    (r"Packets to \S+ get lost, \d+ % of \d+; that is too little to tell where by so few packets\.", lambda truth, match, verdict:
        None if any(wire.loss for wire in truth.topology.wires) else "nothing gets lost"),
    (rf"Packets are slow behind {PLACE} \(hop (\d+)\): .*\.", slow_there),
    (rf"Packets of more than (\d+) bytes vanish behind {PLACE} \(hop (\d+)\), and no report of that comes\.", swallowed),
    (rf"The same flows are lost each time behind {PLACE} \(hop (\d+)\), .*\.", same_flows),
    (rf"{ADDRESS} refuses some flows to \S+, \d+ of \d+, and others are answered\.", some_refused),
    (r"Two connections to port (\d+) of \S+ were not answered; (?:\d+ of \d+ other flows|SYNs from other ports) were\.", unsteady),
    (rf"Other packets to {HOST} are answered, echo requests are not: those get as far as {PLACE} \(hop (\d+)\)\.", echo_alone),
    (r"Connections to port (\d+) of \S+ are reset, as where nothing listens\.", was_reset),
    (rf"Connections to port (\d+) of {HOST} get as far as {PLACE} \(hop (\d+)\), and nothing comes back; other packets are answered\.",
     port_gets_there),
    (r"\S+ is there, but its port (\d+) says neither yes nor no\.", mute_port),
    (r"The service on port (\d+) of \S+ accepts connections and says nothing\.", silent_service),
    (rf"Nobody on the wire of (\S+) answers for {ADDRESS}\.", nobody_has),
    (rf"Packets leave for the gateway {ADDRESS}, but nothing comes back, neither through it nor from it\.", silent_gateway),
    (rf"Packets leave by eth0 for {ADDRESS}, and nothing comes back\.", silent_gateway),
    (r"The interface eth0 of this machine is down\.", done("eth0 down")), (r"The interface eth0 is up, but has no carrier: .*", done("eth0 down")),
    (r"eth0 is up, but has no IPv4 address\.", done("0.0.0.0")), (r"This machine has no IPv[46] route to \S+(?: net)?\.", done("route", "0.0.0.0")),
    (r"eth0 takes packets of \d+ bytes only, too few for IPv6\.", done("mtu")),
    (r"Another host claims the address \S+ of eth0, too\.", done("eth0:1")), (r"A route of this machine refuses \S+: .*", done("reject")),
    (r"This machine sends packets for \S+ to (\S+), where nobody takes them; .*", done("gw")),
    (r"A firewall on this machine itself (?:keeps packets to \S+ from leaving|drops what comes for it)\.", own_rule),
    (r"A firewall on this machine itself keeps connections to port \d+ from leaving, or that of the first router does\.", kept_in),
    (r"No name server answers: \S+\.", no_server_answers), (rf"The name server {ADDRESS} does not answer; (?:another|the next) one does.*", server_silent),
    (rf"The name server {ADDRESS} answers with an error: (\w+)\.", server_errs),
    (rf"The name server {ADDRESS} answers nothing when asked for (\w+), so programs wait\.", half_server),
    (r"Nobody who was asked knows the name (\S+)\.", unknown_name), (r"The name servers disagree about \S+: .*", disagree),
    (r"A program on this machine \(port \d+\) does not read what came from \S+\.", stuck("unread")),
    (r"The program on port \d+ of \S+ does not read what this machine sent to it\.", stuck("untaken")),
    (r"What this machine sent to \S+ was sent again \d+ times, and nobody acknowledges it\.", stuck("unanswered")),
    (r"What is wrong with .*, if anything, was not found out: .*", always), (r"Why .* cannot be told from here; .* would tell more\.", always),
)
