"""Run a program in process on recorded kernel tables instead of this machine's.

    python3 tests/replay.py [--etc DIR] SNAPSHOT -- PROGRAM ARGUMENTS…

SNAPSHOT is a folder (an absent one is an empty snapshot), or a file as in fixtures/nettools, with
``proc/`` (a tree like /proc) and ``ifs`` (what the interface ioctls answered, one interface a line);
DIR holds hosts, networks, services, protocols and passwd.  Writes exactly the program's stdout and stderr and ends with its
status.  Nothing of the machine is seen or changed: what a recording does not hold is refused in the kernel's words.  Switches:

    RB_EUID=N     the effective user id
    RB_EACCES=N   /proc/N/fd may not be read
    RB_LIMIT=S    the program is ended after S seconds (of a clock that only waiting moves)
"""

from __future__ import annotations

import os
import sys
import tempfile
from _signal import SIG_DFL, SIGTERM, signal
from _socket import AF_INET, AF_INET6, EAI_NONAME, inet_aton, inet_ntop, inet_pton
from errno import EACCES, EADDRNOTAVAIL, ENODEV, ENOENT, ENXIO, EOPNOTSUPP, EPERM, EPROTONOSUPPORT
from time import sleep

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]

import snapshots
from hosts_file import packed, read_hosts

from netlite.environment import Environment, NoPrivileges
from netlite.errors import KernelRefused, NameUnknown
from netlite.feature_errors import NamespaceRefused
from netlite.links.exchange import Answered
from netlite.programs.registry import execute
from netlite.sockets.icmp import EchoKind
from netlite.sockets.name_lookups import NameLookups
from netlite.sockets.resolver import Address
from netlite.sockets.routing_registry import RegistryLookups
from netlite.sockets.wakeup import Interruption
from netlite.system import ioctls
from netlite.system.names import files as services
from netlite.system.files import Files, read_bytes, read_text

ETC = os.path.join(HERE, "fixtures", "nettools", "etc")
KILLED = -SIGTERM


class Stopped(BaseException):
    """The time limit was reached."""


class Capture:
    """A stream that keeps what is written; has the methods of `environment.Output`."""

    errno = 0

    def __init__(self):
        self.data = bytearray()
        self.whole_bytes = 0

    def write(self, text: str | bytes) -> None:
        self.data += text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text

    def write_whole(self, text: str, interrupted: bool = False) -> None:
        self.write(text)
        self.whole_bytes += len(text)

    def tell_rows(self, *_) -> None:
        """Nobody listens."""

    def begin_table(self, table: str, text: str, titles=()) -> None:
        self.write(text)

    def flush(self) -> None:
        """Nothing waits."""

    unbuffer = flush

    def isatty(self) -> bool:
        return False


class ReplayClock:
    """Time stands still but for waiting; `Stopped` is raised when the limit is passed.

    Without a limit the waiting is real.
    """

    def __init__(self, limit_ns: int | None):
        self._now_ns = 0
        self._limit_ns = limit_ns

    def now_ns(self) -> int:
        return self._now_ns

    def wall_ns(self) -> int:
        return self._now_ns

    def wait(self, sources: list, until_ns: int | None) -> None:
        if until_ns is None or (self._limit_ns is not None and until_ns > self._limit_ns):
            raise Stopped
        if self._limit_ns is None:
            sleep(max(0, until_ns - self._now_ns) / 1e9)
        self._now_ns = max(self._now_ns, until_ns)


