"""As `links.exchange`, on the network in memory: datagrams and their answers, the first words of a TCP service."""

from __future__ import annotations

from ...links.exchange import Answered, family_of
from ...packets.transport import make_tcp, make_udp
from ...records.family import IpProtocol
from ...records.links import LinkSettings
from ...records.record import Record
from ...records.replies import IcmpError
from ...records.tcp_flags import ACK, PSH, RST, SYN
from .link import SimulatedLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...links.exchange import Letter
    from ...records.replies import Reply
    from .link import Host
    from .transit import Transit

UDP_HEADER_BYTES, TCP_HEADER_BYTES = 8, 20
REPEAT_NS = 1_000_000_000             # until a kernel sends its SYN again


class Words(Record):
    """What is said; `flags` are those of a TCP segment."""

    data: bytes = b""
    flags: int = 0


class Ends(SimulatedLink):
    """A socket that is connected to one port of one host."""

    def __init__(self, network: Host, address: str, port: int, protocol: int):
        super().__init__(network, LinkSettings(family_of(address), address), protocol)
        self.address, self.port, self.own_port = address, port, network.next_port()
        self.heard: list[tuple[int, bytes]] = []  # when, and what is behind the IP header
        self.errno: int | None = None

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        if type(reply) is IcmpError:
            quote = reply.quote
            if quote is not None and (quote.protocol, quote.source_port) == (self.protocol, self.own_port):
                self.errno = errno
        elif (came.header.protocol, came.header.source) == (self.protocol, self.address):
            data = came.data
            if data[:4] == self.port.to_bytes(2, "big") + self.own_port.to_bytes(2, "big"):
                self.heard.append((came.at_ns, data))

    def send(self, probe: Words) -> int:
        head = UDP_HEADER_BYTES if self.protocol == IpProtocol.UDP else TCP_HEADER_BYTES
        return self.send_packet(self.address, head + len(probe.data), probe, None)

    def made(self, source: str, destination: str, what: Words) -> bytes:
        ends, flags = (self._family.version, source, destination, self.own_port, self.port), what.flags
        if self.protocol == IpProtocol.UDP:
            return make_udp(*ends, what.data)
        return make_tcp(*ends, 1, flags, acknowledgement=1 if flags & ACK else 0, payload=what.data)

    def wait(self, until_ns: int) -> bool:
        """Whether something came in time."""
        clock = self.network.clock
        while not self.heard and self.errno is None and clock.now_ns() < until_ns:
            clock.wait([self], until_ns)
            self.receive()
        return bool(self.heard)


def exchange(network: Host, letters: Sequence[Letter], until_ns: int) -> list[Answered]:
    """All leave at once."""
    start_ns = network.clock.now_ns()
    sockets: list[Ends | Answered] = []
    for letter in letters:
        try:
            ends = Ends(network, letter.address, letter.port, IpProtocol.UDP)
            ends.send(Words(letter.data))
            sockets.append(ends)
        except OSError as refusal:
            sockets.append(Answered(None, refusal.errno, 0))
    answers = []
    for each in sockets:
        if isinstance(each, Ends):
            came = each.wait(until_ns)
            at_ns, data = each.heard[0] if came else (network.clock.now_ns(), b"")
            answers.append(Answered(data[UDP_HEADER_BYTES:] if came else None, each.errno, at_ns - start_ns))
            each.close()
        else:
            answers.append(each)
    return answers


def converse(network: Host, address: str, port: int, greeting: bytes, until_ns: int) -> int | None:
    """A handshake, a greeting, and the bytes of the answer."""
    ends = Ends(network, address, port, IpProtocol.TCP)
    try:
        while network.clock.now_ns() < until_ns:
            ends.send(Words(b"", SYN))
            if ends.wait(min(until_ns, network.clock.now_ns() + REPEAT_NS)) or ends.errno is not None:
                break
        if not ends.heard or ends.heard[0][1][13] & RST:
            return None
        ends.heard.clear()
        ends.send(Words(greeting, PSH | ACK if greeting else ACK))
        if not ends.wait(until_ns):
            return 0
        data = ends.heard[0][1]
        return len(data) - (data[12] >> 4) * 4
    except OSError:
        return None
    finally:
        ends.close()
