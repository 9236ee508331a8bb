"""What can be wrong on the way; each rule gives what it saw, or None."""

from __future__ import annotations

from ...records.icmp import Icmp, Icmp6
from ...records.icmp_errors import Unreachable, Unreachable6
from .case import Case
from .cases import cases_of
from .facts import Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.facts import Hop, Path, Refusal

FORBIDDEN = {4: (Unreachable.NETWORK_PROHIBITED, Unreachable.HOST_PROHIBITED, Unreachable.PROHIBITED,
                 Unreachable.PROTOCOL, Unreachable.PORT),
             6: (Unreachable6.PROHIBITED, Unreachable6.PORT, Unreachable6.SOURCE_POLICY, Unreachable6.REJECT_ROUTE)}
NO_HOST = {4: (Unreachable.HOST, Unreachable.HOST_UNKNOWN), 6: (Unreachable6.ADDRESS,)}
NO_NETWORK = {4: (Unreachable.NETWORK, Unreachable.NETWORK_UNKNOWN), 6: (Unreachable6.NO_ROUTE,)}
WORDS = {4: {0: "Network Unreachable", 1: "Host Unreachable", 2: "Protocol Unreachable", 3: "Port Unreachable",
             9: "Network Prohibited", 10: "Host Prohibited", 13: "Packet filtered"},
         6: {0: "No route", 1: "Administratively prohibited", 3: "Address unreachable", 4: "Port unreachable",
             5: "Source policy", 6: "Reject route"}}


def says(case: Case, refusal: Refusal, codes: dict[int, tuple[int, ...]]) -> bool:
    """Whether it is a destination unreachable with one of these codes; the host itself forbids, whatever it says."""
    kind = Icmp.UNREACHABLE if case.version == 4 else Icmp6.UNREACHABLE
    if refusal.source is None or refusal.type != kind:
        return False
    return codes is FORBIDDEN if refusal.source == case.address else refusal.code in codes[case.version]


def quote(case: Case, refusal: Refusal) -> str:
    """An error in a few words."""
    return f"from {refusal.source}: {WORDS[case.version].get(refusal.code, f'code {refusal.code}')}"


def hop_of(case: Case, source: str | None) -> int | None:
    """The hop of who sent an error: where a trace met it; else before the probe that it answered."""
    if source == case.address:
        met = [hop.number for path in case.paths("icmp", "udp", "tcp") for hop in path.hops
               if hop.refusal is not None and hop.refusal.source == source]
        return min([*met, *([case.distance] if case.distance is not None else [])], default=None)
    for path in case.paths("icmp", "udp", "tcp"):
        found = path.hop_of(source)
        if found is None:
            found = _hop_of_refusal(path, source)
        if found is not None:
            return found
    return 1 if source == case.next_hop else None


def hop_of_refused(case: Case, source: str | None) -> int | None:
    """The hop of who refuses segments: where flows differ, that of the trace of one of them."""
    if not case.is_refused_apart:
        return hop_of(case, source)
    path = case.refused_flow
    met = path.hop_of(source) if path is not None else None
    return met if met is not None or path is None else _hop_of_refusal(path, source)


def _hop_of_refusal(path: Path, source: str | None) -> int | None:
    """Of who was not met before its error: routes are looked up before the TTL is checked, so it answers at its own
    hop; unless nobody answered there, and the error is about the hop behind it."""
    place = next((place for place, hop in enumerate(path.hops)
                  if hop.refusal is not None and hop.refusal.source == source), None)
    if place is None:
        return None
    return path.hops[place].number - bool(place and path.hops[place - 1].source is None)


def refused_by(case: Case, codes: dict[int, tuple[int, ...]]) -> Found | None:
    """The first error with one of these codes, and where it comes from.  It waits for the trace that places it.

    Where nothing else is known of the host, one about TCP counts, too."""
    if case.answers or case.path is None:
        return None
    refusals, about = case.refusals, ""
    if not refusals and case.config.port is None and not case.is_there and list(case.paths("tcp")):
        refusals, about = case.segment_refusals, "SYN: "
    refusal = next((each for each in refusals if says(case, each, codes)), None)
    if refusal is None:
        return None
    word = WORDS[case.version].get(refusal.code, "")
    hop = hop_of_refused(case, refusal.source) if about else hop_of(case, refusal.source)
    return Found((about + quote(case, refusal),), hop, refusal.source, f" ({word})" if word else "")


def prohibited(case: Case) -> Found | None:
    """Somebody says that it is forbidden."""
    return refused_by(case, FORBIDDEN)


def no_route_there(case: Case) -> Found | None:
    """A router says that it knows no way."""
    return refused_by(case, NO_NETWORK)


def host_unreachable(case: Case) -> Found | None:
    """The last router says that nobody answers on its wire."""
    return refused_by(case, NO_HOST)


