"""The world of a program on a node of a topology in memory.

Nothing of this machine is read, opened or changed, nobody waits, and the same run gives the same bytes: times are
virtual, and chance follows a seed.
"""

from __future__ import annotations

from errno import EACCES, EPERM, EPROTONOSUPPORT
from random import Random

from ...engines.events import Interrupted, NameFound, StatusAsked
from ...engines.transcript import Story
from ...environment import Environment, NoPrivileges
from ...errors import EAI_AGAIN, KernelRefused, NamespaceRefused, NameUnknown
from ...links.exchange import Letter
from ...packets.dns import NameQuestion, make_question, read_answer
from ...records.family import IPV4, IPV6
from ...sockets.resolver import Address, Resolver
from ...system.names.files import parse_name_servers, read_passwd, read_protocols, read_services
from ...system.netlink.channel import ROUTE
from ..node.kernel import Kernel, number
from ..node.netlink import MemoryChannel
from ..node.requests import MemoryIoctls
from ..node.tables import files_of
from ..scene.prefixes import read_address
from ..scene.topology import DOMAIN, Topology
from .files import MemoryFiles
from .lab import MemoryLab
from .network import SimulatedNetwork
from .resolver_file import ResolverFile
from .streams import Text
from .virtual_clock import VirtualClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, BinaryIO, Self

    from ...engines.events import Event
    from ...links.network import Network
    from ...records.family import Family
    from ...system.netlink.channel import Channel

    Coming = tuple[int, Callable[[int], Event]]
    """A time, and what makes the event from the time at which it is told."""

EAI_NONAME, EAI_ADDRFAMILY = -2, -9
NAME_PATIENCE_NS = 5_000_000_000  # resolv.conf(5), timeout
SIGNALS: dict[str, Callable[[int], Event]] = {"SIGINT": Interrupted, "SIGQUIT": StatusAsked}


