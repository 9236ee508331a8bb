"""What changes in interfaces and addresses, until nothing happens for so many seconds: interface_changes.py SECONDS"""

import sys

import netlite

with netlite.changes("link", "address", timeout_s=float(sys.argv[1])) as changes:
    print("watching", flush=True)
    for change in changes:
        what = change.address or ("up" if change.is_up else "down")
        print(change.kind, change.device, what, "(gone)" if change.removed else "", flush=True)
