"""netlite why where the machine lacks something, changes meanwhile, or is asked for odd things: an answer, never an accident."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from quick_lab import Lab

from netlite.lab.scene.manners import Service
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.registry import netlite_argv

NET = Topology([Node("client"), Node("r1", True), Node("server", services=(Service(80),))],
               [Wire(("client", "r1")), Wire(("r1", "server"))])
HOSTILE = "\x1b[31m\x07"


@pytest.fixture(scope="module")
def lab():
    with Lab(NET) as built:
        yield built


def why(lab, *words, argv=(), **options):
    done = lab.run("client", [*argv, *netlite_argv(["why", *words])], timeout=120, **options)
    told = done.stdout + done.stderr
    assert done.returncode in (0, 1, 2) and "Traceback" not in told and "internal error" not in told, told
    assert "\x1b" not in told and "\x07" not in told
    return done


def cause(done) -> str:
    """The identifier of the first verdict; "well" where there is none."""
    lines = [line for line in done.stdout.splitlines() if line.startswith("  sure")]
    return lines[0].partition("(")[2].partition(",")[0].rstrip(")") if lines else "well" if not done.returncode else ""


@pytest.mark.parametrize("host, status, found", [
    ("198.18.1.1", 0, "well"), ("127.0.0.1", 0, "well"), ("::1", 0, "well"), ("0.0.0.0", 0, "well"), ("client", 0, "well"),
    ("127.0.0.1:9", 1, "port-refused"), ("[::1]:9", 1, "port-refused"), ("[server]:80", 0, "well"), ("[::1]", 0, "well"),
    ("255.255.255.255", 1, "no-host"), ("198.18.1.255", 1, "no-host"), ("224.0.0.9", 1, "no-host"), ("ff05::9", 1, "no-host"),
    ("::", 1, "no-host"), ("fe80::1", 1, "wrong-zone"), ("fe80::1%nope", 1, "wrong-zone"), ("fe80::1%99", 1, "wrong-zone"),
    ("fe80::ff:fe00:102%eth0", 0, "well"), ("[fe80::ff:fe00:102%eth0]:80", 1, "port-refused"), ("::ffff:198.18.2.2", 0, "well"),
    ("198.18.1.1%eth0", 1, "name-no-server"), ("1", 1, "no-route-there"), ("240.0.0.1", 1, "no-route-there"), ("::1:80", 1, "no-route-there"),
    ("b\u00fccher.example", 1, "name-no-server"), ("a" * 300, 1, "name-no-server"), (HOSTILE, 1, "name-no-server"),
    ("server:65535", 1, "port-refused"), ("server:0", 2, ""), ("server:65536", 2, ""), ("server:-1", 2, ""), ("server:", 2, ""),
    ("[::1", 2, ""), ("[::1]x", 2, ""), ("[]:80", 2, ""), ("-n", 2, ""), (f"[::1]:{HOSTILE}", 2, "")])
def test_whatever_is_asked_for(lab, host, status, found):
    done = why(lab, host)
    assert (done.returncode, cause(done)) == (status, found), done.stdout + done.stderr
    if status == 2:
        assert done.stdout == "" and done.stderr.startswith("why: ")


@pytest.mark.parametrize("closing, status", [(">&-", 2), (">/dev/full", 2), ("2>&- <&-", 0)])
def test_streams_that_are_closed_or_full(lab, closing, status):
    done = why(lab, "server:80", argv=["sh", "-c", f'exec "$@" {closing}', "sh"])
    assert done.returncode == status and done.stderr == ("why: write error\n" if status else "")


def test_with_few_descriptors(lab):
    assert why(lab, "-q", "server:80", argv=["sh", "-c", 'ulimit -n 12; exec "$@"', "sh"]).returncode in (0, 1)


def ip(lab, *commands: str) -> None:
    for command in commands:
        done = lab.run("client", ["sh", "-c", command])
        if done.returncode == 127:
            pytest.skip("there is no ip here")
        assert done.returncode == 0, done.stderr


def test_without_ipv6_at_all():
    with Lab(NET) as own:
        own.setting("client", "net/ipv6/conf/all/disable_ipv6", "1")
        done = why(own, "server:80")
        assert done.returncode == 0 and "this machine has no IPv6" in done.stdout
        assert cause(why(own, "-6", "server")) == "no-address" and why(own).returncode == 0


def test_with_very_many_addresses_and_routes():
    with Lab(NET) as own:
        ip(own, "for i in $(seq 100 163); do ip address add 198.18.1.$i/24 dev eth0; ip address add 2001:db8:1::$i/64 dev eth0 nodad; done",
           "for i in $(seq 0 255); do for j in 1 2 3 4; do echo route add 10.$j.$i.0/24 via 198.18.1.2; done; done | ip -batch -")
        assert why(own, "server:80").returncode == 0 and why(own).returncode == 0


def test_rules_that_lead_to_tables():
    with Lab(NET) as own:
        ip(own, "ip route add default via 198.18.1.2 table 100", "ip rule add to 198.18.2.0/24 lookup 100")
        assert cause(why(own, "198.18.2.2:80")) == "well"
        ip(own, "ip route replace default via 198.18.1.99 table 100")
        assert cause(why(own, "198.18.2.2:80")) == "policy-rule"


@pytest.mark.parametrize("words", [("198.18.2.2",), ("198.18.2.2:80",), ()])
def test_an_interface_that_goes_down_meanwhile(words):
    """At whatever moment: as soon as something is asked, and later."""
    for moment in (0.0, 0.2, 0.4, 0.8):
        with Lab(NET) as own:
            process = own.popen("client", netlite_argv(["why", *words]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(moment)
            own.run("client", netlite_argv(["ifconfig", "eth0", "down"]))
            out, err = process.communicate(timeout=120)
        done = subprocess.CompletedProcess([], process.returncode, out, err)
        assert err == "" and done.returncode in (0, 1), out + err
        assert cause(done) in ("well", "interface-down") and (cause(done) == "well") == (done.returncode == 0), out


def test_twenty_thousand_sockets(lab):
    """Their queues are looked at, twice if need be, and only those that matter are kept."""
    code = ("import resource, socket, subprocess, sys\n"
            "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))\n"
            "held = []\n"
            "try:\n"
            "    for port in range(20000):\n"
            "        held.append(socket.socket())\n"
            "        held[-1].bind(('127.0.0.1', 10000 + port))\n"
            "        held[-1].listen()\n"
            "except OSError:\n"
            "    del held[-20:]\n"
            "assert len(held) > 100\n"
            "sys.exit(subprocess.run(sys.argv[1:]).returncode)\n")
    done = why(lab, "server:80", argv=[sys.executable, "-I", "-S", "-c", code])
    assert done.returncode == 0, done.stdout
