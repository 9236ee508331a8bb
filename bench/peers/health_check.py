"""A health check for a web service, with FastAPI and a ping of its own for each question."""

import asyncio
import re

from fastapi import FastAPI

app = FastAPI()


@app.get("/health/{host}")
async def health(host: str) -> dict:
    try:
        await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError) as refusal:
        return {"host": host, "up": False, "reason": str(refusal)}
    process = await asyncio.create_subprocess_exec("ping", "-n", "-c3", "-i0.2", "-W0.5", "--", host,
                                                   stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    out, _ = await process.communicate()
    text = out.decode()
    loss, times = re.search(r"([\d.]+)% packet loss", text), re.search(r"= [\d.]+/([\d.]+)/", text)
    return {"host": host, "up": bool(times), "loss": float(loss[1]) / 100 if loss else 1.0,
            "rtt_avg_ns": round(float(times[1]) * 1e6) if times else None, "reason": "" if loss else text.strip()}
