"""arp: show and change the IPv4 neighbour table (net-tools 2.10)."""

from __future__ import annotations

import gc
from os import strerror

from ...errors import KernelRefused, UsageError
from ...records.hardware import ARP_CAPABLE, BY_NAME, Hardware, HardwareNames
from ...render.arp import HEADER, LinuxRows, render_bsd_row
from ...system.names.inet_words import HostUnknown, InetNames
from ...system.neighbours.neighbours import read_arp
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...command_line.own_options import take_own

SHORT = "A:H:adfp:nsei:t:vh?DNV"
LONG = (("verbose", NO_VALUE, "v"), ("version", NO_VALUE, "V"), ("all", NO_VALUE, "a"),
        ("delete", NO_VALUE, "d"), ("file", NO_VALUE, "f"), ("numeric", NO_VALUE, "n"),
        ("set", NO_VALUE, "s"), ("protocol", VALUE, "A"), ("hw-type", VALUE, "H"),
        ("device", VALUE, "i"), ("help", NO_VALUE, "h"), ("use-device", NO_VALUE, "D"),
        ("symbolic", NO_VALUE, "N"))
FAMILIES = ("unix", "inet", "inet6", "ipx", "ax25", "netrom", "rose", "x25", "ddp", "appletalk", "econet", "ash")
FAILED = 255


class Options:
    """What the command line asks for; `what` is the last of -a -d -f -s, "" for the table."""

    def __init__(self):
        self.what = ""
        self.numeric = self.verbose = self.linux_style = self.use_device = False
        self.device = ""
        self.hardware: Hardware | None = None

    @property
    def bsd_style(self) -> bool:
        return self.what == "a" and not self.linux_style


def main(argv: list[str], env) -> int:
    """Run arp; returns its exit status."""
    options = Options()
    own, argv = take_own(argv, ("--more", "--inet6", "--json"))
    try:
        operands = _parse(argv, options, env)
        if operands is None:
            return 0
        if own:
            from .more import show

            return show(own, operands, options, env)
        if options.what in ("", "a"):
            return _show(operands, options, env)
        from .changes import change

        return change(operands, options, env)
    except OptionError as error:
        from .usage import usage

        env.err.write(error.text)
        env.err.write(usage())
        return 3
    except KernelRefused as refusal:
        env.err.write(f"{refusal.what}: {strerror(refusal.errno)}\n")
        return FAILED


def _parse(argv: list[str], options: Options, env) -> list[str] | None:
    """Fill `options`; returns the operands, or None when a text was asked for and given."""
    parser = GetOpt(env.program, argv, SHORT, LONG, "POSIXLY_CORRECT" not in env.variables)
    for option, value in parser:
        if option in "adfs":
            options.what = option
        elif option == "e":
            options.linux_style = True
        elif option == "n":
            options.numeric = True
        elif option == "v":
            options.verbose = True
        elif option == "D":
            options.use_device = True
        elif option == "i":
            options.device = value
        elif option in "Ht":
            options.hardware = _hardware(value)
        elif option in "Ap":
            _family(value)
        elif option == "N":
            env.err.write("arp: -N not yet supported.\n")
        elif option == "?":
            raise OptionError("")
        else:
            from .usage import HARDWARE_LIST, RELEASE, USAGE

            env.out.write(RELEASE if option == "V" else USAGE)
            env.err.write("" if option == "V" else HARDWARE_LIST)
            return None
    return parser.operands


def _hardware(name: str) -> Hardware:
    hardware = BY_NAME.get(name)
    if hardware is None:
        raise UsageError(f"arp: {name}: unknown hardware type.\n", FAILED)
    if name not in ARP_CAPABLE:
        raise UsageError(f"arp: {name}: hardware type without ARP support.\n", FAILED)
    return hardware


def _family(name: str) -> None:
    if name in ("inet6", "unix") or name in FAMILIES and name != "inet":
        raise UsageError(f"arp: {name}: kernel only supports 'inet'.\n", FAILED)
    if name != "inet":
        raise UsageError(f"arp: {name}: unknown address family.\n", FAILED)


def resolve(word: str, env, ipv6: bool = False) -> str:
    """The address of a host word, or the original's message and status."""
    names = InetNames(env.resolver, env.etc)
    try:
        return names.resolve_ipv6(word) if ipv6 else names.resolve(word)[0]
    except HostUnknown as unknown:
        raise UsageError(f"{unknown}\n", FAILED) from None


def _show(operands: list[str], options: Options, env) -> int:
    gc.disable()  # rows make no cycles; the collector would look through them for nothing
    host = resolve(operands[0], env) if operands else None
    try:
        rows = read_arp(env)
    except OSError as refusal:
        env.err.write(f"/proc/net/arp: {strerror(refusal.errno)}\n")
        return FAILED
    shown = rows
    if host or options.hardware or options.device:
        shown = [row for row in rows if wanted(row, host, options)]
    _write_rows(shown, options, env)
    if options.verbose:
        env.out.write(f"Entries: {len(rows)}\tSkipped: {len(rows) - len(shown)}\tFound: {len(shown)}\n")
    if not shown and host and not options.bsd_style:
        env.out.write(f"{operands[0]} ({host}) -- no entry\n")
    elif not shown and (host or options.hardware or options.device):
        env.out.write(f"arp: in {len(rows)} entries no match found.\n")
    return 0


def _write_rows(rows: list[tuple], options: Options, env) -> None:
    """The rows in either style; each name is looked up once."""
    hardware = HardwareNames()
    names = HostNames(None if options.numeric else env.resolver.name)
    if options.bsd_style:
        lines = (render_bsd_row(row, names[row[0]] or "?", hardware[row[1]]) for row in rows)
    else:
        render = LinuxRows(hardware).render
        env.out.write(HEADER if rows else "")
        if options.numeric:
            lines = [render(row, row[0]) for row in rows]
        else:
            lines = (render(row, names[row[0]] or row[0]) for row in rows)
    for text in ("".join(lines),) if options.numeric else lines:  # a slow name server holds up its row alone
        env.out.write(text)


class HostNames(dict):
    """Address -> host name or None; `look_up` is None where no names are wanted."""

    def __init__(self, look_up):
        self._look_up = look_up

    def __missing__(self, address: str) -> str | None:
        name = self[address] = self._look_up(address) if self._look_up else None
        return name


def wanted(row: tuple, host: str | None, options: Options) -> bool:
    """Whether a row is shown: by address, -H and -i."""
    address, hardware_type, _, _, _, device = row
    return ((host is None or address == host)
            and (options.hardware is None or hardware_type == options.hardware.number)
            and (not options.device or device == options.device))
