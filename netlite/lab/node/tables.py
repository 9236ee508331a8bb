"""The files under /proc and /etc of a node in memory, written from what its kernel holds, as Linux writes them."""

from __future__ import annotations

from functools import partial
from sys import byteorder

from ...records.connections import TcpState
from ...records.routes import RouteFlags
from .addresses import as_number
from .all_routes import ANYCAST, LOCALLY, MULTICAST, local6
from .counts import snmp, snmp6
from .devices import IPV6_MTU_BYTES
from .ipv6_addresses import PERMANENT
from .kernel import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

NO_ADDRESS = "0" * 32
FLAGS = {LOCALLY: RouteFlags.LOCAL | RouteFlags.NONEXTHOP, ANYCAST: 0x00100000 | RouteFlags.NONEXTHOP, MULTICAST: 0}
NOTHING = "00000000000000000000000000000000 00 " + NO_ADDRESS + " 00 " + NO_ADDRESS  # the row that ends a table
DEVICES = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
    "compressed\n")
SOCKETS = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
GROUPS4 = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
UNIX = "Num       RefCount Protocol Flags    Type St Inode Path\n"
SETTINGS = {"net/ipv4/tcp_ecn": "2", "net/ipv4/tcp_sack": "1", "net/ipv4/tcp_timestamps": "1",
            "net/ipv4/tcp_window_scaling": "1"}
MOUNTS = "1 0 0:1 / /etc/resolv.conf rw - tmpfs lab rw\n"  # as a lab of namespaces has it (lab.kernel.private_world)
NAMES = {  # under /etc
    "services": "ftp 21/tcp\nssh 22/tcp\ntelnet 23/tcp\nsmtp 25/tcp\ndomain 53/tcp\ndomain 53/udp\nhttp 80/tcp www\n"
                "ntp 123/udp\nhttps 443/tcp\n",
    "protocols": "ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\nipv6-icmp 58 IPv6-ICMP\nudplite 136 UDPLite\n",
    "networks": "loopback 127.0.0.0\n", "passwd": "root:x:0:0:root:/root:/bin/sh\n"}


def files_of(kernel: Kernel, hosts: str, name_servers: tuple[str, ...] = ()) -> dict[str, Callable[[], str]]:
    """Path -> what gives its text now; `hosts` is the hosts file, resolv.conf has the name servers."""
    written: dict[str, Callable[[Kernel], str]] = {
        "net/dev": devices, "net/if_inet6": addresses6, "net/ipv6_route": routes6,
        "net/tcp": tcp, "net/snmp": counters, "net/snmp6": counters6, "net/igmp": groups,
        "net/igmp6": groups6, "sys/kernel/hostname": lambda kernel: kernel.host_name + "\n",
        "sys/kernel/domainname": lambda kernel: kernel.domain_name + "\n"}
    fixed = {f"/proc/net/{table}": SOCKETS + "\n"
             for table in ("tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6")}
    fixed |= {f"/proc/sys/{name}": value + "\n" for name, value in SETTINGS.items()}
    fixed["/proc/self/mountinfo"] = MOUNTS
    fixed |= {f"/etc/{name}": text for name, text in NAMES.items()} | {"/proc/net/unix": UNIX, "/etc/hosts": hosts}
    texts: dict[str, Callable[[], str]] = {path: partial(str, text) for path, text in fixed.items()}
    if name_servers or kernel.resolver_text is not None:
        given = "".join([f"nameserver {server}\n" for server in name_servers])
        texts["/etc/resolv.conf"] = lambda: given if kernel.resolver_text is None else kernel.resolver_text
    return texts | {f"/proc/{name}": partial(write, kernel) for name, write in written.items()}


def devices(kernel: Kernel) -> str:
    """/proc/net/dev (net/core/net-procfs.c)."""
    rows = []
    for device in kernel.devices:
        seen = device.traffic
        received = f"{seen.rx_bytes:7} {seen.rx_packets:7}    0    0    0     0          0         0"
        sent = f"{seen.tx_bytes:8} {seen.tx_packets:7}    0    0    0     0       0          0"
        rows.append(f"{device.name:>6}: {received} {sent}\n")
    return DEVICES + "".join(rows)


def addresses6(kernel: Kernel) -> str:
    """/proc/net/if_inet6 (net/ipv6/addrconf.c)."""
    return "".join([f"{address.local:032x} {device.index:02x} {address.length:02x} {address.scope:02x} {PERMANENT:02x} "
                    f"{device.name:>8}\n" for device in kernel.devices for address in device.addresses6])


