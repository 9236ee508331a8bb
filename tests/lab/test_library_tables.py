"""The library's tables beside what ip(8) made: routes, neighbours, sockets with owners, counters, changes."""

from __future__ import annotations

import json
import os
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(Topology([Node("client"), Node("r1", True)], [Wire(("client", "r1"))], "tables")) as built:
        for words in (("route", "add", "198.18.50.0/24", "nexthop", "via", "198.18.1.2", "weight", "3", "nexthop", "dev", "lo"),
                      ("route", "add", "blackhole", "198.18.51.0/24"), ("route", "add", "198.18.52.0/24", "dev", "lo", "table", "77"),
                      ("neigh", "add", "198.18.1.9", "lladdr", "02:00:00:00:00:09", "dev", "eth0"),
                      ("neigh", "add", "2001:db8:1::9", "lladdr", "02:00:00:00:00:0a", "dev", "eth0"),
                      ("addr", "add", "198.18.1.77/24", "dev", "eth0", "label", "eth0:7")):
            done = built.run("client", ["ip", *words])
            assert (done.stderr, done.returncode) == ("", 0)
        yield built


@pytest.fixture
def told(lab):
    """told(code): what a program on the library prints in the lab, evaluated."""
    def run(code: str) -> object:
        path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        done = lab.run("client", [sys.executable, "-W", "error", "-c", f"import json, netlite\n{code}"], env={"PYTHONPATH": path})
        assert (done.stderr, done.returncode) == ("", 0)
        return eval(done.stdout)

    return run


def test_routes(told):
    rows = told("print([(r.destination, r.gateway, r.device, r.kind, r.table, r.weight) for r in netlite.routes(version=4, table=None)])")
    assert ("198.18.50.0", "198.18.1.2", "eth0", "unicast", "main", 3) in rows
    assert ("198.18.50.0", None, "lo", "unicast", "main", 1) in rows
    assert ("198.18.51.0", None, None, "blackhole", "main", 1) in rows
    assert ("198.18.52.0", None, "lo", "unicast", "77", 1) in rows
    main = told("print([r.destination for r in netlite.routes(version=4)])")
    assert "198.18.52.0" not in main and "198.18.50.0" in main


def test_the_way_and_its_refusals(told):
    assert told("print(netlite.route_to('198.18.1.2').as_dict())") == {
        "address": "198.18.1.2", "device": "eth0", "gateway": None, "source": "198.18.1.1", "kind": "unicast", "mtu_bytes": None}
    assert told("""
try: netlite.route_to("198.18.51.3")
except netlite.KernelRefused as refused: print((refused.errno, str(refused)))
""") == (22, "route to 198.18.51.3: Invalid argument")


def test_neighbours_of_both_families(told):
    rows = told("print([(n.address, n.hardware_address, n.state.value) for n in netlite.neighbours(device='eth0')])")
    assert {("198.18.1.9", "02:00:00:00:00:09", "PERMANENT"), ("2001:db8:1::9", "02:00:00:00:00:0a", "PERMANENT")} <= set(rows)


def test_interfaces_and_addresses(told):
    rows = told("print([tuple(each) for each in netlite.interfaces()])")
    eth0 = next(row for row in rows if row[0] == "eth0")
    assert eth0[1:4] == (True, True, 1500) and {"198.18.1.1/24", "198.18.1.77/24", "2001:db8:1::1/64"} <= set(eth0[7])
    assert [row[0] for row in rows].count("eth0:7") == 0
    details = told("print([(a.address, a.device, a.label) for a in netlite.addresses(device='eth0', version=4)])")
    assert details == [("198.18.1.1", "eth0", "eth0"), ("198.18.1.77", "eth0", "eth0:7")]


SOCKETS = """
import os, socket, threading
tcp = socket.create_server(("198.18.1.1", 5001))
client = socket.create_connection(("198.18.1.1", 5001))
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); udp.bind(("::1", 5002))
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
unix = socket.socket(socket.AF_UNIX); unix.bind("\\0library-test"); unix.listen()
rows = netlite.connections(owners=True)
mine = [row for row in rows if os.getpid() in row.process_ids]
assert all(row.program for row in mine)
json.dumps([row.as_dict() for row in rows])
print([(row.protocol, row.version, row.state.value, row.local_address, row.local_port, row.remote_port == 5001, row.path)
       for row in mine if 5001 in (row.local_port, row.remote_port) or row.protocol in ("udp", "raw") or row.path])
for each in (tcp, client, udp, raw, unix): each.close()
"""


