"""The world of a program on a node of a topology in memory.

Nothing of this machine is read, opened or changed, nobody waits, and the same run gives the same bytes: times are
virtual, and chance follows a seed.
"""

from __future__ import annotations

from errno import EACCES, EOPNOTSUPP, EPERM, EPROTONOSUPPORT
from random import Random

from ...engines.events import Interrupted, StatusAsked
from ...engines.transcript import Story
from ...environment import USUAL_BYTES, Environment, NoPrivileges
from ...errors import KernelRefused
from ...feature_errors import NamespaceRefused
from ...system.names.files import parse_name_servers, read_passwd, read_protocols, read_services
from ...system.netlink.channel import ROUTE
from ..node.addresses import as_number
from ..node.kernel import Kernel
from ..node.netlink import MemoryChannel
from ..node.requests import MemoryIoctls
from ..node.tables import files_of
from ..scene.topology import Topology
from .files import MemoryFiles
from .lab import MemoryLab
from .network import SimulatedNetwork
from .resolver import ServedResolver, SimulatedResolver
from .resolver_file import ResolverFile
from .streams import Text
from .timed import SimulatedLookups, SimulatedRegistry, SimulatedSignals
from .virtual_clock import VirtualClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, BinaryIO, NoReturn

    from ...engines.events import Event
    from ...links.network import Network
    from ...system.netlink.channel import Channel

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

    def read_file(self, path: str, plain: bool = False, most_bytes: int = USUAL_BYTES) -> bytes:
        return self.files.read(path)

    def create_file(self, path: str) -> BinaryIO:
        if path == f"{self.etc}/resolv.conf":
            if self._user_id:
                raise OSError(EACCES, "Permission denied")
            return ResolverFile(self.kernel)
        return self.files.create(path)

    def input(self, most_bytes: int = USUAL_BYTES) -> bytes:
        return self._typed if self._outside is None else self._outside.input(most_bytes)

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
        self.kernel.remove_address4(device, as_number(address))

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

    def listen(self, host: str, port: int) -> NoReturn:
        raise OSError(EOPNOTSUPP, "Operation not supported")

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
