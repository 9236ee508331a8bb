"""Ask the health check in a folder about hosts, all at once, as a web server would: ask_health.py FOLDER HOST…"""

import asyncio
import sys

import httpx
from fastapi import FastAPI

sys.path.insert(0, sys.argv[1])
import health_check  # noqa: E402

app = health_check.app
if not isinstance(app, FastAPI):
    app = FastAPI()
    app.get("/health/{host}")(health_check.health)


async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://check", timeout=60) as client:
        for answer in await asyncio.gather(*[client.get(f"/health/{host}") for host in sys.argv[2:]]):
            told = answer.json()
            print(told["host"], told["up"])


asyncio.run(main())
