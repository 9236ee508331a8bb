"""The text of traceroute --mda, and the note about what was rewritten on the way."""

from __future__ import annotations

from ..records.multipath import (
    MultipathDone,
    MultipathHeader,
    MultipathHop,
    MultipathLinks,
    MultipathRecord,
    NextHop,
    Rewriting,
)
from ..records.extensions import IcmpObject, InterfaceInformation
from .traceroute import error_flag, render_extensions
from .visible import all_visible

ROLES = ("came in by", "came in by a part of", "would leave by", "next hop")  # RFC 5837 section 4.1


class MultipathText:
    """How to write a run: `numeric` without names (-n).  Keeps what names it has heard."""

    def __init__(self, numeric: bool = False):
        self.numeric = numeric
        self._linked = False

    def render(self, record: MultipathRecord) -> str:
        """The line or lines of one record; a TraceFailed has none here, it goes to stderr."""
        record = all_visible(record)
        if isinstance(record, MultipathHop):
            return self.hop(record)
        if isinstance(record, MultipathLinks):
            head, self._linked = "" if self._linked else "links\n", True
            return f"{head}{record.hop:2d}  {record.near or '*'} -> {' '.join(far or '*' for far in record.far)}\n"
        if isinstance(record, MultipathHeader):
            return (f"traceroute to {record.host} ({record.address}), {record.max_hops} hops max, "
                    f"{record.size_bytes} byte packets, all ways at {record.confidence_percent}%\n"
                    f"flow n: {record.protocol} from port {record.first_source_port} + n to port {record.port}\n")
        if isinstance(record, Rewriting):
            return rewriting_note(record)
        if isinstance(record, MultipathDone):
            end = ", and no more: the search has taken as long as it may" if record.gave_up else ""
            return f"{record.probes} probes in {record.flows} flows{end}\n"
        return ""

    def hop(self, hop: MultipathHop) -> str:
        """A line for everybody who answers at a hop."""
        names = dict(hop.names)
        lines: list[str] = []
        for each in hop.next_hops:
            head = f"{hop.hop:2d} " if not lines else "   "
            lost = f"  {each.lost} of {each.sent} lost" if each.lost and each.source else ""
            lines.append(f"{head} {self.responder(each, names)}  flows {ranges(each.flows)}{lost}\n")
        if hop.crowded:
            lines.append("    (too many answer here to look for more; some addresses may be made up)\n")
        elif not hop.complete:
            lines.append("    (there may be more: not all flows were tried)\n")
        return "".join(lines)

    def responder(self, one: NextHop, names: dict[str, str]) -> str:
        """Who answers, how quickly (with several answers: least, mean, most), with which extensions and error."""
        if one.source is None:
            return "*"
        text = one.source if self.numeric else f"{names.get(one.source, one.source)} ({one.source})"
        if one.extensions:
            text += f" <{'; '.join(extension_words(each) for each in one.extensions)}>"
        flag = error_flag(one.error) if one.error else ""
        several = one.sent - one.lost > 1
        times = (one.rtt_ns, one.rtt_avg_ns, one.rtt_max_ns) if several else (one.rtt_ns,)
        shown = "/".join(f"{(each or 0) / 1e6:.3f}" for each in times)
        return f"{text}  {shown} ms" + (f" {flag}" if flag else "")


def ranges(numbers: tuple[int, ...]) -> str:
    """Numbers in order, neighbours drawn together.

    >>> ranges((0, 1, 2, 5, 7, 8))
    '0-2,5,7-8'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)


def extension_words(extension: IcmpObject) -> str:
    """An object of RFC 4884: an interface in words (RFC 5837), all others as traceroute -e has them."""
    about = extension.decoded
    if type(about) is not InterfaceInformation:
        return render_extensions((extension,))
    words = [about.name, None if about.index is None else f"index {about.index}", about.address,
             None if about.mtu_bytes is None else f"mtu {about.mtu_bytes}"]
    return f"{ROLES[about.role]} {', '.join(word for word in words if word is not None)}"


def rewriting_note(found: Rewriting) -> str:
    """What a router quotes that was not sent so."""
    if found.field == "checksum":
        return f"note: before hop {found.hop} something rewrites packets: their checksum is not the one sent\n"
    return (f"note: before hop {found.hop} something rewrites packets: {found.field} {found.sent} "
            f"arrives as {found.quoted}\n")
