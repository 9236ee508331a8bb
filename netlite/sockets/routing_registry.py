"""Which autonomous systems originate an address: routing registries asked by whois (RFC 3912, RFC 2622)."""

from __future__ import annotations

import _socket

from .resolver import NameLookups

DEFAULT_SERVER, DEFAULT_SERVICE = "whois.radb.net", "nicname"
UNKNOWN, UNREACHABLE = "*", "!!"
LENGTH_DIGITS = 9  # of a prefix length; a server may send any number of them
PATIENCE_S = 30.0  # for each step of talking to the server


class RegistryLookups(NameLookups):
    """Looks up the path of autonomous systems of each address, and its name when there is a resolver.

    `failure` is the line that says why the server has no address, once that is known; then the
    answers have no `as_path`.
    """

    def __init__(self, resolver, server: str, service: str):
        super().__init__(resolver)
        self.failure = ""
        self._server = server
        self._service = service
        self._targets: list = []

    def find(self, address: str) -> tuple:
        """(name or None, origins or None): one connection an address, as the registry wants it."""
        name = super().find(address)[0] if self._resolver else None
        return name, self._as_path(address)

    def _as_path(self, address: str) -> str | None:
        try:
            self._targets = self._targets or _socket.getaddrinfo(
                self._server.encode("utf-8", "surrogateescape"), self._service, 0, _socket.SOCK_STREAM)
        except _socket.gaierror as failure:
            self.failure = f"{self._server}/{self._service}: {failure.args[1]}"
            return None
        for af, kind, protocol, _, target in self._targets:
            connection = _socket.socket(af, kind | _socket.SOCK_CLOEXEC, protocol)
            try:
                connection.settimeout(PATIENCE_S)
                connection.connect(target)
                connection.sendall(f"{address.partition('%')[0]}\r\n".encode())
                return parse_origins(_all_of(connection))
            except OSError:
                continue
            finally:
                connection.close()
        return UNREACHABLE


def parse_origins(text: str) -> str:
    """The origins of the most specific route in a registry's answer, ``AS64501/AS64502``; ``*`` for none.

    >>> parse_origins("route: 10.0.0.0/8\\norigin: AS64500\\nroute: 10.1.0.0/16\\norigin: AS64501 # more\\n")
    'AS64501'
    """
    origins, best, length = [], 0, 0
    for line in text.splitlines():
        if line.startswith(("route:", "route6:")):
            digits = line.partition("/")[2].strip()
            end = next((at for at, one in enumerate(digits) if one not in "0123456789"), len(digits))
            length = int(digits[:min(end, LENGTH_DIGITS)] or 0)
        elif line.startswith("origin:"):
            name = (line[len("origin:"):].split() or [""])[0]
            if length > best:
                origins, best = [name], length
            elif length == best and name not in origins:
                origins.append(name)
    return "/".join(origins) or UNKNOWN


def _all_of(connection) -> str:
    chunks = []
    while chunk := connection.recv(1 << 16):
        chunks.append(chunk)
    return b"".join(chunks).decode("utf-8", "replace")
