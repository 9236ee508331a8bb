"""`World`: the door to everything outside the process, for the library and the programs.

All that they read or change out there (packets, kernel tables and settings, files, names, time, chance, who they
are) is asked of a world, in terms of the kernel's own interfaces.  `World` is this machine.  A recorded or
simulated one is a subclass that answers every name of this class and of `environment.Environment` itself:
tests/repo/test_door.py holds that nothing goes round the door, test_other_worlds.py that they inherit no part of it.
docs/decisions/0020-the-door.rst says why it is cut so.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true, so what stands under it is read by them alone
if TYPE_CHECKING:
    from .engines.transcript import Listener
    from .links.network import Network
    from .sockets.clock import Clock
    from .sockets.name_lookups import Lookups
    from .sockets.resolver import Resolver
    from .sockets.routing_registry import Registry
    from .system.files import Files
    from .system.ioctls import Ioctls
    from .system.netlink.channel import Channel


class World:
    """This machine, or its recorded tables where `proc` is another folder than /proc.

    `proc` and `etc` are the roots of kernel tables and name files.  Each part is made at first use, so that who
    needs none pays for none.  `transcript` (engines.transcript.Transcript, or another listener) is told every event
    and action of an engine.  What refuses does so with OSError and the kernel's errno, unless it says otherwise.
    """

    transcript: Listener | None = None

    def __init__(self, proc: str = "/proc", etc: str = "/etc"):
        self.proc = proc
        self.etc = etc
        self._network: Network | None = None

    # time and chance

    @property
    def clock(self) -> Clock:
        """Time, and waiting."""
        from .sockets.clock import Clock

        return Clock()

    def random_bytes(self, count: int) -> bytes:
        """Bytes that nobody can foretell (urandom(4))."""
        from posix import urandom

        return urandom(count)

    # packets

    @property
    def network(self) -> Network:
        """What opens links and knows source addresses."""
        if self._network is None:
            from .links.network import Network

            self._network = Network()
        return self._network

    @network.setter
    def network(self, network: Network) -> None:
        self._network = network

    # names

    @property
    def resolver(self) -> Resolver:
        """Names of hosts and their addresses."""
        from .sockets.resolver import Resolver

        return Resolver()

    def lookups(self) -> Lookups:
        """Background reverse look-ups; close it when done."""
        from .sockets.name_lookups import NameLookups

        return NameLookups(self.resolver)

    def registry_lookups(self, server: str, service: str, names: bool) -> Registry:
        """Background look-ups of autonomous systems at a whois server, with `names` of host names too."""
        from .sockets.routing_registry import RegistryLookups

        return RegistryLookups(self.resolver if names else None, server, service)

    def service_port(self, name: str) -> int | None:
        """The port of a service of any protocol, None for an unknown one (services(5)); that of `etc` where it is
        another folder than /etc."""
        if self.etc != "/etc":
            from .system.names.files import read_services

            return next((port for (port, _), known in read_services(self).items() if known == name), None)
        from .system.names.databases import service_port

        return service_port(name)

    def protocol_number(self, name: str) -> int | None:
        """The number of an IP protocol, None for an unknown one (protocols(5)); that of `etc` as with services."""
        if self.etc != "/etc":
            from .system.names.files import read_protocols

            return next((number for number, known in read_protocols(self).items() if known == name), None)
        from .system.names.databases import protocol_number

        return protocol_number(name)

    def user_name(self, user_id: int) -> str | None:
        """The login name of a user, None for an unknown one; that of `etc` where it is another folder than /etc."""
        if self.etc != "/etc":
            from .system.names.files import read_passwd

            return read_passwd(self).get(user_id)
        from .system.names.databases import user_name

        return user_name(user_id)

    # files

    @property
    def files(self) -> Files:
        """Files, to be read: those under `proc` and `etc` above all."""
        from .system.files import Files

        return Files()

    # the kernel's tables and settings

    def netlink(self, protocol: int) -> Channel:
        """A netlink channel that reads.  A recorded `proc` has none: this machine's kernel knows nothing of it."""
        from .system.netlink.channel import Channel

        self._need_kernel()
        return Channel(protocol)

    @property
    def ioctls(self) -> Ioctls:
        """The ioctls that read and change interfaces, routes and neighbours; close it when done."""
        from .system.ioctls import Ioctls

        self._need_kernel()
        return Ioctls()

    def remove_address(self, device: str, address: str) -> None:
        """Remove an IPv4 address that no ioctl can name: one without a label of its own (RTM_DELADDR).

        Raises KernelRefused, and LibraryMissing without pyroute2.
        """
        from .system.netlink.changes import remove_address

        self._need_kernel()
        remove_address(device, address)

    def device_name(self, index: int) -> str:
        """The name of an interface by its number."""
        from _socket import if_indextoname

        self._need_kernel()
        return if_indextoname(index)

    def device_names(self) -> list[str]:
        """The names of all interfaces, by number; as /proc/net/dev lists them where netlink is refused."""
        from _socket import if_nameindex

        try:
            self._need_kernel()
            return [name for _, name in if_nameindex()]
        except OSError:
            from .system.interfaces.interfaces import read_net_dev

            return list(read_net_dev(self, lambda warning: None) or ())

    @property
    def host_name(self) -> str:
        """What this host calls itself (gethostname(2)); sethostname(2) when set, for root alone."""
        if self.proc != "/proc":
            from .system.files import read_text

            return read_text(self.files, f"{self.proc}/sys/kernel/hostname").removesuffix("\n")
        from _socket import gethostname

        return gethostname()

    @host_name.setter
    def host_name(self, name: str) -> None:
        from _socket import sethostname

        self._need_kernel()
        sethostname(name)

    @property
    def domain_name(self) -> str:
        """The NIS domain, ``(none)`` where there is none; setdomainname(2) when set, for root alone."""
        from .system.files import read_text

        return read_text(self.files, f"{self.proc}/sys/kernel/domainname").removesuffix("\n")

    @domain_name.setter
    def domain_name(self, name: str) -> None:
        from .system.names.databases import set_domain

        self._need_kernel()
        set_domain(name.encode("utf-8", "surrogateescape"))

    def enter_network(self, word: str) -> None:
        """Go on in the network namespace `word`: a name, process id or path.  Raises NamespaceRefused."""
        from .system.network_namespaces import enter_network

        enter_network(word, self.proc)

    # who asks

    @property
    def user_id(self) -> int:
        """Who runs this."""
        from posix import getuid

        return getuid()

    @property
    def effective_user_id(self) -> int:
        """With whose rights."""
        from posix import geteuid

        return geteuid()

    def _need_kernel(self) -> None:
        if self.proc != "/proc":
            from errno import EPROTONOSUPPORT

            raise OSError(EPROTONOSUPPORT, "Protocol not supported")
