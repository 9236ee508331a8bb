"""An echo link on a socket that hands it anything: arrivals or nothing, never an exception."""

from __future__ import annotations

import os
from socket import inet_aton
from sys import byteorder
from time import monotonic_ns, time_ns

import pytest
from hypothesis import given
from hypothesis import strategies as some

from netlite.links import echo, echo_rounds
from netlite.links.echo import MSG_TRUNC, EchoLink
from netlite.links.echo_storms import ERRORS_A_PROBE, HINTS_A_PROBE, HINTS_AHEAD
from netlite.packets.checksum import checksum
from netlite.packets.templates import make_echo
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings, EchoProbe, EchoReply, KernelStamps, Proof
from netlite.records.replies import IcmpError, Origin
from netlite.sockets.ancillary import EXTENDED_ERROR
from netlite.sockets.ancillary import MSG_ERRQUEUE, read_ancillary
from netlite.sockets.filters import FILTERS
from netlite.sockets.timestamps import SO_TIMESTAMPNS, TIME

OURS = 0x1234
ADDRESSES = {4: ("192.0.2.1", 0), 6: ("fe80::1", 0, 0, 0)}
ERRORS = {4: (0, 11), 6: (41, 25)}


class Socket:
    """Hands out `messages` and `errors`; a number among them is the errno of a failing call."""

    def __init__(self, messages=(), errors=(), refusals=()):
        self.messages, self.errors, self.refusals = list(messages), list(errors), list(refusals)
        self.sent, self.options = [], []

    def recvmsg(self, size, ancillary_size, flags=0):
        queue = self.errors if flags & MSG_ERRQUEUE else self.messages
        if not queue:
            raise BlockingIOError(11, "nothing there")
        message = queue.pop(0)
        if isinstance(message, int):
            raise OSError(message, "told")
        return message

    def sendto(self, data, flags, address):
        if self.refusals:
            raise OSError(self.refusals.pop(0), "refused")
        self.sent.append(bytes(data))
        return len(data)

    def setsockopt(self, *option):
        self.options.append(option)

    bind = connect = setsockopt

    def close(self):
        pass

    def getsockname(self):
        return ("", OURS)

    def fileno(self):
        return -1


def link_on(socket: Socket, family=IPV4, kind: str = "raw", stamps: int = KernelStamps.RECEIVED,
            **more) -> EchoLink:
    settings = EchoLinkSettings(family, "192.0.2.1" if family is IPV4 else "fe80::1", identifier=OURS,
                                payload=bytes(16), kernel_stamps=stamps, **more)
    return EchoLink(socket, kind, settings)


def queued(errno: int, origin: int, kind: int, data: bytes = b"", number: int = 0) -> tuple:
    error = EXTENDED_ERROR.pack(errno, origin, kind, 0, 0, number) + bytes(16)
    return data, [(*ERRORS[4], error)], 0, ADDRESSES[4]


MESSAGE = some.tuples(some.sampled_from((0, 1, 41)), some.integers(0, 60), some.binary(max_size=48))
MESSAGES = some.lists(MESSAGE, max_size=3)
HEADS = some.sampled_from((b"", b"\x45" + bytes(19), b"\x4f" + bytes(30), b"\x45" + bytes(19) + b"\5\0\0\0",
                           make_echo(6, OURS, 1, b"", kind="reply"),
                           b"\x45" + bytes(19) + make_echo(4, OURS, 1, b"abc", kind="reply")))


@given(some.sampled_from((IPV4, IPV6)), some.sampled_from(("raw", "datagram")), HEADS,
       some.binary(max_size=60), MESSAGES, some.booleans(), some.sampled_from((Proof.CLASSIC, Proof.TOKEN)))
def test_echo_link_takes_any_bytes(family, kind, head, tail, messages, as_error, proof):
    least = 20 if kind == "raw" and family is IPV4 and not as_error else 0  # the kernel's own promise
    message = ((head + tail).ljust(least, b"\0"), messages, 0, ADDRESSES[family.version])
    socket = Socket(errors=[message]) if as_error else Socket([message])
    link = link_on(socket, family, kind, proof=proof)
    link._filtered = True  # the filter needs a real socket
    link.send(EchoProbe(1, 1))
    for arrival in link.receive():
        assert type(arrival.reply) in (EchoReply, IcmpError)
        assert type(arrival.received_ns) is int  # of any time: the stamp is any bytes too


