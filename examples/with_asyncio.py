"""Watch hosts beside other work of an event loop, and stop after a while: with_asyncio.py HOST…"""

import asyncio
import sys

from netlite import aio


async def watch(host):
    async for verdict in aio.ping(host, count=None, interval_s=0.1):
        print(host, verdict.kind, verdict.rtt_ns)


async def main():
    watching = [asyncio.create_task(watch(host)) for host in sys.argv[1:]]
    await asyncio.sleep(1)
    for task in watching:
        task.cancel()  # gives its part of the socket back at once
    await asyncio.gather(*watching, return_exceptions=True)


asyncio.run(main())
