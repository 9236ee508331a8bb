"""Ping 1,000 hosts at once in an event loop, a tenth of them dead, 2 probes each: netlite_targets.py LIVE… DEAD…"""

import asyncio
import os
import sys

from netlite import aio

hosts, most = sys.argv[1:], 0


async def ask(host):
    global most
    result = await aio.ping(host, count=2, interval_s=0.2, timeout_s=1).finish()
    most = max(most, len(os.listdir("/proc/self/fd")))
    return result


async def main():
    before = len(os.listdir("/proc/self/fd"))
    results = await asyncio.gather(*map(ask, hosts))
    wrong = sum(each.received != (2 if each.host in hosts[:900] else 0) for each in results)
    answered = sum(each.received for each in results)
    print(f"sent {sum(each.sent for each in results)}, answered {answered}, wrong {wrong},",
          f"descriptors {before} to {len(os.listdir('/proc/self/fd'))}, {most} at most")


asyncio.run(main())