class FileResolver:
    """Host names from the hosts file alone; has the methods of `sockets.resolver.Resolver`."""

    def __init__(self, world: Environment):
        self._hosts = read_hosts(world)

    def addresses(self, host: str, af: int = 0, flags: int = 0) -> list[Address]:
        found = [packed for packed in self._packed(host) if af in (0, AF_INET6 if len(packed) == 16 else AF_INET)]
        if not found:
            raise NameUnknown(EAI_NONAME, "Name or service not known")
        return [Address(AF_INET6 if len(packed) == 16 else AF_INET, text_of(packed), host) for packed in found]

    def addresses_within(self, host: str, af: int, flags: int, limit_ns: int) -> list[Address]:
        return self.addresses(host, af, flags)

    def address(self, host: str, af: int) -> str:
        return self.addresses(host, af)[0].text

    def aliases(self, host: str) -> list[str]:
        return [alias for entry in self._hosts if host in (entry.name, *entry.aliases) for alias in entry.aliases]

    def look_up(self, address: str) -> tuple[str | None, bool]:
        return self.name(address), True

    def name(self, address: str) -> str | None:
        return services.name_of(self._hosts, packed(address))

    def _packed(self, host: str) -> list[bytes]:
        for parse in (inet_aton, lambda text: inet_pton(AF_INET6, text)):
            try:
                return [parse(host)]
            except (OSError, ValueError):
                pass
        return [entry.address for entry in self._hosts if host in (entry.name, *entry.aliases)]


