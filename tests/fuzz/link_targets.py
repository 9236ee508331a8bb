"""Targets among links: what a socket may hand them, message, control messages and address, each of any bytes."""

from __future__ import annotations

from packet_targets import ERRORS, MESSAGES, PACKETS
from targets import Target

from netlite.links import udp
from netlite.links.echo import EchoLink
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings, EchoProbe, EchoReply, KernelStamps, Proof
from netlite.records.node_replies import NodeReply
from netlite.records.udp_links import UdpLinkSettings
from netlite.records.replies import IcmpError, IcmpMessage
from netlite.sockets.ancillary import MSG_ERRQUEUE

ADDRESSES = {4: ("192.0.2.1", 0), 6: ("2001:db8::1", 0, 0, 0)}
KINDS = ((0, 11), (41, 25), (0, 2), (41, 52), (0, 7), (1, 35), (1, 37), (41, 57))
REPLIES = (EchoReply, IcmpError, IcmpMessage, NodeReply)
MOST_CONTROL = 64


class OneMessage:
    """A socket with one message, or one entry in its error queue."""

    proto = 17

    def __init__(self) -> None:
        self.waiting, self.is_error = None, False

    def hand(self, data: bytes, control: list, address: tuple, is_error: bool) -> None:
        """Let this be the message."""
        self.waiting, self.is_error = (data, control, 0, address), is_error

    def recvmsg(self, _size: int, _control: int = 0, flags: int = 0):
        if self.waiting is None or bool(flags & MSG_ERRQUEUE) != self.is_error:
            raise BlockingIOError(11, "nothing there")
        message, self.waiting = self.waiting, None
        return message

    def sendto(self, data: bytes, *_) -> int:
        return len(data)

    def setsockopt(self, *_) -> None:
        """Nothing is set."""

    bind = connect = close = setsockopt

    def getsockname(self) -> tuple:
        return "", 77

    def fileno(self) -> int:
        return -1


def _link(family, kind: str, proof: str) -> tuple[EchoLink, OneMessage]:
    socket = OneMessage()
    settings = EchoLinkSettings(family, ADDRESSES[family.version][0], identifier=77, payload=bytes(16),
                                kernel_stamps=KernelStamps.RECEIVED, proof=proof, foreign=kind == "raw")
    link = EchoLink(socket, kind, settings)
    link._filtered = True  # the filter needs a real socket
    link.send(EchoProbe(3, 3))
    return link, socket


LINKS = [_link(family, kind, proof) for family in (IPV4, IPV6) for kind in ("raw", "datagram") for proof in (Proof.CLASSIC, Proof.TOKEN)]
UDP = UdpLinkSettings(IPV4, ADDRESSES[4][0])


def handed(data: bytes) -> tuple[int, list, bytes]:
    """(a number, control messages, a message) out of any bytes: the number, the control message's kind and length, it, the rest."""
    head = data[:3].ljust(3, b"\0")
    size = head[2] % MOST_CONTROL
    return head[0], [(*KINDS[head[1] % len(KINDS)], data[3:3 + size])] * (head[1] < 128), data[3 + size:]


def echo_link(data: bytes) -> None:
    """A reply, a message of others or an entry of the error queue, for links of each kind."""
    number, control, message = handed(data)
    link, socket = LINKS[number % len(LINKS)]
    is_error = bool(number & 128)
    if link.kind == "raw" and link._version == 4 and not is_error:
        message = message.ljust(20, b"\0")  # the kernel's own promise
    socket.hand(message, control, ADDRESSES[link._version], is_error)
    for arrival in link.receive():
        assert type(arrival.reply) in REPLIES and type(arrival.received_ns) is int


def udp_link(data: bytes) -> None:
    """The same for UDP probes, with what a router added to its error."""
    number, control, message = handed(data)
    socket = OneMessage()
    socket.hand(message, control, ADDRESSES[4 + 2 * (number & 1)], bool(number & 128))
    for arrival in udp.read_errors(socket) + udp.read_answers(socket):
        udp.with_extensions(arrival.reply, UDP, number)
        assert type(arrival.received_ns) is int


def _corpus() -> list[bytes]:
    plain = [bytes([number, 255, 0]) + each for number, each in enumerate([*PACKETS, *MESSAGES])]
    return plain + [bytes([128 + number, number % 2, len(each)]) + each + message
                    for number, message in enumerate(MESSAGES) for each in ERRORS[number % 3:][:1]]


TARGETS = (Target("echo-link", echo_link, _corpus()), Target("udp-link", udp_link, _corpus()))
