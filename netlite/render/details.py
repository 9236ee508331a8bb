"""What ``ifconfig --more`` and ``arp --more`` show: everything the kernel tells, in tables."""

from __future__ import annotations

from ..records.addresses import AddressDetails
from ..records.interfaces import Interface
from ..records.neighbour_details import NeighbourDetails
from ..records.neighbours import NeighbourState as State
from .hardware import hardware_of
from .ifconfig import FLAG_WORDS
from .layout import lay_out
from .visible import visible

STATES = ((State.PERMANENT, "permanent"), (State.REACHABLE, "reachable"), (State.STALE, "stale"),
          (State.DELAY, "delay"), (State.PROBE, "probe"), (State.INCOMPLETE, "incomplete"),
          (State.FAILED, "failed"), (State.NOARP, "noarp"))


def render_details(interface: Interface, addresses: list[AddressDetails]) -> str:
    """An interface in one line, then its addresses in a table, and a blank line."""
    words = ",".join([word.lower() for bit, word in FLAG_WORDS if interface.flags & bit]) or "no flags"
    kind = hardware_of(interface.hardware_type)
    number = f" {interface.hardware_type}" if kind.number < 0 else ""
    hardware = interface.hardware_address.hex(":")
    name = visible(interface.name)
    text = f"{name}: {words}  mtu {interface.mtu_bytes}  {kind.name}{number} {hardware}".rstrip() + "\n"
    if addresses:
        rows = [(f"{each.address}/{each.prefix_length}", each.peer, each.broadcast, each.scope,
                 ",".join(each.flags) or None, each.label if each.label != each.device else None,
                 each.preferred_s, each.valid_s) for each in addresses]
        text += lay_out(rows, ("address", "peer", "broadcast", "scope", "flags", "label", "preferred s", "valid s"),
                        "ifconfig --more")
    return text + "\n"


def render_neighbours(rows: list[NeighbourDetails]) -> str:
    """All neighbours in one table; nothing where there are none."""
    if not rows:
        return ""
    cells = [(row.address, row.device, "<from_interface>" if row.proxy else row.hardware_address.hex(":") or None,
              state_words(row), row.probes, row.used_s, row.confirmed_s) for row in rows]
    return lay_out(cells, ("address", "device", "hardware address", "state", "probes", "used s ago", "confirmed s ago"),
                   "arp --more")


def state_words(row: NeighbourDetails) -> str:
    """The state of RFC 4861, and whether the neighbour is a router or published here."""
    words = ["published"] if row.proxy else [word for bit, word in STATES if row.state & bit] or ["none"]
    return ",".join(words + (["router"] if row.router else []))
