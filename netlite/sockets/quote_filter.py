"""A BPF program for a raw ICMP socket: let in no errors but those that quote a probe from ports of ours.

Without it an answer finds no room where errors about others arrive by the thousands.  The instructions are those of
`sockets.filters`.
"""

from __future__ import annotations

from ..records.family import IPV6, IpProtocol
from .filters import (
    ADD_X,
    AND,
    EVERYTHING,
    INSTRUCTION,
    JUMP_EQUAL,
    LOAD_BYTE,
    LOAD_HALF,
    LOAD_HEADER_BYTES,
    LOAD_X,
    NOTHING,
    RETURN,
    SHIFT_LEFT,
    TO_X,
    attach,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket

JUMP_NOT_LESS = 0x35
QUOTE_AT = 8  # in an ICMP error, behind its header
PROTOCOL_AT4, NEXT_HEADER_AT6 = QUOTE_AT + 9, QUOTE_AT + 6
FRAGMENT_HEADER_BYTES = 8


def pass_quoted_ports(socket: _socket.socket, version: int, protocol: int, ports: range, headers: bool) -> bool:
    """Drop errors that quote another protocol or source port in the kernel; False when it refuses.

    `headers`: IPv6 probes have extension headers, so quotes that have them pass too.  What is queued stays queued.
    """
    return attach(socket, quote_program(version, protocol, ports, headers))


def quote_program(version: int, protocol: int, ports: range, headers: bool) -> bytes:
    """Classic BPF: X becomes the bytes before the quoted ports, without those that are always there."""
    port_at = QUOTE_AT if version == 4 else QUOTE_AT + IPV6.header_bytes
    return b"".join(INSTRUCTION.pack(*instruction) for instruction in (
        *(_behind_ipv4(protocol) if version == 4 else _behind_ipv6(protocol, headers)),
        (LOAD_HALF, 0, 0, port_at),
        (JUMP_NOT_LESS, 0, 2, ports.start),
        (JUMP_NOT_LESS, 1, 0, ports.stop),
        (RETURN, 0, 0, EVERYTHING),
        (RETURN, 0, 0, NOTHING),
    ))


def _behind_ipv4(protocol: int) -> tuple[tuple[int, int, int, int], ...]:
    """The socket sees the IP header of the error first."""
    return (
        (LOAD_HEADER_BYTES, 0, 0, 0),
        (LOAD_BYTE, 0, 0, PROTOCOL_AT4),
        (JUMP_EQUAL, 1, 0, protocol),
        (RETURN, 0, 0, NOTHING),
        (LOAD_BYTE, 0, 0, QUOTE_AT),
        (AND, 0, 0, 15),
        (SHIFT_LEFT, 0, 0, 2),
        (ADD_X, 0, 0, 0),
        (TO_X, 0, 0, 0),
    )


def _behind_ipv6(protocol: int, headers: bool) -> tuple[tuple[int, int, int, int], ...]:
    """A probe that our kernel cut has a fragment header (RFC 8200 section 4.5)."""
    return (
        (LOAD_X, 0, 0, 0),
        (LOAD_BYTE, 0, 0, NEXT_HEADER_AT6),
        (JUMP_EQUAL, 6, 0, protocol),
        (JUMP_EQUAL, 1, 0, IpProtocol.FRAGMENT),
        (RETURN, 0, 0, EVERYTHING if headers else NOTHING),
        (LOAD_X, 0, 0, FRAGMENT_HEADER_BYTES),
        (LOAD_BYTE, 0, 0, QUOTE_AT + IPV6.header_bytes - FRAGMENT_HEADER_BYTES),
        (JUMP_EQUAL, 1, 0, protocol),
        (RETURN, 0, 0, NOTHING),
    )