def test_echo_link_sends_again_what_an_old_error_stopped():
    stopped = queued(113, Origin.ICMP, 11, make_echo(4, OURS, 7))
    socket = Socket(errors=[stopped], refusals=[113])
    link = link_on(socket)
    assert link.send(EchoProbe(8, 8)) > 0
    assert len(socket.sent) == 1
    assert [arrival.reply.quote.sequence for arrival in link.receive()] == [7]


@pytest.mark.parametrize("family, kind", [(IPV4, "raw"), (IPV4, "datagram"), (IPV6, "raw"), (IPV6, "datagram")])
def test_an_error_about_what_went_elsewhere_is_not_about_us(family, kind):
    """The kernel knows a socket by its identifier alone, which somebody else may have as well."""
    about = make_echo(family.version, OURS, 7)
    entries = [queued(113, Origin.ICMP if family is IPV4 else Origin.ICMP6, 11 if family is IPV4 else 3, about) for _ in range(2)]
    elsewhere = ("192.0.2.77", 0) if family is IPV4 else ("fe80::77", 0, 0, 0)
    level = [(*ERRORS[family.version], entry[1][0][2]) for entry in entries]
    socket = Socket(errors=[(about, [level[0]], 0, elsewhere), (about, [level[1]], 0, ADDRESSES[family.version])])
    assert [arrival.reply.quote.destination for arrival in link_on(socket, family, kind).receive()] == [ADDRESSES[family.version][0]]


def hint_about(sequence: int, identifier: int = OURS) -> tuple:
    """A redirect that quotes a probe, as a raw socket gets it."""
    quoted = ip_header(24) + make_echo(4, identifier, sequence, bytes(16))
    return ip_header(52) + b"\5\1" + bytes(6) + quoted, [], 0, ADDRESSES[4]


def ip_header(data_bytes: int) -> bytes:
    """One of ICMP to the target."""
    return b"\x45\0" + (20 + data_bytes).to_bytes(2, "big") + bytes(4) + b"\x40\1" + bytes(6) + inet_aton("192.0.2.1")


def everything(link: EchoLink) -> list:
    return [arrival.reply for arrivals in iter(link.receive, []) for arrival in arrivals]


def types_let_in(socket: Socket) -> list[int]:
    """By the type filter that was set last."""
    blocked = int.from_bytes([value for level, option, value in socket.options if (level, option) == FILTERS[4]][-1], byteorder)
    return [kind for kind in range(32) if not blocked >> kind & 1]


@pytest.mark.parametrize("hints, types", [(False, [0]), (True, [0, 4, 5])])
def test_the_kernel_drops_hints_that_nobody_wants(hints, types):
    socket = Socket()
    link_on(socket, hints=hints)
    assert types_let_in(socket) == types


def test_a_flood_of_hints_leaves_room_for_answers():
    """What no router says of a few probes is told no more, and the kernel then drops it."""
    socket = Socket()
    link = link_on(socket, hints=True)
    for sequence in range(1, 1001):
        link.send(EchoProbe(sequence, sequence))
        socket.messages += [hint_about(sequence)] * HINTS_A_PROBE
        assert len(everything(link)) == HINTS_A_PROBE
    assert types_let_in(socket) == [0, 4, 5]
    link.send(EchoProbe(1001, 1001))
    socket.messages = [hint_about(1001)] * 200 + [(answer_to(socket.sent[-1], sequence=1001), [], 0, ADDRESSES[4])]
    told = everything(link)
    assert [type(reply) for reply in told] == [IcmpError] * HINTS_AHEAD + [EchoReply] and types_let_in(socket) == [0]


def test_a_hint_is_one_about_a_request_and_its_checksum_is_compared():
    data, *more = hint_about(7)
    answers = data[:48] + b"\0" + data[49:]  # of others, who may have our identifier
    good = data[:22] + checksum(data[20:]).to_bytes(2, "big") + data[24:]
    socket = Socket([(good, *more), (good[:-1] + b"\1", *more), (answers, *more), (good, more[0], MSG_TRUNC, more[2])])
    link = link_on(socket, hints=True)
    link._filtered = True  # the filter needs a real socket
    assert [(reply.quote.sequence, reply.checksum_ok) for reply in everything(link)] == [(7, True), (7, False), (7, None)]


def test_hints_about_probes_of_others_are_filtered_at_the_first(monkeypatch):
    attached = []
    monkeypatch.setattr(echo, "pass_identifier", lambda *given: attached.append(given[1:]))
    socket = Socket([hint_about(1, OURS + 1)] * 3)
    assert everything(link_on(socket, hints=True)) == [] and attached == [(4, 0, OURS, False)]


