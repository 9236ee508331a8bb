"""What an answer says of where its probe ended, as far as the answer itself shows it."""

from __future__ import annotations

from ..records.icmp import Icmp, Icmp6
from ..records.icmp_errors import (
    HOST_UNREACHABLE,
    PORT_UNREACHABLE,
    PROTOCOL_UNREACHABLE,
    TOO_BIG,
    TTL_EXCEEDED,
)
from ..records.replies import Origin
from .exchanges import Answer, Exchange
from .icmp_kinds import icmp_kind


class Verdict:
    """DIED: its TTL ran out.  SIZE: it was too big.  HINT: it went on all the same (redirect).  ARRIVED: the address
    it was sent to says so.  REFUSED: somebody else says that it goes no further.  UNCLEAR: the same, in words that the
    target under another address would use too.  OWN: this host itself gave up."""

    DIED = "died"
    SIZE = "size"
    HINT = "hint"
    ARRIVED = "arrived"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    OWN = "own"


ENDS = (Verdict.ARRIVED, Verdict.REFUSED, Verdict.UNCLEAR, Verdict.OWN)
ASKED_NS = 900_000_000  # one of the three ARP requests or solicitations that a router waits for


def verdict(exchange: Exchange, answer: Answer) -> str:
    """What the answer says of where the probe ended, one of `Verdict`."""
    error, source = answer.error, answer.header.source
    if error is None:
        return Verdict.ARRIVED
    if error.says(TTL_EXCEEDED):
        return Verdict.DIED
    if error.says(TOO_BIG):
        return Verdict.SIZE
    if error.is_hint:
        return Verdict.HINT
    if source == exchange.header.destination:
        return Verdict.ARRIVED
    if source == exchange.header.source:
        return Verdict.OWN
    return Verdict.UNCLEAR if error.says(PORT_UNREACHABLE, PROTOCOL_UNREACHABLE) else Verdict.REFUSED


def what_it_means(exchange: Exchange, answer: Answer, waited_ns: int | None = None) -> str:
    """The sentence about an error, told of this probe: ping has no ports, and what a router says a filter says too.

    `waited_ns` is how much longer it took than what its way needs, where that is known.
    """
    error, version = answer.error, answer.header.version
    if error is None:
        return ""
    if error.says(PORT_UNREACHABLE) and exchange.is_echo:
        return ("An echo request has no port that could be closed: a rule (a filter) refuses it and says so in "
                "these words.")
    sentence = icmp_kind(version, error.type, error.code).sentence
    if error.gateway:
        sentence = (f"The packet was passed on all the same; the next ones to {exchange.header.destination} "
                    f"had better go to {error.gateway} at once.")
    if error.says(HOST_UNREACHABLE) and waited_ns is not None and answer.header.source != exchange.header.source:
        if waited_ns >= ASKED_NS:
            sentence += (" It came late: whoever asks for a neighbour asks three times, a second apart, so "
                         "probably nobody there answered.")
        else:
            sentence += (" It came at once, so it is a rule, a route that refuses, or somebody who had asked "
                         "in vain just before.")
    if version == 4 and error.type == Icmp.UNREACHABLE and error.origin == Origin.ICMP or \
            version == 6 and error.type == Icmp6.UNREACHABLE:
        sentence += "" if "rule" in sentence or error.says(TOO_BIG) else " A filter may say the same by a rule."
    return sentence
