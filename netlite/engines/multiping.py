"""Many targets at once: one engine, one socket, thousands of echo probes in flight.

Transition rules
  Started, TimePassed   what is due is sent: at most a burst, then the replies are read
  Swept                 the probes of the burst are under way, some are answered; at a refusal the rest
                        is sent again, a little later for ENOBUFS and EAGAIN; other refusals count as an error
  ReplyArrived          the probe with that sequence number is answered; nothing is sent, so that
                        all replies are read before the next burst.  An error is noted only: the
                        answer may still come, of the same probe or by another way
  a probe is `timeout` old     it is lost, or counts as an error when one was noted
  all probes of a target are settled     its summary is reported, in the order of the targets, with those of others
  Interrupted           of the open probes nothing is known, the summaries follow
  ReceiveFailed         as Interrupted, once it is reported

Sequence numbers are handed out over all targets, as fping does; a number is not used again while its
probe may be answered.  That an answer comes from the target of its probe, the link has seen.
"""

from __future__ import annotations

from errno import EAGAIN, ENOBUFS

from ..records.echo_links import EchoProbe, EchoReply
from ..records.multiping import MultiSummary, Progress, Target, TargetSummaries, TargetSummary
from ..records.ping_mishaps import ReceiveRefused
from ..records.record import Record
from ..records.replies import IcmpError
from .actions import Finish, Report
from .engine import Engine
from .events import Interrupted, ReceiveFailed, ReplyArrived, StatusAsked, answered_ns
from .rounds import Sweep, Swept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.replies import Reply
    from .actions import Action
    from .events import Event

BURST = 128
REPORTS = 1024  # of a turn, so that as many are in memory
RETRY_NS = 1_000_000
NOTHING, NO_ERRORS = (0, None, None, None), (0, None, None)


class MultiPingConfig(Record):
    """`count` probes to each of `targets`, `interval_ns` apart for one target; a probe without an
    answer after `timeout_ns` is lost; at most `rate` probes a second in all (0: no limit);
    a Progress is reported every `progress_ns` (0: only when asked)."""

    targets: tuple[Target, ...]
    count: int = 1
    interval_ns: int = 1_000_000_000
    timeout_ns: int = 1_000_000_000
    rate: float = 250.0
    progress_ns: int = 0