def test_sockets_of_every_kind_and_their_owners(told):
    rows = {row if row[4] in (0, 253, 5001, 5002) else (*row[:4], 0, *row[5:]) for row in told(SOCKETS)}
    assert rows == {
        ("tcp", 4, "LISTEN", "198.18.1.1", 5001, False, ""), ("tcp", 4, "ESTABLISHED", "198.18.1.1", 0, True, ""),
        ("udp", 6, "CLOSE", "::1", 5002, False, ""), ("raw", 4, "CLOSE", "0.0.0.0", 253, False, ""),
        ("unix", 0, "LISTEN", "", 0, False, "@library-test")}


def test_addresses_are_what_ipaddress_takes_and_rows_what_json_takes(told):
    rows = told("""
rows = [netlite.routes(), netlite.neighbours(), netlite.interfaces(), netlite.addresses(), list(netlite.ping("127.0.0.1", count=1)),
        list(netlite.ping_many(["::1"])), list(netlite.traceroute("127.0.0.1")), [netlite.counters()]]
for each in rows: json.dumps([row.as_dict() for row in each])
assert all(len(row._fields) == len(row) for each in rows for row in each)
print([r.destination for r in rows[0]] + [r.gateway for r in rows[0] if r.gateway] + [n.address for n in rows[1]] + [a.address for a in rows[3]])
""")
    for address in rows:
        ip_address(address)


def test_counters(told):
    assert told("""
before = netlite.counters()
list(netlite.ping("127.0.0.1", count=3, interval_s=0.01))
after = netlite.counters()
print((after.protocols["Icmp"]["InEchoReps"] - before.protocols["Icmp"]["InEchoReps"],
       after.interfaces["lo"].rx_packets - before.interfaces["lo"].rx_packets >= 6))
""") == (3, True)


CHANGES = """
import subprocess
def ip(*words): subprocess.run(["ip", *words], check=True)
with netlite.changes(timeout_s=10) as changes:
    ip("link", "add", "dummy0", "type", "veth", "peer", "name", "dummy1")
    ip("link", "set", "dummy1", "up")
    ip("link", "set", "dummy0", "up")
    ip("addr", "add", "198.18.60.1/24", "dev", "dummy0")
    ip("route", "add", "198.18.61.0/24", "via", "198.18.60.9")
    ip("neigh", "add", "198.18.60.9", "lladdr", "02:00:00:00:00:0b", "dev", "dummy0")
    ip("link", "del", "dummy0")
    seen = []
    for change in changes:
        seen.append(change)
        if change.kind == "link" and change.removed: break
print([tuple(getattr(c.kind, "value", c.kind) if n == 0 else v for n, v in enumerate(c)) for c in seen])
"""


def test_changes_of_every_kind(told):
    seen = told(CHANGES)
    assert ("address", False, "dummy0", "198.18.60.1", 24, None, None, None, None) in seen
    assert ("route", False, "dummy0", "198.18.61.0", 24, "198.18.60.9", None, None, None) in seen
    assert ("neighbour", False, "dummy0", "198.18.60.9", None, None, "02:00:00:00:00:0b", None, None) in seen
    assert any(kind == "link" and device == "dummy0" and up for kind, _, device, *_, up, _ in seen)
    assert seen[-1][:3] == ("link", True, "dummy0")
    assert told("with netlite.changes('link', timeout_s=0.05) as changes: print(list(changes))") == []


