"""A health check for a web service: `app` is a plain ASGI application (uvicorn health_check:app).

FastAPI takes `health` as it is: ``FastAPI().get("/health/{host}")(health)``."""

import json

from netlite import NetliteError, aio


async def health(host: str) -> dict:
    """What a monitor wants to know of a host."""
    try:
        result = await aio.ping(host, count=3, interval_s=0.1, timeout_s=0.5).finish()
    except NetliteError as refusal:
        return {"host": host, "up": False, "reason": str(refusal)}
    return {"host": host, "up": result.is_up, "loss": result.loss, "rtt_avg_ns": result.rtt_avg_ns,
            "reason": result.reason}


async def app(scope, receive, send):
    """GET /HOST: 200 where it is up, 503 where it is not."""
    assert scope["type"] == "http"
    told = await health(scope["path"].strip("/"))
    await send({"type": "http.response.start", "status": 200 if told["up"] else 503,
                "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})
