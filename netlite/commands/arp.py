"""arp: show and change the IPv4 neighbour table (net-tools 2.10)."""

from __future__ import annotations

from os import strerror

from ..errors import KernelRefused, UsageError
from ..records.hardware import ARP_CAPABLE, BY_NAME, BY_NUMBER, Hardware
from ..render.arp import HEADER, render_bsd_row, render_linux_row
from ..system.inet_names import HostUnknown, InetNames
from ..system.neighbours import read_arp
from .options import NO_VALUE, VALUE, GetOpt, OptionError

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


def main(argv: list[str], env) -> int:
    """Run arp; returns its exit status."""
    options = Options()
    try:
        operands = _parse(argv, options, env)
        if operands is None:
            return 0
        if options.what in ("", "a"):
            return _show(operands, options, env)
        from .arp_changes import change

        return change(operands, options, env)
    except OptionError as error:
        from .arp_usage import usage

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
            from .arp_usage import HARDWARE_LIST, RELEASE, USAGE

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


def resolve(word: str, env) -> str:
    """The address of a host word, or the original's message and status."""
    try:
        return InetNames(env.resolver, env.etc).resolve(word)[0]
    except HostUnknown as unknown:
        raise UsageError(f"{unknown}\n", FAILED) from None


def _show(operands: list[str], options: Options, env) -> int:
    host = resolve(operands[0], env) if operands else None
    try:
        rows = read_arp(env.proc)
    except OSError as refusal:
        env.err.write(f"/proc/net/arp: {strerror(refusal.errno)}\n")
        return FAILED
    bsd = options.what == "a" and not options.linux_style
    names: dict[str, str | None] = {}
    found = 0
    for row in rows:
        if not _wanted(row, host, options):
            continue
        if not options.numeric and row.address not in names:
            names[row.address] = env.resolver.name(row.address)
        name = names.get(row.address)
        hardware = BY_NUMBER.get(row.hardware_type, BY_NAME["ether"]).name
        if bsd:
            env.out.write(render_bsd_row(row, name or "?", hardware))
        else:
            env.out.write((HEADER if not found else "") + render_linux_row(row, name or row.address, hardware))
        found += 1
    if options.verbose:
        env.out.write(f"Entries: {len(rows)}\tSkipped: {len(rows) - found}\tFound: {found}\n")
    if not found and host and not bsd:
        env.out.write(f"{operands[0]} ({host}) -- no entry\n")
    elif not found and (host or options.hardware or options.device):
        env.out.write(f"arp: in {len(rows)} entries no match found.\n")
    return 0


def _wanted(row, host: str | None, options: Options) -> bool:
    return ((host is None or row.address == host)
            and (options.hardware is None or row.hardware_type == options.hardware.number)
            and (not options.device or row.device == options.device))
