"""Which route wins for an address, and why: the kernel's rules applied to its own tables.

1. Rules are asked by priority; one that matches names a table (fib_rules_lookup of net/core/fib_rules.c).
2. In a table the longest prefix that holds the address wins, then the lowest metric.
3. A ``throw`` route, a suppressed one and a table without any hand the question to the next rule.

The kernel has the last word: where it says which route it took, that one wins.
"""

from __future__ import annotations

from ..records.route_lookup import Candidate, Rule, TableRoute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = "lo"                       # the input device of what this host sends
ELSEWHERE = "by another interface"


def candidates(rules: list[Rule], routes: list[TableRoute], address: str, taken: TableRoute | None,
               holds: Callable[[str, int, str], bool], device: str = "") -> tuple[list[Candidate], int]:
    """All routes that hold `address` in look-up order, and how many rules could not be judged.

    `taken` is the route that the kernel names, None where it names none; `holds(prefix, length, address)`
    tells whether a prefix holds an address.  With `device` only what leaves by it can win.
    """
    ordered: list[tuple[Rule, TableRoute]] = []
    skipped = 0
    for rule in sorted(rules, key=lambda rule: rule.priority):
        if not _matches(rule, address, holds):
            continue
        if rule.conditional:
            skipped += 1
            continue
        table = [route for route in routes if rule.action == "table" and route.table == rule.table
                  and holds(route.destination, route.prefix_length, address)]
        table.sort(key=lambda route: (-route.prefix_length, -route.service, route.metric))
        ordered += [(rule, route) for route in table]
    winner = _winner(ordered, taken, device)
    fitting = [place for place, (_, route) in enumerate(ordered)
               if place == winner or not _leaves_elsewhere(route, device)]
    inside = [ordered[place] for place in fitting]
    best = None if winner is None else fitting.index(winner)
    reasons = {place: _reason(inside, number, best) for number, place in enumerate(fitting)}
    return [Candidate(rule, route, place == winner, reasons.get(place, ELSEWHERE))
            for place, (rule, route) in enumerate(ordered)], skipped


def _matches(rule: Rule, address: str, holds: Callable[[str, int, str], bool]) -> bool:
    """Whether a rule is for packets of this host to `address`, before they have a source."""
    return (rule.source is None and rule.mark == 0 and not rule.output_device
            and rule.input_device in ("", LOOPBACK)
            and (rule.destination is None or holds(*rule.destination, address)))


def _winner(ordered: list[tuple[Rule, TableRoute]], taken: TableRoute | None, device: str) -> int | None:
    if taken is not None:
        places = [place for place, (_, route) in enumerate(ordered) if _same(route, taken)]
        # without rules of one's own the kernel keeps local and main in one trie, and calls both main
        exact = [place for place in places if ordered[place][1].table == taken.table]
        return next(iter(exact or places), None)
    left = set()
    for place, (rule, route) in enumerate(ordered):
        if rule in left or _is_dead(route) or _leaves_elsewhere(route, device):
            continue
        if route.origin:  # a look-up has no source yet
            continue
        if not _hands_on(rule, route):
            return place
        left.add(rule)
    return None


def _same(route: TableRoute, taken: TableRoute) -> bool:
    key = [(each.kind, each.destination, each.prefix_length, each.metric, each.service) for each in (route, taken)]
    return key[0] == key[1] and (not taken.hops or any(hop in route.hops for hop in taken.hops))


def _is_dead(route: TableRoute) -> bool:
    return bool(route.hops) and all("dead" in hop.marks for hop in route.hops)


def _leaves_elsewhere(route: TableRoute, device: str) -> bool:
    return bool(device and route.hops) and device not in [hop.device for hop in route.hops]


def _hands_on(rule: Rule, route: TableRoute) -> str:
    """Why the next rule is asked though this one's table has a route; "" where the route is taken."""
    if route.kind == "throw":
        return "throw: the next rule is asked"
    if rule.suppress_below is not None and route.prefix_length <= rule.suppress_below:
        return "suppressed: the next rule is asked"
    return ""


def _reason(ordered: list[tuple[Rule, TableRoute]], place: int, winner: int | None) -> str:
    rule, route = ordered[place]
    same_table = [each for each_rule, each in ordered[:place] if each_rule == rule]
    if _is_dead(route):
        return "its device is down"
    if winner is not None and place < winner and rule == ordered[winner][0]:
        if route.origin != ordered[winner][1].origin:
            return "for other sources"
        if route.service != ordered[winner][1].service:
            return "for another type of service"
    if winner is None or place < winner:
        return "its table was left" if same_table else _hands_on(rule, route) or "not taken"
    if place == winner:
        beaten = [each for each_rule, each in ordered[winner + 1:] if each_rule == rule]
        if not beaten:
            return "wins: the only one that fits in its table" if same_table else "wins: the only one in its table"
        if beaten[0].prefix_length < route.prefix_length:
            return "wins: longest prefix"
        return "wins: lowest metric" if beaten[0].metric > route.metric else "wins: came first"
    winning_rule, best = ordered[winner]
    if rule != winning_rule:
        return "its table is asked later"
    if route.prefix_length < best.prefix_length:
        return "shorter prefix"
    if route.origin != best.origin:
        return "for other sources"
    return "higher metric" if route.metric > best.metric else "came later"