def _hexadecimal(address: int) -> str:
    """The number that an address in network order is to this machine."""
    return f"{int.from_bytes(address.to_bytes(4, 'big'), byteorder):08X}"


def routes6(kernel: Kernel) -> str:
    """/proc/net/ipv6_route (net/ipv6/route.c): the main table, then the local one."""
    rows = [_route6(row.prefix, row.length, row.gateway, row.metric, row.flags, row.device.name)
            for row in kernel.routes6]
    if not any(row.length == 0 for row in kernel.routes6):
        rows.append(_refusal())
    rows += [_route6(entry.prefix, entry.length, 0, entry.metric, FLAGS[entry.kind] | RouteFlags.UP,
                     entry.hops[0].device.name) for entry in local6(kernel)]
    return "".join(rows) + _refusal()


def _route6(prefix: int, length: int, gateway: int, metric: int, flags: int, name: str) -> str:
    return (f"{prefix:032x} {length:02x} {NO_ADDRESS} 00 {gateway:032x} {metric:08x} 00000001 00000000 {flags:08x} "
            f"{name:>8}\n")


def _refusal() -> str:
    """The row at the end of a table without a default route."""
    flags = RouteFlags.REJECT | RouteFlags.NONEXTHOP
    return f"{NOTHING} ffffffff 00000001 00000000 {flags:08x} {'lo':>8}\n"


def counters6(kernel: Kernel) -> str:
    """/proc/net/snmp6."""
    return snmp6(kernel.counts)


def counters(kernel: Kernel) -> str:
    """/proc/net/snmp, with what the node is and has now."""
    return snmp(kernel.counts, {
        "Ip Forwarding": 1 if kernel.forwards else 2,
        "Tcp CurrEstab": sum(each.state == TcpState.ESTABLISHED for each in kernel.sockets)})


def tcp(kernel: Kernel) -> str:
    """/proc/net/tcp (net/ipv4/tcp_ipv4.c): who listens, then the connections."""
    rows = sorted(kernel.sockets, key=lambda each: each.state != TcpState.LISTEN)
    lines = [f"{place:4}: {_place(each.local, each.local_port)} {_place(each.remote, each.remote_port)} "
             f"{each.state:02X} {each.unsent:08X}:{each.received:08X} {each.timer:02X}:00000000 {each.retransmits:08X} "
             f"{0:5} {0:8} {each.inode} 1 {0:016} 100 0 0 10 0"
             for place, each in enumerate(rows)]
    return "".join([f"{line:149}\n" for line in (SOCKETS, *lines)])


def _place(address: str, port: int) -> str:
    return f"{_hexadecimal(as_number(address))}:{port:04X}"


def groups(kernel: Kernel) -> str:
    """/proc/net/igmp (net/ipv4/igmp.c): every device that is up hears all-hosts."""
    rows = []
    for device in kernel.devices:
        if device.is_up:
            rows.append(f"{device.index}\t{device.name:10}: {1:5} {'V3':>7}\n"
                        f"\t\t\t\t{_hexadecimal(as_number('224.0.0.1'))} {1:5} 0:00000000\t\t0\n")
    return GROUPS4 + "".join(rows)


def groups6(kernel: Kernel) -> str:
    """/proc/net/igmp6 (net/ipv6/mcast.c): all nodes, all routers, and the solicited nodes of the own addresses.

    A device that is down keeps them; one whose MTU is too small for IPv6 has none.
    """
    rows = []
    for device in kernel.devices:
        solicited = [0xFF02 << 112 | 0x1FF << 24 | address.local & 0xFFFFFF
                     for address in reversed(device.addresses6) if not device.is_loopback]
        routers = [as_number(group) for group in ("ff05::2", "ff01::2", "ff02::2")] if kernel.forwards else []
        heard = dict.fromkeys((*solicited, *routers, as_number("ff02::1"), as_number("ff01::1")))
        for group in heard if device.mtu_bytes >= IPV6_MTU_BYTES else ():
            flags = 0x8 if group >> 112 == 0xFF01 else 0xC if group == as_number("ff02::1") else 0x4
            users = max(1, solicited.count(group))
            rows.append(f"{device.index:<4} {device.name:15} {group:032x} {users:5} {flags:08X} 0\n")
    return "".join(rows)
