"""netlite's own part of ping: ``--json`` and ``--jsonl``."""

from __future__ import annotations

from ...render.ping_json import PingJson

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...links.link import Link
    from .plan import Plan


def notation_of(plan: Plan, link: Link) -> PingJson:
    """What makes JSON of the records of a run."""
    options, target = plan.options, plan.target
    pattern = None if options.pattern is None or options.quiet else f"0x{options.pattern.hex()}"
    return PingJson(
        {"destination_ip": target.address, "data_bytes": options.size_bytes, "pattern": pattern,
         "destination": target.name, "source_ip": target.source, "device": options.device,
         "identifier": link.identifier},
        target.family, told_all=not (options.quiet or options.flood))
