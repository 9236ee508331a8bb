"""The decisions of ping.

Transition rules (RFC 792 and RFC 4443 give the messages, iputils the rest)
  Started           the clock of the run starts; the first probe leaves
  a probe is due    it leaves; while an earlier one's outcome is not told, none does
  ProbeSent         it counts as transmitted; after the last one the end is set, once (see _set_end)
  SendFailed        ENOBUFS, ENOMEM: not sent, a slower try; EAGAIN: again after a tick;
                    else it counts as transmitted
  ReplyArrived      an answer, duplicate or corrupted answer; an error; a hint; something foreign
  TimePassed        what is due, is done
  StatusAsked       the progress is reported
  Interrupted, deadline, linger over     the summary is reported, the run ends; while an outcome is not
                    told, as soon as it is: all that was sent counts
  ReceiveFailed     it is reported, and the run ends in the same way
  answers and errors reach the count     the run ends; with a deadline the first error ends it too

The send times are our own, by sequence number: what a reply holds is never believed.  Sequence
numbers wrap at 65536; a number's earlier answer is forgotten when it is used again.
"""

from __future__ import annotations

from errno import EAGAIN, EMSGSIZE, ENOBUFS, ENOMEM

from ..records.echo_links import STAMP_BYTES, EchoProbe, EchoReply
from .actions import Finish, Report, SendProbe
from .answers import ICMP_HEADER_BYTES, addresses_of, judge, recorded
from .engine import Engine
from .events import (
    Interrupted,
    NameFound,
    ProbeSent,
    ReceiveFailed,
    ReplyArrived,
    SendFailed,
    Started,
    StatusAsked,
    TimePassed,
    round_trip_ns,
)
from .naming import NamedReports
from .pacing import FLOOD_MS, MS, TokenBucket
from .statistics import SEQUENCES, SentTimes, Statistics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.ping import PingPlan
    from ..records.replies import IcmpError
    from .actions import Action
    from .events import Event


