"""What can be wrong at the other end; each rule gives what it saw, or None."""

from __future__ import annotations

from .case import Case
from .facts import FEW, Found
from .loss_rules import LEAST_LOST
from .path_rules import WORDS, furthest, hop_of_refused, quote

TRIES = 2                             # connections, one after the other (api.diagnosis_probes)
FLOWS = 6                             # that are tried at first (TryFlows)


def may_be_split(case: Case) -> bool:
    """Whether some flows arrive and some do not, or it is still to be seen."""
    return case.waits_for(case.flows) or case.is_split or case.is_refused_apart and bool(case.flows and case.flows.well)


def host_place(case: Case) -> tuple[int | None, tuple[str, ...]]:
    """The hop of the host, and a line of evidence where it is guessed at best."""
    guess = case.guessed_distance
    if case.distance is not None or guess is None:
        return case.distance, ()
    return None, (f"{case.address}: perhaps at hop {guess}, by the TTL of its answers",)


def echo_filtered(case: Case) -> Found | None:
    """Other packets arrive, echo requests do not."""
    sent, _ = case.many
    if not case.is_silent or not case.is_there or case.config.port is not None or case.is_own \
            or case.waits_for(sent > FEW) or may_be_split(case):
        return None
    path = next(case.paths("icmp"), None)
    last = path.last if path is not None else None
    reached = next((each.method for each in case.paths("udp", "tcp") if each.reached), "tcp")
    return Found((f"0 of {sent} echo requests answered", f"{reached} probes reach {case.address}"),
                 last.number if last else 0, last.source if last else "this machine")


def port_refused(case: Case) -> Found | None:
    """The host says that nothing listens there."""
    connected = case.connected
    if connected is None or connected.outcome != "refused":
        return None
    hop, guessed = host_place(case)
    return Found((f"{case.address}:{case.config.port}: RST", *guessed), hop, case.address)


def port_prohibited(case: Case) -> Found | None:
    """Somebody says that it is forbidden, of each flow."""
    connected = case.connected
    if connected is None or connected.refusal is None or connected.refusal.source is None \
            or not list(case.paths("tcp")) or may_be_split(case):
        return None
    refusal = connected.refusal
    word = WORDS[case.version].get(refusal.code, "")
    return Found((quote(case, refusal),), hop_of_refused(case, refusal.source), refusal.source,
                 f" ({word})" if word else "")


def is_mute(case: Case) -> bool:
    """Whether connections get no answer though the host is there and nothing gets lost, and a trace by TCP was made."""
    sent, received = case.many
    if case.answers and sent - received >= LEAST_LOST:
        return False
    return case.connected is not None and case.connected.outcome == "silent" and bool(list(case.paths("tcp"))) \
        and case.is_there and not may_be_split(case) and not case.others_answered


def seen_last(case: Case) -> tuple[int, str]:
    """The last router that answers segments."""
    path = next(case.paths("tcp"))
    return (path.last.number, path.last.source or "") if path.last is not None else (0, "this machine")


def kept_out(case: Case) -> Found | None:
    """Answers to segments came, and the kernel gave them to nobody."""
    if not is_mute(case) or case.is_own or case.connected is None or case.connected.dropped < TRIES:
        return None
    return Found((f"{case.connected.dropped} packets came and were given to no program (InReceives, InDelivers)",), 0,
                 None, "drops what comes for it", less_sure=20)


def port_filtered(case: Case) -> Found | None:
    """Segments vanish before the last router."""
    if not is_mute(case):
        return None
    hop, place = seen_last(case)
    if not hop and case.answers:
        return None  # kept_in, or port_silent
    if case.distance is not None and hop >= case.distance - 1:
        return None
    further = furthest(case)
    return Found((f"SYN: last seen at hop {hop}, {place}",
                  f"echo: {case.address} at hop {case.distance}" if case.distance else
                  f"echo: answered by {case.address}" if case.answers else
                  f"other packets: seen at hop {further.number if further else 0}"), hop, place)


def kept_in(case: Case) -> Found | None:
    """The first router speaks of other packets and not of segments: they did not leave, or it drops them at once."""
    if not is_mute(case) or not case.answers or seen_last(case)[0] or case.distance == 1:
        return None
    if not any(hop.number == 1 and hop.source for path in case.paths("icmp", "udp") for hop in path.hops):
        return None  # it speaks of nothing
    return Found(("SYN: not seen at hop 1", f"echo: answered by {case.address}"), 0, None,
                 f"keeps connections to port {case.config.port} from leaving, or that of the first router does",
                 less_sure=20)


def port_silent(case: Case) -> Found | None:
    """Segments vanish at the host, or right before it."""
    if not is_mute(case):
        return None
    hop, place = seen_last(case)
    return Found((f"SYN: last seen at hop {hop}, {place}", f"echo: answered by {case.address}"), hop, place)


def service_silent(case: Case) -> Found | None:
    """The connection stands, and nothing is said."""
    connected = case.connected
    if connected is None or connected.outcome != "open" or connected.said != 0:
        return None
    hop, guessed = host_place(case)
    return Found((f"{case.address}:{case.config.port}: connected, 0 bytes", *guessed), hop, case.address, less_sure=15)


def port_unsteady(case: Case) -> Found | None:
    """Other flows to the port are answered, the connections are not, and no loss explains it."""
    flows = case.flows
    sent, received = case.many
    if not case.others_answered or may_be_split(case) or case.answers and sent - received >= LEAST_LOST \
            or case.waits_for(flows is not None and flows.total > FLOWS):
        return None
    told = f"{len(flows.well)} of {flows.total} other flows" if flows is not None and flows.port and flows.total else \
        "SYNs from other ports"
    return Found((f"{case.address}:{case.config.port}: {TRIES} connections unanswered", f"{told}: answered"),
                 None, case.address, told)
