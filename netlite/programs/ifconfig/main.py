"""ifconfig: show network interfaces and their addresses (net-tools 2.10)."""

from __future__ import annotations

from errno import ENODEV
from posix import strerror

from ...command_line.own_options import take_own
from ...errors import KernelRefused, UsageError
from ...render.ifconfig import render_interface
from ...render.interfaces import IFCONFIG_HEADER, TITLES, in_order, render_row
from ...system.interfaces.interfaces import read_interface, read_interfaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment

VERSION = "net-tools 2.10\n"
NAME_BYTES = 15
HELP_HINT = "ifconfig: `--help' gives usage information.\n"


class Options:
    """What the words before the interface ask for."""

    def __init__(self) -> None:
        self.all = self.short = self.verbose = False


def main(argv: list[str], env: Environment) -> int:
    """Run ifconfig; returns its exit status.  Raises UsageError."""
    own, argv = take_own(argv, ("--more", "--all-addresses", "--json"))
    options, words = Options(), list(argv)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "-a":
            options.all = True
        elif word == "-s":
            options.short = True
        elif word == "-v":
            options.verbose = True
        elif word in ("-V", "-version", "--version"):
            env.out.write(VERSION)
            return 0
        elif word in ("-?", "-h", "-help", "--help"):
            from .usage import FAMILY_HEADING, FAMILY_LIST, HARDWARE_LIST, USAGE

            env.out.write(USAGE + FAMILY_HEADING)
            env.err.write(HARDWARE_LIST + FAMILY_LIST)
            return 0
        else:
            raise UsageError(f"ifconfig: option `{word}' not recognised.\n{HELP_HINT}", 1)
    if own:
        from .more import show

        return show(own, words, options.all, env)
    if not words:
        return _show_all(options, env)
    name = words[0]
    if not name.isascii() or len(name) > NAME_BYTES:
        from ...command_line.c_words import cut

        name = cut(name, NAME_BYTES)
    if len(words) > 1:
        from .changes import configure

        return configure(name, words[1:], options.verbose, env)
    return _show_one(name, options, env)


def _show_all(options: Options, env: Environment) -> int:
    env.stop_collector()
    shown = [interface for interface in in_order(read_interfaces(env, env.err.write))
             if options.all or interface.is_up]
    env.out.tell_rows("interfaces", shown)
    if options.short:
        env.out.begin_table("interfaces", IFCONFIG_HEADER, TITLES)
        env.out.write("".join([render_row(interface) for interface in shown]))
    elif shown:
        env.out.begin_table("blocks of interfaces", "".join([render_interface(interface) for interface in shown]))
    return 0


def _show_one(name: str, options: Options, env: Environment) -> int:
    if options.short:
        env.out.begin_table("interfaces", IFCONFIG_HEADER, TITLES)
    try:
        interface = read_interface(env, name, env.err.write)
    except (OSError, KernelRefused) as refusal:
        reason = "Device not found" if refusal.errno == ENODEV else strerror(refusal.errno or 0)
        env.err.write(f"{name}: error fetching interface information: {reason}\n")
        return 1
    if interface is None:
        return 1
    env.out.tell_rows("interfaces", [interface])
    if options.short:
        env.out.write(render_row(interface))
    else:
        env.out.begin_table("blocks of interfaces", render_interface(interface))
    return 0
