"""What Python cannot do without in a flood: a clock, sendto, recvmsg with the kernel's stamp: ``… COUNT ADDRESS``.

No number in the request, no look at the answer, no statistics: the floor under ``ping -f -q``.
"""

from _socket import AF_INET, SOCK_RAW, socket
from _struct import pack
from sys import argv
from time import time_ns

IPPROTO_ICMP, SOL_RAW, ICMP_FILTER, SOL_SOCKET, SO_TIMESTAMPNS, ECHO_REPLY = 1, 255, 1, 1, 35, 0
request = bytearray(pack("!BBHHH", 8, 0, 0, 0x4e4c, 0) + bytes(56))
total = sum(memoryview(request).cast("H"))
memoryview(request).cast("H")[1] = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
raw, target = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), (argv[2], 0)
raw.setsockopt(SOL_RAW, ICMP_FILTER, pack("I", ~(1 << ECHO_REPLY) & 0xFFFFFFFF))
raw.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
sendto, recvmsg = raw.sendto, raw.recvmsg
for _ in range(int(argv[1])):
    time_ns()
    sendto(request, 0, target)
    recvmsg(256, 64)
