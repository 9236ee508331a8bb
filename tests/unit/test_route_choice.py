"""Which route wins, and why: tables and rules in, verdicts out."""

from __future__ import annotations

from netlite.engines.route_choice import candidates
from netlite.records.route_lookup import Answer, Lookup, NextHop, Rule, TableRoute
from netlite.render.route_lookup import render_lookup
from netlite.system.routes.all_tables import holds

LOCAL, MAIN = Rule(0, "table", 255), Rule(32766, "table", 254)
ADDRESS = "10.20.1.7"


def route(prefix: str, device: str = "d0", **more) -> TableRoute:
    destination, _, length = prefix.partition("/")
    hops = (NextHop(None, device),) if device else ()
    return TableRoute(**{"table": 254, "kind": "unicast", "destination": destination, "prefix_length": int(length),
                         "metric": 0, "protocol": "boot", "hops": hops, **more})


def verdicts(rules, routes, address=ADDRESS, taken=None):
    found, skipped = candidates(rules, routes, address, taken, holds)
    return [(f"{each.route.destination}/{each.route.prefix_length}", each.wins, each.reason) for each in found], skipped


def test_the_longest_prefix_wins_then_the_lowest_metric():
    routes = [route("0.0.0.0/0"), route("10.20.1.0/24", metric=9), route("10.20.1.0/24", metric=5), route("10.20.0.0/16"),
              route("10.21.0.0/16")]
    assert verdicts([LOCAL, MAIN], routes)[0] == [
        ("10.20.1.0/24", True, "wins: lowest metric"), ("10.20.1.0/24", False, "higher metric"),
        ("10.20.0.0/16", False, "shorter prefix"), ("0.0.0.0/0", False, "shorter prefix")]


def test_rules_come_before_prefixes():
    rules = [MAIN, Rule(100, "table", 77, destination=("10.20.0.0", 16)), Rule(90, "table", 78, mark=3)]
    routes = [route("10.20.1.0/24"), route("10.0.0.0/8", table=77), route("10.20.1.0/25", table=78)]
    assert verdicts(rules, routes)[0] == [("10.0.0.0/8", True, "wins: the only one in its table"),
                                          ("10.20.1.0/24", False, "its table is asked later")]


def test_throw_and_suppressed_routes_leave_their_table():
    rules = [Rule(10, "table", 77), Rule(20, "table", 78, suppress_below=0), MAIN]
    routes = [route("10.20.0.0/16", "", table=77, kind="throw"), route("0.0.0.0/0", table=77),
              route("0.0.0.0/0", table=78), route("0.0.0.0/0", "d1")]
    assert verdicts(rules, routes)[0] == [
        ("10.20.0.0/16", False, "throw: the next rule is asked"), ("0.0.0.0/0", False, "its table was left"),
        ("0.0.0.0/0", False, "suppressed: the next rule is asked"), ("0.0.0.0/0", True, "wins: the only one in its table")]


def test_dead_ways_are_passed_by_and_the_kernel_has_the_last_word():
    dead = route("10.20.1.0/24").replace(hops=(NextHop(None, "d0", 1, ("dead",)),))
    routes = [dead, route("10.20.0.0/16", "d1")]
    assert [won for _, won, _ in verdicts([MAIN], routes)[0]] == [False, True]
    twice = [route("10.20.0.0/16", "d0"), route("10.20.0.0/16", "d1")]
    assert [won for _, won, _ in verdicts([MAIN], twice, taken=twice[1])[0]] == [False, True]
    assert verdicts([MAIN], twice, taken=twice[1])[0][0][2] == "not taken"


def test_of_a_device_only_its_own_routes_count():
    routes = [route("10.20.1.0/24", "d1"), route("10.20.0.0/16", "d0"), route("0.0.0.0/0", "d1"), route("10.0.0.0/8", "", kind="blackhole")]
    found, _ = candidates([MAIN], routes, ADDRESS, None, holds, "d0")
    assert [(each.wins, each.reason) for each in found] == [
        (False, "by another interface"), (True, "wins: longest prefix"), (False, "shorter prefix"), (False, "by another interface")]
    assert not any(each.wins for each in candidates([MAIN], routes[:1], ADDRESS, None, holds, "d0")[0])


def test_rules_that_cannot_be_judged_are_counted():
    assert verdicts([Rule(5, "table", 77, conditional=True), MAIN], [route("0.0.0.0/0", table=77)]) == ([], 1)


def test_the_sentence():
    found, _ = candidates([MAIN], [route("10.20.0.0/16"), route("0.0.0.0/0", "d1")], ADDRESS, None, holds)
    text = render_lookup(Lookup(ADDRESS, Answer("unicast", "d0", "10.0.0.9", "10.0.0.1"), tuple(found)))
    assert text.startswith("10.20.1.7 goes out of d0 through 10.0.0.9, from 10.0.0.1.\n"
                           "The route 10.20.0.0/16 of table main wins of the 2 that hold the address.\n\n")
    assert render_lookup(Lookup("192.0.2.1", Answer("", "", errno=101), ())) == (
        "192.0.2.1: Network is unreachable: no route leads there.\n")
