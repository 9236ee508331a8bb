"""Watch hosts beside other work of an event loop, with ping's text, and stop after a while: with_asyncio.py HOST…"""

import asyncio
import re
import sys


async def watch(host):
    process = await asyncio.create_subprocess_exec("ping", "-n", "-O", "-i0.1", host, stdout=asyncio.subprocess.PIPE)
    try:
        async for line in process.stdout:
            text = line.decode()
            if found := re.search(r"time=([\d.]+) ms", text):
                print(host, "answer", round(float(found[1]) * 1e6))
            elif "no answer yet" in text:
                print(host, "lost", None)
    finally:
        process.terminate()
        await process.wait()


async def main():
    watching = [asyncio.create_task(watch(host)) for host in sys.argv[1:]]
    await asyncio.sleep(1)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)


asyncio.run(main())
