"""What the command line of traceroute can say: its table of options, and what they leave behind."""

from __future__ import annotations

from ...command_line.getopt import Option, constant, flag, value
from ...command_line.traceroute_options import CommandLine, Operand, Unreadable, refused
from ...errors import UsageError
from ...records.family import BY_AF, FAMILIES, IPV4, IPV6
from .numbers import parse_float, parse_port, parse_signed, parse_unsigned, split_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...records.family import Family
    from ...world import World

MAX_HOPS, MAX_QUERIES, MAX_SIZE_BYTES = 255, 10, 65000
MAX_GATEWAYS = {4: 8, 6: 127}
AI_IDN = 0x40


class Choices:
    """The values of all options; names are resolved as they are read, in the family known so far."""

    def __init__(self, program: str, world: World):
        self.program = program
        self.world = world
        self.family: Any = {"4": IPV4, "6": IPV6}.get(program[-1:])  # a Family, at the latest with the host
        self.method = "icmp" if program.startswith("tracert") and program != "traceroute" else "default"
        if program.startswith("tcp"):
            self.method = "tcp"
        self.debug = self.dont_fragment = self.numeric = self.dont_route = False
        self.extensions = self.as_lookups = self.discover_mtu = self.back = False
        self.paris = self.mda = False
        self.first_hop, self.max_hops, self.queries, self.window = 1, 30, 3, 16
        self.port = self.source_port = self.traffic_class = self.flow_label = self.mark = 0
        self.wait, self.here, self.near, self.gap = 5.0, 3.0, 10.0, 0.0
        self.device: str | None = None
        self.source: tuple[Family, str] | None = None
        self.gateways: list[str] = []
        self.method_words: list[str] = []
        self.size_bytes = -1
        self.host = self.address = ""

    def look_up(self, host: str) -> tuple[Family, str]:
        """(family, address) of a host, IPv4 preferred unless a family is chosen.

        An IPv4-mapped address means the IPv4 address.  Raises Unreadable with the resolver's line.
        """
        from ...errors import NameUnknown

        try:
            answers = self.world.resolver.addresses(host, self.family.af if self.family else 0, AI_IDN)
        except NameUnknown as failure:
            raise Unreadable(f"{host}: {failure.text}\n") from None
        wanted = self.family or IPV4
        answer = next((one for one in answers if one.af == wanted.af), answers[0])
        family, address = BY_AF[answer.af], answer.text
        if family is IPV6 and address.lower().startswith("::ffff:") and "." in address:
            if self.family is IPV6:
                raise Unreadable()
            family, address = IPV4, address[len("::ffff:"):]
        return family, address

    def check(self) -> None:
        """Refuse values out of range, in the original's order."""
        if not 0 < self.first_hop <= self.max_hops:
            raise refused("first hop out of range")
        if self.max_hops > MAX_HOPS:
            raise refused(f"max hops cannot be more than {MAX_HOPS}")
        if not 0 < self.queries <= MAX_QUERIES:
            raise refused(f"no more than {MAX_QUERIES} probes per hop")
        if self.wait < 0 or self.here < 0 or self.near < 0:
            raise refused(f"bad wait specifications `{self.wait:g},{self.here:g},{self.near:g}' used")
        if self.size_bytes > MAX_SIZE_BYTES:
            raise refused(f"too big packetlen {self.size_bytes} specified")
        if self.source and self.source[0] is not self.family:
            raise refused("IP version mismatch in addresses specified")
        if self.gap < 0:
            raise refused(f"bad sendtime `{self.gap:g}' specified")


def _port(name: str) -> Callable[[Choices, str], None]:
    return lambda choices, text: setattr(choices, name, parse_port(text, choices.world))


def _source(choices: Choices, text: str) -> None:
    choices.source = choices.look_up(text)


def _gateway(choices: Choices, text: str) -> None:
    if len(choices.gateways) >= MAX_GATEWAYS[6]:
        raise Unreadable("Too many gateways specified.")
    choices.gateways.append(text)


def _wait(choices: Choices, text: str) -> None:
    """MAX[,HERE[,NEAR]] with any separator; what is not given is 0."""
    choices.here = choices.near = 0.0
    rest = text
    for name in ("wait", "here", "near"):
        value, after = split_float(rest)
        if value is None:
            raise Unreadable()
        setattr(choices, name, value)
        if not after:
            return
        rest = after[1:]
    raise Unreadable()


def _method_word(choices: Choices, text: str) -> None:
    if text == "help":
        from .keywords import KEYWORDS
        from .usage import keyword_help

        keywords = KEYWORDS.get(choices.method.lower())
        if keywords is None:
            raise UsageError(f"No options for module `{choices.method}'\n", 0)
        raise UsageError(keyword_help(keywords), 0)
    choices.method_words.append(text)


def _protocol(choices: Choices, text: str) -> None:
    choices.method = "raw"
    choices.method_words.append(f"protocol={text}")


def _version(choices: Choices, _: str | None) -> None:
    from .usage import VERSION

    raise UsageError(VERSION, 0)


def _help(choices: Choices, _: str | None) -> None:
    from .usage import usage

    raise UsageError(usage(choices.program, OPTIONS, OPERANDS), 0)


def _host(choices: Choices, word: str) -> None:
    family, choices.address = choices.look_up(word)
    choices.host = word
    if choices.family is None:
        choices.family = family


