"""The relay agent: it carries the broadcasts of clients to a server on another network, and answers back
(RFC 1542 section 4, RFC 2131 section 4.1)."""

from __future__ import annotations

from ...records.dhcp import EVERYBODY, NOBODY, DhcpKind, DhcpMessage

MOST_HOPS = 16


def relayed(message: DhcpMessage, own: str) -> DhcpMessage | None:
    """What a client says, for the server: the first relay writes the address `own` of the client's wire into it.

    None for what is not to be passed on: answers, and what has gone round too often.
    """
    if not message.is_request or message.hops >= MOST_HOPS:
        return None
    return message.replace(hops=message.hops + 1, relay=own if message.relay == NOBODY else message.relay)


def destination_of(message: DhcpMessage) -> str:
    """Where an answer goes: the relay, the address that the client has, all on the wire, or the new address, in a
    frame to the client's card (RFC 2131 section 4.1).

    >>> destination_of(DhcpMessage(2, 7, "02:00:00:00:01:01", yours="198.18.1.100"))
    '198.18.1.100'
    """
    if message.relay != NOBODY:
        return message.relay
    return on_wire(message)


def on_wire(message: DhcpMessage) -> str:
    """The same on the client's own wire, for the relay itself."""
    if message.kind == DhcpKind.NAK:
        return EVERYBODY
    if message.client != NOBODY:
        return message.client
    return EVERYBODY if message.broadcast or message.yours == NOBODY else message.yours
