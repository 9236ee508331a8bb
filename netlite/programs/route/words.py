"""The command line of route."""

from __future__ import annotations

from ...command_line.address_families import FAMILY_OPTION, FAMILY_OPTIONS, read_families
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt

SHORT = "A:eCFhnN64Vv?"
LONG = (*((name, NO_VALUE, FAMILY_OPTION) for name in FAMILY_OPTIONS.split()),
        ("extend", NO_VALUE, "e"), ("verbose", NO_VALUE, "v"), ("version", NO_VALUE, "V"),
        ("numeric", NO_VALUE, "n"), ("symbolic", NO_VALUE, "N"), ("protocol", VALUE, "A"),
        ("cache", NO_VALUE, "C"), ("fib", NO_VALUE, "F"), ("help", NO_VALUE, "h"))
MARKS = {"-net": "#net", "-host": "#host"}  # getopt would take these words for options


class Options:
    """What the options ask for."""

    def __init__(self):
        self.families: list[str] = []
        self.extended = 0
        self.numeric = self.fib = self.cache = self.help = False


def parse(argv: list[str], options: Options, env) -> list[str] | None:
    """Fill `options`; returns the words of the verb, or None when a text was asked for and given."""
    parser = GetOpt(env.program, argv, SHORT, LONG, "POSIXLY_CORRECT" not in env.variables, env.err.write)
    for option, value in parser:
        if option == "V":
            from .usage import RELEASE

            env.out.write(RELEASE)
            return None
        options.extended += option == "e"
        options.numeric |= option in "nN"
        options.fib |= option == "F"
        options.cache |= option == "C"
        options.help |= option in "h?"  # a wrong option is answered like -h, status 0 included
        if option in ("A", "4", "6", FAMILY_OPTION):
            names = {"4": "inet", "6": "inet6", "A": value}.get(option, parser.long_name)
            options.families += read_families(names, options.families, env.err.write)
    return parser.operands
