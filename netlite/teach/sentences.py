"""Sentences about one packet, and what can be read from it.  "Probably" stands where it is inference."""

from __future__ import annotations

from ..packets.icmp import TYPES
from ..packets.quote import ICMP_PROTOCOLS
from ..records.echo_links import EchoReply
from ..records.extensions import InterfaceInformation
from ..records.family import IpProtocol
from ..records.icmp_errors import TOO_BIG
from ..records.raw_links import TcpReply
from ..records.replies import IcmpError
from ..records.udp_links import UdpReply
from ..render.ping import milliseconds as as_ping_does
from ..render.visible import visible
from .exchanges import Answer, Exchange
from .fields import tcp_flags
from .icmp_kinds import icmp_kind
from .notes import Notes
from .verdicts import what_it_means

FIRST_TTLS = (64, 128, 255)
MOST_ROUTERS = 32  # of a path that is to be believed
NOISE_NS = 1_000_000  # differences below are those of the machines, not of the way
LEAST_MTU = {4: 68, 6: 1280}  # RFC 791 section 3.2, RFC 8200 section 5
LARGE_BYTES = 1280  # what every IPv6 wire takes, and IPv4 ones in practice
UDP_BYTES, TCP_BYTES = 8, 20  # of their headers; traceroute -P 6 sends what is none


def milliseconds(time_ns: int) -> str:
    """A round trip as ping writes it.

    >>> milliseconds(14_000_000), milliseconds(1_234_000), milliseconds(45_300)
    ('14.0 ms', '1.23 ms', '0.045 ms')
    """
    return f"{as_ping_does(time_ns // 1000)} ms"


def count(number: int, thing: str) -> str:
    """A number of things.

    >>> count(1, "router"), count(0, "router")
    ('1 router', 'no routers')
    """
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def first_ttl(ttl: int) -> int:
    """What a packet that arrives with `ttl` probably started with: the next of 64, 128 and 255.

    >>> first_ttl(62), first_ttl(120), first_ttl(250)
    (64, 128, 255)
    """
    return next(first for first in FIRST_TTLS if ttl <= first)


def routers_back(ttl: int) -> int:
    """How many routers a packet probably crossed on its way here."""
    return first_ttl(ttl) - ttl


def hop_word(version: int) -> str:
    """What the family calls the hops that are left."""
    return "TTL" if version == 4 else "hop limit"


def protocol_name(exchange: Exchange) -> str:
    """What was sent: "an ICMP echo request", "a UDP datagram to port 33434", …"""
    header, data = exchange.header, exchange.packet.data
    behind = data[header.header_bytes:]
    if behind and header.protocol in ICMP_PROTOCOLS and behind[0] == TYPES[header.version].echo_request:
        name = "ICMP" if header.version == 4 else "ICMPv6"
        return f"an {name} echo request, sequence {int.from_bytes(behind[6:8], 'big')}"
    port = int.from_bytes(behind[2:4], "big")
    if header.protocol == IpProtocol.UDP and len(behind) >= UDP_BYTES:
        return f"a UDP datagram to port {port}"
    if header.protocol == IpProtocol.TCP and len(behind) >= TCP_BYTES:
        return f"a TCP segment ({tcp_flags(behind[13])}) to port {port}"
    return f"a packet of protocol {header.protocol}"


def how_known(answer: Answer) -> str:
    """By what a report tells which probe it is about; "" where it quotes nothing of use."""
    quote = answer.error.quote if answer.error is not None else None
    if quote is None:
        return ""
    if quote.identifier is not None and quote.sequence is not None:
        return f"id 0x{quote.identifier:x}, sequence {quote.sequence}"
    if quote.destination_port is not None:
        return f"destination port {quote.destination_port}"
    return ""


def sent_sentence(exchange: Exchange) -> str:
    """A probe in one sentence."""
    header = exchange.header
    pieces = f" (the first of {exchange.pieces} fragments)" if exchange.pieces > 1 else ""
    return (f"Probe {exchange.number}: {protocol_name(exchange)}, {header.size_bytes} bytes{pieces}, "
            f"{hop_word(header.version)} {header.ttl}, to {header.destination}.")


def answer_sentence(exchange: Exchange, answer: Answer, notes: Notes) -> str:
    """An answer in one sentence."""
    who = notes.called(answer.header.source)
    said = what_it_says(exchange, answer)
    return f"Answers probe {exchange.number} after {milliseconds(answer.after_ns)}: {who} {said}"


def what_it_says(exchange: Exchange, answer: Answer, waited_ns: int | None = None) -> str:
    """The rest of a sentence that begins with who answered; `waited_ns` as of `what_it_means`."""
    reply = answer.reply
    if isinstance(reply, IcmpError):
        kind = icmp_kind(answer.header.version, reply.type, reply.code)
        return (f"reports {kind.name} (type {reply.type}, code {reply.code}). "
                f"{what_it_means(exchange, answer, waited_ns)}")
    if isinstance(reply, EchoReply):
        return "sends the echo back."
    if isinstance(reply, TcpReply):
        return f"says {tcp_flags(reply.flags)}: {port_state(reply)}."
    if isinstance(reply, UdpReply):
        return f"sends a datagram: a program listens on port {reply.port}."
    return "answers."