def test_missing_rights_say_what_to_configure(lab):
    lab.setting("client", "net/ipv4/ping_group_range", "1 0")
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    code = """
import netlite, os
for method in ("icmp", "tcp", "udp"):  # what is loaded later could not be read by everybody
    list(netlite.traceroute("127.0.0.1", method=method, queries=1, port=9))
import netlite.links.tcp_connect
list(netlite.ping("127.0.0.1", count=1)), list(netlite.ping_many(["127.0.0.1"]))
os.setgroups([]); os.setgid(65534); os.setuid(65534)
for start in (lambda: netlite.ping("127.0.0.1"), lambda: netlite.ping_many(["127.0.0.1"]), lambda: netlite.traceroute("127.0.0.1", method="icmp")):
    try: start()
    except PermissionError as refused: print(isinstance(refused, netlite.NetliteError), "net.ipv4.ping_group_range" in str(refused), "CAP_NET_RAW" in str(refused))
print(netlite.traceroute("127.0.0.1", method="tcp", queries=1, port=9).__next__().kind)
print(list(netlite.traceroute("127.0.0.1", queries=1))[0].kind)
"""
    done = lab.run("client", [sys.executable, "-c", code], env={"PYTHONPATH": path})
    assert (done.stdout.splitlines(), done.stderr) == (["True True True"] * 3 + ["reached"] * 2, "")


