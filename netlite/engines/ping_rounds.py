"""ping where each probe leaves at the answer to the one before: many probes go in one turn, as a round.

    a probe is due    a round begins: an Exchange in place of a SendProbe, unless earlier probes are still awaited
    Exchanged         as many ProbeSent and ReplyArrived
"""

from __future__ import annotations

from ..records.echo_links import STAMP_BYTES, EchoProbe
from ..records.ping_rounds import AnsweredRound, FloodRound, ProbeLeft
from .actions import SendProbe
from .answers import ICMP_HEADER_BYTES, addresses_of, judge
from .events import ProbeSent
from .pacing import MS
from .ping import Ping
from .rounds import Exchange, Exchanged
from .statistics import SEQUENCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.ping import PingPlan
    from .actions import Action
    from .events import Event

ROUND_PROBES, ROUND_NS = 4000, 20 * MS  # signals and the time are seen between rounds


def engine_of(plan: PingPlan) -> Ping:
    """In rounds where probes leave at answers and nobody is told that one is missing, else one by one."""
    leaves_at_answers = not plan.interval_ms and not plan.adaptive and (plan.flood or plan.in_rounds)
    return PingInRounds(plan) if leaves_at_answers and not plan.outstanding else Ping(plan)


class PingInRounds(Ping):
    """As `Ping`, for a plan that goes in rounds; reports FloodRound and AnsweredRound too."""

    def feed(self, event: Event) -> list[Action]:
        if type(event) is Exchanged:
            return self._exchanged(event) + self._proceed(event.at_ns)
        return super().feed(event)

    def _send(self, now_ns: int) -> list[Action]:
        actions = super()._send(now_ns)
        if self._window == 1 or not self._statistics.in_flight:
            last = actions.pop()
            assert isinstance(last, SendProbe) and isinstance(last.probe, EchoProbe)
            until_ns = now_ns + ROUND_NS if self._end_ns is None else min(now_ns + ROUND_NS, self._end_ns)
            actions.append(Exchange(last.probe, self._round(last.probe.number), until_ns, self._window))
        return actions

    def _round(self, number: int) -> int:
        """How many probes of a flood go in one round: with a deadline, as many answers are awaited, not probes sent."""
        if not self._plan.count:
            return ROUND_PROBES
        done = self._statistics.received if self._plan.deadline_s else number - 1
        return min(self._plan.count - done, ROUND_PROBES)

    def _exchanged(self, event: Exchanged) -> list[Action]:
        """Nothing but plain answers, each to the probe before: the counts of a flood in one go."""
        self._sending = False
        count, sent_ns = len(event.received_ns), event.sent_ns
        waiting_ns = sent_ns[count:]
        if count:
            self._note_round(event, min(self._window, len(sent_ns)))
            self._short_of_memory = 0
            self._decided_ns = max(self._decided_ns, sent_ns[count - 1])
            self._set_end(event.at_ns)
        for number, left_ns in enumerate(waiting_ns, event.number + count):
            self._answered[number % SEQUENCES] = 0
            self._pace.take(left_ns)
            self._decided_ns = max(self._decided_ns, left_ns)
            self._note_left(ProbeSent(event.at_ns, number, left_ns))
        if self._plan.quiet:
            return []
        if not self._plan.flood:
            return self._answered_round(event)
        waiting, in_flight = len(waiting_ns), self._statistics.in_flight
        if not count and waiting == 1:
            return self._reports.add(ProbeLeft(in_flight), (), event.at_ns)
        before = in_flight - waiting
        return self._reports.add(FloodRound(count + waiting, count, self._window, before), (), event.at_ns)

    def _answered_round(self, event: Exchanged) -> list[Action]:
        reply, times = event.first, zip(event.sent_ns, event.received_ns)
        rtts_ns = tuple([max(0, received_ns - sent_ns) for sent_ns, received_ns in times])
        if reply is None or not rtts_ns:
            return []
        answer = judge(self._plan, reply, self._route).replace(sequence=event.number % SEQUENCES)
        timed = self._timing and reply.size_bytes >= ICMP_HEADER_BYTES + STAMP_BYTES
        return self._reports.add(AnsweredRound(answer.replace(rtt_ns=rtts_ns[0] if timed else None), rtts_ns),
                                 addresses_of(answer), event.at_ns)

    @property
    def _window(self) -> int:
        """How many probes of a round are under way at once."""
        return max(1, self._plan.preload)

    def _note_round(self, event: Exchanged, depth: int) -> None:
        count, first, sent_ns = len(event.received_ns), event.number % SEQUENCES, event.sent_ns
        self._sent_ns.note_all(first, sent_ns[:count])
        before_wrap = min(count, SEQUENCES - first)
        self._answered[first:first + before_wrap] = b"\1" * before_wrap
        self._answered[:count - before_wrap] = b"\1" * (count - before_wrap)
        rtts_us = None if not self._timing else [
            (received_ns - left_ns) // 1000 if received_ns > left_ns else 0
            for left_ns, received_ns in zip(sent_ns, event.received_ns)]
        self._statistics.exchanged((event.number + count - 1) % SEQUENCES, rtts_us, count, depth)
