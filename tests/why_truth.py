"""What was sent and what came of it, in a situation of `netlite why`: the questions that all checks ask."""

from __future__ import annotations

from truth import Walk
from why_situations import Truth

from netlite.packets.icmp import TYPES
from netlite.packets.ip import read_packet
from netlite.records.family import IpProtocol

ICMP, TCP, UDP = (IpProtocol.ICMP, IpProtocol.ICMP6), (IpProtocol.TCP,), (IpProtocol.UDP,)
ADDRESS = r"([0-9a-f:][0-9a-f.:]*[0-9a-f](?:%\w+)?)"
SMALL_BYTES, FIRST_TTL = (84, 104), 64  # of echo requests that are counted; those of traces and of full size are not
PLACE = rf"(?:({ADDRESS[1:-1]}|a router that says nothing)|this machine)"


def full(truth: Truth, address: str | None = None, protocol: tuple[int, ...] = ()) -> list[list[Walk]]:
    """The probes that were not to die on their way."""
    return [ways for ways in truth.probes(address, protocol) if not ways[0].why.startswith("the last 1 was taken")]


def behind(walk: Walk) -> bytes:
    """What is behind its IP header."""
    return read_packet(walk.first.packet)[1]


def is_echo(walk: Walk) -> bool:
    return walk.header.protocol in ICMP and behind(walk)[0] == TYPES[walk.header.version].echo_request


def came_back(ways: list[Walk]) -> bool:
    """Whether something of the destination itself reached the client; what answers an echo request is no error."""
    return any(walk.nodes[-1] == "client" and walk.header.source == ways[0].header.destination
               and (not is_echo(ways[0]) or behind(walk)[0] in (0, 129)) for walk in ways[1:])


def echoes(truth: Truth, address: str) -> list[list[Walk]]:
    return [ways for ways in full(truth, address, ICMP) if is_echo(ways[0])]


def targets(truth: Truth, verdict) -> list[str]:
    """The addresses that a verdict is about."""
    version = verdict["version"]
    return [each for each in truth.document["addresses"] if version in (None, 6 if ":" in each else 4)]


def walks(truth: Truth, verdict) -> list[Walk]:
    return [ways[0] for address in targets(truth, verdict) for ways in truth.probes(address)]


def stands_at(truth: Truth, address: str | None, hop: int, verdict) -> str | None:
    """Whether a place is at a hop of some walk."""
    if address is None:
        return None if hop == 0 else "this machine is at hop 0"
    if address == "a router that says nothing":
        return None if any(node.silent or node.icmp_interval_ns for node in truth.topology.nodes.values()) else "all speak"
    owner = truth.owner(address)
    there = [walk for walk in walks(truth, verdict) if len(walk.nodes) > hop and walk.nodes[hop] == owner]
    return None if there else f"{owner} is at no such hop: {sorted({' '.join(walk.nodes) for walk in walks(truth, verdict)})}"


def is_so_far(truth: Truth, verdict) -> str | None:
    """A fault of the host itself is as many hops away as the host."""
    if verdict["place"] not in truth.document["addresses"] or verdict["hop"] is None:
        return None
    there = {len(walk.nodes) - 1 for walk in walks(truth, verdict) if walk.nodes[-1] == truth.owner(verdict["place"])}
    if any(wire.loss for wire in truth.topology.wires):
        return None  # what a trace loses is judged by the TTL
    return None if not there or verdict["hop"] in there else f"the host is {there} hops away"


def was_reset(truth: Truth, match, verdict) -> str | None:
    """A segment with RST came from the host's address."""
    for address in targets(truth, verdict):
        if any(walk.nodes[-1] == "client" and behind(walk)[13] & 4
               for ways in truth.probes(address, TCP) for walk in ways[1:] if walk.header.protocol in TCP):
            return None
    return "there was no reset"


def always(truth: Truth, match, verdict) -> str | None:
    """It says what was not found out."""
    return None


def is_heard(walk: Walk) -> bool:
    """Whether it got to a program of the client, rather than to a filter of it."""
    return walk.nodes[-1] == "client" and not walk.why.startswith("dropped")


def heard(truth: Truth, verdict, protocols=(*ICMP, *TCP, *UDP)) -> list[tuple[Walk, Walk]]:
    """(probe, what came of it) of all that was sent to what a verdict is about."""
    return [(ways[0], walk) for address in targets(truth, verdict) for ways in truth.probes(address, protocols)
            for walk in ways[1:] if is_heard(walk)]


def is_error(walk: Walk, code: int | None = None) -> bool:
    """Destination unreachable with this code, or, with None, that the time was over."""
    unreachable, exceeded = (3, 11) if walk.header.version == 4 else (1, 3)
    return walk.header.protocol in ICMP and (behind(walk)[0] == exceeded if code is None else
                                             tuple(behind(walk)[:2]) == (unreachable, code))


def ports(walk: Walk) -> tuple[int, int]:
    data = behind(walk)
    return int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")


def small(truth: Truth, address: str) -> list[list[Walk]]:
    return [ways for ways in echoes(truth, address) if ways[0].header.size_bytes in SMALL_BYTES and ways[0].header.ttl == FIRST_TTL]
