"""How tracepath decides: one probe at a time, and the path MTU learned on the way.

    for each TTL       three probes at most, anew whenever the path MTU changed
      one probe        sent at the path MTU; a refused send is repeated, ten times at most, after
                       reading the error queue, where the own kernel tells a smaller MTU
      its answers      all that is queued within one second, a line each, in order
        time exceeded            next TTL        too big             smaller probes
        port unreachable         reached, end    any other error     end

The run is written down as a generator: `yield` is where the next event comes in.  Answers are queued
as they arrive, so nothing is lost while a host name is awaited.
"""

from __future__ import annotations

from errno import EACCES, ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, ENETUNREACH, EPROTO, ETIMEDOUT

from ..records.icmp_errors import TTL_EXCEEDED
from ..records.record import Record
from ..records.replies import IcmpError, Quote
from ..records.tracepath import PathAnswer, PathSummary, Verdict
from ..records.udp_links import ProbeStamp, UdpProbe
from .actions import Finish, LookUpName, Report, SendProbe
from .engine import Engine
from .events import Interrupted, NameFound, ProbeSent, ReceiveFailed, ReplyArrived, SendFailed, TimePassed, answered_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .actions import Action
    from .engine import Story
    from .events import Event

SECOND_NS = 1_000_000_000
INT_MAX = 0x7FFFFFFF  # a number of hops above is below 0 to the original: no number
PROBES_A_HOP = 3
SENDS_A_PROBE = 10
SLOTS = 64  # the destination port, counted up from the first, says which of the last 64 probes it was

VERDICTS = {EMSGSIZE: Verdict.SMALLER_MTU, ECONNREFUSED: Verdict.REACHED, EPROTO: Verdict.PROTOCOL_ERROR,
            EHOSTUNREACH: Verdict.HOST_UNREACHABLE, ENETUNREACH: Verdict.NETWORK_UNREACHABLE,
            EACCES: Verdict.PROHIBITED, ETIMEDOUT: Verdict.NEXT_HOP}

NOTHING, PROGRESS, END = "nothing", "progress", "end"


class TracepathConfig(Record):
    """`size_bytes` is the size of the first probes, IP header included (-l); `first_port` -p;
    `maximum_hops` -m; `names` asks for the host name of every answer and waits for it, at most
    `name_wait_ns`."""

    size_bytes: int
    maximum_hops: int = 30
    first_port: int = 44444
    names: bool = True
    name_wait_ns: int = 10 * SECOND_NS