OPTIONS = (
    Option("4", None, None, constant("family", FAMILIES[0]), "Use IPv4", advanced=True),
    Option("6", None, None, constant("family", FAMILIES[1]), "Use IPv6"),
    Option("d", "debug", None, flag("debug"), "Enable socket level debugging"),
    Option("F", "dont-fragment", None, flag("dont_fragment"), "Do not fragment packets", shortens=True),
    Option("f", "first", "first_ttl", value("first_hop", parse_unsigned), "Start from the %s hop (instead from 1)"),
    Option("g", "gateway", "gate", _gateway, "Route packets through the specified gateway (maximum 8 for IPv4 and "
           "127 for IPv6)", several=True),
    Option("I", "icmp", None, constant("method", "icmp"), "Use ICMP ECHO for tracerouting"),
    Option("T", "tcp", None, constant("method", "tcp"), "Use TCP SYN for tracerouting (default port is 80)"),
    Option("i", "interface", "device", value("device"), "Specify a network interface to operate with"),
    Option("m", "max-hops", "max_ttl", value("max_hops", parse_unsigned), "Set the max number of hops (max TTL to be "
           "reached). Default is 30"),
    Option("N", "sim-queries", "squeries", value("window", parse_unsigned), "Set the number of probes to be tried "
           "simultaneously (default is 16)"),
    Option("n", None, None, flag("numeric"), "Do not resolve IP addresses to their domain names"),
    Option("p", "port", "port", _port("port"), "Set the destination port to use. It is either initial udp "
           'port value for "default" method (incremented by each probe, default is 33434), or initial seq for "icmp" '
           "(incremented as well, default from 1), or some constant destination port for other methods (with default "
           'of 80 for "tcp", 53 for "udp", etc.)'),
    Option("t", "tos", "tos", value("traffic_class", parse_unsigned), "Set the TOS (IPv4 type of service) or TC (IPv6 "
           "traffic class) value for outgoing packets"),
    Option("l", "flowlabel", "flow_label", value("flow_label", parse_unsigned), "Use specified %s for IPv6 packets"),
    Option("w", "wait", "MAX,HERE,NEAR", _wait, "Wait for a probe no more than HERE (default 3) times longer than a "
           "response from the same hop, or no more than NEAR (default 10) times than some next hop, or MAX (default "
           "5.0) seconds (float point values allowed too)"),
    Option("q", "queries", "nqueries", value("queries", parse_unsigned), "Set the number of probes per each hop. "
           "Default is 3"),
    Option("r", None, None, flag("dont_route"), "Bypass the normal routing and send directly to a host on an attached "
           "network"),
    Option("s", "source", "src_addr", _source, "Use source %s for outgoing packets"),
    Option("z", "sendwait", "sendwait", value("gap", parse_float), "Minimal time interval between probes (default 0). "
           "If the value is more than 10, then it specifies a number in milliseconds, else it is a number of seconds "
           "(float point values allowed too)"),
    Option("e", "extensions", None, flag("extensions"), "Show ICMP extensions (if present), including MPLS",
           shortens=True),
    Option("A", "as-path-lookups", None, flag("as_lookups"), "Perform AS path lookups in routing registries and print "
           "results directly after the corresponding addresses"),
    Option("M", "module", "name", value("method"), "Use specified module (either builtin or external) for traceroute "
           "operations. Most methods have their shortcuts (`-I' means `-M icmp' etc.)", advanced=True),
    Option("O", "options", "OPTS", _method_word, "Use module-specific option %s for the traceroute module. Several %s "
           'allowed, separated by comma. If %s is "help", print info about available options', several=True,
           advanced=True),
    Option(None, "sport", "num", _port("source_port"), "Use source port %s for outgoing packets. Implies "
           "`-N 1'", advanced=True),
    Option(None, "fwmark", "num", value("mark", parse_unsigned), "Set firewall mark for outgoing packets"),
    Option("U", "udp", None, constant("method", "udp"), "Use UDP to particular port for tracerouting (instead of "
           "increasing the port per each probe), default port is 53", advanced=True),
    Option(None, "UL", None, constant("method", "udplite"), "Use UDPLITE for tracerouting (default dest port is 53)",
           one_dash=True, advanced=True),
    Option("D", "dccp", None, constant("method", "dccp"), "Use DCCP Request for tracerouting (default port is 33434)",
           advanced=True),
    Option("P", "protocol", "prot", _protocol, "Use raw packet of protocol %s for tracerouting", advanced=True),
    Option(None, "mtu", None, flag("discover_mtu"), "Discover MTU along the path being traced. Implies `-F -N 1'",
           advanced=True),
    Option(None, "back", None, flag("back"), "Guess the number of hops in the backward path and print if it differs",
           advanced=True),
    Option("V", "version", None, _version, "Print version info and exit", advanced=True),
    Option(None, "help", None, _help, "Read this help and exit", advanced=True),
)
OWN_OPTIONS = (  # netlite's own, so the original's help does not have them
    Option(None, "paris", None, flag("paris"), "Keep all probes to one flow"),
    Option(None, "mda", None, flag("mda"), "Find all ways that flows take"),
)
OPERANDS = (
    Operand("host", _host, "The host to traceroute to", required=True),
    Operand("packetlen", value("size_bytes", parse_signed), "The full packet length (default is the length of an IP "
            "header plus 40). Can be ignored or increased to a minimal allowed value"),
)


def read_choices(program: str, words: list[str], world: World, posix: bool) -> Choices:
    """Parse the command line.  Raises UsageError: with status 0 for help and version, else 2."""
    choices = Choices(program, world)
    if not words:
        _help(choices, None)
    CommandLine(OPTIONS + OWN_OPTIONS, OPERANDS, posix=posix).read(program, words, choices)
    return choices
