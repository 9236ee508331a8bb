"""The decisions of traceroute: which probe to send when, how long to wait, what to tell when.

    send     from the first undecided probe on, in order, while fewer than `window` are under way
             and `gap_ns` has passed since the last one; not beyond the hop of a final answer
    decide   only the first probe not told yet can be given up, when its patience is over;
             a later answer decides its own probe at once, whatever came before
    tell     in order of the probes, each as soon as it and all before it are decided,
             and the name of its responder is known or waited for too long

*On the wire*: RFC 792 and RFC 4443 (time exceeded, unreachable), RFC 1393 section 1.
"""

from __future__ import annotations

from errno import EAGAIN, EHOSTUNREACH, EMSGSIZE, ENOBUFS

from ..records.icmp_errors import PORT_UNREACHABLE, TTL_EXCEEDED
from ..records.record import Record
from ..records.replies import IcmpError, Origin, is_host
from ..records.traceroute import ProbeResult, TraceDone, TraceFailed, TraceHeader
from ..records.udp_links import UdpProbe, UdpReply
from .actions import Finish, LookUpName, Report, SendProbe
from .engine import Engine
from .events import (
    Interrupted,
    NameFound,
    ProbeSent,
    ReceiveFailed,
    ReplyArrived,
    SendFailed,
    Started,
    TimePassed,
    round_trip_ns,
)
from .traceroute_settings import Method
from .traceroute_slots import DECIDED, UNDER_WAY, Slot, State, Step, final_to_move, first_round_trip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..records.probes import Probe
    from ..records.replies import Reply
    from .actions import Action
    from .events import Event
    from .traceroute_settings import TracerouteSettings

PATIENCE_MARGIN_NS = 1_000_000  # added to a round trip before it is multiplied


