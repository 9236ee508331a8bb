"""netlite's own part of route: ``route get ADDRESS``, ``route --more`` and ``--json``."""

from __future__ import annotations

import _socket

from ...engines.route_choice import candidates
from ...errors import UsageError
from ...feature_errors import HostUnknown
from ...records.route_lookup import Lookup
from ...render.route_lookup import render_all_routes, render_lookup
from ...render.visible import visible
from ...system.names.inet_words import InetNames
from ...system.routes.all_tables import ask_kernel, holds, read_all_routes, read_rules
from ..documents import write_document
from ..routing_tables import route_objects
from .words import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment

UNKNOWN_HOST, NO_ROUTE, WRONG_WORDS = 6, 7, 3
AFS = {"inet": _socket.AF_INET, "inet6": _socket.AF_INET6}


def run(own: set[str], words: list[str], options: Options, env: Environment) -> int:
    """Do what the words and netlite's own options ask for; returns the exit status.  Raises UsageError."""
    if words[:1] == ["get"] and len(words) == 2:
        return get(words[1], options.families, "--json" in own, env)
    if words:
        raise UsageError("route: --more and --json show tables; they change nothing\n", WRONG_WORDS)
    if "--more" in own:
        return show_all(options.families, "--json" in own, env)
    write_document(env, [row for family in options.families if family in AFS
                         for row in route_objects(env, family, options.numeric)])
    return 0


def get(word: str, families: list[str], json: bool, env: Environment) -> int:
    """``route get ADDRESS``: where packets to it go and which route decides; 7 where they go nowhere."""
    af, address = _address(word, families, env)
    number, _, zone = address.partition("%")
    answer, taken = ask_kernel(env, af, number, zone)
    found, skipped = candidates(read_rules(env, af), read_all_routes(env, af), number, taken, holds, zone)
    lookup = Lookup(address, answer, tuple(found), skipped)
    if json:
        write_document(env, lookup)
    else:
        env.out.write(render_lookup(lookup))
    return NO_ROUTE if answer.errno else 0


def _address(word: str, families: list[str], env: Environment) -> tuple[int, str]:
    """The family and address (of IPv6 perhaps with a zone) of a word: IPv6 where it has a colon or -6 was given."""
    names = InetNames(env)
    try:
        if ":" in word or families[0] == "inet6":
            return _socket.AF_INET6, names.resolve_scoped(word)
        return _socket.AF_INET, names.resolve(word)[0]
    except HostUnknown as unknown:
        text = str(unknown) if unknown.h_errno else f"{word}: Unknown host"
        raise UsageError(f"{visible(text)}\n", UNKNOWN_HOST) from None


def show_all(families: list[str], json: bool, env: Environment) -> int:
    """``route --more``: all tables of the families."""
    routes = [read_all_routes(env, AFS[family]) for family in families if family in AFS]
    if json:
        write_document(env, [route for family in routes for route in family])
    else:
        env.out.write("\n".join([render_all_routes(family) for family in routes]))
    return 0
