"""-g: the gateways of a source route, as an IPv4 option (RFC 791) or an IPv6 routing header."""

from __future__ import annotations

from _socket import inet_pton

from ...command_line.c_numbers import strtoul
from ...command_line.traceroute_options import Unreadable, refused
from ...errors import UsageError
from .words import MAX_GATEWAYS, Choices

NO_OPERATION, LOOSE_SOURCE_ROUTE, FIRST_ENTRY = 1, 0x83, 4
ROUTING_TYPE = 2  # the one the kernel knows (Mobile IPv6, RFC 6275); type 0 is gone (RFC 5095)


def source_route_bytes(choices: Choices) -> bytes:
    """What goes into the packet; IPv6 allows ``type,address,…``.  Raises UsageError."""
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