class RecordedIoctls:
    """The interface ioctls, answered from the lines of ``ifs``; has the methods of `Ioctls`.

    What changes something is refused.
    """

    ADDRESSES = {ioctls.SIOCGIFADDR: ("addr",), ioctls.SIOCGIFDSTADDR: ("dst", "addr"),
                 ioctls.SIOCGIFBRDADDR: ("brd",), ioctls.SIOCGIFNETMASK: ("mask",)}
    READING = {*ADDRESSES, ioctls.SIOCGIFFLAGS, ioctls.SIOCGIFMTU, ioctls.SIOCGIFTXQLEN, ioctls.SIOCGIFHWADDR,
               ioctls.SIOCGIFMAP, ioctls.SIOGIFINDEX}

    def __init__(self, text: str):
        rows = (dict(word.partition("=")[::2] for word in line.split()) for line in text.splitlines())
        self._rows = {row["name"]: row for row in rows if "name" in row}

    def addresses(self) -> list[tuple[str, bytes]]:
        return [(name, inet_aton(row["addr"])) for name, row in self._rows.items() if "addr" in row]

    def call(self, af: int, request: int, payload: bytes, pointer_at: int = 0, text: bytes | None = None) -> bytes:
        if request not in self.READING:
            raise OSError(EPERM, "Operation not permitted")
        packed, _ = ioctls.REQUEST.unpack(payload)
        return packed + self._answer(request, packed.rstrip(b"\0").decode("utf-8", "surrogateescape"))

    def _answer(self, request: int, name: str) -> bytes:
        row = self._rows.get(name)
        if row is None:
            raise OSError(ENODEV, "No such device")
        if request in self.ADDRESSES:
            if "addr" not in row:
                raise OSError(EADDRNOTAVAIL, "Cannot assign requested address")
            text = next((row[key] for key in self.ADDRESSES[request] if key in row), "0.0.0.0")
            return ioctls.SOCKET_ADDRESS.pack(AF_INET, 0, inet_aton(text))
        if request == ioctls.SIOCGIFFLAGS:
            return ioctls.FLAGS.pack(int(row.get("flags", "0"), 0) & 0xFFFF)
        if request == ioctls.SIOCGIFMTU:
            return ioctls.NUMBER.pack(int(row.get("mtu", "1500")))
        if request == ioctls.SIOCGIFTXQLEN and "qlen" in row:
            return ioctls.NUMBER.pack(int(row["qlen"]))
        if request == ioctls.SIOCGIFHWADDR:
            return ioctls.HARDWARE.pack(int(row.get("type", "1")), bytes.fromhex(row.get("hw", "").replace(":", "")))
        if request == ioctls.SIOCGIFMAP:
            keys = ("mem_start", "mem_end", "base", "irq", "dma", "port")
            return ioctls.MAP.pack(*(int(row.get(key, "0"), 0) for key in keys))
        raise OSError(EOPNOTSUPP, "Operation not supported")

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is open."""


class RecordedFiles(Files):
    """The files below some folders, to be read; `forbidden` is one that may not be looked into."""

    def __init__(self, roots: tuple[str, ...], forbidden: str | None):
        self._roots = tuple(os.path.abspath(root) + "/" for root in roots)
        self._forbidden = forbidden

    def _recorded(self, path: str) -> str:
        if not (os.path.abspath(path) + "/").startswith(self._roots):
            raise OSError(ENOENT, "No such file or directory")
        if path == self._forbidden:
            raise OSError(EACCES, "Permission denied")
        return path

    def blocks(self, path: str):
        return super().blocks(self._recorded(path))

    def exists(self, path: str) -> bool:
        return super().exists(self._recorded(path))

    def folder(self, path: str) -> list[str]:
        return super().folder(self._recorded(path))

    def links(self, path: str, names):
        return super().links(self._recorded(path), names)


class RefusedNetwork:
    """Gives out no sockets; has the methods of `links.network.Network`."""

    def exchange(self, clock, letters, until_ns):
        return [Answered(None, EPERM, 0) for _ in letters]

    def converse(self, clock, address, port, greeting, until_ns):
        return None

    def refuse(self, *_):
        raise KernelRefused(EPERM, "socket")

    open_echo_link = open_arp_link = open_dhcp_link = open_udp_link = open_flow_link = open_tcp_link = open_connect_link = open_raw_link = refuse
    open_capture = mark_refusal = choose_source = device_has_address = try_dccp = refuse

    def keep_stamping(self) -> None:
        """There are no packets."""

    def echo_kind(self, family, raw_only: bool = False) -> EchoKind:
        return EchoKind("raw", EPERM)


class ReplayEnvironment(Environment):
    """The world as it was recorded in `folder`, with the names of `etc`."""

    variables = {"LC_ALL": "C"}
    columns = None
    user_id = 0
    effective_user_id = 0
    privileges = NoPrivileges()
    clock = None
    network = RefusedNetwork()
    resolver = None
    files = None
    ioctls = None

    def __init__(self, program: str, folder: str, etc: str = ETC, switches: dict | None = None, files: Files | None = None):
        switches = switches or {}
        self.program, self.owns_process, self.transcript = program, False, None
        self.document = None
        self.interrupted_by = 2
        self.out, self.err = Capture(), Capture()
        self.proc, self.etc = folder + "/proc", etc
        self.effective_user_id = int(switches.get("RB_EUID", "0"))
        limit = switches.get("RB_LIMIT")
        self.clock = ReplayClock(None if limit is None else int(float(limit) * 1e9))
        forbidden = f"{self.proc}/{switches['RB_EACCES']}/fd" if "RB_EACCES" in switches else None
        self.files = files or RecordedFiles((folder, etc), forbidden)
        self.resolver = FileResolver(self)
        self.ioctls = RecordedIoctls(self._text(folder + "/ifs"))

    def _text(self, path: str) -> str:
        try:
            return read_text(self.files, path)
        except OSError:
            return ""

    def read_file(self, path: str, plain: bool = False, most_bytes: int = 1 << 24) -> bytes:
        return read_bytes(self.files, path)

    def create_file(self, path: str):
        raise OSError(EPERM, "Operation not permitted")

    def input(self, most_bytes: int = 1 << 24) -> bytes:
        return b""

    def input_line(self) -> bytes:
        return b""

    input_is_terminal = False

    def raise_interrupts(self) -> None:
        """They are somebody else's."""

    default_interrupts = raise_interrupts

    def hold_interrupts(self, held: bool) -> None:
        """Nor are these."""

    def end_as_interrupted(self) -> None:
        raise KeyboardInterrupt

    def random_bytes(self, count: int) -> bytes:
        return bytes(count)

    def lookups(self) -> NameLookups:
        return NameLookups(self.resolver)

    def registry_lookups(self, server: str, service: str, names: bool) -> RegistryLookups:
        raise KernelRefused(EPERM, "socket")

    def service_port(self, name: str) -> int | None:
        return next((port for (port, _), known in services.read_services(self).items() if known == name), None)

    def protocol_number(self, name: str) -> int | None:
        return next((number for number, known in services.read_protocols(self).items() if known == name), None)

    def user_name(self, user_id: int) -> str | None:
        return services.read_passwd(self).get(user_id)

    def netlink(self, protocol: int):
        raise OSError(EPROTONOSUPPORT, "Protocol not supported")

    def remove_address(self, device: str, address: str) -> None:
        raise KernelRefused(EPERM, "RTM_DELADDR")

    def device_name(self, index: int) -> str:
        raise OSError(ENXIO, "No such device or address")

    def device_names(self) -> list[str]:
        return [name for name, _ in self.ioctls.addresses()]

    @property
    def host_name(self) -> str:
        return self._text(f"{self.proc}/sys/kernel/hostname").rstrip("\n")

    @host_name.setter
    def host_name(self, name: str) -> None:
        raise OSError(EPERM, "Operation not permitted")

    @property
    def domain_name(self) -> str:
        return self._text(f"{self.proc}/sys/kernel/domainname").rstrip("\n")

    @domain_name.setter
    def domain_name(self, name: str) -> None:
        raise OSError(EPERM, "Operation not permitted")

    def terminal(self) -> None:
        """Nobody draws."""

    def end_by(self, number: int) -> None:
        """There is no process."""

    def listen(self, host: str, port: int):
        raise OSError(EPERM, "Operation not permitted")

    def enter_network(self, word: str) -> None:
        raise NamespaceRefused(f"--netns {word}: No such file or directory")

    def leave(self) -> None:
        """Nothing was switched."""

    def signals(self) -> Interruption:
        return Interruption()

    def stop_collector(self) -> None:
        """It is somebody else's."""