class Ping(Engine):
    """Pings one destination as a `PingPlan` says.

    Reports Answer, ProbeError, LocalError, SendRefused, ReceiveRefused, NoAnswerYet, ProbeLeft,
    ForeignMessage, Progress, and last a Summary.
    """

    def __init__(self, plan: PingPlan):
        self._plan = plan
        self._count, self._deadline_s = plan.count, plan.deadline_s
        self._timing = plan.size_bytes >= STAMP_BYTES
        self._pace = TokenBucket(plan.interval_ms, plan.preload)
        self._statistics = Statistics()
        self._reports = NamedReports(plan.names)
        self._sent_ns = SentTimes()
        self._answered = bytearray(SEQUENCES)    # 1: a good answer came
        self._decided = bytearray(SEQUENCES if plan.verdict_a_probe else 0)  # 1: an answer or an error came
        self._verdicts = 0
        self._started_ns = 0
        self._decided_ns = 0                     # the last decision to send
        self._end_ns: int | None = None          # deadline or linger
        self._sending = False                    # a probe left and its outcome is not yet told
        self._refused: int | None = None         # errno of a send that failed just now
        self._short_of_memory = 0                # ENOBUFS in a row
        self._slowdown_us = 0                    # what ENOBUFS adds to the interval of -A
        self._route = b""                        # what the recorded route printed last is known by
        self._drained = False                    # settled, and what was queued then has been read
        self._quiet_since_tick = False           # nothing arrived since TimePassed
        self._ending = False                     # the end has come, whatever is missing
        self._hurry = False                      # by -w or a signal: names are not awaited either
        self._over = False

    def feed(self, event: Event) -> list[Action]:
        now_ns = event.at_ns
        if type(event) is ReplyArrived:
            actions = self._arrived(event)
        elif type(event) is ProbeSent:
            actions = self._left(event)
        elif type(event) is TimePassed:
            actions = self._tick(event)
        elif type(event) is SendFailed:
            actions = self._failed(event)
        elif type(event) is NameFound:
            self._reports.found(event.address, event.name, event.answered)
            actions = self._reports.release(now_ns)
        elif type(event) is StatusAsked:
            actions = [Report(self._statistics.progress())]
        elif type(event) is ReceiveFailed:
            from ..records.ping_mishaps import ReceiveRefused

            actions = [] if self._ending else self._reports.add(ReceiveRefused(event.errno), (), now_ns)
            self._ending = self._hurry = True
        else:
            actions = self._tick(event)
        actions += self._proceed(now_ns)
        return actions

    # What happened

    def _tick(self, event: Event) -> list[Action]:
        """Started, TimePassed, Interrupted."""
        if type(event) is Started:
            self._started_ns = self._decided_ns = event.at_ns
            if self._plan.deadline_s:
                self._end_ns = event.at_ns + self._plan.deadline_s * 1000 * MS
        self._refused = None
        self._drained = self._quiet_since_tick and self._settled()
        self._quiet_since_tick = True
        if type(event) is Interrupted:
            self._ending = self._hurry = True
        elif self._end_ns is not None and event.at_ns >= self._end_ns:
            self._ending = True
            self._hurry = self._hurry or bool(self._plan.deadline_s)
        return self._reports.release(event.at_ns)

    def _left(self, event: ProbeSent) -> list[Action]:
        self._note_left(event)
        if self._plan.flood and not self._plan.quiet:
            from ..records.ping_rounds import ProbeLeft

            return self._reports.add(ProbeLeft(self._statistics.in_flight), (), event.at_ns)
        return []

    def _note_left(self, event: ProbeSent) -> None:
        self._sending = False
        self._short_of_memory = 0
        self._statistics.sent()
        self._sent_ns.note(event.number % SEQUENCES, event.sent_ns)
        self._set_end(event.at_ns)

    def _failed(self, event: SendFailed) -> list[Action]:
        self._sending = False
        if event.errno == EAGAIN:
            self._pace.give_back(event.at_ns)
            return []
        pause_ms = FLOOD_MS
        if event.errno in (ENOBUFS, ENOMEM):
            self._slowdown_us += min(self._statistics.weighted // 8, 50_000)
            self._adapt()
            pause_ms = min(max(self._pace.interval_ms // 2, FLOOD_MS), 500)
            self._short_of_memory += 1
            if self._short_of_memory * pause_ms < self._plan.linger_ms:
                self._pace.spill(event.at_ns, pause_ms)
                return []
        self._pace.spill(event.at_ns, pause_ms)
        self._statistics.sent()
        self._sent_ns.note(event.number % SEQUENCES, event.at_ns)
        self._set_end(event.at_ns)
        if event.errno in (ENOBUFS, ENOMEM):
            return self._refusal(event.errno, event.at_ns)
        self._refused = event.errno
        self._decide(event.number % SEQUENCES)
        return []

    def _refusal(self, errno: int, now_ns: int) -> list[Action]:
        from ..records.ping_mishaps import SendRefused

        return [] if self._plan.quiet else self._reports.add(SendRefused(errno), (), now_ns)

    def _arrived(self, event: ReplyArrived) -> list[Action]:
        self._quiet_since_tick = False
        reply, now_ns = event.reply, event.at_ns
        if self._over:
            return []
        if isinstance(reply, EchoReply):
            return self._answer(reply, event, now_ns)
        from ..records.replies import IcmpError, IcmpMessage

        if isinstance(reply, IcmpError):
            return self._error(reply, now_ns)
        if isinstance(reply, IcmpMessage) and self._plan.foreign:
            from ..records.ping_mishaps import ForeignMessage

            return self._reports.add(ForeignMessage(reply), (reply.source,), now_ns)
        return []

    def _answer(self, reply: EchoReply, event: ReplyArrived, now_ns: int) -> list[Action]:
        sequence, statistics = reply.sequence, self._statistics
        sent_ns = self._sent_ns.get(sequence)
        if sent_ns is None:
            return []                  # answers nothing we sent
        rtt_ns = None
        if self._timing and reply.size_bytes >= ICMP_HEADER_BYTES + STAMP_BYTES:
            rtt_ns = round_trip_ns(event, sent_ns)
        corrupted = reply.checksum_ok is False
        duplicate = not corrupted and bool(self._answered[sequence])
        if corrupted:
            statistics.corrupted += 1
        else:
            statistics.acknowledge(sequence)
            if rtt_ns is not None:
                statistics.round_trip(rtt_ns // 1000)
                self._adapt()
            if duplicate:
                statistics.duplicates += 1
            else:
                statistics.received += 1
                self._answered[sequence] = 1
                self._decide(sequence)
        if self._plan.quiet:
            return []
        return self._report_answer(reply, rtt_ns, duplicate, corrupted, now_ns)

    def _report_answer(self, reply: EchoReply, rtt_ns: int | None, duplicate: bool, corrupted: bool,
                       now_ns: int) -> list[Action]:
        answer = judge(self._plan, reply, self._route)
        if reply.options:
            self._route = recorded(reply) or self._route
        answer = answer.replace(rtt_ns=rtt_ns, bad_checksum=corrupted,
                                duplicate=duplicate and not self._plan.hush_duplicates)
        return self._reports.add(answer, addresses_of(answer), now_ns)

    def _error(self, error: IcmpError, now_ns: int) -> list[Action]:
        from ..records.ping_mishaps import ProbeError
        from ..records.replies import Origin

        if error.origin == Origin.LOCAL:
            return self._local_error(error, now_ns)
        sequence = error.quote.sequence if error.quote is not None else None
        if sequence is None or self._sent_ns.get(sequence) is None:
            return []
        from_queue = error.errno is not None
        hint = error.is_hint and not (from_queue and self._plan.queued_hints_count)
        if self._plan.family.version == 4 and not hint:
            self._statistics.acknowledge(sequence)   # iputils forgets to for IPv6: no "pipe" there
        if not from_queue and not hint:
            return []                  # the error queue tells it too
        if not hint:
            self._statistics.errors += 1
            self._decide(sequence)
        if self._plan.quiet or (hint and self._plan.flood):
            return []
        report = ProbeError(sequence, error, not hint)
        actions = self._reports.add(report, (error.source, error.gateway), now_ns)
        if self._refused is not None and not hint:
            actions += self._refusal(self._refused, now_ns)
            self._refused = None
        return actions

    def _local_error(self, error: IcmpError, now_ns: int) -> list[Action]:
        if self._plan.quiet:
            return []                  # not even counted: a quirk of iputils
        assert error.errno is not None, "the error queue tells it"
        self._statistics.errors += 1
        self._decide(self._statistics.transmitted % SEQUENCES)
        from ..records.ping_mishaps import LocalError

        mtu_bytes = error.info if error.errno == EMSGSIZE else None
        return self._reports.add(LocalError(error.errno, mtu_bytes), (), now_ns)

    def _decide(self, sequence: int) -> None:
        """There is a verdict about a probe, perhaps not the first one."""
        if self._decided and not self._decided[sequence]:
            self._decided[sequence] = 1
            self._verdicts += 1

    # What to do about it

    def _proceed(self, now_ns: int) -> list[Action]:
        actions: list[Action] = []
        if self._sending:
            self.deadline_ns = earliest(None if self._ending else self._end_ns, self._reports.deadline_ns)
        elif self._ending:
            actions = self._conclude(now_ns)
            if self._hurry:
                actions += self._reports.release_all()
        elif not self._over:
            actions = self._send_or_end(now_ns)
        if self._over:
            waiting_ns = self._reports.deadline_ns
            self.deadline_ns = earliest(self._end_ns if self._plan.deadline_s else None, waiting_ns)
            if waiting_ns is None:
                actions.append(Finish())
        return actions

    def _settled(self) -> bool:
        count, statistics = self._count, self._statistics
        if self._decided:
            return count is not None and self._verdicts >= count
        if count and statistics.received + statistics.errors >= count:
            return True
        return bool(self._deadline_s and statistics.errors and self._plan.errors_end)

    def _send_or_end(self, now_ns: int) -> list[Action]:
        statistics, pace = self._statistics, self._pace
        if self._settled():
            return self._finish_up(now_ns)
        if self._end_ns is not None and now_ns >= self._end_ns:
            self.deadline_ns = self._end_ns
            return []
        next_ns = None
        if not self._count or statistics.transmitted < self._count or self._deadline_s:
            next_ns = pace.due_ns(0 if pace.interval_ms else statistics.in_flight)
            if next_ns <= now_ns:
                return self._send(now_ns)
        elif self._end_ns is None:
            self._set_end(now_ns)
        self.deadline_ns = earliest(next_ns, self._end_ns, self._reports.deadline_ns)
        return []

    def _send(self, now_ns: int) -> list[Action]:
        actions: list[Action] = []
        number = self._statistics.transmitted + 1
        last = self._statistics.transmitted % SEQUENCES
        if self._plan.outstanding and number > 1 and not self._answered[last]:
            from ..records.ping_mishaps import NoAnswerYet

            actions = self._reports.add(NoAnswerYet(last), (), now_ns)
        self._pace.take(now_ns)
        self._decided_ns = now_ns
        self._sending = True
        self._answered[number % SEQUENCES] = 0
        if self._decided:
            self._decided[number % SEQUENCES] = 0
        self.deadline_ns = earliest(self._end_ns, self._reports.deadline_ns)
        actions.append(SendProbe.of((EchoProbe.of((number, number % SEQUENCES, None, None, None)),)))
        return actions

    def _set_end(self, now_ns: int) -> None:
        """After the last probe: how long to wait for what is missing, decided once."""
        statistics = self._statistics
        if self._end_ns is not None or not self._count or statistics.transmitted < self._count:
            return
        wait_ns = self._plan.linger_ms * MS
        if statistics.received:
            wait_ns = max(2 * statistics.longest_us * 1000, self._pace.interval_ms * MS) or 10_000 * MS
        if wait_ns:
            self._end_ns = now_ns + wait_ns

    def _adapt(self) -> None:
        """-A: as many probes as there are answers, a round trip apart."""
        if self._plan.adaptive:
            estimate_us = self._statistics.weighted // 8 or self._pace.interval_ms * 1000
            self._pace.interval_ms = max((estimate_us + self._slowdown_us + 500) // 1000, self._plan.floor_ms)

    def _finish_up(self, now_ns: int) -> list[Action]:
        """The count is reached: what is queued already is still read when probes are in flight."""
        if self._statistics.in_flight and not self._drained:
            self.deadline_ns = now_ns
            return []
        return self._conclude(now_ns)

    def _conclude(self, now_ns: int) -> list[Action]:
        if self._over:
            return []
        self._over = True
        with_gap = not self._pace.interval_ms or self._plan.flood or self._plan.adaptive
        summary = self._statistics.summary(self._decided_ns - self._started_ns, with_gap)
        return self._reports.add(summary, (), now_ns)


def earliest(*times: int | None) -> int | None:
    """The smallest that is not None."""
    first = None
    for time_ns in times:
        if time_ns is not None and (first is None or time_ns < first):
            first = time_ns
    return first
