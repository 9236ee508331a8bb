"""The way out, and whether the router there answers."""

import netlite

for route in netlite.default_routes():
    router = route.gateway
    if router and router.startswith("fe80:"):
        router += f"%{route.device}"  # a link-local address needs its interface
    run = netlite.ping(router, count=2, interval_s=0.2) if router else None
    answers = [verdict.kind for verdict in run] if run else []
    print(f"IPv{route.version}: {router or 'directly'} through {route.device}", *answers)
