"""Echo probes to hosts that come and go: one engine, one link, a verdict a probe, a result a host.

Transition rules
  TargetAdded     its first probe is due at once
  TargetDropped   nothing more is sent or told about it
  Started, TimePassed   what is due is sent, as far as `rate` and `in_flight` allow; what is overdue is lost
  ProbeSent       from now on the probe has `timeout_ns`, whatever became of others
  SendFailed      no room in the kernel: again a little later, until its time is over; else the verdict is LocalError,
                  told after the next look at the link, which may tell the MTU
  Swept           as many ProbeSent, the refusal that stopped it, and ReplyArrived
  ReplyArrived    an answer, a duplicate, a late one; an ICMP error; hints (redirects) are none
  all probes of a host have a verdict     its result is told; without hosts the run ends, unless it `stays`
  Interrupted     the results so far; probes under way have no verdict
  ReceiveFailed   LocalError for all that is under way, then as Interrupted

Numbers of probes count over all hosts, and so do the sequence numbers on the wire (modulo 65536), none of
which is used again while its probe is under way.  That an answer comes from where its probe went, the link has
seen.
"""

from __future__ import annotations

from _heapq import heappop, heappush
from collections import deque
from errno import EAGAIN, EMSGSIZE, ENOBUFS, ENOMEM

from ..records.echo_links import EchoProbe, EchoReply
from ..records.echo_targets import EchoTarget, EchoTargetsConfig, Told
from ..records.replies import IcmpError, Origin
from ..records.verdicts import Answer, HostResult, LocalError, Lost, ProbeError, Tally, Verdict, host_result
from .actions import Finish, Report, SendProbe
from .engine import Engine
from .events import Interrupted, ProbeSent, ReceiveFailed, ReplyArrived, SendFailed, answered_ns, round_trip_ns
from .requests import TargetAdded, TargetDropped
from .rounds import Sweep, Swept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.replies import Reply
    from .actions import Action
    from .events import Event

BURST = 64                            # sent in one turn; then arrivals are read
ROUND_TRIPS = 65536                   # of a host that are kept, the latest
REMEMBERED = 16384                    # settled probes whose duplicates and late answers are still counted
RETRY_NS = 1_000_000
MANY = 256                            # arrivals in one turn: more may wait, and nobody is given up before they are read
PATIENT_TURNS = 64                    # but a storm of duplicates does not stop the time
NO_ROOM = (EAGAIN, ENOBUFS, ENOMEM)
TOO_BIG = {Origin.ICMP: (3, 4), Origin.ICMP6: (2, 0)}


class _Host:
    """A target and what is known of it."""

    __slots__ = ("target", "asked", "sent", "open", "received", "lost", "errors", "duplicates", "late", "rtts_ns",
                 "errno", "error")

    def __init__(self, target: EchoTarget):
        self.target = target
        self.asked = self.sent = self.open = self.received = self.lost = self.errors = self.duplicates = self.late = 0
        self.rtts_ns: deque[int] = deque(maxlen=ROUND_TRIPS)
        self.errno: int | None = None
        self.error: IcmpError | None = None


class _Probe:
    """A probe that is asked for or under way."""

    __slots__ = ("number", "host", "sequence", "asked_ns", "sent_ns", "errno")

    def __init__(self, number: int, host: _Host, sequence: int, now_ns: int):
        self.number, self.host, self.sequence = number, host, sequence
        self.asked_ns = self.sent_ns = now_ns
        self.errno: int | None = None


