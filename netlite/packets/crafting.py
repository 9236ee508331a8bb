"""Packets as scapy defines them: the source of truth for every layout that netlite sends.

It and `pcapng` alone import scapy, inside functions: that takes 150 ms and no plain command does.
`generate` compiles the probes into `compiled`, and runs send those.
Addresses are always named, so scapy never looks at routes; nothing but bytes leaves this module.
"""

from __future__ import annotations

from ..feature_errors import LibraryMissing
from ..records.icmp import Icmp
from ..records.tcp_flags import SYN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ECHO_REQUEST, ECHO_REPLY = "request", "reply"


def scapy_layers() -> dict[str, Any]:
    """The namespace of scapy's IP layers, loaded without its route tables and without its caches.
    Raises LibraryMissing."""
    from os import environ

    from ..libraries import find_libraries

    find_libraries()
    nowhere = "/dev/null/scapy"  # cannot be made, so scapy keeps no files under the home directory
    kept = {name: environ.get(name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    environ.update(dict.fromkeys(kept, nowhere))
    try:
        from scapy.config import conf

        conf.route_autoload = conf.route6_autoload = False
        from scapy.layers import inet, inet6
    except ImportError:
        raise LibraryMissing("scapy", "crafting packets") from None
    finally:
        for name, value in kept.items():
            if value is None:
                del environ[name]
            else:
                environ[name] = value
    return {**vars(inet), **vars(inet6)}


def craft_echo(version: int, identifier: int, sequence: int, payload: bytes = b"",
               source: str | None = None, destination: str | None = None, kind: str = ECHO_REQUEST,
               checksum: int | None = None) -> bytes:
    """An ICMP echo message (RFC 792, RFC 4443 section 4.1), without IP header.

    ICMPv6 sums addresses: name both, or give `checksum` (0 leaves it to the kernel).
    """
    layers = scapy_layers()
    if version == 4:
        number = Icmp.ECHO_REQUEST if kind == ECHO_REQUEST else Icmp.ECHO_REPLY
        return bytes(layers["ICMP"](type=number, id=identifier, seq=sequence, chksum=checksum) / payload)
    name = "ICMPv6EchoRequest" if kind == ECHO_REQUEST else "ICMPv6EchoReply"
    message = layers[name](id=identifier, seq=sequence, data=payload, cksum=checksum)
    return _under_ip(layers, version, source or "::", destination or "::", message)


def craft_udp(version: int, source: str, destination: str, source_port: int, destination_port: int,
              payload: bytes = b"", checksum: int | None = None, size_bytes: int | None = None) -> bytes:
    """A UDP datagram (RFC 768), without IP header; its checksum is over both addresses."""
    layers = scapy_layers()
    header = layers["UDP"](sport=source_port, dport=destination_port, chksum=checksum, len=size_bytes)
    return _under_ip(layers, version, source, destination, header / payload)


def craft_tcp(version: int, source: str, destination: str, source_port: int, destination_port: int,
              sequence: int = 0, flags: int = SYN, window: int = 5840, mss_bytes: int | None = None,
              sack: bool = False, timestamp: int | None = None, window_scale: int | None = None,
              acknowledgement: int = 0, checksum: int | None = None) -> bytes:
    """A TCP segment (RFC 9293), without IP header, options in the order and padding of traceroute.

    `timestamp` is TSval (RFC 7323), `window_scale` the shift; None or False leaves an option out.
    """
    layers = scapy_layers()
    options: list[tuple[str, Any]] = [] if mss_bytes is None else [("MSS", mss_bytes)]
    if timestamp is not None:
        options += [("SAckOK", b"")] if sack else [("NOP", None)] * 2
        options += [("Timestamp", (timestamp, 0))]
    elif sack:
        options += [("NOP", None)] * 2 + [("SAckOK", b"")]
    if window_scale is not None:
        options += [("NOP", None), ("WScale", window_scale)]
    segment = layers["TCP"](sport=source_port, dport=destination_port, seq=sequence, ack=acknowledgement,
                            flags=flags, window=window, options=options, chksum=checksum)
    return _under_ip(layers, version, source, destination, segment)


def _under_ip(layers: dict[str, Any], version: int, source: str, destination: str, message: Any) -> bytes:
    """The bytes of a message that needs addresses for its checksum, IP header cut off again."""
    if version == 4:
        return bytes(layers["IP"](src=source, dst=destination) / message)[20:]
    return bytes(layers["IPv6"](src=source, dst=destination) / message)[40:]
