"""IPv6 routes while others come and go: none that stays is lost or doubled."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from netlite.programs.registry import netlite_argv
from netlite.system.routes.steady_reading import merged, read_steadily

ROUTES, SHOWN = 600, 12
SCRIPT = """
ip link set lo up; ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up
i=0; while [ $i -lt {routes} ]; do printf 'route add 2001:db8:0:%x::/64 dev d0\\n' $i; i=$((i + 1)); done | ip -6 -batch - || exit 77
churn() {{ for k in 1 2 3 4 5 6 7 8 9; do echo "route $1 1000:$k::/64 dev d0"; done | ip -6 -batch - 2>/dev/null; }}
(n=0; while [ $n -lt 2000 ]; do churn add; churn del; n=$((n + 1)); done) & churning=$!
n=0; while [ $n -lt {shown} ]; do echo round; {command}; n=$((n + 1)); done
kill $churning
"""


@pytest.mark.parametrize("words", ["route -6n", "netstat -6rn", "route -6n --json"])
def test_routes_that_stay_are_all_there(labs, words):
    script = SCRIPT.format(routes=ROUTES, shown=SHOWN, command=shlex.join(netlite_argv(words.split())))
    done = subprocess.run(["unshare", "-n", "timeout", "-k", "1", "120", "sh", "-c", script], capture_output=True, text=True, timeout=200,
                          stdin=subprocess.DEVNULL)
    if done.returncode == 77:
        pytest.skip(f"no routes here: {done.stderr[:200]}")
    rounds = done.stdout.split("round\n")[1:]
    assert len(rounds) == SHOWN
    assert [text.count("2001:db8:0:") + text.count("2001:db8::/64") for text in rounds] == [ROUTES] * SHOWN


def row(number: int, device: str = "d0", uses: int = 0) -> bytes:
    return b"%032x 40 %032x 00 %032x 00000100 00000001 %08x 00000001 %8s" % (number, 0, 0, uses, device.encode())


def test_what_most_readings_say():
    whole = [row(number) for number in range(8)]
    readings = [whole, whole[:3] + whole[5:], whole[:4] + whole[2:], [row(99)] + whole, whole]
    assert merged(readings) == whole


def test_routes_that_are_there_twice_stay_so():
    whole = [row(1), row(1), row(2), row(3, "d1")]
    assert merged([whole, whole[1:], whole, whole + whole[:1], whole]) == whole


def test_counts_are_the_last_ones_read():
    assert merged([[row(1, uses=1), row(2)], [row(1, uses=4)], [row(1, uses=5), row(2)]]) == [row(1, uses=5), row(2)]


def test_a_route_that_one_reading_lacks_keeps_its_place():
    whole = [row(number) for number in range(6)]
    assert merged([whole[:2] + whole[3:], whole, whole]) == whole


class Pages:
    """A world with this text for every file, and no channel to watch."""

    def __init__(self, *blocks: bytes):
        self.files, self._blocks = self, blocks

    def blocks(self, path: str):
        return iter(self._blocks)

    def netlink(self, protocol: int):
        raise PermissionError(1, "Operation not permitted")


def test_a_page_is_of_one_moment_and_needs_no_channel():
    small = Pages(b"one\ntwo\n")
    small.netlink = None  # not even asked for
    assert read_steadily(small, "any") == [b"one", b"two", b""]
    large = [row(number) for number in range(100)]
    assert read_steadily(Pages(b"\n".join(large)), "any") == large
    assert read_steadily(Pages(b"", b"late"), "any") == [b"late"]
