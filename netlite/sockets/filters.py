"""What a raw ICMP socket takes in: the kernel's type filter, and a BPF program on the identifier.

Without the program every ping on a host is woken by the replies to all others, and by redirects about them.
*From the kernel*: <linux/icmp.h> ICMP_FILTER, RFC 3542 section 3.2 ICMP6_FILTER,
Documentation/networking/filter.rst.
"""

from __future__ import annotations

from _socket import SOL_SOCKET
from _struct import Struct, pack

from ..records.family import IpProtocol
from ..records.icmp import Icmp

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from typing import Any

SO_ATTACH_FILTER = 26
FILTERS = {4: (255, 1), 6: (IpProtocol.ICMP6, 1)}  # level and option of ICMP_FILTER and ICMP6_FILTER
WORDS = {4: 1, 6: 8}  # of 32 types each; ICMPv4 has no filter for the types from 32 on
INSTRUCTION = Struct("=HBBI")  # struct sock_filter: code, jump if true, jump if false, k
PROGRAM = Struct("@HP")  # struct sock_fprog: how many instructions, and where they are

# <linux/bpf_common.h>: load a half word or byte behind X, X = 4 * (header length at k), jump, return; A & k,
# A << k, A + k, A + X; X = A
LOAD_HALF, LOAD_BYTE, LOAD_HEADER_BYTES, LOAD_X, JUMP_EQUAL, RETURN = 0x48, 0x50, 0xB1, 0x01, 0x15, 0x06
AND, SHIFT_LEFT, ADD, ADD_X, TO_X = 0x54, 0x64, 0x04, 0x0C, 0x07
EVERYTHING, NOTHING = 0xFFFFFFFF, 0


def pass_types(socket: _socket.socket, version: int, types: tuple[int, ...]) -> None:
    """Let in these ICMP types alone."""
    blocked = [0xFFFFFFFF] * WORDS[version]  # a set bit blocks
    for kind in types:
        blocked[kind >> 5] &= ~(1 << (kind & 31))
    socket.setsockopt(*FILTERS[version], pack(f"{len(blocked)}I", *blocked))


def pass_identifier(socket: _socket.socket, version: int, echo_reply: int, identifier: int, others: bool) -> bool:
    """Drop echo replies with another identifier in the kernel, hints that quote another, and unless `others` are wanted
    all else that a type filter of IPv4 lets in; False when it refuses.

    What is queued already stays queued.
    """
    return attach(socket, echo_program(version, echo_reply, identifier, others))


def pass_nothing(socket: _socket.socket) -> bool:
    """Drop all that comes from now on; False when the kernel refuses.  What is queued already stays queued."""
    return attach(socket, INSTRUCTION.pack(RETURN, 0, 0, NOTHING))


def attach(socket: _socket.socket, instructions: bytes) -> bool:
    """Have the kernel run a classic BPF program on what the socket is to get; False when it refuses."""
    program = bytearray(instructions)
    try:
        held, address = _held_in_place(program)
        socket.setsockopt(SOL_SOCKET, SO_ATTACH_FILTER, PROGRAM.pack(len(program) // INSTRUCTION.size, address))
    except (ImportError, OSError):
        return False
    return True


def _held_in_place(data: bytearray) -> tuple[Any, int]:
    """(what keeps `data` where it is, the address it has).

    Through the C part of ctypes alone, which loads in 1 ms where array takes 3; the smallest Pythons lack it.
    """
    try:
        from _ctypes import _SimpleCData, addressof
    except ImportError:
        from array import array

        copy = array("B", data)
        return copy, copy.buffer_info()[0]
    byte: Any = type("byte", (_SimpleCData,), {"_type_": "B"})
    held = (byte * len(data)).from_buffer(data)
    return held, addressof(held)


def echo_program(version: int, echo_reply: int, identifier: int, others: bool) -> bytes:
    """Classic BPF: an echo reply has to have our identifier, a redirect or source quench to quote it; of IPv4 all else
    passes where `others` are wanted.

    A raw IPv4 socket sees the IP header first, a raw IPv6 socket the ICMP message, of types that are let in alone.
    """
    skip = (LOAD_HEADER_BYTES, 0, 0, 0) if version == 4 else (LOAD_X, 0, 0, 0)
    hints = Icmp.HINTS if version == 4 else ()
    quoted = (  # X becomes the place of the ICMP message behind the quoted IP header
        (LOAD_BYTE, 0, 0, 8),
        (AND, 0, 0, 15),
        (SHIFT_LEFT, 0, 0, 2),
        (ADD, 0, 0, 8),
        (ADD_X, 0, 0, 0),
        (TO_X, 0, 0, 0),
    ) if hints else ()
    return b"".join(INSTRUCTION.pack(*instruction) for instruction in (
        skip,
        (LOAD_BYTE, 0, 0, 0),
        (JUMP_EQUAL, len(hints) + 1 + len(quoted), 0, echo_reply),
        *((JUMP_EQUAL, left, 0, hint) for left, hint in zip((2, 1), hints)),
        (RETURN, 0, 0, EVERYTHING if others or version == 6 else NOTHING),
        *quoted,
        (LOAD_HALF, 0, 0, 4),
        (JUMP_EQUAL, 0, 1, identifier),
        (RETURN, 0, 0, EVERYTHING),
        (RETURN, 0, 0, NOTHING),
    ))
