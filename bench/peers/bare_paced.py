"""What Python cannot do without to ping at a pace: a wait, sendto, recvmsg with the kernel's stamp: ``… COUNT ADDRESS``.

Two hundred a second, and the answers of others dropped by their identifier in the kernel, as ping has it; nobody looks at
an answer: the floor under ``ping -i 0.005``.
"""

from _ctypes import _SimpleCData, addressof
from _socket import AF_INET, MSG_DONTWAIT, SOCK_RAW, socket
from _struct import pack
from select import select
from sys import argv
from time import monotonic_ns, time_ns

IPPROTO_ICMP, SOL_RAW, ICMP_FILTER, SOL_SOCKET, SO_ATTACH_FILTER, SO_TIMESTAMPNS = 1, 255, 1, 1, 26, 35
IDENTIFIER, INTERVAL_NS, ECHO_REPLY = 0x4E4C, 5_000_000, 0
request = bytearray(pack("!BBHHH", 8, 0, 0, IDENTIFIER, 0) + bytes(56))
total = sum(memoryview(request).cast("H"))
memoryview(request).cast("H")[1] = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
raw, target = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), (argv[2], 0)
raw.setsockopt(SOL_RAW, ICMP_FILTER, pack("I", ~(1 << ECHO_REPLY) & 0xFFFFFFFF))
ours = ((0x28, 0, 0, 24), (0x15, 0, 1, IDENTIFIER), (0x06, 0, 0, 0xFFFFFFFF), (0x06, 0, 0, 0))  # load, compare, return
program = bytearray(b"".join(pack("=HBBI", *instruction) for instruction in ours))
held = (type("byte", (_SimpleCData,), {"_type_": "B"}) * len(program)).from_buffer(program)
raw.setsockopt(SOL_SOCKET, SO_ATTACH_FILTER, pack("@HP", len(ours), addressof(held)))
raw.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
due_ns = monotonic_ns()
for _ in range(int(argv[1])):
    while due_ns > monotonic_ns():
        if select((raw,), (), (), max(0, due_ns - monotonic_ns()) / 1e9)[0]:
            raw.recvmsg(256, 64)
    due_ns += INTERVAL_NS
    time_ns()
    raw.sendto(request, 0, target)
    try:
        raw.recvmsg(256, 64, MSG_DONTWAIT)
    except BlockingIOError:
        pass
