"""What Python cannot do without to ask many targets: sendto, recvmsg with the kernel's stamp: ``… FILE``.

Sixty-four requests, then their answers, and so on; nobody looks at an answer: the floor under ``ping --multi``.
"""

from _socket import AF_INET, SOCK_RAW, socket
from _struct import pack
from sys import argv
from time import time_ns

IPPROTO_ICMP, SOL_RAW, ICMP_FILTER, SOL_SOCKET, SO_TIMESTAMPNS, ECHO_REPLY = 1, 255, 1, 1, 35, 0
request = bytearray(pack("!BBHHH", 8, 0, 0, 0x4e4c, 0) + bytes(56))
total = sum(memoryview(request).cast("H"))
memoryview(request).cast("H")[1] = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)
raw.setsockopt(SOL_RAW, ICMP_FILTER, pack("I", ~(1 << ECHO_REPLY) & 0xFFFFFFFF))
raw.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
with open(argv[1]) as file:
    targets = [(line.strip(), 0) for line in file]
for start in range(0, len(targets), 64):
    for target in targets[start:start + 64]:
        time_ns()
        raw.sendto(request, 0, target)
    for _ in targets[start:start + 64]:
        raw.recvmsg(256, 64)
