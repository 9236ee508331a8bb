"""As `links.arp`, on the network in memory."""

from __future__ import annotations

from errno import ENETDOWN

from ...links.link import Arrival, Link
from ...records.arp import ArpReply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from ...records.arp import ArpLinkSettings, ArpProbe
    from ..node.devices import Device
    from .lab import MemoryLab
    from .virtual_clock import VirtualClock

    class Host(Protocol):
        """What is asked of `network.SimulatedNetwork`."""

        node: str
        clock: VirtualClock
        lab: MemoryLab

        def raw_device(self, name: str) -> Device: ...


class SimulatedArpLink(Link):
    """Who has the address on the wire of a device answers when the probe has gone there and back."""

    def __init__(self, network: Host, settings: ArpLinkSettings):
        self._network, self._settings = network, settings
        self._device = network.raw_device(settings.device)
        self._coming: list[Arrival] = []

    def send(self, probe: ArpProbe) -> int:
        now_ns, port = self._network.clock.now_ns(), self._device.port
        if port is None or not self._device.is_up:
            raise OSError(ENETDOWN, "Network is down")
        hardware = self._network.lab.who_has(port, self._settings.address)
        if hardware:
            reply = ArpReply(self._settings.address, hardware.hex(":"))
            self._coming.append(Arrival(now_ns + 2 * port.wire.delay_ns, reply))  # type: ignore[arg-type]
        return now_ns

    def receive(self) -> list[Arrival]:
        now_ns = self._network.clock.now_ns()
        here = [each for each in self._coming if each.received_ns <= now_ns]
        self._coming = [each for each in self._coming if each.received_ns > now_ns]
        return here

    def due_ns(self) -> int | None:
        return self._coming[0].received_ns if self._coming else None

    def close(self) -> None:
        self._coming.clear()
