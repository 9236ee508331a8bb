"""The command line of arp, and what its words stand for."""

from __future__ import annotations

from ...command_line.address_families import AF_NAMES, SEVERAL_FAMILIES
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...errors import HostUnknown, UsageError
from ...records.hardware import ARP_CAPABLE, BY_NAME, Hardware
from ...system.names.inet_words import InetNames

SHORT = "A:H:adfp:nsei:t:vh?DNV"
LONG = (("verbose", NO_VALUE, "v"), ("version", NO_VALUE, "V"), ("all", NO_VALUE, "a"),
        ("delete", NO_VALUE, "d"), ("file", NO_VALUE, "f"), ("numeric", NO_VALUE, "n"),
        ("set", NO_VALUE, "s"), ("protocol", VALUE, "A"), ("hw-type", VALUE, "H"),
        ("device", VALUE, "i"), ("help", NO_VALUE, "h"), ("use-device", NO_VALUE, "D"),
        ("symbolic", NO_VALUE, "N"))
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


def parse(argv: list[str], options: Options, env) -> list[str] | None:
    """Fill `options`; returns the operands, or None when a text was asked for and given."""
    family = "inet"
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
            from ...command_line.c_words import DEVICE_BYTES, cut

            options.device = cut(value, DEVICE_BYTES)
        elif option in "Ht":
            options.hardware = _hardware(value)
        elif option in "Ap":
            family = _family(value, env)
        elif option == "N":
            env.err.write("arp: -N not yet supported.\n")
        elif option == "?":
            raise OptionError("")
        else:
            from .usage import HARDWARE_LIST, RELEASE, USAGE

            env.out.write(RELEASE if option == "V" else USAGE)
            env.err.write("" if option == "V" else HARDWARE_LIST)
            return None
    _check(family, options.hardware)
    return parser.operands


def _hardware(name: str) -> Hardware:
    if name not in BY_NAME:
        raise UsageError(f"arp: {name}: unknown hardware type.\n", FAILED)
    return BY_NAME[name]


def _family(name: str, env) -> str:
    if "," in name:
        env.err.write(SEVERAL_FAMILIES)
    if name not in AF_NAMES:
        raise UsageError(f"arp: {name}: unknown address family.\n", FAILED)
    return name


def _check(family: str, hardware: Hardware | None) -> None:
    """What the kernel's table is for; asked once all options are read."""
    if family != "inet":
        raise UsageError(f"arp: {family}: kernel only supports 'inet'.\n", FAILED)
    if hardware is not None and hardware.name not in ARP_CAPABLE:
        raise UsageError(f"arp: {hardware.name}: hardware type without ARP support.\n", FAILED)


def resolve(word: str, env, ipv6: bool = False, most_bytes: int = 127) -> str:
    """The address of a host word, or the original's message and status."""
    from ...command_line.c_words import cut

    word = cut(word, most_bytes)
    names = InetNames(env)
    try:
        return names.resolve_ipv6(word) if ipv6 else names.resolve(word)[0]
    except HostUnknown as unknown:
        raise UsageError(f"{unknown}\n", FAILED) from None