class TracerouteEngine(Engine):
    """Trace the way to `settings.address`; reports TraceHeader, ProbeResult…, TraceDone or TraceFailed."""

    def __init__(self, settings: TracerouteSettings):
        self.settings = settings
        self._start = (settings.first_hop - 1) * settings.queries  # the first slot not decided in order
        self._end = settings.max_hops * settings.queries
        self._slots: list[Slot] = []  # as far as the walk came
        while len(self._slots) < self._start:
            self._plan_one()
        self._by_number: dict[int | None, Slot] = {}  # of probes under way
        self._sent = 0
        self._leaving = 0  # probes asked for whose outcome is not known yet
        self._last_sent_ns: int | None = None
        self._size_bytes = settings.size_bytes
        self._blocked = False  # the kernel's send buffers are full
        self._untold: list[ProbeResult] = []
        self._told: ProbeResult | None = None  # the last answered probe of the hop being told
        self._names: dict[str, tuple[str | None, str | None]] = {}  # address: name and path of autonomous systems
        self._looks_up = settings.resolve or settings.as_paths
        self._asked_names: dict[str, int] = {}
        self._looked = False
        self._finished = False
        self._reached = False
        self._actions: list[Action] = []

    def feed(self, event: Event) -> list[Action]:
        self._actions = []
        if self._finished:
            return self._actions
        self._looked = type(event) is TimePassed  # the driver tells it after all that has arrived
        if type(event) is ReplyArrived:
            self._blocked = False
            self._reply_arrived(event)
        elif type(event) is ProbeSent:
            self._leaving -= 1
            self._probe_sent(event.number, event.sent_ns)
            if not self.settings.gap_ns and not self._is_first(event.number):
                return self._actions  # what waits for a time waits for that of the first undecided probe alone
        elif type(event) is SendFailed:
            self._leaving -= 1
            self._send_failed(event)
        elif type(event) is NameFound:
            self._names[event.address] = event.name, event.as_path
        elif type(event) is TimePassed:
            self._blocked = False
        elif type(event) is Started:
            settings = self.settings
            self._report(TraceHeader(settings.host, settings.address, settings.max_hops, settings.size_bytes))
        elif type(event) is ReceiveFailed:
            self._fail("recvmsg", event.errno)
        elif type(event) is Interrupted:
            self._finish()
        if not self._finished:
            self._advance(event.at_ns)
        return self._actions

    # sending

    def _plan_one(self) -> None:
        hop, query = divmod(len(self._slots), self.settings.queries)
        self._slots.append(Slot(hop + 1, query))

    def _probe_sent(self, number: int, sent_ns: int) -> None:
        slot = self._by_number.get(number)
        if slot is not None:
            slot.go(Step.LEFT)
            slot.sent_ns = self._last_sent_ns = sent_ns

    def _send_failed(self, event: SendFailed) -> None:
        if event.number not in self._by_number:
            return
        if event.errno in (EMSGSIZE, EHOSTUNREACH):  # the error queue will say more
            self._probe_sent(event.number, event.at_ns)
        elif event.errno in (ENOBUFS, EAGAIN):
            held = self._by_number.pop(event.number)
            held.go(Step.HELD)
            self._blocked = True  # until something happens, as long as something before it can happen
            if not any(slot.state in UNDER_WAY for slot in self._slots[self._start:self._slots.index(held)]):
                self._fail("send probe", event.errno)
        else:
            self._fail("send", event.errno)

    def _send(self, index: int) -> None:
        settings, slot = self.settings, self._slots[index]
        self._sent += 1
        self._leaving += 1
        number, ttl = self._sent, slot.result.hop
        slot.number = number
        slot.go(Step.SEND)
        self._by_number[number] = slot
        port = (settings.port + settings.port_step * (number - 1)) & 0xFFFF
        method = settings.method
        if method == Method.UDP:
            probe: Probe = UdpProbe.of((number, ttl, port, self._size_bytes, settings.source_port))
        elif method == Method.ICMP:
            from ..records.echo_links import EchoProbe

            probe = EchoProbe(number, port, ttl, self._size_bytes - settings.header_bytes)
        else:
            from ..records.raw_links import RawProbe, TcpProbe

            probe = TcpProbe(number, ttl, port, self._size_bytes, settings.source_port, self._scrambled(number)) \
                if method == Method.TCP else RawProbe(number, ttl, self._size_bytes)
        self._actions.append(SendProbe.of((probe,)))

    def _scrambled(self, number: int) -> int:
        """An initial sequence number that a passer-by cannot guess from the one before."""
        return (self.settings.seed * (2 * number + 1) + number * 2654435761) & 0xFFFFFFFF

    # replies

    def _reply_arrived(self, event: ReplyArrived) -> None:
        """Decide the probe under way that the reply is for, if there is one."""
        reply = event.reply
        slot = self._by_number.get(self._number_of(reply) if event.number is None else event.number)
        if slot is None or event.sent_ns is None and slot.sent_ns is None:
            return
        if type(reply) is IcmpError:
            self._error_arrived(slot, reply, event)
            return
        self._reached = True
        flags = None
        if self.settings.show_flags:
            from ..records.raw_links import TcpReply

            flags = reply.flags if type(reply) is TcpReply else None
        self._answered(slot, event, reply.source, final=True, tcp_flags=flags)

    def _error_arrived(self, slot: Slot, error: IcmpError, event: ReplyArrived) -> None:
        """A hint is no verdict, and of our own kernel's errors only that a probe is too big."""
        if error.is_hint:
            return
        source = error.source
        if error.origin == Origin.LOCAL:
            source = None
            if error.errno != EMSGSIZE or not error.info:
                self._fail("local recverr", error.errno or 0)
                return
        if self.settings.discover_mtu and self.settings.header_bytes <= error.info < self._size_bytes:
            self._send_smaller(slot, error.info)
            return
        self._reached |= error.says(PORT_UNREACHABLE) and is_host(source, self.settings.address)
        self._answered(slot, event, source, final=not error.says(TTL_EXCEEDED), error=error,
                       extensions=error.extensions)

    def _answered(self, slot: Slot, event: ReplyArrived, source: str | None, **told: Any) -> None:
        """The probe of the slot is decided; `told` are more fields of its ProbeResult."""
        del self._by_number[slot.number]
        slot.go(Step.ANSWER)
        slot.result = slot.result.replace(
            number=slot.number, source=source, rtt_ns=round_trip_ns(event, slot.sent_ns), ttl=event.reply.ttl, **told)
        if self._looks_up and source is not None and source not in self._asked_names:
            self._asked_names[source] = event.at_ns
            self._actions.append(LookUpName(source))

    def _send_smaller(self, slot: Slot, size_bytes: int) -> None:
        """With --mtu, take back a probe that did not fit: it will be sent again, smaller."""
        del self._by_number[slot.number]
        slot.go(Step.TOO_BIG)
        slot.sent_ns = None
        slot.result = slot.result.replace(path_mtu_bytes=size_bytes)
        self._size_bytes = size_bytes

    def _number_of(self, reply: Reply) -> int | None:
        """The number of the probe under way that `reply` answers, for links that do not tell."""
        if type(reply) is IcmpError:
            quote = reply.quote
            if quote is None:  # a raw socket does not say what the kernel refused
                return self._slots[(self.settings.first_hop - 1) * self.settings.queries].number
            if quote.sequence is not None:
                return self._number_with_port(quote.sequence)
            return self._number_with_port(quote.destination_port) if self.settings.port_step else None
        if type(reply) is UdpReply:
            return self._number_with_port(reply.port) if self.settings.port_step else None
        from ..records.echo_links import EchoReply

        return self._number_with_port(reply.sequence) if type(reply) is EchoReply else None

    def _number_with_port(self, port: int | None) -> int | None:
        if port is None:
            return None
        low = (port - self.settings.port) % 0x10000 + 1
        return next((number for number in range(low, self._sent + 1, 0x10000) if number in self._by_number), None)

    # the walk from the first undecided probe on

    def _is_first(self, number: int) -> bool:
        return self._start < len(self._slots) and self._slots[self._start].number == number

    def _advance(self, now_ns: int) -> None:
        """Decide, send and tell all that can be; set the deadline."""
        self.deadline_ns = None
        under_way = 0
        window, gap_ns = max(1, self.settings.window), self.settings.gap_ns
        slots, index = self._slots, self._start
        while index < self._end:
            if index == len(slots):
                self._plan_one()
            slot = slots[index]
            if index == self._start and slot.state in UNDER_WAY:
                self._give_up_when_late(index, now_ns)
            if slot.state in DECIDED:
                if index == self._start:
                    self._untold.append(slot.result)
                    self._start += 1
                if slot.result.final:
                    self._end = min(self._end, slot.result.hop * self.settings.queries)
                index += 1
                continue
            if slot.state not in UNDER_WAY:
                if self._blocked or gap_ns and not self._gap_is_over(now_ns):
                    break
                self._send(index)
            under_way += 1
            if under_way >= window:
                break
            index += 1
        if self._untold or self._start >= self._end:
            self._tell(now_ns)

    def _gap_is_over(self, now_ns: int) -> bool:
        if self._leaving:
            return False  # the time of the one before is not known yet
        return self._last_sent_ns is None or self._not_before(self._last_sent_ns + self.settings.gap_ns, now_ns)

    def _not_before(self, time_ns: int, now_ns: int) -> bool:
        """True when `time_ns` has come; else the engine will look again then."""
        if time_ns <= now_ns:
            return True
        self.deadline_ns = time_ns if self.deadline_ns is None else min(time_ns, self.deadline_ns)
        return False

    def _give_up_when_late(self, index: int, now_ns: int) -> None:
        slot = self._slots[index]
        if slot.state is State.LEAVING:
            return
        if slot.state is State.SENT:
            late_ns = (slot.sent_ns or 0) + self._patience_ns(index)
            if not self._not_before(late_ns, now_ns if self._looked else late_ns - 1):
                return  # an answer may have come in the meantime: only TimePassed ends the wait
            self._by_number.pop(slot.number, None)
        slot.go(Step.LATE)
        later = final_to_move(self._slots, index, self.settings.queries)
        if later is not None:
            slot.take_result_of(self._slots[later])

    def _patience_ns(self, index: int) -> int:
        """How long to wait for this probe, judged by what others took (-w MAX,HERE,NEAR)."""
        settings, slots = self.settings, self._slots
        first_of_hop = index - index % settings.queries
        factor, answered = settings.here, first_round_trip(slots[first_of_hop:first_of_hop + settings.queries])
        if not factor or answered is None:
            factor, answered = settings.near, first_round_trip(slots[index + 1:])
        if not factor or answered is None:
            return settings.patience_ns
        return min(int((answered + PATIENCE_MARGIN_NS) * factor), settings.patience_ns)

    # telling

    def _tell(self, now_ns: int) -> None:
        """Report what is decided, in order, as far as the names are known."""
        while self._untold:
            result = self._untold[0]
            repeats = self._repeats(result)
            if result.source is not None and not repeats and self._looks_up:
                if result.source not in self._names and not self._not_before(
                        self._asked_names[result.source] + self.settings.name_patience_ns, now_ns):
                    return
                name, as_path = self._names.get(result.source, (None, "*" if self.settings.as_paths else None))
                result = result.replace(name=name, as_path=as_path)
            self._untold.pop(0)
            if result.source is not None:
                self._told = result
            self._report(result.replace(repeats=repeats) if repeats else result)
        if self._start >= self._end:
            self._report(TraceDone(self._reached))
            self._finish()

    def _repeats(self, result: ProbeResult) -> bool:
        told = self._told
        return (told is not None and told.hop == result.hop and told.source == result.source
                and told.tcp_flags == result.tcp_flags
                and not (self.settings.extensions and told.extensions != result.extensions)
                and not (self.settings.back and told.ttl != result.ttl))

    def _report(self, record: Record) -> None:
        self._actions.append(Report.of((record,)))

    def _fail(self, what: str, errno: int) -> None:
        self._report(TraceFailed(what, errno))
        self._finish()

    def _finish(self) -> None:
        self._finished = True
        self.deadline_ns = None
        self._actions.append(Finish())