def test_a_flood_of_errors_hides_no_answer():
    """A receive fails as long as the queue of errors has one more."""
    reply = answer_to(make_echo(4, OURS, 7, bytes(16)), sequence=7)
    socket = Socket([113, 113, (reply, [], 0, ADDRESSES[4])], [queued(113, Origin.ICMP, 3, make_echo(4, OURS, 7, bytes(16)))] * 200)
    assert EchoReply in [type(arrival.reply) for arrival in link_on(socket).receive()]
    socket = Socket([(reply, [], 0, ADDRESSES[4])], [queued(113, Origin.ICMP, 3, make_echo(4, OURS, 7, bytes(16)))] * 200)
    link = link_on(socket, stamps=KernelStamps.BOTH)
    link.send(EchoProbe(8, 8))
    assert EchoReply in [type(arrival.reply) for arrival in link.receive()]


@pytest.mark.parametrize("proof, identifier, told", [(Proof.IDENTIFIER, OURS, ERRORS_A_PROBE), (Proof.CLASSIC, OURS, 50), (Proof.CLASSIC, OURS + 1, 0)])
def test_errors_that_tell_nothing_more_are_not_read(proof, identifier, told, monkeypatch):
    read = []
    monkeypatch.setattr(echo, "read_ancillary", lambda messages: read.append(1) or read_ancillary(messages))
    monkeypatch.setattr(echo, "pass_identifier", lambda *_: True)
    socket = Socket()
    link = link_on(socket, proof=proof)
    for turn in (1, 2):
        link.send(EchoProbe(7, 7))
        socket.errors = [queued(113, Origin.ICMP, 3, make_echo(4, identifier, 7, bytes(16)))] * 50
        assert len(everything(link)) == told and len(read) == told * turn


def test_echo_link_tells_a_refusal_and_its_reason():
    socket = Socket(errors=[queued(90, Origin.LOCAL, 0)], refusals=[90])
    link = link_on(socket)
    with pytest.raises(OSError) as refusal:
        link.send(EchoProbe(1, 1))
    assert refusal.value.errno == 90 and socket.sent == []
    assert [arrival.reply.origin for arrival in link.receive()] == [Origin.LOCAL]


def test_echo_link_forgets_a_stamp_when_its_sequence_is_used_again():
    stamp = (1, 37, TIME.pack(1_700_000_000, 0))
    left = queued(42, 4, 0)
    socket = Socket(errors=[(b"", [stamp, *left[1]], 0, ADDRESSES[4])])
    link = link_on(socket, stamps=KernelStamps.BOTH)
    reply = b"\x45" + bytes(19) + make_echo(4, OURS, 1, bytes(16), kind="reply")
    link.send(EchoProbe(1, 1))
    socket.messages = [(reply, [], 0, ADDRESSES[4])]
    assert link.receive()[0].sent_ns is not None
    link.send(EchoProbe(65537, 65537))
    socket.messages = [(reply, [], 0, ADDRESSES[4])]
    assert link.receive()[0].sent_ns is None


def answer_to(request: bytes, family=IPV4, identifier: int = OURS, sequence: int = 1, payload: bytes | None = None):
    """The echo reply to a request as a raw socket gets it."""
    payload = request[8:] if payload is None else payload
    head = b"\x45" + bytes(19) if family is IPV4 else b""
    return head + make_echo(family.version, identifier, sequence, payload, kind="reply")


@pytest.mark.parametrize("family", [IPV4, IPV6], ids=["IPv4", "IPv6"])
def test_with_a_token_only_proven_replies_arrive(family):
    socket = Socket()
    link = link_on(socket, family, stamped=False, proof=Proof.TOKEN)
    for sequence in (1, 2):
        link.send(EchoProbe(sequence, sequence))
    request, other = socket.sent[0], ("192.0.2.2", 0) if family is IPV4 else ("fe80::2", 0, 0, 3)
    own = ADDRESSES[family.version]
    assert request[8:16] != bytes(8) and request[8:16] == socket.sent[1][8:16]
    good = answer_to(request, family)
    wrong = [(good, other), (answer_to(request, family, identifier=OURS + 1), own),
             (answer_to(request, family, sequence=3), own), (answer_to(request, family, payload=bytes(16)), own),
             (answer_to(request, family, payload=request[8:15]), own), (answer_to(request, family, payload=b""), own)]
    socket.messages = [(data, [], 0, address) for data, address in [*wrong, (good, own)]]
    arrivals = link.receive()
    assert [(arrival.reply.source, arrival.reply.sequence) for arrival in arrivals] == [(own[0], 1)]
    assert link.receive() == []


