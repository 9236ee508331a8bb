"""Capture files in the format pcapng, written by scapy."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, BinaryIO

    from ..records.seen import SeenPacket

LINKTYPE_RAW = 101  # packets begin with their IP header
INBOUND, OUTBOUND = 1, 2  # epb_flags


def need_scapy() -> None:
    """Raises LibraryMissing where scapy is not installed."""
    from importlib.util import find_spec

    from ..feature_errors import LibraryMissing
    from ..libraries import find_libraries

    find_libraries()
    if find_spec("scapy") is None:
        raise LibraryMissing("scapy", "--pcap")


def write_pcapng(file: BinaryIO, packets: Iterable[tuple[SeenPacket, str]]) -> None:
    """Write packets, each with its comment, to an open file; times are to the microsecond.

    scapy opens files by name.  It gets one in memory: ping has given up its privileges by now, so the
    user's file could perhaps not be opened again.
    """
    from decimal import Decimal
    from os import fdopen, memfd_create

    from .crafting import scapy_layers

    scapy_layers()  # loads it without its routes and caches
    from scapy.packet import Raw
    from scapy.utils import PcapNgWriter

    with fdopen(memfd_create("pcapng"), "rb") as memory:
        with PcapNgWriter(f"/dev/fd/{memory.fileno()}") as writer:
            writer.linktype = LINKTYPE_RAW
            writer.write_header(None)
            for packet, comment in packets:
                noted = Raw(packet.data)
                noted.comment = comment.encode()
                noted.direction = OUTBOUND if packet.sent else INBOUND
                at_s: Any = Decimal(packet.wall_ns) / 1_000_000_000  # scapy asks for a float, and keeps what is exact
                writer.write_packet(noted, sec=at_s)
        file.write(memory.read())
