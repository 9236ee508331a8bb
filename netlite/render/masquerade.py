"""The table of masqueraded connections, as netstat of net-tools prints it."""

from __future__ import annotations

from ..records.masquerade import MasqueradedConnection
from .byte_widths import padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = "IP masquerading entries\n"


def render_heading(extended: bool) -> str:
    """The names of the columns."""
    return (f"prot   expire {'   initseq delta prevd ' if extended else ''}"
            "source               destination          ports\n")


def titles(extended: bool) -> tuple[str, ...]:
    """The names of the columns, each by itself."""
    return "prot", "expire", *(("initseq", "delta", "prevd") if extended else ()), "source", "destination", "ports"


def render_masqueraded(row: MasqueradedConnection, hosts: Mapping[bytes, str], ports: Mapping[int, str],
                       extended: bool) -> str:
    """One line."""
    seconds, hundredths = divmod(row.ticks, 100)
    sequence = f"{row.initial_sequence:10} {row.delta:5} {row.previous_delta:5} " if extended else ""
    return (f"{row.protocol:4}{seconds // 60:3}:{seconds % 60:02}.{hundredths:02} {sequence}"
            f"{padded(hosts[row.source_address], 20)} {padded(hosts[row.destination_address], 20)} "
            f"{ports[row.source_port][1:]} -> {ports[row.destination_port][1:]} ({row.masqueraded_port})\n")
