"""Opens sockets of every kind and state, says ``ready`` and keeps them until it is killed.

Runs in the node h1 of the scene ``sockets``: it has 10.77.1.1 and fd77:1::1 on eth0; packets to
GONE reach nobody.  Packets from the ports in DEAF are dropped once `deafen` has named them.
"""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

GONE = "10.77.1.77"
KEEP: list = []
UDPLITE = 136


def run(command: str, text: str | None = None) -> None:
    subprocess.run(command.split(), input=text, text=True, check=True)


def deafen(port: int) -> None:
    run("nft -f -", f"add element inet furniture deaf {{ {port} }}")


def keep(opened):
    KEEP.append(opened)
    return opened


def tcp(address: str, port: int, family=socket.AF_INET):
    one = keep(socket.socket(family, socket.SOCK_STREAM))
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((address, port))
    return one


def pair(server, address: str, port: int):
    """Both ends of a connection to a listening socket."""
    client = tcp(address, port, server.family)
    client.connect(server.getsockname()[:2] if server.getsockname()[0] != "::" else (address, server.getsockname()[1]))
    return client, keep(server.accept()[0])


def tcp_states() -> None:
    servers = {}
    for address, port, family in (("0.0.0.0", 22, 2), ("10.77.1.1", 8080, 2), ("::", 80, 10), ("::1", 9999, 10),
                                  ("127.0.0.1", 7000, 2), ("127.0.0.1", 7001, 2)):
        servers[port] = tcp(address, port, family)
        servers[port].listen(7)
    pair(servers[8080], "10.77.1.1", 40001)
    pair(servers[9999], "::1", 40002)
    pair(servers[80], "fd77:1::1", 40003)
    mapped = tcp("127.0.0.1", 40004)
    mapped.connect(("127.0.0.1", 80))
    keep(servers[80].accept()[0])
    _, served = pair(servers[7000], "127.0.0.1", 40005)
    served.shutdown(socket.SHUT_WR)  # FIN_WAIT2 and CLOSE_WAIT
    gone, served = pair(servers[7000], "127.0.0.1", 40006)
    gone.close(), served.close()  # TIME_WAIT
    client, served = pair(servers[7000], "127.0.0.1", 40007)
    client.shutdown(socket.SHUT_WR)
    time.sleep(0.05)
    full, _ = pair(servers[7000], "127.0.0.1", 40008)
    full.setblocking(False)
    try:
        while full.send(bytes(1 << 16)):
            pass
    except BlockingIOError:
        deafen(40008)  # or the queues would go on moving
    alive, _ = pair(servers[7000], "127.0.0.1", 40009)
    alive.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    talking, _ = pair(servers[7000], "127.0.0.1", 40010)
    talking.send(b"not read yet")
    queued = tcp("127.0.0.1", 40011)
    queued.connect(("127.0.0.1", 7001))  # waits for accept
    closing, other = pair(servers[7000], "127.0.0.1", 40012)
    deafen(40012)
    closing.shutdown(socket.SHUT_WR)  # CLOSING here, FIN_WAIT1 there
    time.sleep(0.05)
    other.shutdown(socket.SHUT_WR)
    last, other = pair(servers[7000], "127.0.0.1", 40013)
    other.shutdown(socket.SHUT_WR)
    time.sleep(0.05)
    deafen(40013)
    last.shutdown(socket.SHUT_WR)  # LAST_ACK
    calling = tcp("10.77.1.1", 40014)
    calling.setblocking(False)
    calling.connect_ex((GONE, 9014))  # SYN_SENT


def datagrams() -> None:
    for family, any_address, own in ((socket.AF_INET, "0.0.0.0", "10.77.1.1"), (socket.AF_INET6, "::", "fd77:1::1")):
        for protocol in (0, UDPLITE):
            server = keep(socket.socket(family, socket.SOCK_DGRAM, protocol))
            if family == socket.AF_INET6:
                server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            server.bind((any_address, 53))
            client = keep(socket.socket(family, socket.SOCK_DGRAM, protocol))
            client.bind((own, 5000))
            client.connect((own, 53))
            client.send(b"kept in the queue")
    mapped = keep(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
    mapped.bind(("::", 5001))
    mapped.connect(("::ffff:10.77.1.1", 5002))


def raws() -> None:
    for family, protocol, target in ((socket.AF_INET, 1, None), (socket.AF_INET, 89, "10.77.1.1"),
                                     (socket.AF_INET6, 58, None), (socket.AF_INET6, 17, "fd77:1::1")):
        one = keep(socket.socket(family, socket.SOCK_RAW, protocol))
        if target:
            one.connect((target, 0))


def unix_sockets() -> None:
    folder = tempfile.mkdtemp(prefix="netlite-furniture-")
    os.chdir(folder)
    for kind, name in ((socket.SOCK_STREAM, "stream.sock"), (socket.SOCK_SEQPACKET, "\0abstract"),
                       (socket.SOCK_STREAM, "\0two\0parts"), (socket.SOCK_DGRAM, "dgram.sock")):
        server = keep(socket.socket(socket.AF_UNIX, kind))
        server.bind(name)
        client = keep(socket.socket(socket.AF_UNIX, kind))
        if kind != socket.SOCK_DGRAM:
            server.listen(3)
        client.connect(name)
        if name == "stream.sock":
            keep(server.accept()[0])
    keep(socket.socketpair())
    keep(socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
    keep(socket.socket(socket.AF_UNIX))
    shutil.rmtree(folder)  # the sockets keep their names


def groups() -> None:
    for address in ("239.1.2.3", "224.5.5.5"):
        one = keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                       socket.inet_aton(address) + socket.inet_aton("10.77.1.1"))
    one = keep(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                   socket.inet_pton(socket.AF_INET6, "ff05::1:3") + socket.if_nametoindex("eth0").to_bytes(4, "little"))


def half_open() -> None:
    """From h2: a SYN (RFC 9293) of somebody who will never hear the answer leaves SYN_RECV in h1."""
    head = struct.pack("!HHIIBBHHH", 40015, 8099, 1, 0, 5 << 4, 2, 1024, 0, 0)
    pseudo = socket.inet_aton(GONE) + socket.inet_aton("10.77.1.1") + struct.pack("!HH", 6, len(head))
    total = sum(struct.unpack(f"!{(len(pseudo) + len(head)) // 2}H", pseudo + head))
    checksum = ~(total + (total >> 16)) & 0xFFFF
    head = head[:16] + struct.pack("!H", checksum) + head[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0, socket.inet_aton(GONE),
                     socket.inet_aton("10.77.1.1"))
    keep(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)).sendto(ip + head, ("10.77.1.1", 0))


def main() -> None:
    if sys.argv[1:] == ["few"]:  # what another user has open
        keep(socket.create_server(("10.77.1.1", 8099)))
    elif sys.argv[1:] == ["call"]:
        half_open()
    else:
        tcp("10.77.1.1", 0)  # in any other place this fails, before anything is changed
        run(f"ip neigh replace {GONE} lladdr 02:00:00:00:00:77 dev eth0")
        run("nft -f -", "add table inet furniture\n"
                        "add set inet furniture deaf { type inet_service; }\n"
                        "add chain inet furniture output { type filter hook output priority 0; }\n"
                        "add rule inet furniture output tcp sport @deaf drop\n")
        for part in (tcp_states, datagrams, raws, unix_sockets, groups):
            part()
    print("ready", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
