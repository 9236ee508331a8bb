"""The programs behind the ports of a node in a lab of namespaces: TCP services and a name server, in one process.

``python -m netlite.lab.kernel.services JSON`` serves until it is ended; it writes a line when all ports are open.
"""

from __future__ import annotations

import json
import socket
import sys
from select import EPOLLIN, epoll

from ...feature_errors import MalformedPacket
from ..scene.manners import SPEAK_FIRST, WORDS, answer_to
from ..scene.topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Job = Callable[[], None]

DOMAIN_PORT, LARGEST, FULL_BY = 53, 4096, 4
BACKLOG = 64


def wanted(topology: Topology, node: str) -> str | None:
    """What `serve` is to be told for a node; None where it has no programs."""
    found = topology.nodes[node]
    if not found.services and not found.names:
        return None
    names = {name: [topology.named(name, version) for version in (4, 6)] for name in topology.nodes if found.names}
    return json.dumps({"services": [list(each) for each in found.services], "names": found.names, "addresses": names})


class Served:
    """Sockets, and what is to be done when one can be read."""

    def __init__(self, told: dict[str, Any]):
        self._ready = epoll()
        self._jobs: dict[int, Job] = {}
        self._kept: list[socket.socket] = []
        for port, manner in told["services"]:
            for family in (socket.AF_INET, socket.AF_INET6):
                self._listen(family, port, manner)
        if told["names"]:
            self._name(told["names"], told["addresses"])

    def _watch(self, sock: socket.socket, job: Job) -> None:
        self._kept.append(sock)
        self._jobs[sock.fileno()] = job
        self._ready.register(sock.fileno(), EPOLLIN)

    def _listen(self, family: int, port: int, manner: str) -> None:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(("", port))
        listener.listen(0 if manner == "full" else BACKLOG)
        if manner == "full":  # nobody accepts, and our own connections fill the queue
            self._kept.append(listener)
            for _ in range(FULL_BY):
                own = socket.socket(family, socket.SOCK_STREAM)
                own.setblocking(False)
                own.connect_ex(("127.0.0.1" if family == socket.AF_INET else "::1", port))
                self._kept.append(own)
            return
        self._watch(listener, lambda: self._accept(listener, port, manner))

    def _accept(self, listener: socket.socket, port: int, manner: str) -> None:
        sock, _ = listener.accept()
        if manner == "silent":
            self._kept.append(sock)
            return
        if port in SPEAK_FIRST:
            sock.sendall(SPEAK_FIRST[port])
        self._watch(sock, lambda: self._talk(sock))

    def _talk(self, sock: socket.socket) -> None:
        try:
            if sock.recv(LARGEST):
                sock.sendall(WORDS)
                return
        except OSError:
            pass
        self._ready.unregister(sock.fileno())
        sock.close()

    def _name(self, manner: str, addresses: dict[str, list[str | None]]) -> None:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("", DOMAIN_PORT))

        def named(name: str, version: int) -> str | None:
            node = name.lower().rstrip(".").removesuffix(".lab")
            return addresses.get(node, [None, None])[version == 6]

        def answer() -> None:
            question, to = server.recvfrom(LARGEST)
            try:
                said = answer_to(question, manner, named)
            except MalformedPacket:
                return
            if said is not None:
                server.sendto(said, to)

        self._watch(server, answer)

    def serve(self) -> None:
        """Until somebody ends this process."""
        while True:
            for descriptor, _ in self._ready.poll():
                try:
                    self._jobs[descriptor]()
                except OSError:
                    continue


def main() -> None:
    """The process."""
    served = Served(json.loads(sys.argv[1]))
    print("ready", flush=True)
    served.serve()


if __name__ == "__main__":
    main()
