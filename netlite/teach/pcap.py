"""What a capture file says of each packet of a run."""

from __future__ import annotations

from .notes import Notes
from .report import packet_sentences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..records.seen import SeenPacket


def commented(packets: list[SeenPacket], notes: Notes) -> Iterator[tuple[SeenPacket, str]]:
    """Each packet with its sentence."""
    for packet, sentence in zip(packets, packet_sentences(packets, notes)):
        yield packet, sentence + " Rebuilt from what the kernel told." * packet.rebuilt
