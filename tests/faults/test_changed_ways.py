"""The library while its way changes: every probing function ends with records or with an exception of netlite's own."""

from __future__ import annotations

import json
import sys

import pytest
from quick_lab import Lab

from netlite.lab.scene.topology import chain

CHANGES = {
    "down": "ip link set eth0 down", "removed": "ip link del eth0", "small": "ip link set eth0 mtu 1280", "tiny": "ip link set eth0 mtu 576",
    "no addresses": "ip addr flush dev eth0", "no way": "ip route flush default; ip -6 route flush default",
    "prohibited": "ip route replace prohibit default; ip -6 route replace prohibit default metric 1"}
LIBRARY = """
import json, os, subprocess, sys
sys.path[:] = json.loads(sys.argv[1])
import netlite
patient = {"timeout_s": 0.2}
trace = {**patient, "window": 1, "queries": 2, "max_hops": 2}
PARTS = 8  # processes that share the calls out: they wait for most of their time
CALLS = {}
for host in ("198.18.2.2", "2001:db8:2::2"):
    for name, call, named in [
            ("ping", netlite.ping, {}), ("ping, device", netlite.ping, {"device": "eth0"}), ("ping, large", netlite.ping, {"size_bytes": 60000}),
            ("ping_many", lambda host, **named: netlite.ping_many([host, "198.18.1.2"], **named), {}),
            *[(f"traceroute {method}", netlite.traceroute, {**trace, "method": method}) for method in ("udp", "icmp", "tcp")],
            ("traceroute, paris", netlite.traceroute, {**trace, "paris": True}), ("traceroute, device", netlite.traceroute, {**trace, "device": "eth0"}),
            ("traceroute, large", netlite.traceroute, {**trace, "size_bytes": 1490, "dont_fragment": True}),
            ("tracepath", netlite.tracepath, {"max_hops": 2}), ("path_mtu", netlite.path_mtu, {}), ("path_mtu, udp", netlite.path_mtu, {"method": "udp"}),
            ("multipath", netlite.multipath, {"window": 1, "max_hops": 2, "tries": 1})]:
        wanted = {"count": 3, "interval_s": 0.1} if "ping" in name else {}
        CALLS[name, host] = lambda call=call, host=host, named={**({} if name == "tracepath" else patient), **wanted, **named}: call(host, **named)

def told(what):
    try:
        return what()
    except netlite.NetliteError as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    except Exception as accident:
        return f"an accident: {accident!r}"

def begin_and_end(calls, tell, wait):
    runs = {key: told(call) for key, call in calls.items()}
    begun = {key: told(lambda: [next(run, None)]) for key, run in runs.items() if not isinstance(run, str)}
    tell(b"begun ")
    wait()
    ended = {f"{key} under way": told(lambda: len(list(runs[key])) + 1) for key, first in begun.items() if not isinstance(first, str)}
    anew = {f"{key} begun": told(lambda: len(list(call()))) for key, call in calls.items()}
    tell(json.dumps({**ended, **anew}).encode())

changed, change = os.pipe()
listened = []
for part in range(PARTS):
    listen, speak = os.pipe()
    if not os.fork():
        os.close(change)
        begin_and_end(dict(list(CALLS.items())[part::PARTS]), lambda text: os.write(speak, text), lambda: os.read(changed, 1))
        os._exit(0)
    os.close(speak)
    listened.append(listen)
begun = [os.read(each, 6) for each in listened]
subprocess.run(["sh", "-c", sys.argv[2]], check=True)
os.close(change)  # which is what the others wait for
found = {}
for each in listened:
    with open(each) as file:
        found |= json.load(file)
print(json.dumps(found))
"""


@pytest.mark.parametrize("change", CHANGES)
def test_it_ends_with_records_or_a_refusal(change):
    if Lab.unavailable_reason():
        pytest.skip(Lab.unavailable_reason())
    with Lab(chain(1)) as lab:
        lab.setting("client", "net/ipv4/ping_group_range", "0 0")
        done = lab.run("client", [sys.executable, "-I", "-c", LIBRARY, json.dumps(sys.path), CHANGES[change]])
    assert (done.stderr, done.returncode) == ("", 0)
    ended = json.loads(done.stdout)
    assert len(ended) == 56, ended
    wrong = {what: came for what, came in ended.items() if not came or "accident" in str(came) or "ping_group_range" in str(came)}
    assert not wrong
