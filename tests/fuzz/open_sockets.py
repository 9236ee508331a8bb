r"""Opens sockets, one a line, and keeps them: ``python3 tests/fuzz/open_sockets.py 'open tcp listen ADDRESS PORT' …``.

    open tcp|tcp6 listen|bound|queued|pair|half|closing|timewait|calling|keepalive|unread ADDRESS PORT
    open udp|udp6|udplite|udplite6 bound|connected|unread ADDRESS PORT
    open raw|raw6 bound|connected ADDRESS PROTOCOL
    open group|group6 joined ADDRESS DEVICE
    open unix stream|dgram|seqpacket bound|listen|pair|unnamed NAME      (NAME in ASCII with \ escapes; \0: abstract)

Says ``ready`` when all are open.  A line that fails is left out.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import sys
import tempfile
import time

KEPT: list = []
UDPLITE = 136
KINDS = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM, "seqpacket": socket.SOCK_SEQPACKET}


def open_all(lines: list[str]) -> None:
    """Open the sockets of `lines`; the paths of Unix ones are below a folder that is gone at once."""
    socket.setdefaulttimeout(1)
    folder = tempfile.mkdtemp(prefix="netlite-fuzz-")
    os.chdir(folder)
    for line in lines:
        _, protocol, state, *more = line.split(" ")
        family = socket.AF_INET6 if protocol.endswith("6") else socket.AF_INET
        try:
            OPENERS[protocol.removesuffix("6")](protocol.removesuffix("6"), family, state, *more)
        except (OSError, ValueError, OverflowError):
            continue
    os.chdir("/")
    shutil.rmtree(folder)


def _keep(one):
    KEPT.append(one)
    return one


def _tcp(_protocol: str, family: int, state: str, address: str, port: str) -> None:
    server = _keep(socket.socket(family, socket.SOCK_STREAM))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if state == "calling":
        server.setblocking(False)
        server.connect_ex((address, int(port)))
        return
    server.bind((address, int(port)))
    if state == "bound":
        return
    server.listen(1 + int(port) % 7)
    if state == "listen":
        return
    client = _keep(socket.socket(family, socket.SOCK_STREAM))
    client.connect((address, int(port)))
    if state == "queued":
        return
    served = _keep(server.accept()[0])
    if state == "half":
        served.shutdown(socket.SHUT_WR)
    elif state == "timewait":
        client.close()
        served.close()
    elif state == "closing":
        client.close()
        server.close()
    elif state == "keepalive":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    elif state == "unread":
        client.send(b"not read " * (1 + int(port) % 99))


def _udp(protocol: str, family: int, state: str, address: str, port: str) -> None:
    number = UDPLITE if protocol == "udplite" else 0
    server = _keep(socket.socket(family, socket.SOCK_DGRAM, number))
    server.bind((address, int(port)))
    if state == "bound":
        return
    client = _keep(socket.socket(family, socket.SOCK_DGRAM, number))
    client.connect((address, int(port)))
    if state == "unread":
        client.send(b"kept")


def _raw(_protocol: str, family: int, state: str, address: str, protocol: str) -> None:
    one = _keep(socket.socket(family, socket.SOCK_RAW, int(protocol)))
    if state == "connected":
        one.connect((address, 0))
    else:
        one.bind((address, 0))


def _group(_protocol: str, family: int, _state: str, address: str, device: str) -> None:
    one = _keep(socket.socket(family, socket.SOCK_DGRAM))
    index = socket.if_nametoindex(device)
    if family == socket.AF_INET:
        one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                       socket.inet_aton(address) + bytes(4) + index.to_bytes(4, sys.byteorder))
    else:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                       socket.inet_pton(family, address) + index.to_bytes(4, sys.byteorder))


def _unix(_protocol: str, _family: int, kind: str, state: str, name: str = "") -> None:
    if state == "pair":
        KEPT.extend(socket.socketpair(socket.AF_UNIX, KINDS[kind]))
        return
    server = _keep(socket.socket(socket.AF_UNIX, KINDS[kind]))
    if state == "unnamed":
        return
    path = name.encode("ascii").decode("unicode_escape").encode("latin-1")
    server.bind(path)
    if state == "listen" and kind != "dgram":
        server.listen(3)
        client = _keep(socket.socket(socket.AF_UNIX, KINDS[kind]))
        client.connect(path)
        _keep(server.accept()[0])


OPENERS = {"tcp": _tcp, "udp": _udp, "udplite": _udp, "raw": _raw, "group": _group, "unix": _unix}


def wait_for_end(parent: int) -> None:
    """Return when the process `parent` has ended, or be killed with it."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    while os.getppid() == parent:
        time.sleep(5)


def main() -> None:
    """Open what the arguments say, until killed."""
    open_all(sys.argv[1:])
    print("ready", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