class MultiPing(Engine):
    """Pings all targets of a `MultiPingConfig`.

    Reports TargetSummaries, of all targets in the order given, a Progress when asked (StatusAsked), a
    ReceiveRefused where nothing can be received, and last a MultiSummary.
    """

    def __init__(self, config: MultiPingConfig):
        count = len(config.targets)
        self._config = config
        self._spacing_ns = int(1e9 / config.rate) if config.rate else 0
        # by target: the answers, and the least, the sum and the greatest of their round trips; None: none
        self._came: list[tuple[int, int, int, int] | None] = [None] * count
        self._missed = [0] * count                    # probes that were not answered in time, or refused
        self._next_ns = [0] * count                   # when a further probe may leave
        self._duplicates: dict[int, int] = {}         # of the few targets that have some
        self._errors: dict[int, tuple[int, IcmpError | None, int | None]] = {}  # likewise: how many, the last one
        self._turn = 0                # index of the next probe: target = turn % targets
        self._turns = config.count * count
        self._slot_ns = 0             # when the rate allows the next probe
        self._open: dict[int, int] = {}               # sequence -> sent_ns, oldest first
        self._asked: dict[int, int] = {}              # sequence -> target index of the last probe that had it
        self._erred: dict[int, IcmpError] = {}        # of the open ones: those with an error, and the last one
        self._unsent: list[int] = []                  # target indexes to try again
        self._number = self._sent = self._received = 0
        self._under_way: list[int] = []               # target indexes of the burst just asked for
        self._reported = 0
        self._started_ns = self._progress_ns = 0
        self._unknown = 0             # targets of which nothing is known at the end
        self._interrupted = False
        self._no_room_since_ns: int | None = None     # since when not a probe has left

    def feed(self, event: Event) -> list[Action]:
        if type(event) is ReplyArrived:
            self._reply(event)
            return self._look_again(event.at_ns)
        elif type(event) is Swept:
            self._swept(event)
            return self._look_again(event.at_ns)
        elif type(event) is StatusAsked:
            return [Report(self._progress())]
        elif type(event) is Interrupted:
            return self._end(event.at_ns)
        elif type(event) is ReceiveFailed:
            said: list[Action] = [] if self._interrupted else [Report(ReceiveRefused(event.errno))]
            return said + self._end(event.at_ns)
        if self._number == 0:
            self._started_ns = self._slot_ns = event.at_ns
            self._progress_ns = event.at_ns + self._config.progress_ns
        return self._proceed(event.at_ns)

    def _end(self, now_ns: int) -> list[Action]:
        """The end, unless the outcome of a burst is still to be told: then after that."""
        self._interrupted = True
        for sequence in tuple(self._erred):
            self._give_up(sequence)
        return self._look_again(now_ns) if self._under_way else self._proceed(now_ns)

    def _look_again(self, now_ns: int) -> list[Action]:
        """Have TimePassed come at once when the first target without a summary is settled."""
        if self._is_settled(self._reported):
            self.deadline_ns = now_ns
        return []

    def _proceed(self, now_ns: int) -> list[Action]:
        self._expire(now_ns)
        sends: list[Action] = [] if self._interrupted else self._due(now_ns)
        reports = self._summaries() if not sends else []
        if self._reported == len(self._came):
            return [*reports, Report(self._summary(now_ns)), Finish()]
        if self._config.progress_ns and now_ns >= self._progress_ns:
            self._progress_ns = now_ns + self._config.progress_ns
            reports.append(Report(self._progress()))
        self._set_deadline(now_ns, bool(sends))
        return sends + reports + self._look_again(now_ns)

    def _due(self, now_ns: int) -> list[Action]:
        """The probes that may leave now, at most a burst."""
        room = self._room(now_ns)
        indexes, self._unsent = self._unsent[:room], self._unsent[room:]
        for index in indexes:
            self._next_ns[index] = now_ns + self._config.interval_ns
        if len(indexes) < room:
            indexes += self._take_turns(room - len(indexes), now_ns)
        if not indexes:
            return []
        first, self._under_way = self._number + 1, indexes
        self._number += len(indexes)
        self._slot_ns = max(self._slot_ns, now_ns - self._spacing_ns * BURST) + self._spacing_ns * len(indexes)
        targets = self._config.targets
        return [Sweep(tuple([EchoProbe.of((number, number & 0xFFFF, None, None, targets[index].address))
                             for number, index in enumerate(indexes, first)]))]

    def _take_turns(self, most: int, now_ns: int) -> range:
        """The targets whose turn is next, as far as their interval is over, and to the last of them."""
        next_ns, count = self._next_ns, len(self._next_ns)
        first = self._turn % count
        last = min(first + most, count) if self._turn < self._turns else first
        for index in range(first, last) if self._turn >= count else ():  # in the first round all may
            if next_ns[index] > now_ns:
                last = index
                break
        next_ns[first:last] = [now_ns + self._config.interval_ns] * (last - first)
        self._turn += last - first
        return range(first, last)

    def _room(self, now_ns: int) -> int:
        """How many probes may leave now, by the rate, and by the numbers that no probe under way has."""
        room, behind_ns = BURST, now_ns - self._slot_ns
        if behind_ns < 0:
            return 0
        if self._spacing_ns:
            room = min(room, behind_ns // self._spacing_ns + 1)
        return min(room, self._free_numbers())

    def _free_numbers(self) -> int:
        """How many numbers come before that of the oldest probe under way."""
        return (next(iter(self._open)) - self._number - 1) & 0xFFFF if self._open else BURST

    def _next_turn_ns(self) -> int | None:
        """When the next target may be asked; None: none is left."""
        if self._unsent:
            return 0
        return self._next_ns[self._turn % len(self._next_ns)] if self._turn < self._turns else None

    def _swept(self, event: Swept) -> None:
        indexes, self._under_way = self._under_way, []
        left = len(event.sent_ns)
        if left:
            self._no_room_since_ns = None
            first = self._number - len(indexes) + 1
            sequences = [number & 0xFFFF for number in range(first, first + left)]
            self._open.update(zip(sequences, event.sent_ns))
            self._asked.update(zip(sequences, indexes))
            self._sent += left
        errno = event.errno
        for index in indexes[left:]:
            self._refused(index, errno, event.at_ns)
            errno = None  # of those behind the one that was refused
        self._answered(event.answers, event.at_ns)

    def _refused(self, index: int, errno: int | None, now_ns: int) -> None:
        """A probe that did not leave: because of `errno`, or (None) because one before it did not."""
        if errno in (None, ENOBUFS, EAGAIN) and not self._has_waited(errno, now_ns):
            self._unsent.append(index)
            if errno:
                self._slot_ns = now_ns + RETRY_NS
        else:
            self._sent += 1
            self._missed[index] += 1
            self._count_error(index, None, errno)

    def _count_error(self, index: int, error: IcmpError | None, errno: int | None) -> None:
        """One more; neither: the one before stays the last."""
        count, last_error, last_errno = self._errors.get(index, (0, None, None))
        if error is None and not errno:
            error, errno = last_error, last_errno
        self._errors[index] = count + 1, error, errno

    def _has_waited(self, errno: int | None, now_ns: int) -> bool:
        """Whether there was no room for any probe for as long as an answer may take."""
        if errno is not None and self._no_room_since_ns is None:
            self._no_room_since_ns = now_ns
        return self._no_room_since_ns is not None and now_ns - self._no_room_since_ns >= self._config.timeout_ns

    def _reply(self, event: ReplyArrived) -> None:
        reply: Reply = event.reply
        if type(reply) is EchoReply:
            self._answered(((reply.sequence, event.received_ns),), event.at_ns)
        elif type(reply) is IcmpError and reply.quote is not None and reply.quote.sequence in self._open:
            if not reply.is_hint:
                self._erred[reply.quote.sequence] = reply

    def _answered(self, answers: tuple[tuple[int, int], ...], at_ns: int) -> None:
        """Answers, each as (sequence, received_ns), told at `at_ns`."""
        asked, came, erred, no_longer_open = self._asked, self._came, self._erred, self._open.pop
        for sequence, received_ns in answers:
            sent_ns = no_longer_open(sequence, None)
            if sent_ns is None:
                self._answered_again(sequence)
                continue
            index = asked[sequence]
            rtt_ns = received_ns - sent_ns
            if rtt_ns < 0:
                rtt_ns = max(0, answered_ns(received_ns, sent_ns, at_ns) - sent_ns)
            before = came[index]
            if before is None:
                came[index] = 1, rtt_ns, rtt_ns, rtt_ns
            else:
                count, least_ns, sum_ns, greatest_ns = before
                came[index] = count + 1, min(least_ns, rtt_ns), sum_ns + rtt_ns, max(greatest_ns, rtt_ns)
            self._received += 1
            if erred:
                erred.pop(sequence, None)

    def _answered_again(self, sequence: int) -> None:
        """An answer to a probe that is answered or lost, if there was one."""
        index = self._asked.get(sequence)
        if index is not None:
            self._duplicates[index] = self._duplicates.get(index, 0) + 1

    def _expire(self, now_ns: int) -> None:
        oldest_ns = now_ns - self._config.timeout_ns
        while self._open:
            sequence, sent_ns = next(iter(self._open.items()))
            if sent_ns > oldest_ns:
                return
            self._give_up(sequence)

    def _give_up(self, sequence: int) -> None:
        """No answer came to an open probe."""
        del self._open[sequence]
        index = self._asked[sequence]
        self._missed[index] += 1
        error = self._erred.pop(sequence, None)
        if error is not None:
            self._count_error(index, error, None)

    def _is_settled(self, index: int) -> bool:
        """Whether nothing more is to come for a target."""
        if self._interrupted:
            return True
        came = self._came[index]
        return (came[0] if came else 0) + self._missed[index] == self._config.count

    def _summaries(self) -> list[Action]:
        """Of the targets from the first without a summary on, as far as they are settled."""
        summaries: list[TargetSummary] = []
        count, first, end = self._config.count, self._reported, self._reported + REPORTS
        columns = self._config.targets[first:end], self._came[first:end], self._missed[first:end]
        for index, target, came, missed in zip(range(first, end), *columns):
            received, least_ns, sum_ns, greatest_ns = came or NOTHING
            sent, decided = count, received + missed
            if decided != count:
                if not self._interrupted:
                    break
                sent = self._sent_to(index)
            errors, error, errno = self._errors.get(index, NO_ERRORS) if missed else NO_ERRORS
            summaries.append(TargetSummary.of((
                target, sent, received, self._duplicates.get(index, 0), errors, least_ns,
                sum_ns // received if sum_ns is not None else None, greatest_ns, sent - decided, error, errno)))
            if not received:
                self._unknown += summaries[-1].is_unknown
        self._reported += len(summaries)
        return [Report(TargetSummaries(tuple(summaries)))] if summaries else []

    def _sent_to(self, index: int) -> int:
        """How many probes to a target have left."""
        count = len(self._came)
        return (self._turn - index + count - 1) // count - self._unsent.count(index)

    def _set_deadline(self, now_ns: int, more: bool) -> None:
        deadlines = [self._progress_ns] if self._config.progress_ns else []
        next_ns = self._next_turn_ns()
        if next_ns is not None and self._free_numbers():
            deadlines.append(now_ns if more else max(self._slot_ns, next_ns))
        if self._open:
            deadlines.append(next(iter(self._open.values())) + self._config.timeout_ns)
        self.deadline_ns = min(deadlines) if deadlines else now_ns

    def _progress(self) -> Progress:
        return Progress(len(self._came), self._reported, self._sent, self._received)

    def _summary(self, now_ns: int) -> MultiSummary:
        up = len(self._came) - self._came.count(None)
        return MultiSummary(len(self._came), up, self._sent, self._received, now_ns - self._started_ns, self._unknown)
