"""The command line of netstat: what is asked for, decided as net-tools decides it."""

from __future__ import annotations

from ...command_line.address_families import FAMILY_OPTION, FAMILY_OPTIONS, read_families
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...errors import UsageError

SHORT = "A:CFMacdeghilnNoprsStuUvVWw2fx64?Z"
OTHER_OPTIONS = (
    "version V interfaces i help h route r tcp t sctp S udp u udplite U raw w l2cap 2 rfcomm f unix x "
    "listening l all a timers o continuous c extend e verbose v statistics s groups g protocol A programs p "
    "masquerade M numeric n numeric-hosts numeric-hosts numeric-ports numeric-ports "
    "numeric-users numeric-users symbolic N cache C fib F context Z wide W").split()
LONG = (tuple((name, NO_VALUE, FAMILY_OPTION) for name in FAMILY_OPTIONS.split())
        + tuple((name, VALUE if name == "protocol" else NO_VALUE, result)
                for name, result in zip(OTHER_OPTIONS[::2], OTHER_OPTIONS[1::2])))
PROTOCOLS = {"t": "tcp", "S": "sctp", "u": "udp", "U": "udplite", "w": "raw"}
INTERNET = ("tcp", "sctp", "udp", "udplite", "raw")
OTHER_TABLES = ("unix", "ipx", "ax25", "x25", "netrom", "rose")
USAGE_STATUS = 3
SECOND_NS = 1_000_000_000
BLUETOOTH = {"2": "l2cap", "f": "rfcomm"}


class Choices:
    """What the command line asks for.

    `view` is sockets, routes, interfaces, statistics or masquerade.  `tables` are the socket tables
    named on the command line (`explicit` False: none, so all are shown), `given_families` the address
    families in the order given and `families` those that are read.  `lenient`: the tables follow from a
    family, so that a missing one is no error.  netlite's own: `own` holds ``--json`` and ``--more``, `states` the
    mask of ``--state`` (1 << state), `interval_ns` the pause of ``-c``.
    """

    def __init__(self):
        self.counts: dict[str, int] = {}
        self.families: list[str] = []
        self.given_families: list[str] = []
        self.tables: set[str] = set()
        self.numeric_hosts = self.numeric_ports = self.numeric_users = False
        self.lenient = False
        self.view = "sockets"
        self.own: set[str] = set()
        self.states: int | None = None
        self.interval_ns = SECOND_NS

    def has(self, letter: str) -> bool:
        return letter in self.counts

    @property
    def explicit(self) -> bool:
        return bool(self.tables)

    def shows(self, table: str) -> bool:
        return not self.tables or table in self.tables

    def reads(self, family: str) -> bool:
        """Whether the Internet tables of ``inet`` or ``inet6`` are read."""
        return not self.tables or family in self.families


def parse(words: list[str], environment, context_enabled) -> Choices | None:
    """Read the command line; None when help or version was printed and that is all.

    `context_enabled()` is asked at -Z.  Raises UsageError.
    """
    choices = Choices()
    options = GetOpt(environment.program, words, SHORT, LONG,
                     permute="POSIXLY_CORRECT" not in environment.variables)
    try:
        for option, value in options:
            if option in ("V", "h"):
                _explain(option, environment)
                return None
            if option == "Z" and not context_enabled():
                raise UsageError("SELinux is not enabled on this machine.\n", 1)
            _take(choices, option, options.long_name if option == FAMILY_OPTION else value, environment.err.write)
    except OptionError as error:
        raise usage_error(error.text) from None
    _settle(choices)
    return choices


def _explain(option: str, environment) -> None:
    from .usage import FAMILIES, USAGE, VERSION

    environment.out.write(VERSION if option == "V" else USAGE)
    if option == "h":
        environment.err.write(FAMILIES)


def usage_error(line: str = "") -> UsageError:
    """A wrong command line: what is wrong, then the usage, status 3."""
    from .usage import FAMILIES, USAGE

    return UsageError(line + USAGE + FAMILIES, USAGE_STATUS)


def _take(choices: Choices, option: str, value: str | None, warn) -> None:
    if option == "?":
        raise usage_error()
    choices.counts[option] = choices.counts.get(option, 0) + 1
    if option in ("A", FAMILY_OPTION):
        _add_families(choices, value, warn)
    elif option in ("4", "6", "x"):
        _add_families(choices, {"4": "inet", "6": "inet6", "x": "unix"}[option], warn)
    elif option in PROTOCOLS:
        choices.tables.add(PROTOCOLS[option])
    elif option in BLUETOOTH:
        choices.tables.add(BLUETOOTH[option])
    elif option == "g":
        choices.tables.add("igmp")
    choices.numeric_hosts |= option in ("n", "numeric-hosts")
    choices.numeric_ports |= option in ("n", "numeric-ports")
    choices.numeric_users |= option in ("n", "numeric-users")


def _add_families(choices: Choices, names: str, warn) -> None:
    for family in read_families(names, choices.families, warn):
        choices.families.append(family)
        if family in OTHER_TABLES:
            choices.tables.add(family)
        elif family == "bluetooth":
            choices.tables.update(BLUETOOTH.values())


def _settle(choices: Choices) -> None:
    """Which view, and which tables and families follow from those given.  The order matters."""
    views = {"M": "masquerade", "s": "statistics", "r": "routes", "i": "interfaces"}
    if sum(choices.counts.get(letter, 0) for letter in views) > 1:
        raise usage_error()
    for letter, view in views.items():
        if choices.has(letter):
            choices.view = view
    choices.given_families = list(choices.families)
    internet = {"inet", "inet6"}.intersection(choices.families)
    if (internet or choices.has("s")) and not choices.tables.intersection(INTERNET):
        choices.lenient = True
        choices.tables.update(INTERNET)
    add_families(choices)


def add_families(choices: Choices) -> None:
    """Internet tables are read for both IP versions unless one was named."""
    if (choices.tables.intersection((*INTERNET, "igmp"))
            and not {"inet", "inet6"}.intersection(choices.families)):
        choices.families += ["inet", "inet6"]
