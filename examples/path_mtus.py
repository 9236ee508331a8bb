"""The path MTU of many hosts, ten searches at a time: path_mtus.py HOST…"""

import asyncio
import sys

from netlite import aio


async def main():
    ten = asyncio.Semaphore(10)

    async def search(host):
        async with ten:
            *_, result = await aio.path_mtu(host, timeout_s=0.5)
            return host, result.mtu_bytes

    for host, mtu_bytes in await asyncio.gather(*[search(host) for host in sys.argv[1:]]):
        print(host, mtu_bytes)


asyncio.run(main())
