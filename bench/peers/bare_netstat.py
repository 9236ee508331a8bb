"""The system calls of ``netstat -tn``, and its lines, without a class or a choice: one dump of sock_diag.

The kernel walks its table of sockets for it: the floor under ``netstat -tn``.
"""

from _socket import AF_INET, SOCK_RAW, inet_ntop, socket
from _struct import pack, unpack_from
from posix import _exit, write

AF_NETLINK, SOCK_DIAG, TCP_OF_BOTH, DONE = 16, 4, 18, 3
STATES = ("", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT",
          "LAST_ACK", "LISTEN", "CLOSING")
netlink = socket(AF_NETLINK, SOCK_RAW, SOCK_DIAG)
netlink.setsockopt(1, 8, 1 << 20)
netlink.setsockopt(270, 12, 1)
lines = ["Active Internet connections (w/o servers)\n"
         "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"]
lines6 = []
netlink.send(pack("=IHHII52xI4x", 76, TCP_OF_BOTH, 0x301, 1, 0, 0xBFF))
over = False
while not over:
    chunk, at = netlink.recv(1 << 16), 0
    while at < len(chunk) and not over:
        length, kind = unpack_from("=IH", chunk, at)
        over = kind == DONE
        if not over:
            af, state = chunk[at + 16], chunk[at + 17]
            size, name, told = (4, "tcp  ", lines) if af == AF_INET else (16, "tcp6 ", lines6)
            ports = unpack_from("!HH", chunk, at + 20)
            received, to_send = unpack_from("=II", chunk, at + 72)
            local, remote = (f"{inet_ntop(af, chunk[start:start + size])}:{port or '*'}"
                             for start, port in zip((at + 24, at + 40), ports))
            told.append(f"{name} {received:6} {to_send:6} {local:<23} {remote:<23} {STATES[state]:<11}\n")
        at += (length + 3) & ~3
write(1, "".join(lines + lines6).encode())
_exit(0)