def test_with_a_token_only_proven_errors_arrive():
    socket = Socket()
    link = link_on(socket, stamped=False, proof=Proof.TOKEN)
    link.send(EchoProbe(1, 1))
    [request] = socket.sent
    forged = make_echo(4, OURS, 1, bytes(16))
    elsewhere = ("192.0.2.2", 0)
    for data, address, right in ((request, ADDRESSES[4], True), (request[:8], ADDRESSES[4], True),
                                 (request, elsewhere, True), (request[:8], elsewhere, False),
                                 (forged, ADDRESSES[4], False), (make_echo(4, OURS, 2), ADDRESSES[4], False),
                                 (request[:4], ADDRESSES[4], False), (b"", ADDRESSES[4], False)):
        _, messages, _, _ = queued(113, Origin.ICMP, 3)
        socket.errors = [(data, messages, 0, address)]
        assert bool(link.receive()) is right, (data, address)


def test_links_of_one_process_have_identifiers_of_their_own():
    settings = EchoLinkSettings(IPV4, "192.0.2.1", payload=bytes(16), proof=Proof.IDENTIFIER)
    links = [EchoLink(Socket(), "raw", settings) for _ in range(300)]
    assert len({link.identifier for link in links}) == 300
    classic = [EchoLink(Socket(), "raw", settings.replace(proof=Proof.CLASSIC)) for _ in range(2)]
    assert [link.identifier for link in classic] == [os.getpid() & 0xFFFF] * 2
    for link in (*links, *classic):
        link.close()
        link.close()


def test_the_checksum_of_a_reply_that_was_cut_is_not_known():
    whole = answer_to(b"\0" * 8 + bytes(1000) + b"end")
    socket = Socket([(whole, [], 0, ADDRESSES[4]), (whole[:900], [], MSG_TRUNC, ADDRESSES[4]),
                     (whole[:900], [], 0, ADDRESSES[4])])
    link = link_on(socket)
    assert [link.receive()[0].reply.checksum_ok for _ in range(3)] == [True, None, False]


@pytest.mark.parametrize("many", ["exchange", "sweep"])
def test_a_refused_send_while_an_answer_is_set_aside(many):
    """What a round did not take for a plain answer waits; the errors of the queue come behind it."""
    late = make_echo(4, OURS, 7, bytes(16), kind="reply")
    socket = Socket([(late, [], 0, ADDRESSES[4])])
    link = link_on(socket, kind="datagram")
    if many == "exchange":
        link.exchange(EchoProbe(1, 1), 2, 1 << 62)
    else:
        link.sweep([EchoProbe(1, 1, destination="192.0.2.1")])
    socket.errors = [queued(113, Origin.ICMP, 11, make_echo(4, OURS, 1, bytes(16)))]
    socket.refusals = [113]
    link.send(EchoProbe(2, 2))
    assert [type(arrival.reply) for arrival in link.receive()] == [EchoReply, IcmpError]
    assert len(socket.sent) == 2


class Host(Socket):
    """Answers requests at once, in order, but for those that `lost` names."""

    clock_set_ns = 0

    def __init__(self, kind, lost=(), refused_after=None):
        super().__init__()
        self.raw, self.lost, self.refused_after = kind == "raw", lost, refused_after
        self.under_way = self.most = 0
        self.stamps: list[int] = []

    def sendto(self, data, flags, address):
        if len(self.sent) == self.refused_after:
            raise OSError(105, "refused")
        super().sendto(data, flags, address)
        sequence = int.from_bytes(data[6:8], "big")
        if sequence not in self.lost:
            reply = make_echo(4, OURS, sequence, bytes(data[8:]), kind="reply")
            self.stamps.append(time_ns() + self.clock_set_ns)
            stamp = [(1, SO_TIMESTAMPNS, TIME.pack(*divmod(self.stamps[-1], 1_000_000_000)))]
            self.messages.append(((b"\x45" + bytes(19) if self.raw else b"") + reply, stamp, 0, ADDRESSES[4]))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        return len(data)

    def recvmsg(self, size, ancillary_size, flags=0):
        message = super().recvmsg(size, ancillary_size, flags)
        self.under_way -= 1
        return message


