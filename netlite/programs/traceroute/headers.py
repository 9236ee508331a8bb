"""What -g and -O put into the headers of probes: the source route, and the TCP segment of -T."""

from __future__ import annotations

from _socket import inet_pton

from ...command_line.c_numbers import strtoul
from ...command_line.traceroute_options import Unreadable, refused
from ...errors import UsageError
from ...system.files import read_bytes
from .methods import TCP_FLAG_BITS, Keywords
from .words import MAX_GATEWAYS, Choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...world import World

NO_OPERATION, LOOSE_SOURCE_ROUTE, FIRST_ENTRY = 1, 0x83, 4
ROUTING_TYPE = 2  # the one the kernel knows (Mobile IPv6, RFC 6275); type 0 is gone (RFC 5095)
SYN = TCP_FLAG_BITS["syn"]
WINDOW_SCALE = 2
TCP_HEADER_BYTES = 20


def source_route(choices: Choices) -> bytes:
    """The gateways as an IPv4 option (RFC 791) or an IPv6 routing header; IPv6 allows ``type,address,…``.

    Raises UsageError.
    """
    family, gateways, routing_type = choices.family, list(choices.gateways), ROUTING_TYPE
    if family.version == 6 and len(gateways) > 1:
        value, rest, _ = strtoul(gateways[0], 0)
        if not rest:
            routing_type = value & 0xFF
            del gateways[0]
    most = MAX_GATEWAYS[family.version]
    if len(gateways) > most:
        raise refused(f"Too many gateways specified. No more than {most}")
    addresses = []
    for gateway in gateways:
        try:
            found, address = choices.look_up(gateway)
        except Unreadable as trouble:
            raise UsageError(f"{trouble.text}\n", 2) from None
        if found is not family:
            raise refused("IP versions mismatch in gateway addresses")
        addresses.append(inet_pton(family.af, address.partition("%")[0]))
    if family.version == 6:
        return bytes((0, 2 * len(addresses), routing_type, len(addresses))) + bytes(4) + b"".join(addresses)
    addresses.append(inet_pton(family.af, choices.address))  # the target is the last stop
    return bytes((NO_OPERATION, LOOSE_SOURCE_ROUTE, 3 + 4 * len(addresses), FIRST_ENTRY)) + b"".join(addresses)


def segment_fields(keywords: Keywords, world: World) -> dict[str, Any]:
    """Flags and options of the TCP segment: fields of TcpLinkSettings.

    When no flag and no option is named, the options are those the kernel would use itself
    (/proc/sys/net/ipv4/tcp_*), as with the keyword sysctl.
    """
    flags, options = keywords.tcp_flags, set(keywords.tcp_options)
    if keywords.sysctl or not (flags or options or keywords.exact_flags):
        options |= {name for name in ("ecn", "sack", "timestamps", "window_scaling") if is_on(world, name)}
    if not flags and not keywords.exact_flags:
        flags = SYN
        if "ecn" in options:
            flags |= TCP_FLAG_BITS["ece"] | TCP_FLAG_BITS["cwr"]
    return {"flags": flags, "mss_bytes": keywords.mss or None, "sack": "sack" in options,
            "timestamp": int.from_bytes(world.random_bytes(4), "big") if "timestamps" in options else None,
            "window_scale": WINDOW_SCALE if "window_scaling" in options else None, "reuse": keywords.reuse}


def segment_bytes(fields: dict[str, Any]) -> int:
    """Header and options; each option, with what pads it, is a multiple of four bytes."""
    size = TCP_HEADER_BYTES + (4 if fields["flags"] & SYN else 0)
    if fields["timestamp"] is not None:
        size += 12  # SACK permitted takes the place of its padding
    elif fields["sack"]:
        size += 4
    return size + (4 if fields["window_scale"] is not None else 0)


def is_on(world: World, name: str) -> bool:
    """Whether the kernel's own connections use a TCP option; 2 means: only when asked to."""
    try:
        return read_bytes(world.files, f"{world.proc}/sys/net/ipv4/tcp_{name}")[:1] == b"1"
    except OSError:
        return False
