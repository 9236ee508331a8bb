"""The command line of netstat: what is asked for, decided as net-tools decides it."""

from __future__ import annotations

from ...command_line.address_families import FAMILY_OPTIONS, read_families
from ...command_line.getopt import Option, OptionError, flag, read_options
from ...errors import Answered, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...environment import Environment

INTERNET = ("tcp", "sctp", "udp", "udplite", "raw")
OTHER_TABLES = ("unix", "ipx", "ax25", "x25", "netrom", "rose")
USAGE_STATUS = 3
SECOND_NS = 1_000_000_000
BLUETOOTH = ("l2cap", "rfcomm")


class Choices:
    """What the command line asks for.

    `given`: letter of an option -> how often it was given.  `view` is sockets, routes, interfaces, statistics or
    masquerade.  `tables` are the socket tables named on the command line (none: all are shown), `given_families` the
    address families in the order given and `families` those that are read.  `lenient`: the tables follow from a
    family, so that a missing one is no error.  netlite's own: `own` holds ``--json`` and ``--more``, `states` the
    mask of ``--state`` (1 << state), `interval_ns` the pause of ``-c``.
    """

    def __init__(self, warn: Callable[[str], object], context_enabled: Callable[[], bool]):
        self.warn, self.context_enabled = warn, context_enabled  # for the readers of options
        self.given: dict[str, int] = {}
        self.families: list[str] = []
        self.given_families: list[str] = []
        self.tables: set[str] = set()
        self.numeric_hosts = self.numeric_ports = self.numeric_users = False
        self.lenient = False
        self.view = "sockets"
        self.own: set[str] = set()
        self.states: int | None = None
        self.interval_ns = SECOND_NS

    def reads(self, family: str) -> bool:
        """Whether the Internet tables of ``inet`` or ``inet6`` are read."""
        return not self.tables or family in self.families


def parse(words: list[str], environment: Environment, context_enabled: Callable[[], bool]) -> Choices:
    """Read the command line.  `context_enabled()` is asked at -Z.

    Raises UsageError, and Answered for help and version.
    """
    choices = Choices(environment.err.write, context_enabled)
    try:
        read_options(environment.program, words, OPTIONS, choices, "POSIXLY_CORRECT" not in environment.variables)
    except OptionError as error:
        raise usage_error(error.text) from None
    _settle(choices)
    return choices


def usage_error(line: str = "") -> UsageError:
    """A wrong command line: what is wrong, then the usage, status 3."""
    from .usage import FAMILIES, USAGE

    return UsageError(line + USAGE + FAMILIES, USAGE_STATUS)


def _counted(letter: str, *attributes: str, table: str = "",
             families: str = "") -> Callable[[Choices, str | None], None]:
    """A reader that counts an option, makes attributes true, and wants a table of sockets or families."""
    def read(choices: Choices, _: str | None) -> None:
        choices.given[letter] = choices.given.get(letter, 0) + 1
        for name in attributes:
            setattr(choices, name, True)
        if table:
            choices.tables.add(table)
        if families:
            _families(choices, families)
    return read


def _families(choices: Choices, names: str) -> None:
    for family in read_families(names, choices.families, choices.warn):
        choices.families.append(family)
        if family in OTHER_TABLES:
            choices.tables.add(family)
        elif family == "bluetooth":
            choices.tables.update(BLUETOOTH)


def _context(choices: Choices, _: str) -> None:
    if not choices.context_enabled():
        raise UsageError("SELinux is not enabled on this machine.\n", 1)
    choices.given["Z"] = 1


def _version(choices: Choices, _: str) -> None:
    from .usage import VERSION

    raise Answered(VERSION)


def _help(choices: Choices, _: str) -> None:
    from .usage import FAMILIES, USAGE

    raise Answered(USAGE, FAMILIES)


def _wrong(choices: Choices, _: str) -> None:
    raise usage_error()