@pytest.mark.parametrize("kind", ["raw", "datagram"])
@pytest.mark.parametrize("window", [1, 2, 5])
def test_a_round_keeps_so_many_under_way(kind, window):
    socket = Host(kind)
    sent_ns, received_ns, first = link_on(socket, kind=kind).exchange(EchoProbe(65533, 65533), 8, 1 << 62, window)
    assert (len(sent_ns), len(received_ns), len(socket.sent), socket.most) == (8, 8, 8, window)
    assert [int.from_bytes(data[6:8], "big") for data in socket.sent] == [65533, 65534, 65535, 0, 1, 2, 3, 4]
    assert [at_ns - received_ns[0] for at_ns in received_ns] == [stamp - socket.stamps[0] for stamp in socket.stamps]


@pytest.mark.parametrize("window", [1, 3])
@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_during_a_round_makes_no_time_of_another_day(hours, window):
    socket = Host("raw")
    socket.clock_set_ns = hours * 3_600_000_000_000
    before_ns = monotonic_ns()
    sent_ns, received_ns, _ = link_on(socket).exchange(EchoProbe(1, 1), 8, 1 << 62, window)
    assert len(sent_ns) == len(received_ns) == 8
    assert all(before_ns <= at_ns <= monotonic_ns() for at_ns in sent_ns + received_ns)


@pytest.mark.parametrize("window", [1, 3])
@pytest.mark.parametrize("seconds", [3600, -3600, 1, -1])
def test_a_clock_that_is_set_and_set_back_during_a_round(seconds, window, monkeypatch):
    """One stamp is of another clock, those around it say nothing of that: it was read before the next probe left."""
    sends = []
    monkeypatch.setattr(echo_rounds, "monotonic_ns", lambda: sends.append(monotonic_ns()) or sends[-1])
    socket = Host("raw")
    answer, socket.sendto = socket.sendto, lambda data, *to: stepped(data, *to)

    def stepped(data, *to):
        socket.clock_set_ns = seconds * 10**9 if data[7] == 4 else 0
        return answer(data, *to)

    sent_ns, received_ns, _ = link_on(socket).exchange(EchoProbe(1, 1), 8, 1 << 62, window)
    assert sent_ns == sends and received_ns[3] == sent_ns[3 + window]
    assert all(left_ns - 100_000 <= came_ns <= monotonic_ns() for left_ns, came_ns in zip(sent_ns, received_ns, strict=True))


@pytest.mark.parametrize("kind", ["raw", "datagram"])
def test_what_is_not_answered_in_order_ends_a_round(kind):
    socket = Host(kind, lost=(3,))
    link = link_on(socket, kind=kind)
    sent_ns, received_ns, first = link.exchange(EchoProbe(1, 1), 8, 1 << 62, 4)
    assert (len(sent_ns), len(received_ns)) == (6, 2)  # number 4 came in the place of 3, and is set aside
    assert [arrival.reply.sequence for arrival in link.receive()] == [4]


def test_a_refusal_ends_a_round_when_all_are_answered():
    socket = Host("raw", refused_after=6)
    sent_ns, received_ns, first = link_on(socket).exchange(EchoProbe(1, 1), 8, 1 << 62, 4)
    assert (len(sent_ns), len(received_ns)) == (6, 6)
    with pytest.raises(OSError):
        link_on(Host("raw", refused_after=0)).exchange(EchoProbe(1, 1), 8, 1 << 62, 4)


def test_a_round_ahead_ends_in_time():
    sent_ns, received_ns, first = link_on(Host("raw")).exchange(EchoProbe(1, 1), 8, 0, 4)
    assert (len(sent_ns), len(received_ns)) == (1, 1)


@pytest.mark.parametrize("kind", ["raw", "datagram"])
@pytest.mark.parametrize("window", [1, 3])
def test_an_answer_that_is_not_as_the_first_ends_a_round(kind, window):
    """Another TTL, in the header or told beside: its line is another one."""
    socket = Host(kind)
    link = link_on(socket, kind=kind)
    answers, count = socket.recvmsg, []

    def recvmsg(*given):
        data, messages, flags, address = answers(*given)
        count.append(1)
        ttl = 63 if len(count) == 3 else 64
        more = [] if kind == "raw" else [(0, 2, ttl.to_bytes(4, "little"))]
        return (data[:8] + bytes([ttl]) + data[9:] if kind == "raw" else data), messages + more, flags, address

    socket.recvmsg = recvmsg
    sent_ns, received_ns, first = link.exchange(EchoProbe(1, 1), 8, 1 << 62, window)
    assert (len(sent_ns), len(received_ns), first.sequence, first.ttl) == (2 + window, 2, 1, 64)
    assert [(arrival.reply.sequence, arrival.reply.ttl) for arrival in link.receive()] == [(3, 63)]
