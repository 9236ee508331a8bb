"""route: show and change the routing tables (net-tools 2.10)."""

from __future__ import annotations

from posix import strerror

from ...command_line.address_families import SEVERAL_FAMILIES
from ...command_line.own_options import take_own
from ...errors import KernelRefused, UsageError
from ...records.family import IPV4, IPV6
from ..routing_tables import BOTH, METRICS, WINDOWS, show_routes
from .words import MARKS, Options, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment

VERBS = {"add": True, "del": False, "delete": False}
IP_FAMILIES = {"inet": IPV4, "inet6": IPV6}
NO_IP = {"ipx": "IPX: this needs to be written\n", "netrom": "NET/ROM: this needs to be written\n"}
WRONG, REFUSED = 3, 7


def main(argv: list[str], env: Environment) -> int:
    """Run route; returns its exit status."""
    options = Options(env.err.write)
    own, argv = take_own(argv, ("--more", "--json"))
    words = parse([MARKS.get(word, word) for word in argv], options, env)
    if options.help:
        return _help(options, env)
    if not options.families:
        options.families.append("inet6" if env.program == "inet6_route" else "inet")
    if own or len(words) == 2 and words[0] == "get":
        from .more import run

        return run(own, words, options, env)
    if not words:
        return _show(options, env)
    return _change(words, options, env)


def _usage(env: Environment) -> int:
    from .usage import FAMILY_LIST, USAGE

    env.out.write(USAGE)
    env.err.write(FAMILY_LIST)
    return 0


def _help(options: Options, env: Environment) -> int:
    """``-h`` and wrong options; with a family: how add and del are written for it."""
    from .usage import GRAMMAR, X25_GRAMMAR

    if not options.families:
        return _usage(env)
    name = _only_family(options.families)
    grammar = X25_GRAMMAR if name == "x25" else GRAMMAR[IP_FAMILIES[name].version]
    _no_cache(options, name, grammar)
    env.out.write(grammar)
    return 0


def _no_cache(options: Options, family: str, grammar: str) -> None:
    """IPv6 does not mind -C, for others there is no changing the cache.  Raises UsageError."""
    if options.cache and family != "inet6":
        raise UsageError(f"Modifying `{family}' routing cache not supported\n{grammar}", WRONG)


def _only_family(families: list[str]) -> str:
    """The family of a change.  Raises UsageError for several, and for those without routing."""
    name = families[0]
    if len(families) > 1:
        raise UsageError(f"{SEVERAL_FAMILIES}Address family `{','.join(families)}' not supported.\n", WRONG)
    if name in NO_IP:
        raise UsageError(NO_IP[name], 1)
    if name == "bluetooth":
        raise UsageError(f"Address family `{name}' not supported.\n", WRONG)
    if name != "x25" and name not in IP_FAMILIES:
        raise UsageError(f"No routing for address family `{name}'.\n", WRONG)
    return name


def _show(options: Options, env: Environment) -> int:
    env.stop_collector()
    style = (METRICS, WINDOWS, BOTH)[min(options.extended, 2)]
    for family in options.families:
        status = show_routes(env, family, style, options.numeric, options.fib or not options.cache, options.cache)
        if status:
            return status
    return 0


def _change(words: list[str], options: Options, env: Environment) -> int:
    from . import changes as route_changes
    from .usage import FAMILY_LIST, GRAMMAR, USAGE, X25_GRAMMAR

    verb = words[0]
    if verb not in VERBS and verb != "flush":
        raise UsageError(USAGE + FAMILY_LIST, WRONG)
    name = _only_family(options.families)
    grammar = X25_GRAMMAR if name == "x25" else GRAMMAR[IP_FAMILIES[name].version]
    if verb == "flush":
        raise UsageError(f"Flushing `{name}' routing table not supported\n{grammar}", WRONG)
    _no_cache(options, name, grammar)
    try:
        if name == "x25":
            route_changes.refuse_x25(words[1:])
        family = IP_FAMILIES[name]
        return route_changes.change(family, words[1:], VERBS[verb], env)
    except KernelRefused as refusal:
        env.err.write(f"{refusal.what}: {strerror(refusal.errno)}\n")
        route_changes.explain(refusal, env)
        return REFUSED
