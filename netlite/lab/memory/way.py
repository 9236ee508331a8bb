"""A way that packets take from one node to the next."""

from __future__ import annotations

from ..scene.parts import Interface, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..node.devices import Traffic

EVERYTHING = 1 << 20  # is bigger than any packet


class Way:
    """A way out of a node: to `following` (empty when nobody has the address), where it arrives by `far`.

    `interface` is None for lo.  `wires` are those that it goes over, two where there is a switch; `delay_ns` is what
    they take, None where chance has a say in it.  Packets of up
    to `mtu_bytes` leave, with the address `source`; of up to `room_bytes` arrive.  `lost`: frames go to
    nobody.  `unreachable`: a route that refuses.  `sending` and `hearing` is what passed the devices at its ends, where
    there are such; `is_known`: who has the next hop is known, and hears what is sent.
    """

    __slots__ = ("interface", "following", "far", "delay_ns", "mtu_bytes", "source", "next_hop", "room_bytes", "wires",
                 "lost", "unreachable", "sending", "hearing", "is_known")

    sending: Traffic
    hearing: Traffic

    def __init__(self, interface: Interface | None, mtu_bytes: int, source: str, next_hop: str, *, lost: bool = False,
                 unreachable: bool = False):
        self.interface, self.mtu_bytes, self.source, self.next_hop = interface, mtu_bytes, source, next_hop
        self.lost, self.unreachable = lost, unreachable
        self.following = ""
        self.far: Interface | None = None
        self.delay_ns: int | None = None
        self.room_bytes = EVERYTHING
        self.wires: tuple[Wire, ...] = ()
        self.is_known = False