class Tracepath(Engine):
    """The engine of tracepath.  Reports the records of `records.tracepath`, a line each."""

    def __init__(self, config: TracepathConfig):
        self._config = config
        self._pmtu_bytes = config.size_bytes
        self._ttl = 0
        self._number = 0
        self._slot = 0
        self._sent: list[tuple[int, int] | None] = [None] * SLOTS  # (TTL, time sent) of probes not yet answered
        self._summary = PathSummary(config.size_bytes)
        self._arrived: list[ReplyArrived] = []
        self._now_ns = 0
        self._actions: list[Action] = []
        self._story = self._run()
        next(self._story)

    def feed(self, event: Event) -> list[Action]:
        self._now_ns = event.at_ns
        self._actions = []
        if type(event) is Interrupted:
            return [Finish()]
        if type(event) is ReceiveFailed:
            from ..records.tracepath_mishaps import PathReceiveFailed

            return [Report(PathReceiveFailed(event.errno)), Finish()]
        if type(event) is ReplyArrived:
            self._arrived.append(event)
        self._story.send(event)
        return self._actions

    def _run(self) -> Story[None]:
        yield
        for self._ttl in range(1, self._config.maximum_hops + 1):
            probes, outcome = 0, NOTHING
            while outcome is NOTHING and probes < PROBES_A_HOP:
                probes += 1
                before = self._pmtu_bytes
                outcome = yield from self._probe()
                if self._pmtu_bytes != before:  # begins anew, even after the end was reached
                    probes, outcome = 0, NOTHING
            if outcome is END:
                break
            if outcome is NOTHING:
                from ..records.tracepath_mishaps import PathSilence

                self._actions.append(Report(PathSilence(self._ttl)))
        else:
            from ..records.tracepath_mishaps import PathTooLong

            self._actions.append(Report(PathTooLong(self._pmtu_bytes)))
        self._actions += Report(self._summary.replace(pmtu_bytes=self._pmtu_bytes)), Finish()
        self.deadline_ns = None
        while True:
            yield

    def _probe(self) -> Story[str]:
        """Send one probe and tell what comes back within a second."""
        slot, failures = self._slot, 0
        port = (self._config.first_port + slot) & 0xFFFF  # the original wraps as well
        while failures < SENDS_A_PROBE:
            self._number += 1
            self.deadline_ns = None
            self._sent[slot] = (self._ttl, self._now_ns)
            self._actions.append(SendProbe(UdpProbe(self._number, self._ttl, port, self._pmtu_bytes)))
            event = yield
            while type(event) not in (ProbeSent, SendFailed):  # what was there before the probe comes first
                event = yield
            if type(event) is ProbeSent:
                self._sent[slot] = (self._ttl, event.sent_ns)
                break
            outcome = yield from self._read_queue()
            self._sent[slot] = None
            if outcome is END:
                return END
            failures = failures + 1 if outcome is NOTHING else 0
        self._slot = (slot + 1) % SLOTS
        if failures == SENDS_A_PROBE:
            from ..records.tracepath_mishaps import PathSendFailed

            self._actions.append(Report(PathSendFailed(self._ttl)))
            return END
        yield from self._wait(SECOND_NS)
        return (yield from self._read_queue())

    def _wait(self, duration_ns: int) -> Story[None]:
        """Until something arrives or the time is over."""
        self.deadline_ns = self._now_ns + duration_ns
        while not self._arrived:
            event = yield
            if not self._arrived and self._is_over(event):
                return

    def _is_over(self, event: Event) -> bool:
        """Whether the present deadline passed; the news may be of an earlier one."""
        return type(event) is TimePassed and self.deadline_ns is not None and event.at_ns >= self.deadline_ns

    def _read_queue(self) -> Story[str]:
        """Tell all that has arrived; a deadline in the past lets the driver look once more."""
        outcome = NOTHING
        while True:
            while self._arrived:
                if (yield from self._tell(self._arrived.pop(0))) is END:
                    return END
                outcome = PROGRESS
            yield from self._wait(0)
            if not self._arrived:
                return outcome

    def _tell(self, arrival: ReplyArrived) -> Story[str]:
        error = arrival.reply
        if type(error) is not IcmpError:
            from ..records.tracepath_mishaps import PathUdpReply

            self._actions.append(Report(PathUdpReply(self._ttl)))
            return END
        hops, sent_ns, corrupted = self._whose(error.quote)
        received_ns = arrival.received_ns
        if sent_ns is not None and received_ns < sent_ns:
            received_ns = answered_ns(received_ns, sent_ns, arrival.at_ns)
        answer = PathAnswer(
            ttl_hops=hops if hops and error.source else self._ttl,
            certain=bool(hops and error.source),
            address=error.source,
            name=(yield from self._name(error.source)) if error.source and self._config.names else None,
            rtt_ns=None if sent_ns is None else received_ns - sent_ns,
            corrupted=corrupted,
            verdict=verdict(error),
            errno=error.errno or 0,
            back_hops=None if error.ttl is None else back_hops(error.ttl),
            pmtu_bytes=error.info if error.errno == EMSGSIZE else None)
        self._actions.append(Report(answer))
        if answer.verdict == Verdict.SMALLER_MTU:
            self._pmtu_bytes = error.info
        if answer.verdict == Verdict.REACHED:
            self._summary = PathSummary(0, self._ttl if hops is None else hops, answer.back_hops)
        return PROGRESS if answer.verdict in (Verdict.NEXT_HOP, Verdict.SMALLER_MTU) else END

    def _whose(self, quote: Quote | None) -> tuple[int | None, int | None, bool]:
        """The TTL and send time of the probe that an error is about, and whether its stamp is broken.

        The quoted stamp is believed first, then the port.
        """
        if quote is None:
            return None, None, False
        hops = sent_ns = None
        slot = -1 if quote.destination_port is None else quote.destination_port - self._config.first_port
        sent = self._sent[slot] if 0 <= slot < SLOTS - 1 else None  # the original forgets its last slot here
        if sent:
            hops, sent_ns = sent
            self._sent[slot] = None
        stamp = ProbeStamp.from_wire(quote.payload)
        corrupted = stamp is not None and (stamp.ttl == 0 or stamp.sent_ns == 0)
        if stamp is not None and not corrupted:
            hops, sent_ns = stamp.ttl if stamp.ttl <= INT_MAX else None, stamp.sent_ns
        return hops, sent_ns, corrupted

    def _name(self, address: str) -> Story[str | None]:
        """The host name, awaited so that lines come in order; None when it takes too long."""
        self._actions.append(LookUpName(address))
        self.deadline_ns = self._now_ns + self._config.name_wait_ns
        while True:
            event = yield
            if type(event) is NameFound and event.address == address:
                return event.name
            if self._is_over(event):
                return None


def verdict(error: IcmpError) -> int:
    """What an IcmpError means for the path, from the kernel's errno (a value of `Verdict`)."""
    if error.errno == EHOSTUNREACH and error.says(TTL_EXCEEDED):
        return Verdict.NEXT_HOP
    return VERDICTS.get(error.errno or 0, Verdict.OTHER_ERROR)


def back_hops(received_ttl: int) -> int:
    """How many hops an answer took, guessing that it started with 64, 128 or 255.

    >>> [back_hops(ttl) for ttl in (64, 62, 127, 255)]
    [1, 3, 2, 1]
    """
    start = 64 if received_ttl <= 64 else 128 if received_ttl <= 128 else 255
    return start + 1 - received_ttl