@pytest.fixture(scope="module")
def link_local(labs):
    """A lab whose client has a link-local gateway, and that gateway's address, without its zone."""
    nodes = [Node("client"), Node("r1", True), Node("server")]
    with Lab(Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"))], "linklocal")) as built:
        told = json.loads(built.run("r1", ["ip", "-j", "-6", "addr", "show", "dev", "eth0", "scope", "link"]).stdout)
        gateway = next(each["local"] for row in told for each in row.get("addr_info", []) if "local" in each)
        built.run("client", ["ip", "-6", "route", "del", "default"])
        done = built.run("client", ["ip", "-6", "route", "add", "default", "via", gateway, "dev", "eth0"])
        assert (done.stderr, done.returncode) == ("", 0)
        yield built, gateway


LINK_LOCAL = """
import socket
from ipaddress import ip_address, ip_interface
gateway = netlite.default_routes(version=6)[0].gateway
told = {"gateway": gateway, "ping": [each.kind for each in netlite.ping(gateway, count=2, interval_s=0.05)],
        "way": netlite.route_to("2001:db8:2::2").gateway, "to the gateway": netlite.route_to(gateway).address,
        "neighbour": [each.address for each in netlite.neighbours(version=6, device="eth0") if each.address.startswith("fe80:")],
        "trace": [each.kind for each in netlite.traceroute(gateway, queries=1)]}
own = next(each.address for each in netlite.addresses(device="eth0", version=6) if each.scope == "link")
assert own.endswith("%eth0") and [each.kind for each in netlite.ping(own, count=1)] == ["answer"]
assert any(ip_interface(each) and each.partition("/")[0] == own for row in netlite.interfaces() for each in row.addresses)
def end(host, port): return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4]
server = socket.create_server(end(own, 5003), family=socket.AF_INET6)
client = socket.create_connection((own, 5003))
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); udp.connect(end(gateway, 9))
rows = [row for row in netlite.connections(version=6) if 5003 in (row.local_port, row.remote_port) or row.remote_port == 9]
told["sockets"] = sorted({each for row in rows for each in (row.local_address, row.remote_address)} - {"::"})
assert told["sockets"] == sorted({own, gateway}), (told, rows)
for each in (*told["sockets"], own, gateway, *told["neighbour"]): ip_address(each)
for each in (server, client, udp): each.close()
print(told)
"""


def test_link_local_addresses_are_whole(link_local):
    """Wherever one stands in a row it can be probed and connected to as it is."""
    lab, bare = link_local
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = lab.run("client", [sys.executable, "-W", "error", "-c", f"import json, netlite\n{LINK_LOCAL}"], env={"PYTHONPATH": path})
    assert (done.stderr, done.returncode) == ("", 0)
    told = eval(done.stdout)
    gateway = f"{bare}%eth0"
    assert told.pop("sockets") and told == {"gateway": gateway, "ping": ["answer"] * 2, "way": gateway, "to the gateway": gateway,
                                            "neighbour": [gateway], "trace": ["reached"]}


def test_changes_of_link_local_addresses_are_whole(link_local):
    lab, bare = link_local
    code = f"""
import netlite, subprocess
with netlite.changes("route", "neighbour", "address", timeout_s=10) as changes:
    for words in (["route", "add", "2001:db8:9::/64", "via", "{bare}", "dev", "eth0"], ["neigh", "add", "fe80::9", "lladdr", "02:00:00:00:00:09", "dev", "eth0"],
                  ["addr", "add", "fe80::7/64", "dev", "eth0", "nodad"]):
        subprocess.run(["ip", "-6", *words], check=True)
    seen = set()
    for change in changes:
        seen |= {{change.gateway, change.address}}
        if change.address and change.address.startswith("fe80::7") and change.kind == "address": break
print(sorted(filter(None, seen)))
"""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = lab.run("client", [sys.executable, "-W", "error", "-c", code], env={"PYTHONPATH": path})
    assert (done.stderr, done.returncode) == ("", 0)
    assert {f"{bare}%eth0", "fe80::9%eth0", "fe80::7%eth0"} <= set(eval(done.stdout))


DIAGNOSES = """
import netlite
for host in ("2001:db8:2::2", "fe80::1:2:3:4%eth0"):
    found = netlite.diagnose(host)
    print((found.verdict.cause, found.verdict.evidence, found.verdict.place))
"""


def test_a_diagnosis_asks_a_link_local_gateway(link_local):
    """It answers though nothing behind it does; and a neighbour that is not there is no wrong route."""
    lab, bare = link_local
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    lab.run("r1", ["ip", "-6", "route", "add", "blackhole", "2001:db8:2::2/128"])
    done = lab.run("client", [sys.executable, "-c", DIAGNOSES], env={"PYTHONPATH": path})
    lab.run("r1", ["ip", "-6", "route", "del", "blackhole", "2001:db8:2::2/128"])
    behind, absent = [eval(line) for line in done.stdout.splitlines()]
    assert behind[0] == "lost-behind" and f"{bare}%eth0 answers echo requests" in behind[1], behind
    assert absent[0] == "neighbour-failed" and absent[2] == "fe80::1:2:3:4%eth0", absent


CHANGES_AS_A_RUN = """
import os, select, subprocess, threading, time
def ip(*words): subprocess.run(["ip", *words], check=True)
def descriptors(): return len(os.listdir("/proc/self/fd"))
list(netlite.changes("link", timeout_s=0.01))
before = descriptors()
for end in ("interrupt", "close"):                # from another thread, while this one waits
    run = netlite.changes("address")
    def finish():
        while run._thread is None: time.sleep(0.001)
        getattr(run, end)()
    thread = threading.Thread(target=finish)
    thread.start()
    assert list(run) == [] and run.finished and run.fileno() == -1
    thread.join()
    run.interrupt(), run.close()                  # harmless when it is over
    assert descriptors() == before, end
run = netlite.changes("address")                  # what has happened still comes
ip("addr", "add", "198.18.70.1/24", "dev", "lo")
run.interrupt()
seen = [change.address for change in run]
run = netlite.changes("address")                  # and for who waits in a way of his own
assert run.deadline_ns is None and run.step() == [] and not run.finished
ip("addr", "del", "198.18.70.1/24", "dev", "lo")
select.select([run], [], [])
seen += [change.address for change in run.step()]
run.interrupt()
select.select([run], [], [])
assert run.step() == [] and run.finished
run.close()
run = netlite.changes("address", timeout_s=0.02)
while not run.finished:
    select.select([run], [], [], max(0, run.deadline_ns - time.monotonic_ns()) / 1e9)
    assert run.step() == []
run.close()
assert descriptors() == before
print(seen)
"""


def test_changes_are_a_run_like_any_other(told):
    assert told(CHANGES_AS_A_RUN) == ["198.18.70.1"] * 2


ASYNCHRONOUS_CHANGES = """
import asyncio
from netlite import aio
async def main():
    changes = aio.changes("link")
    asyncio.get_running_loop().call_later(0.02, changes.interrupt)
    seen = [change async for change in changes]
    async with aio.changes("link", timeout_s=0.02) as changes:
        return seen + [change async for change in changes]
print(asyncio.run(main()))
"""


def test_asynchronous_changes_can_be_interrupted(told):
    assert told(ASYNCHRONOUS_CHANGES) == []
