"""What a capture lets in: a BPF program for the packets of one run, so that the kernel drops all others.

*From the kernel*: Documentation/networking/filter.rst.  A packet socket of SOCK_DGRAM has its program see the packet
from the IP header on.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_pton
from _struct import unpack

from ..packets.icmp import PROTOCOLS, TYPES
from ..records.family import IpProtocol
from .filters import EVERYTHING, INSTRUCTION, LOAD_HEADER_BYTES, NOTHING, RETURN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..records.seen import Wanted

    Line = str | tuple[int, int] | tuple[int, int, str, str]
    """A label; an instruction; a jump, with where to when it is true, and when not."""

# <linux/bpf_common.h>: load a word, half word or byte from k or from X + k; jumps; the accumulator's sums
WORD, HALF, BYTE, HALF_BEHIND, BYTE_BEHIND = 0x20, 0x28, 0x30, 0x48, 0x50
EQUAL, AT_LEAST, ANY_BIT = 0x15, 0x35, 0x45
AND, SHIFT_LEFT, ADD_X, COPY_TO_X = 0x54, 0x64, 0x0C, 0x07
LATER_FRAGMENT = 0x1FFF
LEAST_NO_ERROR = 128  # of the types of ICMPv6 (RFC 4443 section 2.1)
EXTENSIONS = IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.FRAGMENT, IpProtocol.DESTINATION_OPTIONS
FURTHEST = 255  # that a jump leads
MOST_INSTRUCTIONS = 4096  # BPF_MAXINSNS
ACCEPT, NEXT, ON = "accept", "next", "on"  # labels: the packet is ours; look for what else is wanted; the next line


def capture_program(wanted: Sequence[Wanted]) -> bytes | None:
    """Classic BPF that lets in what any of `wanted` describes; None where that would be too long."""
    parts = [assemble(_lines(each)) for each in dict.fromkeys(wanted)]
    program = b"".join(parts) + INSTRUCTION.pack(RETURN, 0, 0, NOTHING)
    return program if len(program) <= MOST_INSTRUCTIONS * INSTRUCTION.size else None


def _lines(wanted: Wanted) -> list[Line]:
    lines: list[Line] = [(BYTE, 0), (AND, 0xF0), (EQUAL, wanted.version << 4, ON, NEXT)]
    return lines + (_lines4(wanted) if wanted.version == 4 else _lines6(wanted))


def _lines4(wanted: Wanted) -> list[Line]:
    """Behind an IPv4 header of any length; the quote of an error begins 8 bytes behind that of ICMP."""
    lines: list[Line] = [(HALF, 6), (ANY_BIT, LATER_FRAGMENT, "fragment", ON), (BYTE, 9)]
    if wanted.protocol != IpProtocol.ICMP:
        lines += [(EQUAL, wanted.protocol, "ends", ON)]
    lines += [(EQUAL, IpProtocol.ICMP, ON, NEXT), (LOAD_HEADER_BYTES, 0), (BYTE_BEHIND, 0)]
    lines += [(EQUAL, kind, "error", ON) for kind in TYPES[4].errors]
    lines += [*_no_error(wanted, (HALF_BEHIND, 4)), "error", (BYTE_BEHIND, 8 + 9)]
    if wanted.identifier is None:
        lines += [(EQUAL, wanted.protocol, ACCEPT, NEXT)]
    else:
        lines += [(EQUAL, wanted.protocol, ON, NEXT), (BYTE_BEHIND, 8), (AND, 15), (SHIFT_LEFT, 2), (ADD_X, 0),
                  (COPY_TO_X, 0), (HALF_BEHIND, 8 + 4), (EQUAL, wanted.identifier, ACCEPT, NEXT)]
    return [*lines, "fragment", (BYTE, 9), (EQUAL, wanted.protocol, ON, NEXT), "ends", *_ends(wanted, 12, 16)]


def _lines6(wanted: Wanted) -> list[Line]:
    """Behind an IPv6 header.  Fragments count as a whole; a routing header is looked at where we send some."""
    lines: list[Line] = [(BYTE, 6)]
    if wanted.protocol != IpProtocol.ICMP6:
        lines += [(EQUAL, wanted.protocol, "ends", ON)]
    lines += [(EQUAL, IpProtocol.ICMP6, "message", ON), (EQUAL, IpProtocol.FRAGMENT, "fragment", ON)]
    lines += [(EQUAL, IpProtocol.ROUTING, NEXT if wanted.destination else ACCEPT, NEXT)]
    lines += ["message", (BYTE, 40), (AT_LEAST, LEAST_NO_ERROR, ON, "error"), *_no_error(wanted, (HALF, 44))]
    lines += ["error", (BYTE, 48 + 6), *((EQUAL, each, ACCEPT, ON) for each in EXTENSIONS)]
    if wanted.identifier is None:
        lines += [(EQUAL, wanted.protocol, ACCEPT, NEXT)]
    else:
        lines += [(EQUAL, wanted.protocol, ON, NEXT), (HALF, 48 + 40 + 4), (EQUAL, wanted.identifier, ACCEPT, NEXT)]
    return [*lines, "fragment", (BYTE, 40), (EQUAL, wanted.protocol, ON, NEXT), "ends", *_ends(wanted, 8, 24)]


def _no_error(wanted: Wanted, load: tuple[int, int]) -> list[Line]:
    """An ICMP message, its type loaded: an echo with our identifier; of other ICMP probes what the ends say."""
    types = TYPES[wanted.version]
    if wanted.protocol != PROTOCOLS[wanted.version]:
        return [(EQUAL, 0, NEXT, NEXT)]
    if wanted.identifier is None:
        return [(EQUAL, 0, "ends", "ends")]
    return [(EQUAL, types.echo_request, "echo", ON), (EQUAL, types.echo_reply, ON, NEXT), "echo", load,
            (EQUAL, wanted.identifier, ACCEPT, NEXT)]


def _ends(wanted: Wanted, source_at: int, destination_at: int) -> list[Line]:
    """Source or destination is that of the run; anything where it has none."""
    if wanted.destination is None:
        return [(EQUAL, 0, ACCEPT, ACCEPT)]
    packed = inet_pton(AF_INET if wanted.version == 4 else AF_INET6, wanted.destination)
    words = unpack(f"!{len(packed) // 4}I", packed)
    lines: list[Line] = []
    for at, otherwise in ((source_at, "destination"), (destination_at, NEXT)):
        for place, word in enumerate(words, 1):
            lines += [(WORD, at + 4 * place - 4), (EQUAL, word, ON if place < len(words) else ACCEPT, otherwise)]
        lines += [otherwise] if otherwise != NEXT else []
    return lines


def assemble(lines: Sequence[Line]) -> bytes:
    """The instructions; what leads to ACCEPT returns there, what leads to NEXT goes on behind them all."""
    places: dict[str, int] = {}
    code: list[tuple[int, int] | tuple[int, int, str, str]] = []
    for line in lines:
        if isinstance(line, str):
            places[line] = len(code)
        else:
            code.append(line)
    places[ACCEPT], places[NEXT] = len(code), len(code) + 1
    code.append((RETURN, EVERYTHING))
    words = []
    for place, (operation, k, *targets) in enumerate(code):
        jumps = [0 if target == ON else places[str(target)] - place - 1 for target in targets] or [0, 0]
        assert max(jumps) <= FURTHEST and min(jumps) >= 0, "jumps lead forward, and not far"
        words.append(INSTRUCTION.pack(operation, jumps[0], jumps[1], k))
    return b"".join(words)
