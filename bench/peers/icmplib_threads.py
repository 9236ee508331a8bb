"""The same with icmplib: icmplib_threads.py LIVE… DEAD…"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from icmplib import ping

hosts = [*sys.argv[1:57], *sys.argv[-8:]]


def ask(host):
    result = ping(host, count=20, interval=0.02, timeout=1)
    return result.packets_received, result.packets_sent


before = len(os.listdir("/proc/self/fd"))
with ThreadPoolExecutor(64) as threads:
    found = list(threads.map(ask, hosts))
print(f"sent {sum(sent for _, sent in found)}, answered {sum(answered for answered, _ in found)},",
      f"wrong {sum(answered != 20 for answered, _ in found[:56]) + sum(answered != 0 for answered, _ in found[56:])},",
      f"descriptors {before} to {len(os.listdir('/proc/self/fd'))}")
