"""The same with icmplib, 50 at a time as it does by itself; with 1,000 it loses half: icmplib_targets.py LIVE… DEAD…"""

import asyncio
import os
import sys

from icmplib import async_multiping

hosts = sys.argv[1:]


async def main():
    before = len(os.listdir("/proc/self/fd"))
    results = await async_multiping(hosts, count=2, interval=0.2, timeout=1)
    wrong = sum(each.packets_received != (2 if each.address in hosts[:900] else 0) for each in results)
    answered = sum(each.packets_received for each in results)
    print(f"sent {sum(each.packets_sent for each in results)}, answered {answered}, wrong {wrong},",
          f"descriptors {before} to {len(os.listdir('/proc/self/fd'))}")


asyncio.run(main())