class EchoTargets(Engine):
    """Reports Told records: verdicts as they fall, then the HostResult of each host when it is done."""

    def __init__(self, config: EchoTargetsConfig):
        self._config = config
        self._spacing_ns = round(1e9 / config.rate) if config.rate else 0
        self._hosts: dict[int, _Host] = {}
        self._due: list[tuple[int, int, int]] = []            # when, order, key
        self._order = 0
        self._slot_ns = 0                                     # when the rate allows the next probe
        self._number = 0
        self._open: dict[int, _Probe] = {}                    # by sequence number on the wire
        self._overdue: list[tuple[int, int]] = []             # when, number: of those that left
        self._again: list[tuple[int, int]] = []               # when, number: there was no room for them
        self._refused: list[_Probe] = []                      # their verdict is due after the next look
        self._settled: dict[int, tuple[int, bool]] = {}       # wire sequence -> key, answered
        self._bursts: list[list[_Probe]] = []                 # what Swept will tell of
        self._alone: set[int] = set()                         # numbers of those that leave in no burst
        self._arrivals = self._patient_turns = 0
        self._begun = self._ending = False
        self._last: dict[int, HostResult] = {}                # of who was done last

    def feed(self, event: Event) -> list[Action]:
        now_ns = event.at_ns
        actions: list[Action] = []
        if not self._begun:
            self._begun = True
            self._slot_ns = now_ns
            for target in self._config.targets:
                self._add(target, now_ns)
        if type(event) is ReplyArrived:
            self._arrivals += 1
            actions += self._arrived(event)
        elif type(event) is ProbeSent:
            self._left(event.number, event.sent_ns)
        elif type(event) is Swept:
            self._arrivals += len(event.answers)
            actions += self._swept(event)
        elif type(event) is SendFailed:
            self._failed(event.number, event.errno, now_ns)
        elif type(event) is TargetAdded:
            self._add(event.target, now_ns)
        elif type(event) is TargetDropped:
            self._drop(event.key)
        elif type(event) in (Interrupted, ReceiveFailed):
            return self._end(event.errno if type(event) is ReceiveFailed else None)
        else:
            actions += self._tick(now_ns)
        return actions + self._proceed(now_ns)

    def standing(self, key: int) -> HostResult | None:
        """How a host does that is not done, or was done last; None for others."""
        host = self._hosts.get(key)
        if host is None and key in self._last:
            return self._last[key]
        if host is None and not self._begun:
            host = next((_Host(target) for target in self._config.targets if target.key == key), None)
        return None if host is None else _result(host)

    def tally(self, key: int) -> Tally | None:
        """The counts of a host that is not done; None for who is no more."""
        host = self._hosts.get(key)
        if host is None:
            return None
        return Tally(host.sent, host.received, host.lost, host.errors, host.duplicates, host.late)

    def take_round_trips(self, key: int) -> list[int]:
        """Those of a host that is not done, in the order of arrival; what follows from them is lost to its result."""
        host = self._hosts.get(key)
        if host is None:
            return []
        found = list(host.rtts_ns)
        host.rtts_ns.clear()
        return found

    # hosts come and go

    def _add(self, target: EchoTarget, now_ns: int) -> None:
        self._hosts[target.key] = _Host(target)
        self._schedule(now_ns, target.key)

    def _schedule(self, at_ns: int, key: int) -> None:
        self._order += 1
        heappush(self._due, (at_ns, self._order, key))

    def _drop(self, key: int) -> None:
        host = self._hosts.pop(key, None)
        if host is not None and host.open:
            for sequence in [sequence for sequence, probe in self._open.items() if probe.host is host]:
                del self._open[sequence]

    # what became of probes

    def _left(self, number: int, sent_ns: int) -> None:
        probe = self._open.get(number & 0xFFFF)
        if probe is not None and probe.number == number:
            probe.sent_ns = sent_ns
            probe.host.sent += 1
            heappush(self._overdue, (sent_ns + probe.host.target.timeout_ns, number))

    def _failed(self, number: int, errno: int | None, now_ns: int, alone_is_clearer: bool = False) -> None:
        """`errno` None: it was not tried, because one before it failed.  What refuses a probe of a burst may be the
        error of an earlier one, which the kernel tells once; a link sorts that out where a probe leaves alone."""
        probe = self._open.get(number & 0xFFFF)
        if probe is None or probe.number != number:
            return
        if errno is None:
            heappush(self._again, (now_ns, number))
        elif alone_is_clearer and errno not in NO_ROOM:
            self._alone.add(number)
            heappush(self._again, (now_ns, number))
        elif errno in NO_ROOM and now_ns < probe.asked_ns + probe.host.target.timeout_ns:
            heappush(self._again, (now_ns + RETRY_NS, number))
        else:
            probe.errno, probe.sent_ns = errno, now_ns
            probe.host.sent += 1
            self._refused.append(probe)

    def _swept(self, event: Swept) -> list[Action]:
        told = event.sent_ns or event.errno is not None  # else it is but answers that have come
        for place, probe in enumerate(self._bursts.pop(0) if told else ()):
            if place < len(event.sent_ns):
                self._left(probe.number, event.sent_ns[place])
            else:
                self._failed(probe.number, event.errno if place == len(event.sent_ns) else None, event.at_ns,
                             alone_is_clearer=True)
        actions: list[Action] = []
        for sequence, received_ns in event.answers:
            open_probe = self._open.get(sequence)
            if open_probe is None:
                self._count_again(sequence)
            else:
                sent_ns = open_probe.sent_ns
                if received_ns < sent_ns:
                    received_ns = answered_ns(received_ns, sent_ns, event.at_ns)
                actions += self._answered(open_probe, None, max(0, received_ns - sent_ns))
        return actions

    def _arrived(self, event: ReplyArrived) -> list[Action]:
        reply: Reply = event.reply
        if type(reply) is EchoReply:
            probe = self._open.get(reply.sequence)
            if reply.checksum_ok is False:
                return []
            if probe is None:
                self._count_again(reply.sequence)
                return []
            rtt_ns = round_trip_ns(event, probe.sent_ns)
            host, sequence, at_ns = self._head(probe)
            return self._answered(probe, Answer(host, sequence, at_ns, rtt_ns, reply.source, reply.ttl,
                                                reply.size_bytes), rtt_ns)
        if type(reply) is IcmpError and reply.origin == Origin.LOCAL:
            return self._told_locally(reply)
        if type(reply) is not IcmpError or reply.is_hint or reply.quote is None:
            return []
        probe = self._open.get(-1 if reply.quote.sequence is None else reply.quote.sequence)
        if probe is None:
            return []
        host, sequence, at_ns = self._head(probe)
        probe.host.error = reply
        too_big = TOO_BIG.get(reply.origin) == (reply.type, reply.code)
        return self._settle(probe, ProbeError(
            host, sequence, at_ns, round_trip_ns(event, probe.sent_ns), reply.source, reply.ttl, None, reply.type,
            reply.code, reply.info if too_big else None, reply.errno))

    def _answered(self, probe: _Probe, answer: Answer | None, rtt_ns: int) -> list[Action]:
        """The kernel's stamp says whether it came in time, however late we look."""
        if rtt_ns <= probe.host.target.timeout_ns:
            return self._settle(probe, answer, rtt_ns)
        probe.host.late += 1
        return self._settle(probe, Lost(*self._head(probe)))

    def _told_locally(self, error: IcmpError) -> list[Action]:
        """The error queue has the MTU of a probe that the kernel has just refused."""
        for probe in self._refused:
            if probe.errno == error.errno:
                self._refused.remove(probe)
                return self._refuse(probe, error.info if error.errno == EMSGSIZE else None)
        return []

    def _refuse(self, probe: _Probe, mtu_bytes: int | None = None) -> list[Action]:
        errno = probe.errno or 0
        probe.host.errno = errno
        return self._settle(probe, LocalError(*self._head(probe), mtu_bytes=mtu_bytes or None, errno=errno))

    def _head(self, probe: _Probe) -> tuple[str, int, int]:
        return probe.host.target.host, probe.sequence, probe.sent_ns + self._config.wall_offset_ns

    def _settle(self, probe: _Probe, verdict: Verdict | None, rtt_ns: int | None = None) -> list[Action]:
        """The verdict about a probe is known; that of the plain answer of a burst is not told."""
        host, wire = probe.host, probe.number & 0xFFFF
        del self._open[wire]
        self._settled.pop(wire, None)
        self._settled[wire] = host.target.key, rtt_ns is not None
        if len(self._settled) > REMEMBERED:
            del self._settled[next(iter(self._settled))]
        host.open -= 1
        if rtt_ns is not None:
            host.received += 1
            host.rtts_ns.append(rtt_ns)
        elif type(verdict) is Lost:
            host.lost += 1
        else:
            host.errors += 1
        actions: list[Action] = []
        if self._config.verdicts and verdict is not None:
            actions.append(Report(Told(host.target.key, verdict)))
        if not host.open and host.asked == host.target.count:
            actions.append(self._over(self._hosts.pop(host.target.key)))
        return actions

    def _over(self, host: _Host) -> Action:
        self._last = {host.target.key: _result(host)}
        return Report(Told(host.target.key, self._last[host.target.key]))

    def _count_again(self, wire: int) -> None:
        """An answer to a probe that has its verdict."""
        key, answered = self._settled.get(wire, (0, False))
        host = self._hosts.get(key)
        if host is not None and wire in self._settled:
            host.duplicates += answered
            host.late += not answered

    # what to do now

    def _tick(self, now_ns: int) -> list[Action]:
        if self._may_wait_unread():
            return []
        actions: list[Action] = []
        refused, self._refused = self._refused, []
        for probe in refused:
            if self._open.get(probe.number & 0xFFFF) is probe:
                actions += self._refuse(probe)
        while self._overdue and self._overdue[0][0] <= now_ns:
            number = heappop(self._overdue)[1]
            probe_ = self._open.get(number & 0xFFFF)
            if probe_ is not None and probe_.number == number:
                actions += self._settle(probe_, Lost(*self._head(probe_)))
        return actions

    def _may_wait_unread(self) -> bool:
        """Whether the link was not read to its end: in what is left may be answers that came in time."""
        many, self._arrivals = self._arrivals >= MANY, 0
        self._patient_turns = self._patient_turns + 1 if many else 0
        return many and self._patient_turns < PATIENT_TURNS

    def _proceed(self, now_ns: int) -> list[Action]:
        probes = self._to_send(now_ns)
        actions: list[Action] = []
        burst = [] if self._config.verdicts else [probe for probe in probes if probe.number not in self._alone]
        if burst:
            self._bursts.append(burst)
            actions.append(Sweep(tuple([self._request(probe) for probe in burst])))
        for probe in probes if self._config.verdicts else [probe for probe in probes if probe.number in self._alone]:
            self._alone.discard(probe.number)
            actions.append(SendProbe(self._request(probe)))
        if not self._hosts and not self._config.stays and not self._ending:
            self._ending = True
            return [*actions, Finish()]
        self._set_deadline(now_ns)
        return actions

    def _to_send(self, now_ns: int) -> list[_Probe]:
        probes: list[_Probe] = []
        if self._bursts:
            return probes
        while self._again and self._again[0][0] <= now_ns and len(probes) < BURST:
            number = heappop(self._again)[1]
            waiting = self._open.get(number & 0xFFFF)
            if waiting is not None and waiting.number == number:
                probes.append(waiting)
        while not self._again and self._has_room(len(probes)) and max(self._due[0][0], self._slot_ns) <= now_ns:
            due_ns, _, key = heappop(self._due)
            host = self._hosts.get(key)
            if host is None:
                continue
            self._number += 1
            host.asked += 1
            host.open += 1
            probe = self._open[self._number & 0xFFFF] = _Probe(self._number, host, host.asked, now_ns)
            probes.append(probe)
            self._slot_ns = max(self._slot_ns, now_ns - self._config.catch_up_ns) + self._spacing_ns
            if host.asked != host.target.count:
                next_ns = due_ns + host.target.interval_ns
                self._schedule(next_ns if next_ns > now_ns else now_ns + host.target.interval_ns, key)
        return probes

    def _has_room(self, more: int) -> bool:
        return bool(self._due and more < BURST and len(self._open) < self._config.in_flight
                    and (self._number + 1) & 0xFFFF not in self._open)

    def _request(self, probe: _Probe) -> EchoProbe:
        target = probe.host.target
        return EchoProbe.of((probe.number, probe.number & 0xFFFF, target.ttl, target.size_bytes, target.address))

    def _set_deadline(self, now_ns: int) -> None:
        times = [heap[0][0] for heap in (self._overdue, self._again) if heap]
        if self._refused:
            times.append(now_ns)
        if not self._again and self._has_room(0) and not self._bursts:
            times.append(max(self._due[0][0], self._slot_ns))
        self.deadline_ns = min(times) if times else None

    def _end(self, errno: int | None) -> list[Action]:
        """No more; with an errno all that is under way ends with it."""
        actions: list[Action] = []
        for probe in list(self._open.values()):
            if errno is not None:
                probe.errno = errno
            if probe.errno is not None and self._open.get(probe.number & 0xFFFF) is probe:
                actions += self._refuse(probe)
        actions += [self._over(host) for host in self._hosts.values()]
        self._hosts.clear()
        return [*actions, Finish()]


def _result(host: _Host) -> HostResult:
    return host_result(host.target.host, host.target.address, tuple(host.rtts_ns), sent=host.sent,
                       received=host.received, lost=host.lost, errors=host.errors, duplicates=host.duplicates,
                       late=host.late, reason=_reason(host))


def _reason(host: _Host) -> str | None:
    """Why nothing came back, in the kernel's words or the router's numbers."""
    from posix import strerror

    if host.errno is not None:
        return strerror(host.errno)
    if host.error is None:
        return "no answer" if host.lost else None
    if host.error.errno:
        return f"{strerror(host.error.errno)} (from {host.error.source})"
    return f"ICMP type {host.error.type} code {host.error.code} (from {host.error.source})"