def port_state(reply: TcpReply) -> str:
    """What the flags of an answer to a SYN say."""
    if reply.flags & 4:
        return f"nobody listens on port {reply.source_port}, or a filter says so in its place"
    if reply.flags & 0x12 == 0x12:
        return f"port {reply.source_port} is open there, or at somebody who answers in its place"
    return "an answer that is neither a yes nor a no"


def way_back(exchange: Exchange, answer: Answer, routers_there: int | None = None) -> list[str]:
    """What the TTL of an answer tells of the way back.

    `routers_there` is how many routers the probe crossed before, where that is known.
    """
    ttl = answer.ttl
    if ttl is None or exchange.is_own or answer.header.source == exchange.header.source:
        return []
    word = hop_word(answer.header.version)
    back = routers_back(ttl)
    said = f"The {'report' if answer.is_error else 'answer'} arrived with {word} {ttl}: "
    if back > MOST_ROUTERS:
        return [f"{said}what it started with cannot be told, and so not how many routers it crossed on its way "
                f"back (from {first_ttl(ttl)}, a usual value, it would be {back})."]
    said += f"it probably started with {first_ttl(ttl)} and crossed {count(back, 'router')} on its way back"
    if routers_there is None:
        return [said + "."]
    if back == routers_there:
        return [said + ", as many as the probe on its way there."]
    others = "it started with another value"
    if answer.is_error and back < routers_there:
        others = f"the probe had gone in a circle, or {others}"
    if isinstance(answer.reply, TcpReply):
        others += ", or somebody on the way answered in the place of the target"
    return [f"{said}. The probe crossed {count(routers_there, 'router')} on its way there: either the way back "
            f"is another one (asymmetric), or {others}. A traceroute from there to you would tell."]


def changed_on_the_way(exchange: Exchange, answer: Answer) -> list[str]:
    """What the quote of an error shows to be different from what was sent."""
    quote, sent = answer.error.quote if answer.error is not None else None, exchange.header
    if quote is None or answer.packet.rebuilt:
        return []
    told = []
    if quote.source and quote.source != sent.source:
        told.append(f"The quote shows the source address {quote.source}, but you sent from {sent.source}: "
                    "somebody on the way rewrote it, so there is probably a NAT between you and this router.")
    if quote.destination and quote.destination != sent.destination:
        told.append(f"The quote shows the destination {quote.destination}, but you sent to {sent.destination}: "
                    "somebody on the way rewrote it, so there is probably a NAT in front of the target.")
    return told


def extension_sentences(answer: Answer) -> list[str]:
    """MPLS labels and interfaces that a router added to its report."""
    told = []
    for each in answer.error.extensions if answer.error is not None else ():
        if isinstance(each.decoded, InterfaceInformation):
            named = each.decoded.name or each.decoded.address or each.decoded.index
            told.append(f"The router names one of its interfaces: {visible(str(named))}.")
        elif each.decoded:
            labels = ", ".join(str(label.label) for label in each.decoded)
            told.append(f"The report carries {count(len(each.decoded), 'MPLS label')} ({labels}): the probe "
                        "rode in a tunnel when it was dropped.")
    return told


def mtu_sentences(exchange: Exchange, answer: Answer, notes: Notes) -> list[str]:
    """What a report says of the path MTU; nothing when it is about something else."""
    error = answer.error
    if error is None or not error.says(TOO_BIG):
        return []
    who = notes.called(answer.header.source)
    size, least = exchange.header.size_bytes, LEAST_MTU[exchange.header.version]
    if not error.info:
        return [f"{who} could not pass on {size} bytes uncut, and does not say how many would fit (an old "
                "router)."]
    if error.info >= size and exchange.pieces == 1:
        return [f"{who} says that it could not pass on {size} bytes uncut, and that its next wire takes "
                f"{error.info}. Both cannot be: this report contradicts itself, and nothing follows from it."]
    if error.info < least:
        return [f"{who} says that its next wire takes {error.info} bytes. Every wire has to take {least} (IPv"
                f"{exchange.header.version}): this report cannot be right, and hosts do not go below that."]
    return [f"{who} could not pass on {size} bytes uncut: its next wire takes {error.info}. "
            f"So the path MTU to {exchange.header.destination} is {error.info} bytes or less."]


def large_sentence(silent: list[Exchange]) -> list[str]:
    """That smaller probes may get through, where all those without an answer were large and may not be cut."""
    sizes = [exchange.header.size_bytes for exchange in silent]
    if min(sizes) <= LARGE_BYTES or not all(exchange.is_whole and exchange.pieces == 1 for exchange in silent):
        return []
    size = f"{min(sizes)}" if min(sizes) == max(sizes) else f"{min(sizes)} to {max(sizes)}"
    return [f"All these probes were {size} bytes large and may not be cut. Where a wire takes less and the "
            "report about that gets lost (a black hole), smaller ones still pass. Next: netlite mtu "
            f"{silent[0].header.destination} tries other sizes."]
