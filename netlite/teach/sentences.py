"""Sentences about one packet, and what can be read from it.  "Probably" stands where it is inference."""

from __future__ import annotations

from ..packets.icmp import TYPES
from ..packets.quote import ICMP_PROTOCOLS
from ..records.family import IpProtocol
from ..records.icmp import TOO_BIG
from ..records.replies import EchoReply, IcmpError, InterfaceInformation, TcpReply, UdpReply
from ..render.visible import visible
from .exchanges import Answer, Exchange, Notes
from .fields import tcp_flags
from .icmp_kinds import icmp_kind

FIRST_TTLS = (64, 128, 255)
UDP_BYTES, TCP_BYTES = 8, 20  # of their headers; traceroute -P 6 sends what is none


def milliseconds(time_ns: int) -> str:
    """A round trip as people write it.

    >>> milliseconds(14_000_000), milliseconds(45_300)
    ('14.0 ms', '0.045 ms')
    """
    return f"{time_ns / 1e6:.1f} ms" if time_ns >= 1_000_000 else f"{time_ns / 1e6:.3f} ms"


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
    return (f"Probe {exchange.number}: {protocol_name(exchange)}, {header.size_bytes} bytes, "
            f"{hop_word(header.version)} {header.ttl}, to {header.destination}.")


def answer_sentence(exchange: Exchange, answer: Answer, notes: Notes) -> str:
    """An answer in one sentence."""
    who = notes.called(answer.header.source)
    return f"Answers probe {exchange.number} after {milliseconds(answer.after_ns)}: {who} {what_it_says(answer)}"


def what_it_says(answer: Answer) -> str:
    """The rest of a sentence that begins with who answered."""
    reply = answer.reply
    if isinstance(reply, IcmpError):
        kind = icmp_kind(answer.header.version, reply.type, reply.code)
        return f"reports {kind.name} (type {reply.type}, code {reply.code}). {kind.sentence}"
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
        return f"nobody listens on port {reply.source_port}"
    if reply.flags & 0x12 == 0x12:
        return f"port {reply.source_port} is open"
    return "an answer that is neither a yes nor a no"


def way_back(answer: Answer, routers_there: int | None = None) -> list[str]:
    """What the TTL of an answer tells of the way back.

    `routers_there` is how many routers the probe crossed before, where that is known.
    """
    ttl = answer.ttl
    if ttl is None:
        return []
    word = hop_word(answer.header.version)
    back = routers_back(ttl)
    said = (f"The {'report' if answer.is_error else 'answer'} arrived with {word} {ttl}: it probably started with "
            f"{first_ttl(ttl)} and crossed {count(back, 'router')} on its way back")
    if routers_there is None:
        return [said + "."]
    if back == routers_there:
        return [said + ", as many as the probe on its way there."]
    return [said + f". The probe crossed {count(routers_there, 'router')} on its way there, so the way back is "
            "probably another one (asymmetric)."]


def changed_on_the_way(exchange: Exchange, answer: Answer) -> list[str]:
    """What the quote of an error shows to be different from what was sent."""
    quote, sent = answer.error.quote if answer.error is not None else None, exchange.header
    if quote is None or answer.packet.rebuilt:
        return []
    told = []
    if quote.source and quote.source != sent.source:
        told.append(f"The quote shows the source address {quote.source}, but you sent from {sent.source}: somebody on "
                    "the way rewrote it, so there is probably a NAT between you and this router.")
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
            told.append(f"The report carries {count(len(each.decoded), 'MPLS label')} ({labels}): the probe rode in a "
                        "tunnel when it was dropped.")
    return told


def mtu_sentences(exchange: Exchange, answer: Answer, notes: Notes) -> list[str]:
    """What a report says of the path MTU; nothing when it is about something else."""
    error = answer.error
    if error is None or not error.says(TOO_BIG):
        return []
    who = notes.called(answer.header.source)
    size = exchange.header.size_bytes
    if not error.info:
        return [f"{who} could not pass on {size} bytes uncut, and does not say how many would fit (an old router)."]
    return [f"{who} could not pass on {size} bytes uncut: its next wire takes {error.info}. "
            f"So the path MTU to {exchange.header.destination} is {error.info} bytes or less."]
