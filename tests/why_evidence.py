"""What the lines under "seen" of `netlite why` claim, each pattern with its check; a line that no pattern knows is a problem."""

from __future__ import annotations

from math import sqrt

from truth import Walk
from why_machine import one_dead, own_filter, queue, server_said, since, who_owns
from why_names import manners
from why_situations import Truth
from why_truth import (
    ADDRESS,
    ICMP,
    PLACE,
    TCP,
    UDP,
    behind,
    came_back,
    full,
    heard,
    is_error,
    is_heard,
    ports,
    small,
    stands_at,
    targets,
)

from netlite.engines.why.chance import most, needed
from netlite.engines.why.path_rules import WORDS

WORD = {(version, word): code for version, words in WORDS.items() for code, word in words.items()}
NEAR_MS = 0.051


def rtt_ms(truth: Truth, address: str) -> float:
    return min([(walk.ended_ns - ways[0].first.at_ns) / 1e6 for ways in small(truth, address) for walk in ways[1:] if is_heard(walk)], default=0.0)


def counted(truth: Truth, match, verdict) -> str | None:
    """Those of an address: how many were answered, how quickly, and how small a loss would not have shown."""
    received, sent = int(match[2]), int(match[3])
    asked = small(truth, match[1])
    answered = sum(map(came_back, asked))
    if (received, sent) != (answered, len(asked)):
        return f"{answered} of {len(asked)} it is"
    if match[4] and abs(float(match[4]) - rtt_ms(truth, match[1])) > NEAR_MS:
        return f"{rtt_ms(truth, match[1])} ms it is"
    return None if not match[5] or received == sent and int(match[5]) == round(100 * most(sent)) else "another bound"


def late(truth: Truth, match, verdict) -> str | None:
    if match[1] is None:
        return None if float(match[2]) == 0 else "it is no router"
    return None if abs(float(match[2]) - rtt_ms(truth, match[1])) <= NEAR_MS else f"{rtt_ms(truth, match[1])} ms it is"


def handshake(truth: Truth, match, verdict) -> str | None:
    """A SYN to that port was accepted, or reset."""
    flag = 0x04 if match[0].endswith("RST") else 0x02
    found = [walk for ways in full(truth, match[1], TCP) if ports(ways[0])[1] == int(match[2]) for walk in ways[1:]
             if is_heard(walk) and walk.header.protocol in TCP and behind(walk)[13] & flag]
    manner = next((each.manner for each in truth.topology.nodes["server"].services if each.port == int(match[2])), None)
    if found and "0 bytes" in match[0] and match[3] == "0" and manner != "silent" and not any(wire.loss for wire in truth.topology.wires):
        return f"the service is {manner}"
    return None if found else "nothing of the kind came"


def connections_lost(truth: Truth, match, verdict) -> str | None:
    """So many SYNs to that port came to nothing."""
    lost = [ways for ways in full(truth, match[1], TCP) if ports(ways[0])[1] == int(match[2]) and not any(map(is_heard, ways[1:]))]
    return None if len(lost) >= int(match[3]) else f"{len(lost)} did"


def hop_is(truth: Truth, match, verdict) -> str | None:
    return stands_at(truth, match[2], int(match[1]), {"version": 6 if ":" in match[2] else 4})


def nothing_beyond(truth: Truth, match, verdict) -> str | None:
    """No probe that was to go so far was answered, of one of the addresses at least."""
    least = int(match[1])
    for version in {6 if ":" in each else 4 for each in targets(truth, verdict)}:
        if not [probe for probe, _ in heard(truth, {"version": version}) if probe.header.ttl >= least]:
            return None
    return "something was"


def refused(truth: Truth, match, verdict) -> str | None:
    """Such an error came from there, about such packets."""
    version = 6 if ":" in match["from"] else 4
    code = WORD[version, match["word"]] if (version, match["word"]) in WORD else int(match["word"].removeprefix("code "))
    protocols = TCP if match["about"].startswith("SYN") else (*ICMP, *TCP, *UDP)
    return None if any(walk.header.source == match["from"] and is_error(walk, code) for _, walk in
                       heard(truth, {"version": version}, protocols)) else "no such error"


def flows_of(truth: Truth, verdict) -> dict[int, list[list[Walk]]]:
    """The probes of each source port that were not to die on their way."""
    found: dict[int, list[list[Walk]]] = {}
    for address in targets(truth, verdict):
        for ways in full(truth, address, (*TCP, *UDP)):
            if ways[0].header.ttl == 64:
                found.setdefault(ports(ways[0])[0], []).append(ways)
    return found


