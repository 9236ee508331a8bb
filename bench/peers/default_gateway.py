"""The way out, and whether the router there answers, with pyroute2 and icmplib."""

from icmplib import ping
from pyroute2 import IPRoute

with IPRoute() as kernel:
    for family, version in ((2, 4), (10, 6)):
        for route in kernel.get_default_routes(family=family):
            router = route.get_attr("RTA_GATEWAY")
            device = kernel.get_links(route.get_attr("RTA_OIF"))[0].get_attr("IFLA_IFNAME")
            if router and router.startswith("fe80:"):
                router += f"%{device}"
            host = ping(router, count=2, interval=0.2) if router else None
            answers = ["answer"] * host.packets_received if host else []
            print(f"IPv{version}: {router or 'directly'} through {device}", *answers)
