"""64 threads ask as many hosts, every eighth of them dead, and what they found is counted: of netlite_threads and
icmplib_threads, whose command line is LIVE… DEAD…"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor


def ask_all(ask):
    """`ask` takes a host and returns (answered, sent) of 20 probes."""
    hosts = [*sys.argv[1:57], *sys.argv[-8:]]
    before = len(os.listdir("/proc/self/fd"))
    with ThreadPoolExecutor(64) as threads:
        found = list(threads.map(ask, hosts))
    wrong = sum(answered != (20 if place < 56 else 0) for place, (answered, _) in enumerate(found))
    print(f"sent {sum(sent for _, sent in found)}, answered {sum(answered for answered, _ in found)}, wrong {wrong},",
          f"descriptors {before} to {len(os.listdir('/proc/self/fd'))}")
