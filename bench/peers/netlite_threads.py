"""64 threads ping as many hosts, every eighth of them dead, 20 probes each: netlite_threads.py LIVE… DEAD…"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import netlite

hosts = [*sys.argv[1:57], *sys.argv[-8:]]


def ask(host):
    run = netlite.ping(host, count=20, interval_s=0.02, timeout_s=1)
    return len([verdict for verdict in run if verdict.kind == "answer"]), run.result.sent


before = len(os.listdir("/proc/self/fd"))
with ThreadPoolExecutor(64) as threads:
    found = list(threads.map(ask, hosts))
print(f"sent {sum(sent for _, sent in found)}, answered {sum(answered for answered, _ in found)},",
      f"wrong {sum(answered != 20 for answered, _ in found[:56]) + sum(answered != 0 for answered, _ in found[56:])},",
      f"descriptors {before} to {len(os.listdir('/proc/self/fd'))}")