class SimulatedEnvironment(Environment):
    """`Environment` on a node of a topology: every part of it is its own.

    `signals` lists (time after the start in ns, "SIGINT" or "SIGQUIT"); `name_delay_ns` is how long
    a reverse look-up takes, None for a name server that never answers; `variables` is the process
    environment, `user_id` who runs the program; `given` and `typed` are its files (`MemoryFiles`), and so are those of
    `outside`, the world of who runs it; without, nothing of that is seen.  `lab`
    is where the nodes' state is kept: with one that earlier programs had, this one finds what they changed.
    Further ones are those of `SimulatedNetwork`.
    """

    out: Text
    err: Text
    _random: Random | None = None  # what few programs need

    def __init__(self, program: str, topology: Topology, node: str, signals: Iterable[tuple[int, str]] = (),
                 name_delay_ns: int | None = 0,
                 variables: dict[str, str] | None = None, user_id: int = 0, terminal: bool = False,
                 given: dict[str, bytes] | None = None, typed: bytes = b"", outside: Environment | None = None,
                 lab: MemoryLab | None = None, seed: int = 0, **network: Any):
        self.program, self.owns_process = program, False
        self.document = None
        self.interrupted_by = 2
        self.proc, self.etc = "/proc", "/etc"
        self.out, self.err = Text(terminal), Text(terminal)
        self.story = self.transcript = Story()
        self.lab = lab or MemoryLab(topology)
        self._network: Network
        self._clock = VirtualClock()
        self._kernel: Kernel | None = None
        self._node = node
        own = SimulatedNetwork(self.lab.topology, node, self._clock, seed=seed, lab=self.lab, **network)
        self.sent = own.sent  # every packet that left
        self._network = own
        self._files: MemoryFiles | None = None
        self._given, self._typed, self._outside = given or {}, typed, outside
        self._variables: dict[str, str] = {"NETLITE_TRACEBACK": "1", **(variables or {})}
        self._user_id, self._terminal = user_id, terminal
        self._seed = seed
        self._name_delay_ns = name_delay_ns
        self._signals = [(self._clock.now_ns() + after_ns, SIGNALS[name]) for after_ns, name in signals]

    @property
    def kernel(self) -> Kernel:
        """That of the node, made at first use: most programs look at packets alone."""
        if self._kernel is None:
            self._kernel = self.lab.kernel(self._node)
        return self._kernel

    # time and chance

    @property
    def clock(self) -> VirtualClock:
        return self._clock

    def random_bytes(self, count: int) -> bytes:
        if self._random is None:
            self._random = Random(self._seed)
        return self._random.randbytes(count)

    # packets

    @property
    def network(self) -> Network:
        return self._network

    @network.setter
    def network(self, network: Network) -> None:
        self._network = network

    # names

    @property
    def resolver(self) -> SimulatedResolver:
        topology = self.lab.topology
        servers = topology.name_servers()
        if not servers:
            return SimulatedResolver(topology)
        if any(port.dhcp for port in topology.interfaces(self._node)):
            servers = tuple(parse_name_servers(self.kernel.resolver_text or ""))
        return ServedResolver(topology, servers, self._network, self._clock)

    def lookups(self) -> SimulatedLookups:
        return SimulatedLookups(self.resolver, self._clock, self._name_delay_ns)

    def registry_lookups(self, server: str, service: str, names: bool) -> SimulatedRegistry:
        return SimulatedRegistry(self.resolver if names else None, self._clock, self._name_delay_ns, server, service)

    def service_port(self, name: str) -> int | None:
        return next((port for (port, _), known in read_services(self).items() if known == name), None)

    def protocol_number(self, name: str) -> int | None:
        return next((number for number, known in read_protocols(self).items() if known == name), None)

    def user_name(self, user_id: int) -> str | None:
        return read_passwd(self).get(user_id)

    # files

    @property
    def files(self) -> MemoryFiles:
        if self._files is None:
            topology = self.lab.topology
            tables = files_of(self.kernel, topology.hosts_file(), topology.name_servers())
            self._files = MemoryFiles(tables, self._given, self._outside)
        return self._files

    def read_file(self, path: str) -> bytes:
        return self.files.read(path)

    def create_file(self, path: str) -> BinaryIO:
        if path == f"{self.etc}/resolv.conf":
            if self._user_id:
                raise OSError(EACCES, "Permission denied")
            return ResolverFile(self.kernel)
        return self.files.create(path)

    def input(self) -> bytes:
        return self._typed if self._outside is None else self._outside.input()

    def input_line(self) -> bytes:
        if self._outside is not None:
            return self._outside.input_line()
        line, end, self._typed = self._typed.partition(b"\n")
        return line + end

    @property
    def input_is_terminal(self) -> bool:
        return self._terminal if self._outside is None else self._outside.input_is_terminal

    @property
    def created(self) -> dict[str, bytes]:
        """The files that the program made."""
        return {} if self._files is None else self._files.created

    # the kernel's tables and settings

    def netlink(self, protocol: int) -> Channel:
        if protocol != ROUTE:
            raise OSError(EPROTONOSUPPORT, "Protocol not supported")
        return MemoryChannel(self.kernel)

    @property
    def ioctls(self) -> MemoryIoctls:
        return MemoryIoctls(self.kernel, self._user_id == 0)

    def remove_address(self, device: str, address: str) -> None:
        self._need_root("RTM_DELADDR")
        self.kernel.remove_address4(device, number(address))

    def device_name(self, index: int) -> str:
        return self.kernel.devices.numbered(index).name

    def device_names(self) -> list[str]:
        return [device.name for device in self.kernel.devices]

    @property
    def host_name(self) -> str:
        return self.kernel.host_name

    @host_name.setter
    def host_name(self, name: str) -> None:
        self._need_root()
        self.kernel.rename_host(name)

    @property
    def domain_name(self) -> str:
        return self.kernel.domain_name

    @domain_name.setter
    def domain_name(self, name: str) -> None:
        self._need_root()
        self.kernel.set_domain(name)

    def terminal(self) -> None:
        """What is shown is a text, on which nobody draws."""

    def end_by(self, number: int) -> None:
        """There is no process."""

    def enter_network(self, word: str) -> None:
        raise NamespaceRefused(f"--netns {word}: No such file or directory")

    def leave(self) -> None:
        """Nothing was switched."""

    # who asks, and the process

    @property
    def user_id(self) -> int:
        return self._user_id

    @property
    def effective_user_id(self) -> int:
        return self._user_id

    @property
    def variables(self) -> dict[str, str]:
        return self._variables

    @property
    def columns(self) -> int | None:
        return 80 if self._terminal else None

    def signals(self) -> SimulatedSignals:
        return SimulatedSignals(self._clock, self._signals)

    def raise_interrupts(self) -> None:
        """Signals come as `signals` says."""

    def default_interrupts(self) -> None:
        """They are as they were."""

    def hold_interrupts(self, held: bool) -> None:
        """Nothing is written in part here."""

    def end_as_interrupted(self) -> None:
        raise KeyboardInterrupt

    @property
    def privileges(self) -> NoPrivileges:
        return NoPrivileges()

    def stop_collector(self) -> None:
        """It is somebody else's."""

    def error(self, text: str) -> None:
        self.err.write(text)

    def _need_root(self, what: str = "") -> None:
        if self._user_id:
            raise KernelRefused(EPERM, what) if what else OSError(EPERM, "Operation not permitted")


