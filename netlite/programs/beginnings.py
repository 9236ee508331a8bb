"""What comes before the first packet, listened to: the names that were looked up, and what stopped the program."""

from __future__ import annotations

from ..errors import KernelRefused, NameUnknown
from ..teach.beginnings import Asked, tell_beginning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..environment import Environment
    from ..sockets.resolver import Address


class Beginning:
    """The look-ups of a run (`asked`), and the errno that it failed with (None: none)."""

    def __init__(self, environment: Environment) -> None:
        self.asked: list[Asked] = []
        self.failure: int | None = None
        self._environment = environment

    def told(self, sent: bool) -> list[str]:
        """Sentences about it; what failed matters only where nothing was `sent`."""
        servers = self._servers() if self._servers_are_asked() else None
        return tell_beginning(self.asked, None if sent else self.failure, self._hosts(), servers)

    def _hosts(self) -> set[str]:
        """The names of the hosts file, in small letters."""
        return {name.lower() for words in self._lines("hosts") for name in words[1:]}

    def _servers(self) -> list[str]:
        """The name servers of resolv.conf(5)."""
        from ..system.names.files import read_name_servers

        return read_name_servers(self._environment)

    def _servers_are_asked(self) -> bool:
        """Whether nsswitch.conf(5) has name servers asked for host names, as glibc does where it says nothing."""
        for words in self._lines("nsswitch.conf"):
            database, _, modules = " ".join(words).partition(":")
            if database.strip() == "hosts":
                return any(module in ("dns", "resolve") for module in modules.split())
        return True

    def _lines(self, name: str) -> list[list[str]]:
        from ..system.files import read_bytes

        try:
            data = read_bytes(self._environment.files, f"{self._environment.etc}/{name}")
        except OSError:
            return []
        lines = (line.partition(b"#")[0].decode("utf-8", "surrogateescape").split() for line in data.split(b"\n"))
        return [words for words in lines if words]


class Listening:
    """A world that is `environment` in all, but tells `beginning` what is looked up and what is refused."""

    def __init__(self, environment: Environment, beginning: Beginning) -> None:
        object.__setattr__(self, "_environment", environment)
        object.__setattr__(self, "_beginning", beginning)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._environment, name, value)

    @property
    def network(self) -> ListeningNetwork:
        return ListeningNetwork(self._environment.network, self._beginning)

    @property
    def resolver(self) -> ListeningResolver:
        return ListeningResolver(self._environment, self._beginning)


def listening(environment: Environment, beginning: Beginning) -> Environment:
    """The same world, listened to."""
    world: Any = Listening(environment, beginning)
    return world  # type: ignore[no-any-return]


class ListeningNetwork:
    """As `links.network.Network`; notes with which errno it last refused."""

    def __init__(self, network: Any, beginning: Beginning) -> None:
        self._network, self._beginning = network, beginning

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._network, name)

        def noted(*how: Any, **more: Any) -> Any:
            try:
                return method(*how, **more)
            except (OSError, KernelRefused) as refusal:
                self._beginning.failure = refusal.errno
                raise

        return noted if callable(method) else method


class ListeningResolver:
    """As `sockets.resolver.Resolver`."""

    def __init__(self, environment: Environment, beginning: Beginning) -> None:
        self._environment, self._beginning = environment, beginning

    def __getattr__(self, name: str) -> Any:
        return getattr(self._environment.resolver, name)

    def addresses(self, host: str, *how: int, **more: int) -> list[Address]:
        """Ask, and note what came of it and how long it took."""
        clock = self._environment.clock
        started_ns = clock.now_ns()
        try:
            found = self._environment.resolver.addresses(host, *how, **more)
        except NameUnknown as unknown:
            self._beginning.asked.append(Asked(host, clock.now_ns() - started_ns, (), unknown.code))
            raise
        addresses = tuple(dict.fromkeys(each.text for each in found))
        self._beginning.asked.append(Asked(host, clock.now_ns() - started_ns, addresses, 0))
        return found
