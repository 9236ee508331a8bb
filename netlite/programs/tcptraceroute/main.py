"""tcptraceroute: the old program's options, carried out by traceroute -T (as the wrapper of traceroute 2.1.2)."""

from __future__ import annotations

from ...command_line.getopt import GetOpt, OptionError
from ...environment import Environment
from ...errors import UsageError
from ..traceroute import main as traceroute

SHORT = "hvdnNi:l:f:Fm:p:q:w:s:t:SAE"
KEYWORDS = {"S": ["-O", "syn"], "A": ["-O", "ack"], "E": ["-O", "ecn"]}
VERSION = "\"tcptraceroute\"-compatible wrapper for new Linux Traceroute\n"
USAGE = """\
Usage: {program} [-hvnFSAE] [-i dev] [-f furst_ttl] [-l length]
\t[-q nqueries] [-t tos] [-m max_ttl] [-p src_port] [-s src_addr]
\t[-w wait_time]  host  [dest_port]  [length]
"""


def main(argv: list[str], environment: Environment) -> int:
    """Run tcptraceroute; returns traceroute's exit status, 2 for a wrong command line."""
    words, has_length = translated(argv, environment)
    if not words:
        return 0
    environment.error(f"Running:\n\ttraceroute {' '.join(words)}{'' if has_length else ' '}\n")
    environment.program = "traceroute"
    return traceroute.main(words, environment)


def translated(argv: list[str], environment: Environment) -> tuple[list[str], bool]:
    """The words for traceroute (none when a text was asked for and given), and whether the last of them
    is a length.  Raises UsageError."""
    words = ["-T", "-O", "info"]
    length: list[str] = []
    parser = GetOpt("getopt", argv, SHORT, permute="POSIXLY_CORRECT" not in environment.variables)
    try:
        options = list(parser)
    except OptionError as error:
        raise UsageError(error.text, 2) from None
    for option, value in options:
        if option == "h":
            environment.error(USAGE.format(program=environment.program))
            return [], False
        if option == "v":
            environment.error(VERSION)
            return [], False
        if option == "l":
            length = [value]
        elif option == "p":
            words.append(f"--sport={value}")
        elif option in KEYWORDS:
            words += KEYWORDS[option]
        elif option != "N":
            words += [f"-{option}"] if value is None else [f"-{option}", value]
    if not parser.operands:
        raise UsageError(USAGE.format(program=environment.program), 2)
    host, *rest = parser.operands
    if rest:
        words += ["-p", rest[0]]
    length = rest[1:2] or length
    return [*words, host, *length], bool(length)