def loop(case: Case) -> Found | None:
    """A router twice on the way, with another one between."""
    for path in case.paths("icmp", "udp"):
        seen: dict[str, int] = {}
        for hop in path.hops:
            if hop.source is None or hop.reached or hop.refusal is not None:
                continue
            first = seen.setdefault(hop.source, hop.number)
            if hop.number - first > 1 or hop.number - first == 1 and _repeats(path, hop.source):
                circle = [each for each in path.hops if first <= each.number <= hop.number]
                text = " ".join([each.source or "*" for each in circle])
                start = circle[0] if case.version == 4 or first == 1 else path.hops[first - 2]
                # IPv6 errors come from where the packet came in: who is before the circle's first address is in it, too
                return Found((f"hops {first} to {hop.number}: {text}",), start.number, start.source,
                             text.replace(" ", ", "))
    return None


def _repeats(path: Path, source: str) -> bool:
    return sum(hop.source == source for hop in path.hops) > 2


def furthest(case: Case) -> Hop | None:
    """The last router that any trace met."""
    found = [path.last for path in case.paths("icmp", "udp", "tcp") if path.last is not None]
    return max(found, key=lambda hop: hop.number, default=None)


def is_lost(case: Case) -> bool:
    """Whether nothing at all came back, of two kinds of packets."""
    return case.is_silent and not case.is_there and not case.segment_refusals and case.path is not None \
        and not case.waits_for(len(list(case.paths("icmp", "udp", "tcp"))) > 1)


def gateway_silent(case: Case) -> Found | None:
    """Nobody at all answers, not even the gateway, though it is on the wire."""
    way = case.way
    if not is_lost(case) or way is None or not way.gateway or furthest(case) is not None or case.refusals:
        return None
    router = case.router(way.gateway)
    if router is None or router.received:
        return None
    neighbour = case.echo.neighbour if case.echo else None
    return Found((f"{way.gateway}: 0 of {router.sent} echo requests answered",
                  *([f"{way.gateway} on {way.device}: {neighbour}"] if neighbour else [])), 1, way.gateway)


def host_silent(case: Case) -> Found | None:
    """The host is on the wire, and says nothing."""
    way = case.way
    if not is_lost(case) or way is None or way.gateway or case.is_own or furthest(case) is not None or case.refusals:
        return None
    neighbour = case.echo.neighbour if case.echo else None
    return Found((f"{case.address} on {way.device}: {neighbour or 'on the wire'}, no answer",), 1, case.address,
                 device=way.device or "")


def lost_behind(case: Case) -> Found | None:
    """Nothing comes back from behind the last router that answers."""
    if not is_lost(case):
        return None
    last = furthest(case)
    if last is not None:
        return Found((f"hop {last.number}: {last.source}", f"hops {last.number + 1} and more: no answer"), last.number,
                     last.source)
    router = case.router(case.way.gateway) if case.way and case.way.gateway else None
    if router is not None and router.received:
        return Found((f"{router.address} answers echo requests", "all hops: no answer"), 1, router.address,
                     less_sure=20)
    return None


def black_hole(case: Case) -> Found | None:
    """Small packets arrive, big ones vanish without a report."""
    mtu = case.mtu
    if mtu is None or not mtu.black_hole:
        return None
    narrow = next((each for each in mtu.narrows if not each.reported), None)
    if narrow is None or mtu.mtu_bytes is None:
        return None
    place = narrow.source or next((hop.source for hop in (case.path.hops if case.path else ())
                                   if hop.number == narrow.hop), None) or (
                                       "a router that says nothing" if narrow.hop else "this machine")
    return Found((f"{mtu.mtu_bytes} bytes arrive", f"{mtu.mtu_bytes + 1} bytes: no answer, no report"), narrow.hop,
                 place, str(mtu.mtu_bytes))


def ended(path: Path) -> int:
    """The last hop that answered, 0 for none."""
    return path.last.number if path.last is not None else 0


def one_way_broken(case: Case) -> Found | None:
    """Some flows arrive, and others never do."""
    flows, path = case.flows, case.lost_flow
    if flows is None or not flows.well or not flows.lost or path is None:
        return None
    last = path.last
    nearer = [other for other in cases_of(case.facts) if other.version != case.version and other.lost_flow is not None
              and ended(other.lost_flow) < ended(path)]
    if any(other.flows is not None and other.flows.well for other in nearer):
        return None  # that of the other version of IP; this one may be lost on its way back
    total = flows.total
    return Found((f"{len(flows.lost)} of {total} flows unanswered",
                  f"one of them: last seen at hop {last.number if last else 0}"),
                 last.number if last else 0, last.source if last else "this machine",
                 f"{len(flows.lost)} of {total} flows are lost")


def flows_refused(case: Case) -> Found | None:
    """Some flows arrive, and somebody refuses others."""
    flows, path = case.flows, case.refused_flow
    if flows is None or not flows.well or not flows.refused or path is None:
        return None
    refusal = flows.refusals[0]
    return Found((f"{len(flows.refused)} of {flows.total} flows refused {quote(case, refusal)}",
                  f"{len(flows.well)} of {flows.total} flows answered"), hop_of_refused(case, refusal.source),
                 refusal.source, f"{len(flows.refused)} of {flows.total}")
