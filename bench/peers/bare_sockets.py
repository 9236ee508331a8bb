"""What Python cannot do without to show TCP sockets in numbers: the kernel's dumps and a line a socket.

No look at lengths, versions, queues or errors, no thread that reads ahead: the floor under ``netstat -tan`` on one
processor.
"""

from _socket import AF_INET, AF_INET6, AF_NETLINK, SOCK_RAW, inet_ntoa, socket
from _struct import Struct, pack
from posix import write

SOCK_DIAG, BY_FAMILY, OF_BOTH, DUMP, DONE, IPPROTO_TCP, LISTEN, ALL = 4, 20, 18, 0x301, 3, 6, 1 << 10, 0xFFF
STATES = ("", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT",
          "LAST_ACK", "LISTEN", "CLOSING")


class Hosts(dict):
    def __missing__(self, address):
        text = self[address] = inet_ntoa(address)
        return text


hosts, states = Hosts(), [name.ljust(11) for name in STATES]
channel = socket(AF_NETLINK, SOCK_RAW, SOCK_DIAG)
write(1, b"Active Internet connections (servers and established)\n"
         b"Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n")
for kind, request in ((BY_FAMILY, pack("=BBxxI48x", AF_INET, IPPROTO_TCP, LISTEN)),
                      (OF_BOTH, pack("=52xI4x", ALL & ~LISTEN)),
                      (BY_FAMILY, pack("=BBxxI48x", AF_INET6, IPPROTO_TCP, LISTEN))):
    channel.send(pack("=IHHII", 16 + len(request), kind, DUMP, 1, 0) + request)
    while True:
        chunk = channel.recv(1 << 16)
        if chunk[4] == DONE:
            break
        start = 0
        while start < len(chunk) and chunk[start + 4] != DONE:  # those of one length: TIME_WAIT is shorter
            length = int.from_bytes(chunk[start:start + 4], "little")
            end = start + length
            while chunk[end:end + 4] == chunk[start:start + 4]:
                end += length
            rows = Struct(f"!17xBxxHH4s12x4s{length - 44}x").iter_unpack(memoryview(chunk)[start:end])
            write(1, "".join([
                f"tcp        0      0 {f'{hosts[source]}:{port or sign}'.ljust(23)} "
                f"{f'{hosts[target]}:{remote or sign}'.ljust(23)} {states[state]}\n"
                for sign in "*" for state, port, remote, source, target in rows]).encode())
            start = end
        if start < len(chunk):
            break
