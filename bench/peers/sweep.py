"""Which hosts are up, with loss and jitter, with icmplib: sweep.py HOST…"""

import sys

from icmplib import multiping

for host in multiping(sys.argv[1:], count=5, interval=0.2, timeout=1, concurrent_tasks=1000):
    if host.is_alive:
        rtts = sorted(host.rtts)
        print(f"{host.address}: loss {host.packet_loss:.0%}, average {host.avg_rtt:.3f} ms, "
              f"95 % within {rtts[int(len(rtts) * 0.95)]:.3f} ms, jitter {host.jitter:.3f} ms")
    else:
        print(f"{host.address}: down")
