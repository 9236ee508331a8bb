"""traceroute --paris and --mda: probes that keep to one flow, and all the ways that flows take.

Both are netlite's own; docs/parity/traceroute.rst says what they do, docs/decisions/0012-flows.rst why.
"""

from __future__ import annotations

from ...engines.traceroute import TracerouteSettings
from ...errors import UsageError
from ...records.links import UdpLinkSettings
from ...records.multipath import Rewriting
from ...render.multipath import MultipathText, rewriting_note
from ...render.traceroute import TracerouteText
from ...render.visible import all_visible
from .links import PATTERN, open_first, open_link
from .plan import Plan
from .words import Choices

UDP_METHODS = ("default", "udp")
LARGEST_PORT = 0xFFFF
STEERING_BYTES = 2  # of data, which give the checksum its value


class ParisText(TracerouteText):
    """The classic text with names made visible, and a note for what was rewritten on the way."""

    def render(self, record) -> str:
        """The text of one record."""
        record = all_visible(record)
        return rewriting_note(record) if type(record) is Rewriting else super().render(record)


def parts(program: str, plan: Plan) -> tuple:
    """(how to open the link, how to make the engine from plan and link, the text) of a run with --paris or --mda.

    Raises UsageError, status 2, for a method or option that does not go with them.
    """
    choices, udp = plan.choices, plan.row.name in UDP_METHODS
    option = "--mda" if choices.mda else "--paris"
    if choices.mda and choices.paris:
        raise UsageError(f"{program}: --mda and --paris exclude each other\n", 2)
    if not udp and (choices.mda or plan.row.name != "icmp"):
        methods = "UDP" if choices.mda else "UDP or ICMP"
        raise UsageError(f"{program}: {option} needs probes of {methods}, not the method {plan.row.name}\n", 2)
    if choices.discover_mtu or choices.mda and (choices.as_lookups or choices.back):
        raise UsageError(f"{program}: {option} does not go with --mtu{', -A or --back' if choices.mda else ''}\n", 2)
    if choices.mda:
        return open_flows, mda, MultipathText(choices.numeric)
    text = ParisText(choices.numeric, choices.extensions, choices.back)
    return open_flows if udp else open_link, paris if udp else paris_icmp, text


def open_flows(plan: Plan, network):
    """The link for UDP in flows; --sport is the source port of the first one."""
    settings = UdpLinkSettings(**plan.shared_settings(), socket_per_probe=True, pattern=PATTERN,
                               source_port=plan.source_port)
    return open_first(network.open_flow_link, [settings])


def paris(plan: Plan, link):
    """All probes from one port to one port."""
    from ...engines.paris import Paris

    return Paris(plan.engine_settings().replace(
        port_step=0, source_port=link.identifier, size_bytes=size_bytes(plan), window=plan.choices.window,
        here=plan.choices.here, near=plan.choices.near))


def paris_icmp(plan: Plan, link):
    """All probes with one identifier and one checksum."""
    from ...engines.paris import Paris

    return Paris(plan.engine_settings())


def mda(plan: Plan, link):
    """Flow after flow, until all ways are known."""
    from ...engines.mda import Mda, MdaSettings

    settings: TracerouteSettings = plan.engine_settings()
    choices: Choices = plan.choices
    return Mda(MdaSettings(
        settings.host, settings.address, link.identifier, settings.port & LARGEST_PORT, settings.first_hop,
        settings.max_hops, settings.queries, choices.window, settings.patience_ns, choices.here, choices.near,
        settings.gap_ns, size_bytes(plan), names=not choices.numeric))


def size_bytes(plan: Plan) -> int:
    """The size of a probe, with room for what steers its checksum."""
    return max(plan.size_bytes, plan.header_bytes + STEERING_BYTES)
