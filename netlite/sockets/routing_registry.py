"""Which autonomous systems originate an address: routing registries asked by whois (RFC 3912, RFC 2622)."""

from __future__ import annotations

import _socket
from time import monotonic

from ..command_line.c_numbers import BLANKS, as_int, strtoul
from .name_lookups import NameLookups
from .resolver import can_be_asked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .name_lookups import Known, Lookups
    from .resolver import Resolver

    class Registry(Lookups, Protocol):
        """What is asked of `RegistryLookups`, and of those in memory."""

        failure: str

DEFAULT_SERVER, DEFAULT_SERVICE = "whois.radb.net", "nicname"
UNKNOWN, UNREACHABLE = "*", "!!"
PATIENCE_S = 30.0  # for an answer, to its end
CONNECTING_S = 10.0  # for each address of the server
ANSWER_BYTES = 1 << 20  # read of an answer; a registry needs a few hundred for a route
LINE_CHARACTERS = 1023  # longer lines go on as one of their own, and
ORIGINS_CHARACTERS = 511  # the rest of longer origins is lost: both as the original's


class RegistryLookups(NameLookups):
    """Looks up the path of autonomous systems of each address, and its name when there is a resolver.

    `failure` is the line that says why the server has no address, once that is known; then the
    answers have no `as_path`.
    """

    nothing_found = None, UNREACHABLE, True

    def __init__(self, resolver: Resolver | None, server: str, service: str):
        super().__init__(resolver)
        self.failure = ""
        self._server = server
        self._service = service
        self._targets: list[tuple[int, int, int, str, Any]] = []

    def find(self, address: str) -> Known:
        """(name or None, origins or None, True): one connection an address, as the registry wants it."""
        return super().find(address)[0], self._as_path(address), True

    def _as_path(self, address: str) -> str | None:
        if not can_be_asked():
            self.failure = f"{self._server}/{self._service}: System error"
            return None
        try:
            self._targets = self._targets or _socket.getaddrinfo(
                self._server.encode("utf-8", "surrogateescape"), self._service.encode("utf-8", "surrogateescape"), 0,
                _socket.SOCK_STREAM)
        except _socket.gaierror as failure:
            self.failure = f"{self._server}/{self._service}: {failure.args[1]}"
            return None
        end_s = monotonic() + PATIENCE_S
        for af, kind, protocol, _, target in self._targets:
            try:
                connection = _socket.socket(af, kind | _socket.SOCK_CLOEXEC, protocol)
            except OSError:
                continue
            try:
                connection.settimeout(CONNECTING_S)
                connection.connect(target)
                connection.sendall(f"{address.partition('%')[0]}\r\n".encode())
                return _hear(connection, end_s)
            except OSError:
                if monotonic() >= end_s:
                    break
            finally:
                connection.close()
        return UNREACHABLE


def _hear(connection: _socket.socket, end_s: float) -> str:
    """The origins in what arrives until `end_s`.  Raises OSError when nothing does by then."""
    origins, heard_bytes = Origins(), 0
    while heard_bytes < ANSWER_BYTES:
        try:
            connection.settimeout(max(0.001, end_s - monotonic()))
            chunk = connection.recv(1 << 14)
        except OSError as failure:  # what was heard before counts, as with the original
            if isinstance(failure, TimeoutError) and not heard_bytes:
                raise
            break
        if not chunk:
            break
        heard_bytes += len(chunk)
        origins.hear(chunk.decode("latin-1"))
    return origins.text()


class Origins:
    """Reads an answer piece by piece, keeps the origins alone, and agrees with the original about odd ones.

    >>> origins = Origins()
    >>> origins.hear("route: 10.0.0.0/8\\norigin: AS64500\\nroute: 10.1.0.0/16\\norigin: AS64501 # more\\n")
    >>> origins.text()
    'AS64501'
    """

    def __init__(self) -> None:
        self._path: str | None = None
        self._length = self._best = 0  # of the prefix told last, and of the most specific one with an origin
        self._rest = ""

    def hear(self, text: str) -> None:
        """The next piece of the answer, a character a byte."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._read(line + "\n")
        while len(self._rest) >= LINE_CHARACTERS:
            self._line(self._rest[:LINE_CHARACTERS])
            self._rest = self._rest[LINE_CHARACTERS:]

    def text(self) -> str:
        """The origins when the answer is over; what no terminal should see of them as dots."""
        self._read(self._rest)
        self._rest = ""
        path = UNKNOWN if self._path is None else self._path
        return "".join([letter if "!" <= letter <= "~" else "." for letter in path])

    def _read(self, line: str) -> None:
        for start in range(0, len(line), LINE_CHARACTERS):
            self._line(line[start:start + LINE_CHARACTERS])

    def _line(self, line: str) -> None:
        line = line.partition("\0")[0]
        if line.startswith(("route:", "route6:")):
            self._length = as_int(strtoul(line.partition("/")[2])[0])
        elif line.startswith("origin:"):
            origin = line.removeprefix("origin:").lstrip(BLANKS)
            self._add(origin[:next((at for at, letter in enumerate(origin) if letter in BLANKS), None)])

    def _add(self, origin: str) -> None:
        path = self._path
        if self._length > self._best or path is None and self._length == self._best:
            self._best = self._length
            self._path = origin[:ORIGINS_CHARACTERS]
        elif path is not None and self._length == self._best and not _holds(path, origin):
            self._path = f"{path[:ORIGINS_CHARACTERS - 1]}/{origin}"[:ORIGINS_CHARACTERS]


def _holds(path: str, origin: str) -> bool:
    """Whether the origins have this one, as the original looks: where its name is found first, it ends there."""
    at = path.find(origin)
    return at >= 0 and path[at + len(origin):at + len(origin) + 1] in ("", "/")