class SimulatedResolver(Resolver):
    """The names of a topology (``r1`` and ``r1.lab``) and localhost, IPv6 first as glibc answers."""

    def __init__(self, topology: Topology):
        self._topology = topology

    def addresses(self, host: str, af: int = 0, flags: int = 0) -> list[Address]:
        canonical: str | None = host
        if is_address(host):
            found = [(IPV6 if ":" in host else IPV4, host)]
        else:
            found = self._of_name(host)
            if not found:
                raise NameUnknown(EAI_NONAME, "Name or service not known")
            canonical = self.name(found[0][1])
        wanted = [Address(family.af, text, canonical or host) for family, text in found if af in (0, family.af)]
        if not wanted:
            raise NameUnknown(EAI_ADDRFAMILY, "Address family for hostname not supported")
        return wanted

    def addresses_within(self, host: str, af: int, flags: int, limit_ns: int) -> list[Address]:
        return self.addresses(host, af, flags)

    def address(self, host: str, af: int) -> str:
        return self.addresses(host, af)[0].text

    def aliases(self, host: str) -> list[str]:
        """The short name of a node beside its full one."""
        self.addresses(host, IPV4.af)
        return [] if host == "localhost" else [host.removesuffix("." + DOMAIN)]

    def name(self, address: str) -> str | None:
        return "localhost" if address in ("127.0.0.1", "::1") else self._topology.name_of(address)

    def look_up(self, address: str) -> tuple[str | None, bool]:
        return self.name(address), True

    def _of_name(self, host: str) -> list[tuple[Family, str]]:
        node = host.removesuffix("." + DOMAIN)
        if host == "localhost":
            return [(family, family.loopback) for family in (IPV6, IPV4)]
        if node not in self._topology.nodes or not self._topology.interfaces(node):
            return []
        return [(family, address) for family in (IPV6, IPV4)
                for address in self._topology.addresses(node, family.version)[:1]]


def is_address(host: str) -> bool:
    """Whether it is no name."""
    if "." not in host and ":" not in host:
        return False
    try:
        read_address(host)
    except ValueError:
        return False
    return True


class ServedResolver(SimulatedResolver):
    """The same, asked of the name servers of the topology as the C library asks: one after the other."""

    def __init__(self, topology: Topology, servers: tuple[str, ...], network: Network, clock: Any):
        super().__init__(topology)
        self._servers, self._network, self._clock = servers, network, clock

    def _of_name(self, host: str) -> list[tuple[Family, str]]:
        if host == "localhost":
            return super()._of_name(host)
        for server in self._servers:
            try:
                letters = [Letter(server, 53, make_question(NameQuestion(family.version, host, family.version)))
                           for family in (IPV6, IPV4)]
            except ValueError:
                return []
            answers = self._network.exchange(self._clock, letters, self._clock.now_ns() + NAME_PATIENCE_NS)
            read = [read_answer(each.data) for each in answers if each.data is not None]
            found = [address for each in read for address in each.addresses]
            if found or any(each.code in (0, 3) for each in read):
                return [(IPV6 if ":" in address else IPV4, address) for address in found]
        raise NameUnknown(EAI_AGAIN, "Temporary failure in name resolution")


class Timed:
    """Events that come at times known before: the interface the driver has with signals and look-ups."""

    def __init__(self, clock: VirtualClock):
        self.clock = clock
        self.coming: list[Coming] = []

    def due_ns(self) -> int | None:
        return min((at_ns for at_ns, _ in self.coming), default=None)

    def fileno(self) -> int:
        """There is nothing to wait on: time is virtual."""
        return -1

    def receive(self, at_ns: int) -> list[Any]:
        due = [each for each in self.coming if each[0] <= at_ns]
        self.coming = [each for each in self.coming if each[0] > at_ns]
        return [event(at_ns) for _, event in due]

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SimulatedLookups(Timed):
    """`sockets.name_lookups.NameLookups` with a delay."""

    def __init__(self, resolver: SimulatedResolver | None, clock: VirtualClock, delay_ns: int | None):
        super().__init__(clock)
        self._resolver = resolver
        self._delay_ns = delay_ns

    def ask(self, address: str) -> None:
        if self._delay_ns is not None:
            name = self._resolver.name(address) if self._resolver is not None else None
            self.coming.append((self.clock.now_ns() + self._delay_ns, lambda at_ns: NameFound(at_ns, address, name)))


class SimulatedRegistry(SimulatedLookups):
    """`sockets.routing_registry.RegistryLookups` where nobody knows the name of the registry."""

    def __init__(self, resolver: SimulatedResolver | None, clock: VirtualClock, delay_ns: int | None, server: str,
                 service: str):
        super().__init__(resolver, clock, delay_ns)
        self.failure = ""
        self._place = f"{server}/{service}"

    def ask(self, address: str) -> None:
        self.failure = f"{self._place}: Name or service not known"
        super().ask(address)


class SimulatedSignals(Timed):
    """`sockets.signals.Signals` with a schedule."""

    def __init__(self, clock: VirtualClock, schedule: list[Coming]):
        super().__init__(clock)
        self.coming = list(schedule)

    def ask(self) -> None:
        self.coming.append((self.clock.now_ns(), Interrupted))
