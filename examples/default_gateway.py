"""The way out, and whether the router there answers."""

import netlite

for route in netlite.default_routes():
    run = netlite.ping(route.gateway, count=2, interval_s=0.2) if route.gateway else None
    answers = [verdict.kind for verdict in run] if run else []
    print(f"IPv{route.version}: {route.gateway or 'directly'} through {route.device}", *answers)
