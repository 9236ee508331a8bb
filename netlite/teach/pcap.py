"""``--pcap FILE``: the packets of a run as a capture file (pcapng), each with its sentence as comment."""

from __future__ import annotations

from ..errors import LibraryMissing
from .exchanges import Notes
from .report import packet_sentences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from ..records.seen import SeenPacket

LINKTYPE_RAW = 101  # packets begin with their IP header
INBOUND, OUTBOUND = 1, 2  # epb_flags


def need_scapy() -> None:
    """Raises LibraryMissing where scapy is not installed."""
    from importlib.util import find_spec

    from ..libraries import find_libraries

    find_libraries()
    if find_spec("scapy") is None:
        raise LibraryMissing("scapy", "--pcap")


def write_pcapng(file: BinaryIO, packets: list[SeenPacket], notes: Notes) -> None:
    """Write the packets (records.seen.SeenPacket) to an open file; times are to the microsecond.

    scapy opens files by name.  It gets one in memory: ping has given up its privileges by now, so the
    user's file could perhaps not be opened again.
    """
    from decimal import Decimal
    from os import fdopen, memfd_create

    from ..packets.crafting import scapy_layers

    scapy_layers()  # loads it without its routes and caches
    from scapy.packet import Raw
    from scapy.utils import PcapNgWriter

    with fdopen(memfd_create("pcapng"), "rb") as memory:
        with PcapNgWriter(f"/dev/fd/{memory.fileno()}") as writer:
            writer.linktype = LINKTYPE_RAW
            writer.write_header(None)
            for packet, sentence in zip(packets, packet_sentences(packets, notes)):
                noted = Raw(packet.data)
                noted.comment = (sentence + " Rebuilt from what the kernel told." * packet.rebuilt).encode()
                noted.direction = OUTBOUND if packet.sent else INBOUND
                at_s: Any = Decimal(packet.wall_ns) / 1_000_000_000  # scapy asks for a float, and keeps what is exact
                writer.write_packet(noted, sec=at_s)
        file.write(memory.read())
