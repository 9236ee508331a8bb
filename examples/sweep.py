"""Which hosts are up, with loss and jitter: sweep.py HOST…"""

import sys

import netlite

for result in netlite.ping_many(sys.argv[1:], count=5, interval_s=0.2, rate=500):
    if result.is_up:
        print(f"{result.host}: loss {result.loss:.0%}, average {result.rtt_avg_ns / 1e6:.3f} ms, "
              f"95 % within {result.rtt_p95_ns / 1e6:.3f} ms, jitter {result.jitter_ns / 1e6:.3f} ms")
    else:
        print(f"{result.host}: down ({result.reason})")
