"""The ways to several hosts at once: concurrent_traces.py HOST…"""

import asyncio
import sys

from netlite import aio


async def main():
    hosts = sys.argv[1:]
    traces = await asyncio.gather(*[aio.traceroute(host, queries=1, timeout_s=1) for host in hosts])
    for host, hops in zip(hosts, traces):
        print(host, " > ".join(hop.source or "*" for hop in hops))


asyncio.run(main())
