"""What a table does not say, and its rows are explained with."""

from __future__ import annotations

from ..records.record import Record


class Surroundings(Record):
    """What the rows of one table do not say, and others do.

    `services` maps (port, protocol) to a name, `gateways` are the routers of this host's IPv4 routes.
    """

    services: dict[tuple[int, str], str] = {}
    gateways: tuple[str, ...] = ()
