"""arp: show and change the IPv4 neighbour table (net-tools 2.10)."""

from __future__ import annotations

from posix import strerror

from ...command_line.getopt import OptionError
from ...command_line.own_options import take_own
from ...errors import KernelRefused
from .words import FAILED, Options, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment


def main(argv: list[str], env: Environment) -> int:
    """Run arp; returns its exit status."""
    options = Options(env.err.write)
    own, argv = take_own(argv, ("--more", "--inet6", "--json"))
    try:
        operands = parse(argv, options, env)
        if own:
            from .more import show

            return show(own, operands, options, env)
        if options.what in ("", "a"):
            from .table import show_table

            return show_table(operands, options, env)
        return _change(operands, options, env)
    except OptionError as error:
        from .usage import usage

        env.err.write(error.text)
        env.err.write(usage())
        return 3


def _change(operands: list[str], options: Options, env: Environment) -> int:
    try:
        if options.what == "f":
            from .ethers import set_from_file

            return set_from_file(operands[0] if operands else f"{env.etc}/ethers", options, env)
        from .changes import change

        return change(operands, options, env)
    except KernelRefused as refusal:
        env.err.write(f"{refusal.what}: {strerror(refusal.errno)}\n")
        return FAILED
