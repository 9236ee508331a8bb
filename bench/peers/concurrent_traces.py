"""The ways to several hosts at once, with scapy, one after the other: its sr() is not made for threads: … HOST…"""

import sys

from scapy.layers.inet import ICMP, IP, UDP
from scapy.sendrecv import sr

for host in sys.argv[1:]:
    answered, _ = sr(IP(dst=host, ttl=(1, 8)) / UDP(dport=33434), timeout=1, verbose=False)
    found = {probe.ttl: answer for probe, answer in answered}
    way = []
    for ttl in range(1, 9):
        way.append(found[ttl].src if ttl in found else "*")
        if ttl in found and ICMP in found[ttl] and found[ttl][ICMP].type == 3:
            break
    print(host, " > ".join(way))