def flows_counted(truth: Truth, match, verdict) -> str | None:
    """So many flows are like that; those of UDP that are lost were tried more than once (TCP is the kernel's to send again)."""
    number, of, how = int(match[1]), int(match[2]), match[3]
    flows = flows_of(truth, verdict)
    kinds = {"unanswered": [all(not any(map(is_heard, ways[1:])) and (len(tried) > 1 or ways[0].header.protocol in TCP) for ways in tried) for tried in flows.values()],
             "answered": [any(map(came_back, tried)) for tried in flows.values()],
             "refused": [any(is_heard(walk) and walk.header.protocol in ICMP for ways in tried for walk in ways[1:]) for tried in flows.values()]}
    there = sum(kinds[how])
    return None if number <= there and of <= len(flows) else f"{there} of {len(flows)}"


def flow_ends(truth: Truth, match, verdict) -> str | None:
    hop = int(match[1])
    return None if hop == 0 or any(probe.header.ttl >= hop and is_error(walk) and len(probe.nodes) > hop for probe, walk in heard(truth, verdict, (*TCP, *UDP))) else "nobody spoke there"


def segment_seen(truth: Truth, match, verdict) -> str | None:
    """A SYN died there, and that was told; none died farther."""
    hop, place = int(match[1]), match[2]
    about = {"version": 6 if ":" in place else 4} if place else verdict
    told = {(probe.header.ttl, walk.header.source) for probe, walk in heard(truth, about, TCP) if is_error(walk)}
    return None if (hop, place) == max(told, default=(0, None)) else f"{told} told of SYNs"


def first_silent(truth: Truth, match, verdict) -> str | None:
    told = [walk for probe, walk in heard(truth, verdict, TCP) if is_error(walk) and len(probe.nodes) == 2]
    return "hop 1 spoke of one" if told else None


def host_at(truth: Truth, match, verdict) -> str | None:
    there = {len(probe.nodes) - 1 for probe, walk in heard(truth, {"version": 6 if ":" in match[1] else 4}, (*ICMP, *UDP))
             if probe.nodes[-1] == truth.owner(match[1])}
    return None if int(match[2]) in there else f"{there} it is"


def guessed(truth: Truth, match, verdict) -> str | None:
    """By the TTL of an answer that came, as usual first ones have it."""
    crossed = {len(walk.nodes) - 2 for ways in small(truth, match[1]) for walk in ways[1:] if is_heard(walk)}
    usual = truth.twists.first_ttls.get(truth.owner(match[1]) or "", 64) in (64, 128, 255)
    return None if int(match[2]) - 1 in crossed or not usual else f"{crossed} routers were crossed"


def seen_at(truth: Truth, match, verdict) -> str | None:
    return None if int(match[1]) == 0 or any(len(probe.nodes) > int(match[1]) for probe, _ in heard(truth, verdict)) else "nothing got there"


def reaches(truth: Truth, match, verdict) -> str | None:
    protocol = {"icmp": ICMP, "udp": UDP, "tcp": TCP}[match[1]]
    return None if any(map(came_back, truth.probes(match[2], protocol))) else "none was answered"


def answers_echoes(truth: Truth, match, verdict) -> str | None:
    return None if any(map(came_back, small(truth, match[1]))) else "no echo request was answered"


def host_lost(truth: Truth, match, verdict) -> str | None:
    """Of one of the addresses: so many small echo requests, and so many without an answer (or, of "0 of", all)."""
    number, sent = int(match[1]), int(match[2])
    for address in targets(truth, verdict):
        asked = small(truth, address)
        without = [ways for ways in asked if not came_back(ways)]
        if match[3] == "un" and (number, sent) == (len(without), len(asked)) or not match[3] and number == 0 and sent == len(asked) == len(without):
            return None
    return f"{[(len(small(truth, each)), sum(map(came_back, small(truth, each)))) for each in targets(truth, verdict)]} were sent and answered"


def router_lost(truth: Truth, match, verdict) -> str | None:
    asked = small(truth, match[2])
    lost = sum(not came_back(ways) for ways in asked)
    return hop_is(truth, match, verdict) if (int(match[3]), int(match[4])) == (lost, len(asked)) else f"{lost} of {len(asked)} it is"


def enough(truth: Truth, match, verdict) -> str | None:
    """What tells such a share from none."""
    percent, sent, each, all_of_them = map(int, match.groups())
    rates = [(lost - sqrt(lost) / 2) / sent for lost in range(1, sent) if round(100 * lost / sent) == percent]
    return None if each in map(needed, rates) and all_of_them > 200 else "other figures"


def sizes(truth: Truth, match, verdict) -> str | None:
    """The largest that arrived; nothing larger did, and nobody reported it."""
    size, beyond = int(match[1]), "no answer" in match[0]
    known = [ways for address in targets(truth, verdict) for ways in full(truth, address)]
    if not beyond:
        return None if any(ways[0].header.size_bytes == size and came_back(ways) for ways in known) else "no such packet arrived"
    for address in targets(truth, verdict):
        if not any(came_back(ways) for ways in full(truth, address) if ways[0].header.size_bytes >= size):
            return None
    return "larger ones arrived"


