"""The lines of ``netlite mtu``: what is tried as it is tried, and the finding in one sentence."""

from __future__ import annotations

from ..records.path_mtu import Fate, HopTried, MtuHeader, MtuRecord, Narrowing, PathMtuResult, SizeTried
from .visible import all_visible

METHODS = {"icmp": "ICMP echo", "udp": "UDP"}


def render_record(record: MtuRecord) -> str:
    """The line or lines of one record, newlines included; an MtuFailed has none here, it goes to stderr."""
    record = all_visible(record)
    if isinstance(record, SizeTried):
        flow = f"another flow, port +{record.flow}: " if record.flow else ""
        return f"{record.size_bytes:6}  {flow}{fate_words(record)}\n"
    if isinstance(record, HopTried):
        return f"  hop {record.hop}  {hop_words(record)}\n"
    if isinstance(record, MtuHeader):
        return f"path MTU to {record.host} ({record.address}) by {METHODS[record.method]}\n"
    if isinstance(record, PathMtuResult):
        return f"{sentence(record)}\n"
    return ""


def fate_words(tried: SizeTried) -> str:
    """What became of a size."""
    if tried.fate == Fate.ARRIVED:
        words = f"arrives  {(tried.rtt_ns or 0) / 1e6:.3f} ms"
    elif tried.fate == Fate.LOST:
        return f"lost, {tried.tries} tries"
    elif tried.source is None:
        return "too big for this host's own link"
    elif tried.fate == Fate.TOO_BIG:
        words = f"too big, says {address_words(tried.source, tried.names)}: {tried.mtu_bytes or 'no size named'}"
    else:
        words = f"unreachable, says {address_words(tried.source, tried.names)}"
    return words if tried.tries == 1 else f"{words}  (try {tried.tries})"


def hop_words(tried: HopTried) -> str:
    """Whether a packet too big for the path is seen at a hop."""
    if tried.seen is None or tried.source is None:
        return "* answers nothing"
    who = address_words(tried.source, tried.names)
    return f"{who} sees {tried.size_bytes}" if tried.seen else f"{who} does not see {tried.size_bytes}"


def sentence(result: PathMtuResult) -> str:
    """The finding."""
    if result.mtu_bytes is None:
        return "no path MTU: no probe of any size was answered"
    text = f"path MTU {result.mtu_bytes}" if result.exact else f"path MTU at least {result.mtu_bytes}"
    parts = [narrowing_words(each, result) for each in result.narrowings]
    if result.black_hole and all(each.reported for each in result.narrowings):
        parts.append("black hole: bigger packets vanish without a report, it is not known where")
    if not parts and result.mtu_bytes == result.local_mtu_bytes:
        parts = ["that of this host's own link"]
    return "; ".join([text, *parts, *ways_words(result)])


def ways_words(result: PathMtuResult) -> list[str]:
    """What is known of equal ways that other flows take."""
    parts = []
    if result.narrower_flows:
        parts.append(f"ways differ: {result.narrower_flows} of {result.other_flows} other flows do not get it through")
    if result.wider_flows:
        parts.append(f"ways differ: {result.wider_flows} of {result.other_flows} other flows get more through")
    return parts


def narrowing_words(each: Narrowing, result: PathMtuResult) -> str:
    """Which router narrows the path, and whether it tells so."""
    who = "" if each.source is None else f", {address_words(each.source, result.names)}"
    if each.reported:
        where = f"at {place(each)}{who}" if each.last_hop is not None else f"by{who[1:]}"
        return f"narrowed to {each.mtu_bytes} {where}, which reports it"
    return f"black hole behind {place(each)}{who}: packets of more than {each.mtu_bytes} vanish, and no report comes"


def place(each: Narrowing) -> str:
    """``hop 2``, or ``hop 2 to 4`` where routers between are silent; hop 0 is this host."""
    if each.last_hop == 0:
        return "this host"
    return f"hop {each.first_hop}" if each.first_hop == each.last_hop else f"hop {each.first_hop} to {each.last_hop}"


def address_words(address: str, names: tuple[tuple[str, str], ...]) -> str:
    """``r2.lab (198.18.2.2)``, or the address alone where no name was looked up."""
    name = dict(names).get(address)
    return address if name is None else f"{name} ({address})"
