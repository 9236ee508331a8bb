"""The command line of arp, and what its words stand for."""

from __future__ import annotations

from ...command_line.address_families import AF_NAMES, SEVERAL_FAMILIES
from ...command_line.getopt import Option, OptionError, constant, flag, read_options
from ...errors import Answered, UsageError
from ...records.hardware import ARP_CAPABLE, BY_NAME, Hardware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...environment import Environment

FAILED = 255


class Options:
    """What the command line asks for; `what` is the last of -a -d -f -s, "" for the table.

    `bsd_style` is known when all of it is read: -a without -e.
    """

    def __init__(self, warn: Callable[[str], object]):
        self.warn = warn
        self.what = ""
        self.numeric = self.verbose = self.linux_style = self.bsd_style = self.use_device = False
        self.device = ""
        self.hardware: Hardware | None = None
        self.family = "inet"


def _hardware(options: Options, name: str) -> None:
    if name not in BY_NAME:
        raise UsageError(f"arp: {name}: unknown hardware type.\n", FAILED)
    options.hardware = BY_NAME[name]


def _family(options: Options, name: str) -> None:
    if "," in name:
        options.warn(SEVERAL_FAMILIES)
    if name not in AF_NAMES:
        raise UsageError(f"arp: {name}: unknown address family.\n", FAILED)
    options.family = name


def _device(options: Options, name: str) -> None:
    from ...command_line.c_words import DEVICE_BYTES, cut

    options.device = cut(name, DEVICE_BYTES)


def _symbolic(options: Options, _: str) -> None:
    options.warn("arp: -N not yet supported.\n")


def _version(options: Options, _: str) -> None:
    from .usage import RELEASE

    raise Answered(RELEASE)


def _help(options: Options, _: str) -> None:
    from .usage import HARDWARE_LIST, USAGE

    raise Answered(USAGE, HARDWARE_LIST)


def _wrong(options: Options, _: str) -> None:
    raise OptionError("")


OPTIONS = (
    Option("v", "verbose", None, flag("verbose"), "be verbose"),
    Option("V", "version", None, _version, "display version and exit"),
    Option("a", "all", None, constant("what", "a"), "display (all) hosts in alternative (BSD) style"),
    Option("d", "delete", None, constant("what", "d"), "delete a specified entry"),
    Option("f", "file", None, constant("what", "f"), "read new entries from file or from /etc/ethers"),
    Option("n", "numeric", None, flag("numeric"), "don't resolve names"),
    Option("s", "set", None, constant("what", "s"), "set a new ARP entry"),
    Option("Ap", "protocol", "af", _family, "specify protocol family"),
    Option("Ht", "hw-type", "hw", _hardware, "specify hardware address type"),
    Option("i", "device", "if", _device, "specify network interface (e.g. eth0)"),
    Option("h", "help", None, _help, "display the usage and exit"),
    Option("D", "use-device", None, flag("use_device"), "read <hwaddr> from given device"),
    Option("N", "symbolic", None, _symbolic, "not yet supported"),
    Option("e", None, None, flag("linux_style"), "display (all) hosts in default (Linux) style"),
    Option("?", None, None, _wrong, "the usage, as after a wrong option"),
)


def parse(argv: list[str], options: Options, env: Environment) -> list[str]:
    """Fill `options`; returns the operands.  Raises OptionError, UsageError, and Answered for -h and -V."""
    operands = read_options(env.program, argv, OPTIONS, options, "POSIXLY_CORRECT" not in env.variables)
    if options.family != "inet":
        raise UsageError(f"arp: {options.family}: kernel only supports 'inet'.\n", FAILED)
    if options.hardware is not None and options.hardware.name not in ARP_CAPABLE:
        raise UsageError(f"arp: {options.hardware.name}: hardware type without ARP support.\n", FAILED)
    options.bsd_style = options.what == "a" and not options.linux_style
    return operands


def resolve(word: str, env: Environment, ipv6: bool = False, most_bytes: int = 127) -> str:
    """The address of a host word, or the original's message and status.  Raises UsageError."""
    from ...command_line.c_words import cut
    from ...feature_errors import HostUnknown
    from ...system.names.inet_words import InetNames

    word = cut(word, most_bytes)
    names = InetNames(env)
    try:
        return names.resolve_ipv6(word) if ipv6 else names.resolve(word)[0]
    except HostUnknown as unknown:
        raise UsageError(f"{unknown}\n", FAILED) from None
