"""The world of a program on a node of a topology in memory.

Nothing is opened, nobody waits, and the same run gives the same bytes: times are virtual.
"""

from __future__ import annotations

from ipaddress import ip_address

from ...engines.events import Interrupted, NameFound, StatusAsked
from ...engines.transcript import Transcript
from ...environment import NoPrivileges
from ...errors import NameUnknown
from ...records.family import IPV4, IPV6
from ...sockets.resolver import Address
from ..scene.topology import DOMAIN, Topology
from .network import SimulatedNetwork
from .virtual_clock import VirtualClock

EAI_NONAME, EAI_ADDRFAMILY = -2, -9
SIGNALS = {"SIGINT": Interrupted, "SIGQUIT": StatusAsked}


class SimulatedEnvironment:
    """What `environment.Environment` is, on a node of a topology.

    `signals` lists (time after the start in ns, "SIGINT" or "SIGQUIT"); `name_delay_ns` is how long
    a reverse look-up takes, None for a name server that never answers; `variables` is the process
    environment, `user_id` who runs the program; further ones are those of `SimulatedNetwork`.
    """

    def __init__(self, program: str, topology: Topology, node: str, signals=(), name_delay_ns: int | None = 0,
                 variables: dict | None = None, user_id: int = 0, terminal: bool = False, **network):
        self.program = program
        self.clock = VirtualClock()
        self.network = SimulatedNetwork(topology, node, self.clock, **network)
        self.resolver = SimulatedResolver(topology)
        self.out, self.err = Text(terminal), Text(terminal)
        self.variables = {"NETLITE_TRACEBACK": "1", **(variables or {})}
        self.user_id = self.effective_user_id = user_id
        self.proc = self.etc = "/nonexistent"
        self.owns_process = False
        self.privileges = NoPrivileges()
        self.lines: list[str] = []
        self.transcript = Transcript(self.lines.append)
        self._name_delay_ns = name_delay_ns
        self._signals = [(self.clock.now_ns() + after_ns, SIGNALS[name]) for after_ns, name in signals]

    def lookups(self):
        return SimulatedLookups(self.resolver, self.clock, self._name_delay_ns)

    def signals(self):
        return SimulatedSignals(self.clock, self._signals)

    def netlink(self, protocol: int):
        raise OSError(93, "Protocol not supported")

    def error(self, text: str) -> None:
        self.err.write(text)


class Text:
    """A stream that keeps what is written."""

    def __init__(self, terminal: bool = False):
        self.text = ""
        self.errno = 0
        self._terminal = terminal

    def write(self, text: str | bytes) -> None:
        self.text += text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")

    def begin_table(self, table: str, text: str) -> None:
        """As `environment.Output`."""
        self.write(text)

    def flush(self) -> None:
        pass

    unbuffer = flush

    def isatty(self) -> bool:
        return self._terminal


class SimulatedResolver:
    """The names of a topology (``r1`` and ``r1.lab``) and localhost, IPv6 first as glibc answers."""

    def __init__(self, topology: Topology):
        self._topology = topology

    def addresses(self, host: str, af: int = 0, flags: int = 0) -> list[Address]:
        canonical = host
        try:
            literal = ip_address(host)
        except ValueError:
            found = self._of_name(host)
            canonical = found and self.name(found[0][1])
        else:
            found = [(IPV6 if literal.version == 6 else IPV4, host)]
        wanted = [Address(family.af, text, canonical) for family, text in found if af in (0, family.af)]
        if not found:
            raise NameUnknown(EAI_NONAME, "Name or service not known")
        if not wanted:
            raise NameUnknown(EAI_ADDRFAMILY, "Address family for hostname not supported")
        return wanted

    def name(self, address: str) -> str | None:
        return "localhost" if address in ("127.0.0.1", "::1") else self._topology.name_of(address)

    def _of_name(self, host: str) -> list:
        node = host.removesuffix("." + DOMAIN)
        if host == "localhost":
            return [(family, family.loopback) for family in (IPV6, IPV4)]
        if node not in self._topology.nodes or not self._topology.interfaces(node):
            return []
        return [(family, self._topology.address(node, family.version)) for family in (IPV6, IPV4)]


class Timed:
    """Events that come at times known before: the interface the driver has with signals and look-ups."""

    def __init__(self, clock: VirtualClock):
        self.clock = clock
        self.coming: list[tuple[int, object]] = []  # (time, function that makes the event from it)

    def due_ns(self) -> int | None:
        return min((at_ns for at_ns, _ in self.coming), default=None)

    def receive(self, at_ns: int) -> list:
        due = [each for each in self.coming if each[0] <= at_ns]
        self.coming = [each for each in self.coming if each[0] > at_ns]
        return [event(at_ns) for _, event in due]

    def close(self) -> None:
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class SimulatedLookups(Timed):
    """`sockets.resolver.NameLookups` with a delay."""

    def __init__(self, resolver: SimulatedResolver, clock: VirtualClock, delay_ns: int | None):
        super().__init__(clock)
        self._resolver = resolver
        self._delay_ns = delay_ns

    def ask(self, address: str) -> None:
        if self._delay_ns is not None:
            self.coming.append((self.clock.now_ns() + self._delay_ns,
                                lambda at_ns: NameFound(at_ns, address, self._resolver.name(address))))


class SimulatedSignals(Timed):
    """`sockets.signals.Signals` with a schedule."""

    def __init__(self, clock: VirtualClock, schedule: list):
        super().__init__(clock)
        self.coming = list(schedule)

    def ask(self) -> None:
        self.coming.append((self.clock.now_ns(), Interrupted))
