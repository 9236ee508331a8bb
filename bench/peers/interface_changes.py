"""What changes in interfaces and addresses, until nothing happens for so many seconds, with pyroute2: … SECONDS"""

import select
import sys

from pyroute2 import IPRoute

with IPRoute() as kernel:
    kernel.bind()
    print("watching", flush=True)
    while select.select([kernel.fileno()], [], [], float(sys.argv[1]))[0]:
        for message in kernel.get():
            event = message["event"]
            if event.endswith("LINK"):
                name, what = message.get_attr("IFLA_IFNAME"), "up" if message["flags"] & 1 else "down"
                print("link", name, what, "(gone)" if event == "RTM_DELLINK" else "", flush=True)
            elif event.endswith("ADDR"):
                name, what = message.get_attr("IFA_LABEL"), message.get_attr("IFA_ADDRESS")
                print("address", name, what, "(gone)" if event == "RTM_DELADDR" else "", flush=True)
