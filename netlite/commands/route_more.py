"""netlite's own part of route: ``route get ADDRESS`` and ``route --more``."""

from __future__ import annotations

import _socket

from ..engines.route_choice import candidates
from ..errors import UsageError
from ..records.route_lookup import Lookup
from ..render.route_lookup import render_all_routes, render_lookup
from ..system.inet_names import HostUnknown, InetNames
from ..system.route_tables import ask_kernel, holds, read_all_routes, read_rules

UNKNOWN_HOST, NO_ROUTE = 6, 7


def get(word: str, families: list[str], env) -> int:
    """``route get ADDRESS``: where packets to it go and which route decides; 7 where they go nowhere."""
    af, address = _address(word, families, env)
    answer, taken = ask_kernel(env, af, address)
    found, skipped = candidates(read_rules(env, af), read_all_routes(env, af), address, taken, holds)
    env.out.write(render_lookup(Lookup(address, answer, tuple(found), skipped)))
    return NO_ROUTE if answer.errno else 0


def _address(word: str, families: list[str], env) -> tuple[int, str]:
    """The family and address of a word: IPv6 where it has a colon or -6 was given."""
    names = InetNames(env.resolver, env.etc)
    try:
        if ":" in word or families[0] == "inet6":
            return _socket.AF_INET6, names.resolve_ipv6(word)
        return _socket.AF_INET, names.resolve(word)[0]
    except HostUnknown as unknown:
        raise UsageError(f"{unknown}\n", UNKNOWN_HOST) from None


def show_all(families: list[str], env) -> int:
    """``route --more``: all tables of the families."""
    afs = {"inet": _socket.AF_INET, "inet6": _socket.AF_INET6}
    shown = [render_all_routes(read_all_routes(env, afs[family])) for family in families if family in afs]
    env.out.write("\n".join(shown))
    return 0
