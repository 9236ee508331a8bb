"""Routes that differ in what packets they are for are told apart; those of groups are not in the classic table."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess

import pytest

from netlite.programs.registry import netlite_argv

SET_UP = """
ip link set lo up; ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up
ip address add 10.0.0.1/24 dev d0; ip -6 address add 2001:db8::1/64 dev d0 nodad
ip nexthop add id 1 blackhole; ip nexthop add id 2 via 10.0.0.9 dev d0; ip nexthop add id 3 group 2
for kind in "" multicast broadcast; do n=$((n + 1)); for hop in 1 2 3; do ip route add $kind $((236 + n)).$hop.0.0/16 nhid $hop; done; done 2>/dev/null
ip route add 10.8.0.0/16 nhid 1; ip route add 10.15.0.0/16 tos 0x10 via 10.0.0.9; ip route add 10.15.0.0/16 via 10.0.0.8
ip route add 10.9.0.0/16 nhid 1 scope link; ip route add multicast 239.9.0.0/16 nhid 1 scope global 2>/dev/null
ip -6 route add 2001:db8:9::/48 from 2001:db8:1::/48 dev d0; ip -6 route add 2001:db8:9::/48 from 2001:db8::/48 dev d0
ip -6 route add 2001:db8:9::/48 dev d0 metric 2000
ip route add 10.21.0.0/16 encap ip id 3 dst 10.0.0.3 dev d0 2>/dev/null
"""


def run(*commands: list[str]) -> list[str]:
    script = SET_UP + "\n".join(f"{shlex.join(words)}; echo ====" for words in commands)
    done = subprocess.run(["unshare", "-n", "sh", "-c", script], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    if "unshare" in done.stderr or "nexthop" in done.stderr:
        pytest.skip(f"no such routes here: {done.stderr[:200]}")
    return done.stdout.split("====\n")


@pytest.mark.parametrize("words", ["route -n", "route -een", "netstat -rn"])
def test_groups_by_next_hop_objects_are_left_out_as_in_the_file(labs, words):
    program, *options = words.split()
    original = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not original:
        pytest.skip(f"the original {program} is not installed")
    theirs, ours, _ = run([original, *options], netlite_argv(words.split()))
    assert ours == theirs and {"237.1.0.0", "10.8.0.0", "10.9.0.0"} <= set(ours.split()) and "238." not in ours


def test_more_tells_sources_services_and_encapsulations(labs):
    four, six, objects, _ = run(*(netlite_argv(words.split()) for words in ("route --more", "route -6 --more", "route -6 --more --json")))
    rows = [line.split("  ")[0] for line in four.splitlines() + six.splitlines()]
    assert {"10.15.0.0/16 tos 0x10", "10.15.0.0/16", "2001:db8:9::/48 from 2001:db8:1::/48", "2001:db8:9::/48 from 2001:db8::/48"} < set(rows)
    assert "10.21" not in four or "encap ip dev d0" in four
    assert {row["origin"] for row in json.loads(objects) if row["destination"] == "2001:db8:9::"} == {"2001:db8:1::/48", "2001:db8::/48", None}


def test_get_says_why_the_others_do_not_fit(labs):
    four, six, _ = run(*(netlite_argv(words.split()) for words in ("route get 10.15.0.1", "route get 2001:db8:9::1")))
    assert "for another type of service" in four and "the only one that fits in its table" in four and "the only one in its table" not in four
    assert "for other sources" in six and "the only one in its table" not in six
