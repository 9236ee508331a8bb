"""The network in memory under observation: every wire that a packet crosses, and every end of one, is told.

It decides nothing; what happens is read from what `forwarding` made of each packet.
"""

from __future__ import annotations

from ...records.icmp_errors import (
    HOST_UNREACHABLE,
    NO_ROUTE,
    PORT_UNREACHABLE,
    PROTOCOL_UNREACHABLE,
    TOO_BIG,
    TTL_EXCEEDED,
    Meaning,
)
from ...records.passage import Passage
from ..scene.parts import Action, Interface, Rule
from .forwarding import ROUTE_REFUSES, Internet
from .transit import Transit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


WHY = ((NO_ROUTE, "no route to its destination"), (ROUTE_REFUSES, "a route that refuses"),
       (HOST_UNREACHABLE, "nobody has the address"),
       (PROTOCOL_UNREACHABLE, "arrived, but the protocol is not known here"),
       (PORT_UNREACHABLE, "arrived, but no program listens on this port"), (TOO_BIG, "too big for the next wire"),
       (TTL_EXCEEDED, "the last 1 was taken off its TTL"))
UNTOLD = "; nobody is told"


class WitnessedInternet(Internet):
    """`Internet`, which calls `tell` with a `records.passage.Passage` for each crossing and each end."""

    def __init__(self, tell: Callable[[Passage], object], *circumstances: Any):
        self._tell = tell
        self._probes = self._journeys = 0
        self._ended = False  # whether the end of the packet at hand was told
        super().__init__(*circumstances)

    def carry(self, transit: Transit) -> list[Transit]:
        self._probes += 1
        return super().carry(transit)

    def hearers(self, port: Interface, packet: bytes, at_ns: int) -> list[tuple[int, Interface]]:
        self._probes += port.node == self.listener
        found = super().hearers(port, packet, at_ns)
        for there_ns, far in found:
            journey = self._new_journey()
            self._tell(Passage(self._probes, journey, port.node, far.node, at_ns, there_ns, packet))
            self._tell(Passage(self._probes, journey, far.node, None, there_ns, there_ns, packet,
                               "heard, as by all there"))
        return found

    def _forward(self, transit: Transit) -> list[Transit]:
        node, at_ns, self._ended = transit.node, transit.at_ns, False
        journey = self._journey_of(transit)
        onward = super()._forward(transit)
        for copies, each in enumerate(each for each in onward if each.node != node):
            each.journey = self._new_journey() if copies else journey
            self._tell(Passage(self._probes, each.journey, node, each.node, at_ns, each.at_ns, each.packet))
        if not onward and not self._ended:
            self._end(transit, self._silence(transit))
        return onward

    def _arrive(self, transit: Transit, delivered: list[Transit]) -> list[Transit]:
        self._ended = False
        answers = super()._arrive(transit, delivered)
        if not self._ended:
            self._end(transit, "arrived")
        return answers

    def _obey(self, rule: Rule, transit: Transit) -> list[Transit]:
        onward = super()._obey(rule, transit)
        if rule.action == Action.DROP:
            self._end(transit, "dropped by a rule" + UNTOLD)
        return onward

    def _refuse(self, transit: Transit, refusal: Meaning, info: int = 0) -> list[Transit]:
        errors = super()._refuse(transit, refusal, info)
        why = next((why for known, why in WHY if known is refusal), "rejected by a rule")
        self._end(transit, why + ("" if errors else UNTOLD))
        return errors

    def _silence(self, transit: Transit) -> str:
        """Why a packet went no further, though nothing refused it."""
        if transit.arrived_by is not None and not transit.here.forwards:
            return "a host passes nothing on"
        way = self._way_of_flow(transit, transit.header.destination)
        if way is None:
            return "no way out" + UNTOLD
        if transit.piece_bytes > way.mtu_bytes:
            return "too big for the next wire" + UNTOLD
        if not way.following:
            return "nobody took it off the wire" + UNTOLD
        return f"lost on the wire to {way.following}"

    def _end(self, transit: Transit, why: str) -> None:
        self._ended = True
        self._tell(Passage(self._probes, self._journey_of(transit), transit.node, None, transit.at_ns, transit.at_ns,
                           transit.packet, why))

    def _journey_of(self, transit: Transit) -> int:
        """Its number; a packet that was just made gets one."""
        if not transit.journey:
            transit.journey = self._new_journey()
        return transit.journey

    def _new_journey(self) -> int:
        self._journeys += 1
        return self._journeys