def replay(folder: str, words: list[str], etc: str = ETC, switches: dict | None = None) -> tuple[bytes, bytes, int]:
    """Run `words` (program and arguments) on an unpacked snapshot: stdout, stderr, exit status."""
    program = os.path.basename(words[0])
    environment = ReplayEnvironment(program, folder, etc, switches)
    try:
        status = execute(program, words[1:], environment)
    except Stopped:
        status = KILLED
    return bytes(environment.out.data), bytes(environment.err.data), status


def unpack(snapshot: str, folder: str) -> None:
    """Lay a snapshot, a folder or a file, out in `folder` with its links."""
    if os.path.isdir(snapshot):
        entries = snapshots.read_folder(snapshot)
    elif not os.path.exists(snapshot):
        entries = {}                  # an empty folder is easily lost in copying
    else:
        with open(snapshot, "rb") as file:
            entries = snapshots.parse_snapshot(file.read())
    snapshots.write_folder(entries, folder)


def text_of(packed: bytes) -> str:
    return inet_ntop(AF_INET6 if len(packed) == 16 else AF_INET, packed)


def stop(*_) -> None:
    """SIGTERM ends the program as it would; what it wrote is still delivered."""
    raise Stopped


def main(words: list[str]) -> int:
    etc = ETC
    if words[:1] == ["--etc"]:
        etc, words = words[1], words[2:]
    if len(words) < 3 or words[1] != "--":
        sys.stderr.write(__doc__)
        return 2
    signal(SIGTERM, stop)
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        unpack(words[0], folder)
        out, err, status = replay(folder, words[2:], etc, dict(os.environ))
    sys.stdout.buffer.write(out)
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(err)
    sys.stderr.buffer.flush()
    if status == KILLED:
        signal(SIGTERM, SIG_DFL)
        os.kill(os.getpid(), SIGTERM)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
