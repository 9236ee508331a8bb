"""The IPv4 neighbours of a node, changed as the ioctls of net/ipv4/arp.c change them.

An entry belongs to a device and an address.  Those that traffic made are told by `met`; the others were set.
"""

from __future__ import annotations

from ...records.neighbours import NeighbourState as State
from .refusal import refused


class Entry:
    """One neighbour: its hardware address, empty where nobody answered; `by_hand`: it was set, not learned."""

    __slots__ = ("by_hand", "hardware", "state")

    def __init__(self, hardware: bytes, state: int, by_hand: bool = False):
        self.hardware, self.state, self.by_hand = hardware, state, by_hand


class Neighbours:
    """The table of a node; devices go by the name they have in the topology, which stays."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Entry] = {}
        self.published: list[tuple[str, str]] = []

    def met(self, device: str, address: str, hardware: bytes) -> None:
        """A packet went to `address`, or did not find it (no hardware address)."""
        entry = self.entries.get((device, address))
        if entry is None:
            self.entries[device, address] = Entry(hardware, State.REACHABLE if hardware else State.INCOMPLETE)
        elif not entry.by_hand:
            entry.hardware, entry.state = hardware, State.REACHABLE if hardware else State.FAILED

    def set(self, device: str, address: str, hardware: bytes, permanent: bool) -> None:
        """SIOCSARP (arp_req_set)."""
        self.entries[device, address] = Entry(hardware, State.PERMANENT if permanent else State.STALE, True)

    def set_by_hand(self, device: str, address: str) -> Entry | None:
        """The entry that somebody set."""
        entry = self.entries.get((device, address))
        return entry if entry is not None and entry.by_hand else None

    def delete(self, device: str, address: str) -> None:
        """SIOCDARP (arp_invalidate).  Raises ENXIO."""
        if self.entries.pop((device, address), None) is None:
            raise refused("ENXIO")

    def publish(self, device: str, address: str) -> None:
        """SIOCSARP with ATF_PUBL: answer for an address of others."""
        if (device, address) not in self.published:
            self.published.append((device, address))

    def unpublish(self, device: str, address: str) -> None:
        """SIOCDARP with ATF_PUBL.  Raises ENOENT."""
        if (device, address) not in self.published:
            raise refused("ENOENT")
        self.published.remove((device, address))

    def forget(self, device: str) -> None:
        """The device went down, or is another one now."""
        for key in [key for key in self.entries if key[0] == device]:
            del self.entries[key]
        self.published = [key for key in self.published if key[0] != device]
