"""The command line of route."""

from __future__ import annotations

from ...command_line.address_families import FAMILY_OPTIONS, read_families
from ...command_line.getopt import Option, flag, read_options
from ...errors import Answered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...environment import Environment

MARKS = {"-net": "#net", "-host": "#host"}  # getopt would take these words for options


class Options:
    """What the options ask for."""

    def __init__(self, warn: Callable[[str], object]):
        self.warn = warn
        self.families: list[str] = []
        self.extended = 0
        self.numeric = self.fib = self.cache = self.help = False


def _extend(options: Options, _: str) -> None:
    options.extended += 1


def _families(options: Options, names: str) -> None:
    options.families += read_families(names, options.families, options.warn)


def _family(name: str) -> Callable[[Options, str], None]:
    return lambda options, _: _families(options, name)


def _version(options: Options, _: str) -> None:
    from .usage import RELEASE

    raise Answered(RELEASE)


OPTIONS = (
    Option(None, FAMILY_OPTIONS, None, _families, "the routes of this address family"),
    Option("e", "extend", None, _extend, "display other/more information"),
    Option("v", "verbose", None, flag("verbose"), "be verbose"),
    Option("V", "version", None, _version, "display version/author and exit"),
    Option("n", "numeric", None, flag("numeric"), "don't resolve names"),
    Option("N", "symbolic", None, flag("numeric"), "don't resolve names"),
    Option("A", "protocol", "af", _families, "the routes of these address families"),
    Option("C", "cache", None, flag("cache"), "display routing cache instead of FIB"),
    Option("F", "fib", None, flag("fib"), "display Forwarding Information Base (default)"),
    Option("h?", "help", None, flag("help"), "detailed usage syntax for the family"),
    Option("4", None, None, _family("inet"), "the routes of IPv4"),
    Option("6", None, None, _family("inet6"), "the routes of IPv6"),
)


def parse(argv: list[str], options: Options, env: Environment) -> list[str]:
    """Fill `options`; returns the words of the verb.  Raises UsageError, and Answered for -V."""
    return read_options(env.program, argv, OPTIONS, options, "POSIXLY_CORRECT" not in env.variables, env.err.write)