OPTIONS = (
    Option(None, FAMILY_OPTIONS, None, _families, "sockets or routes of this address family"),
    Option("V", "version", None, _version, "display version and exit"),
    Option("i", "interfaces", None, _counted("i"), "display interface table"),
    Option("h", "help", None, _help, "display the usage and exit"),
    Option("r", "route", None, _counted("r"), "display routing table"),
    Option("t", "tcp", None, _counted("t", table="tcp"), "sockets of TCP"),
    Option("S", "sctp", None, _counted("S", table="sctp"), "sockets of SCTP"),
    Option("u", "udp", None, _counted("u", table="udp"), "sockets of UDP"),
    Option("U", "udplite", None, _counted("U", table="udplite"), "sockets of UDP-Lite"),
    Option("w", "raw", None, _counted("w", table="raw"), "raw sockets"),
    Option("2", "l2cap", None, _counted("2", table="l2cap"), "sockets of Bluetooth L2CAP"),
    Option("f", "rfcomm", None, _counted("f", table="rfcomm"), "sockets of Bluetooth RFCOMM"),
    Option("x", "unix", None, _counted("x", families="unix"), "Unix domain sockets"),
    Option("l", "listening", None, _counted("l"), "display listening server sockets"),
    Option("a", "all", None, _counted("a"), "display all sockets (default: connected)"),
    Option("o", "timers", None, _counted("o"), "display timers"),
    Option("c", "continuous", None, _counted("c"), "continuous listing"),
    Option("e", "extend", None, _counted("e"), "display other/more information"),
    Option("v", "verbose", None, _counted("v"), "be verbose"),
    Option("s", "statistics", None, _counted("s"), "display networking statistics (like SNMP)"),
    Option("g", "groups", None, _counted("g", table="igmp"), "display multicast group memberships"),
    Option("A", "protocol", "af", _families, "sockets or routes of these address families"),
    Option("p", "programs", None, _counted("p"), "display PID/Program name for sockets"),
    Option("M", "masquerade", None, _counted("M"), "display masqueraded connections"),
    Option("n", "numeric", None, _counted("n", "numeric_hosts", "numeric_ports", "numeric_users"),
           "don't resolve names"),
    Option(None, "numeric-hosts", None, flag("numeric_hosts"), "don't resolve host names"),
    Option(None, "numeric-ports", None, flag("numeric_ports"), "don't resolve port names"),
    Option(None, "numeric-users", None, flag("numeric_users"), "don't resolve user names"),
    Option("N", "symbolic", None, _counted("N"), "resolve hardware names"),
    Option("C", "cache", None, _counted("C"), "display routing cache instead of FIB"),
    Option("F", "fib", None, _counted("F"), "display Forwarding Information Base (default)"),
    Option("Z", "context", None, _context, "display SELinux security context for sockets"),
    Option("W", "wide", None, _counted("W"), "don't truncate IP addresses"),
    Option("d", None, None, _counted("d"), "nothing, as in the original"),
    Option("4", None, None, _counted("4", families="inet"), "sockets or routes of IPv4"),
    Option("6", None, None, _counted("6", families="inet6"), "sockets or routes of IPv6"),
    Option("?", None, None, _wrong, "the usage, as after a wrong option"),
)


def _settle(choices: Choices) -> None:
    """Which view, and which tables and families follow from those given.  The order matters."""
    views = {"M": "masquerade", "s": "statistics", "r": "routes", "i": "interfaces"}
    if sum([choices.given.get(letter, 0) for letter in views]) > 1:
        raise usage_error()
    for letter, view in views.items():
        if letter in choices.given:
            choices.view = view
    choices.given_families = list(choices.families)
    internet = {"inet", "inet6"}.intersection(choices.families)
    if (internet or "s" in choices.given) and not choices.tables.intersection(INTERNET):
        choices.lenient = True
        choices.tables.update(INTERNET)
    add_families(choices)


def add_families(choices: Choices) -> None:
    """Internet tables are read for both IP versions unless one was named."""
    if (choices.tables.intersection((*INTERNET, "igmp"))
            and not {"inet", "inet6"}.intersection(choices.families)):
        choices.families += ["inet", "inet6"]