def circle(truth: Truth, match, verdict) -> str | None:
    """Probes died at these hops, as they are told."""
    first, addresses = int(match[1]), match[3].split()
    for hop, address in enumerate(addresses, first):
        died = [walk.header.source for ways in truth.walks.values() if ways[0].header.ttl == hop for walk in ways[1:] if is_heard(walk) and is_error(walk)]
        if address != "*" and address not in died:
            return f"{died} spoke of hop {hop}"
    return None if int(match[2]) - first + 1 == len(addresses) else "another number of hops"


QUOTE = rf"(?P<about>(?:SYN: |\d+ of \d+ flows refused )?)from (?P<from>{ADDRESS[1:-1]}): (?P<word>.*)"
EVIDENCE = (
    (rf"{ADDRESS}: (\d+) of (\d+) echo requests answered(?:, ([\d.]+) ms)?(?:, less than (\d+) % lost)?", counted),
    (rf"{ADDRESS}:(\d+): connected(?:, (\d+) bytes)?", handshake), (rf"{ADDRESS}:(\d+): RST", handshake),
    (rf"{ADDRESS}:(\d+): (\d+) connections unanswered", connections_lost),
    (r"(\d+) of (\d+) other flows: (answered)", flows_counted), (r"SYNs from other ports: answered", lambda truth, match, verdict: None if any(
        behind(walk)[13] & 0x06 for _, walk in heard(truth, verdict, TCP) if walk.header.protocol in TCP) else "none was"),
    (r"hops (\d+) to (\d+): (.*)", circle), (rf"hop (\d+): {ADDRESS}", hop_is), (r"hops (\d+) and more: no answer", nothing_beyond), (r"all hops: no answe(r)", lambda truth, match, verdict:
        "somebody spoke" if any(is_error(walk) for _, walk in heard(truth, verdict)) else None),
    (r"(\d+) of (\d+) flows (unanswered)", flows_counted), (r"(\d+) of (\d+) flows (answered)", flows_counted),
    (r"one of them: last seen at hop (\d+)", flow_ends), (QUOTE, refused),
    (rf"SYN: last seen at hop (\d+), {PLACE}", segment_seen), (r"SYN: not seen at hop 1", first_silent),
    (rf"echo: {ADDRESS} at hop (\d+)", host_at), (rf"{ADDRESS}: perhaps at hop (\d+), by the TTL of its answers", guessed),
    (rf"echo: answered by {ADDRESS}", answers_echoes), (rf"{ADDRESS} answers echo requests", answers_echoes),
    (r"other packets: seen at hop (\d+)", seen_at), (rf"(icmp|udp|tcp) probes reach {ADDRESS}", reaches),
    (r"(\d+) of (\d+) echo requests (un)?answered", host_lost), (rf"hop (\d+) {ADDRESS}: (\d+) of (\d+)", router_lost),
    (r"to tell (\d+) % of (\d+) from none takes (\d+) echo requests to each router, (\d+) packets in all", enough),
    (rf"(?:{ADDRESS}|this machine): ([\d.]+) ms", late), (r"(\d+) bytes arrive", sizes), (r"(\d+) bytes: no answer, no report", sizes),
    (rf"{ADDRESS} on eth0: (\w+|on the wire)(?:, no answer)?", who_owns),
    (rf"{ADDRESS}: Destination Host Unreachable, from this machine itself", lambda truth, match, verdict: who_owns(truth, ("", match[1], "FAILED"), verdict)),
    (r"(\d+) packets came and were given to no program \(InReceives, InDelivers\)", own_filter), (r"(?:sendto|a probe): .*", own_filter),
    (r"eth0: not UP(?: any more)?|eth0: UP, not RUNNING", since("eth0 down")), (r"eth0: mtu \d+", since("mtu")), (r"eth0: no inet6?", since("0.0.0.0")),
    (r"ARP: \S+ is at \S+ too", since("eth0:1")), (r"route to \S+: .*|default gateway: \S+", since("route", "down", "0.0.0.0", "mtu")),
    (r"unreachable 198\.18\.\S+|reject \S+", since("reject")), (r"route \S+ via \S+", since("gw")),
    (r":(\d+) \w+ (to :(\d+) )?.*(?:Recv-Q|Send-Q) \d+.*", queue), (rf"{ADDRESS} (A|AAAA): (.*)", server_said),
    (r"look-up: .*", lambda truth, match, verdict: None if manners(truth) or not truth.host or not truth.owner_of_name(truth.host) else "it has a name"),
    (rf"{ADDRESS} answers, {ADDRESS} does not", one_dead), (r"nothing (?:was|could be) asked", lambda truth, match, verdict:
        "something was sent" if verdict["cause"] == "not-finished" and truth.walks else None),
)
