"""The system calls of ``route -n``, and its lines, without a class or a choice: one dump of rtnetlink.

A name is asked for each row, as a device may be renamed meanwhile: the floor under ``route -n``.
"""

from _socket import AF_INET, SOCK_RAW, if_indextoname, inet_ntoa, socket
from _struct import pack, unpack, unpack_from
from posix import O_CLOEXEC, _exit, close, open, read, write

AF_NETLINK, ROUTE, DONE = 16, 0, 3
TABLE, TO, DEVICE, GATEWAY, PRIORITY = 15, 1, 4, 5, 6
netlink = socket(AF_NETLINK, SOCK_RAW, ROUTE)
netlink.setsockopt(1, 8, 1 << 20)
netlink.setsockopt(270, 12, 1)
mode = open("/proc/sys/net/ipv4/nexthop_compat_mode", O_CLOEXEC)
read(mode, 16384)
close(mode)
lines = ["Kernel IP routing table\n"
         "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"]
netlink.send(pack("=IHHIIBBBBBBBBIHHI", 36, 26, 0x301, 1, 0, AF_INET, 0, 0, 0, 0, 0, 0, 0, 0, 8, TABLE, 254))
over = False
while not over:
    chunk, at = netlink.recv(1 << 16), 0
    while at < len(chunk) and not over:
        length, kind = unpack_from("=IH", chunk, at)
        over = kind == DONE
        if not over:
            bits, place, end = chunk[at + 17], at + 28, at + length
            found = {TO: bytes(4), GATEWAY: bytes(4), PRIORITY: bytes(4)}
            while place < end:
                size, kind = unpack_from("=HH", chunk, place)
                found[kind] = chunk[place + 4:place + size]
                place += (size + 3) & ~3
            mask = ((1 << 32) - (1 << 32 - bits)).to_bytes(4, "big")
            flags = "U" + "G" * any(found[GATEWAY]) + "H" * (bits == 32)
            metric, = unpack("=I", found[PRIORITY])
            device = if_indextoname(unpack("=I", found[DEVICE])[0])
            lines.append(f"{inet_ntoa(found[TO]):15} {inet_ntoa(found[GATEWAY]):15} {inet_ntoa(mask):15} {flags:5} "
                         f"{metric:<6} {0:<2} {0:7} {device}\n")
        at += (length + 3) & ~3
netlink.close()
write(1, "".join(lines).encode())
_exit(0)
