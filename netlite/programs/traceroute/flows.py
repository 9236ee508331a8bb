"""traceroute --paris and --mda: probes that keep to one flow, and all the ways that flows take.

Both are netlite's own; docs/parity/traceroute.rst says what they do, docs/decisions/0012-flows.rst why.
"""

from __future__ import annotations

from ...engines.engine import Engine
from ...records.multipath import Rewriting
from ...records.traceroute import TraceRecord
from ...render.multipath import MultipathText, rewriting_note
from ...render.traceroute import TracerouteText
from ...render.visible import all_visible
from .methods import LinkKind
from .plan import Plan, Search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LARGEST_PORT = 0xFFFF


class ParisText(TracerouteText):
    """The classic text with names made visible, and a note for what was rewritten on the way."""

    def render(self, record: TraceRecord | Rewriting) -> str:
        """The text of one record."""
        record = all_visible(record)
        return rewriting_note(record) if isinstance(record, Rewriting) else super().render(record)


def text_of(plan: Plan) -> ParisText | MultipathText:
    """How the run is written."""
    trace = plan.trace
    if plan.search is Search.MDA:
        return MultipathText(not trace.resolve)
    return ParisText(not trace.resolve, plan.show_extensions, trace.back)


def engine_of(plan: Plan, link: Any) -> Engine:
    """Flow after flow until all ways are known, or all probes from the port of the link to one port; ICMP has
    one identifier and one checksum instead."""
    trace = plan.trace
    if plan.search is Search.MDA:
        from ...engines.mda import Mda
        from ...engines.mda_settings import MdaSettings

        return Mda(MdaSettings(
            trace.host, trace.address, link.identifier, trace.port & LARGEST_PORT, trace.first_hop, trace.max_hops,
            trace.queries, trace.window, trace.patience_ns, trace.here, trace.near, trace.gap_ns, trace.size_bytes,
            names=trace.resolve, protocol="TCP" if plan.link is LinkKind.TCP else "UDP", seed=trace.seed))
    from ...engines.paris import Paris

    return Paris(trace.replace(source_port=link.identifier) if plan.link is LinkKind.FLOWS else trace)
