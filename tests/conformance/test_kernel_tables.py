"""What comparisons of the kernel's state rest on: a look at its tables shows each change, and a player takes a node back after one."""

from __future__ import annotations

import pytest
from kernel_tables import settled
from number_places import LINK, RESET, RESET_LINK
from player import Step

CHANGES = (
    *(("links d0", f"link set d0 {words}") for words in (
        "mtu 1400", "txqueuelen 7", "address 02:00:00:00:0d:77", "promisc on", "arp off", "addrgenmode eui64", "addrgenmode none", "alias x", "down", "up")),
    *(("addresses d0", f"addr {words} dev d0") for words in (
        "add 10.1.2.3/25", "del fd00:10::1/64", "add 10.1.2.9/24 label d0:1", "add 10.1.2.8 peer 10.1.2.7",
        "add 10.1.4.1/24 brd 10.1.4.7", "add 10.1.5.1/24 scope link", "change 10.1.2.3/24 valid_lft 1000 preferred_lft 900")),
    *(("routes", f"route {words} dev d0") for words in (
        "add 10.9.0.0/16", "add 10.9.0.0/16 metric 5", "del 10.9.0.0/16", "add 10.9.0.0/16 mtu 1300", "change 10.9.0.0/16 mtu 1200",
        "change 10.9.0.0/16 mtu lock 1200", "add 10.8.0.0/16 via 10.1.2.99", "change 10.8.0.0/16 via 10.1.2.98", "add 10.7.0.0/16 tos 4 proto static")),
    *(("routes6", f"-6 route {words} dev d0") for words in ("add 2001:db8::/64", "add 2001:db8::/64 metric 7", "add 2001:db8:1::/64 via fd00:10::9")),
    *(("neighbours", f"neigh {words} dev d0") for words in (
        "add 10.1.2.50 lladdr 02:00:00:00:00:01 nud permanent", "change 10.1.2.50 lladdr 02:00:00:00:00:02 nud permanent", "change 10.1.2.50 nud stale",
        "add fd00:10::5 lladdr 02:00:00:00:00:03 nud permanent")),
    ("proxies", "neigh add proxy 10.1.2.60 dev d0"), ("proxies", "neigh del proxy 10.1.2.60 dev d0"),
)


@pytest.fixture(scope="module")
def node(pair):
    """play(steps): what is seen of the state after each, in one node."""
    def play(steps: list[Step]) -> list:
        return [settled(state) for *_, state in pair.play(steps, nodes=["original"])[0]]

    return play


@pytest.mark.parametrize("table", list(dict(CHANGES)))
def test_each_change_is_seen(table, node):
    node([Step(before=RESET)])
    for line in [line for changed, line in CHANGES if changed == table]:
        before, again, after = node([Step(state=[table]), Step(state=[table]), Step(before=[f"ip {line}"], state=[table])])
        assert before == again != after, line


def test_a_player_takes_back_what_a_step_has_changed(node):
    changing = [Step(["ip", "link", "set", "d0", "mtu", number], RESET_LINK, LINK) for number in ("1400", "1300")]
    left, first, unchanged, second, again = node([Step(before=RESET_LINK, state=LINK), changing[0], Step(["true"], RESET_LINK, LINK), changing[1],
                                                  Step(["true"], RESET_LINK, LINK)])
    assert left == unchanged == again and first not in (left, second) and second != left
