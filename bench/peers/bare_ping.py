"""The system calls of ``ping -c1 -n ADDRESS`` as root, and its lines, without a class or a choice: … ADDRESS.

Capabilities given up as ping gives them up, two kinds of sockets tried, the source asked for, nine options, one request
and its answer: the floor under ``ping -c1``.
"""

from _ctypes import call_cdeclfunction, dlopen, dlsym
from _signal import SIG_DFL, SIGALRM, SIGCONT, SIGINT, SIGQUIT, set_wakeup_fd, signal
from _socket import AF_INET, AF_INET6, SOCK_DGRAM, SOCK_RAW, socket
from _struct import pack, unpack_from
from posix import (
    O_CLOEXEC,
    O_NONBLOCK,
    _exit,
    close,
    getegid,
    geteuid,
    getgid,
    getpid,
    getuid,
    open,
    pipe2,
    read,
    write,
)
from sys import argv
from time import monotonic_ns, time_ns

from select import POLLIN, poll

ICMP, ICMP6, SOL_IP, SOL_RAW, SOL_SOCKET = 1, 58, 0, 255, 1
SO_TIMESTAMPING, STAMPS, MSG_DONTWAIT, MSG_ERRQUEUE = 37, 2194, 0x40, 0x2000
NET_ADMIN, NET_RAW, READ_SEARCH = 1 << 12, 1 << 13, 1 << 2
capset = dlsym(dlopen(None, 0), "capset")


def limit(effective, permitted):
    call_cdeclfunction(capset, (pack("=Ii", 0x20080522, 0), pack("=IIIIII", effective, permitted, 0, 0, 0, 0)))


def tried(af, protocol):
    for kind in SOCK_DGRAM, SOCK_RAW:
        try:
            return socket(af, kind, protocol)
        except OSError:
            pass


status = open("/proc/thread-self/status", O_CLOEXEC)
read(status, 8192).partition(b"\nCapPrm:")
close(status)
getuid(), geteuid(), getgid(), getegid()
limit(0, NET_ADMIN | NET_RAW | READ_SEARCH)
limit(0, NET_ADMIN | NET_RAW)
limit(0, NET_RAW)
limit(NET_RAW, NET_RAW)
tried(AF_INET, ICMP).close()
tried(AF_INET6, ICMP6).close()
limit(0, NET_RAW)
address = argv[1]
route = socket(AF_INET, SOCK_DGRAM)
route.connect((address, 1025))
route.getsockname()
route.close()
limit(NET_RAW, NET_RAW)
link = tried(AF_INET, ICMP)
identifier = getpid() & 0xFFFF
link.setsockopt(SOL_IP, 11, 1)
link.setsockopt(SOL_RAW, 1, pack("I", ~(1 << 0 | 1 << 4 | 1 << 5) & 0xFFFFFFFF))
for option, value in ((7, 324), (8, 65536), (21, pack("ll", 0, 40_000)), (35, 1), (SO_TIMESTAMPING, 0),
                      (SO_TIMESTAMPING, STAMPS)):
    link.setsockopt(SOL_SOCKET, option, value)
limit(0, NET_RAW)
limit(0, 0)
write(1, f"PING {address} ({address}) 56(84) bytes of data.\n".encode())
here, there = pipe2(O_NONBLOCK | O_CLOEXEC)
set_wakeup_fd(there)
for number in SIGINT, SIGALRM, SIGQUIT, SIGCONT:
    signal(number, lambda *_: None)
seconds, rest = divmod(time_ns(), 1_000_000_000)
request = bytearray(pack("!BBHHH", 8, 0, 0, identifier, 1) + pack("@ll", seconds, rest // 1000) + bytes(range(16, 56)))
total = sum(memoryview(request).cast("H"))
memoryview(request).cast("H")[1] = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
begun = monotonic_ns()
link.sendto(request, 0, (address, 0))
waiting = poll()
waiting.register(link.fileno(), POLLIN)
reply = b""
while not reply:
    for flags in MSG_DONTWAIT | MSG_ERRQUEUE, MSG_DONTWAIT:
        try:
            data, messages, _, source = link.recvmsg(2048, 512, flags)
        except BlockingIOError:
            continue
        sent_or_received = unpack_from("@ll", messages[0][2])
        if flags == MSG_DONTWAIT:
            reply, received = data, sent_or_received
        else:
            sent = sent_or_received
    if not reply:
        waiting.poll()
ttl = reply[8]
time = ((received[0] - sent[0]) * 1_000_000_000 + received[1] - sent[1]) // 1000 / 1000
write(1, f"{len(reply) - 20} bytes from {source[0]}: icmp_seq=1 ttl={ttl} time={time:.3f} ms\n".encode())
for number in SIGINT, SIGALRM, SIGQUIT, SIGCONT:
    signal(number, SIG_DFL)
for descriptor in here, there:
    close(descriptor)
link.close()
passed = (monotonic_ns() - begun) // 1_000_000
write(1, f"\n--- {address} ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss, time {passed}ms\n"
         f"rtt min/avg/max/mdev = {time:.3f}/{time:.3f}/{time:.3f}/0.000 ms\n".encode())
_exit(0)
