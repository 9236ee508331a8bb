"""What there is to say about an answer: how it differs from what was asked for."""

from __future__ import annotations

from ..records.echo_links import STAMP_BYTES, EchoReply
from ..records.ping import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.ping import PingPlan
    from ..records.ping_mishaps import WrongByte

ICMP_HEADER_BYTES = 8


def judge(plan: PingPlan, reply: EchoReply, route: bytes) -> Answer:
    """The record of a reply, all but what depends on the replies before; `route` was recorded last."""
    truncated = reply.size_bytes < plan.size_bytes + ICMP_HEADER_BYTES
    wrong = None if truncated or plan.flood else _wrong_byte(plan.payload, reply.payload[:plan.size_bytes])
    host = plan.destination.partition("%")[0]
    node = None
    if type(reply) is not EchoReply:
        from ..records.node_replies import NodeReply

        node = reply if type(reply) is NodeReply else None
    different = node is None and not plan.any_source and reply.source.partition("%")[0] != host
    same_route = bool(reply.options) and not plan.flood and route == recorded(reply) != b""
    return Answer(reply.source, reply.sequence, reply.size_bytes, reply.ttl, different_address=different,
                  truncated=truncated, wrong_byte=wrong, options=b"" if truncated else reply.options,
                  payload=reply.payload[:plan.size_bytes] if wrong else b"", same_route=same_route,
                  node=node)


def recorded(reply: EchoReply) -> bytes:
    """What the route is known by that a reply's IP header has recorded (-R)."""
    if not reply.options:
        return b""
    from ..records.ip_options import recorded_route

    return recorded_route(reply.options)


def addresses_of(answer: Answer) -> tuple[str, ...]:
    """Every address that the text of an answer shows."""
    if not answer.options or answer.same_route:
        return (answer.source,)
    from ..records.ip_options import mentioned_addresses

    return (answer.source, *mentioned_addresses(answer.options))


def _wrong_byte(sent: bytes, received: bytes) -> WrongByte | None:
    """The first that differs; the time stamp in front is not compared."""
    if received[STAMP_BYTES:] == sent[STAMP_BYTES:]:
        return None
    from ..records.ping_mishaps import WrongByte

    for offset in range(STAMP_BYTES, min(len(sent), len(received))):
        if received[offset] != sent[offset]:
            return WrongByte(offset, sent[offset], received[offset])
    return None
