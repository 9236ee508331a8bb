"""The system calls of ``tracepath -n ADDRESS``, an address of this machine, and its lines, without a class or a choice.

The floor under ``tracepath``: … ADDRESS.
"""

from _ctypes import call_cdeclfunction, dlopen, dlsym
from _socket import AF_INET, SOCK_DGRAM, SOCK_NONBLOCK, inet_ntoa, socket
from _struct import pack, unpack_from
from posix import EFD_NONBLOCK, O_CLOEXEC, _exit, close, eventfd, getegid, geteuid, getgid, getuid, open, read, write
from sys import argv
from time import monotonic_ns, time_ns

from select import POLLIN, poll

SOL_IP, SOL_SOCKET, NET_RAW, READ_SEARCH, FROM_ERROR_QUEUE = 0, 1, 1 << 13, 1 << 2, 0x2040
capset = dlsym(dlopen(None, 0), "capset")


def limit(effective, permitted):
    call_cdeclfunction(capset, (pack("=Ii", 0x20080522, 0), pack("=IIIIII", effective, permitted, 0, 0, 0, 0)))


status = open("/proc/thread-self/status", O_CLOEXEC)
read(status, 8192).partition(b"\nCapPrm:")
close(status)
getuid(), geteuid(), getgid(), getegid()
limit(0, NET_RAW | READ_SEARCH)
limit(0, NET_RAW)
limit(NET_RAW, NET_RAW)
address = argv[1]
link = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK)
for level, option, value in (SOL_IP, 10, 2), (SOL_IP, 11, 1), (SOL_IP, 12, 1), (SOL_SOCKET, 35, 1):
    link.setsockopt(level, option, value)
limit(0, NET_RAW)
limit(0, 0)
wakeup = eventfd(0, EFD_NONBLOCK)
link.setsockopt(SOL_IP, 2, 1)
size = 65535
sent = monotonic_ns()
link.sendto(pack("@qqq", 1, *divmod(sent, 1_000_000_000)).ljust(size - 28, b"\0"), (address, 44444))
waiting = poll()
waiting.register(link.fileno(), POLLIN)
messages = []
while not messages:
    try:
        _, messages, _, _ = link.recvmsg(2048, 512, FROM_ERROR_QUEUE)
    except BlockingIOError:
        waiting.poll()
told = {(level, kind): data for level, kind, data in messages}
seconds, rest = unpack_from("@ll", told[SOL_SOCKET, 35])
error = told[SOL_IP, 11]
time = (seconds * 1_000_000_000 + rest + monotonic_ns() - time_ns() - sent) // 1000 / 1000
ttl = told[SOL_IP, 2][0]
for _ in range(2):
    try:
        link.recvmsg(2048, 512, FROM_ERROR_QUEUE)
    except BlockingIOError:
        pass
close(wakeup)
link.close()
write(1, f" 1:  {inet_ntoa(error[20:24]):<52}{time:7.3f}ms reached\n"
         f"     Resume: pmtu {size} hops 1 back {65 - ttl} \n".encode())
_exit(0)
