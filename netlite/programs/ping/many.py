"""``ping --multi``: many targets at once, one line a target and the totals.  netlite's own.

    ping --multi -c 3 host1 host2 …
    ping --multi --targets FILE|-  [-c COUNT] [-i INTERVAL] [-W TIMEOUT] [-s SIZE] [-t TTL] [-4|-6] [-q] [--rate N]

Exit status: 0 all targets are up, 1 some are down or unknown, 2 it could not be done.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_pton

from ...command_line.c_numbers import INT_MAX, read_number
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...command_line.iputils import parse_integer
from ...engines.multiping import MultiPing, MultiPingConfig
from ...environment import Environment
from ...errors import NameUnknown, UsageError
from ...records.family import FAMILIES, IPV4, IPV6
from ...records.links import EchoLinkSettings, KernelStamps, Proof
from ...records.multiping import MultiSummary, Progress, Target, TargetSummary
from ...records.ping import ReceiveRefused, counting
from ...records.record import Record
from ...render.multiping import render_progress, render_target, render_totals
from ...render.visible import visible
from ...session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...environment import Environment
    from ...links.link import Link
    from ...sockets.resolver import Address

SHORT = "46c:i:W:s:t:qn"
LONG = (("multi", NO_VALUE, "multi"), ("targets", VALUE, "targets"), ("rate", VALUE, "rate"))
USAGE = __doc__.partition("\n\n")[2].partition("\n\nExit")[0]
GENTLE_RATE = 250.0
USER_RATE = 500.0                      # an ordinary user may send one packet in 2 ms, as with -i
PROGRESS_NS = 200_000_000
RESOLVERS = 32
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
READING = ("SETUID", "SETGID", "DAC_READ_SEARCH")  # what it may take to read a file as sockets.caller_files does
SECOND_NS = 1_000_000_000
FOREVER_NS = 1 << 62                   # -W 0: until there is an answer, or SIGINT, as ping waits


class Choices(Record):
    """The command line; times in seconds, `rate` in probes a second (0: as fast as the kernel takes them)."""

    hosts: tuple[str, ...] = ()
    version: int | None = None
    count: int = 1
    interval_s: float = 1.0
    timeout_s: float = 1.0
    size_bytes: int = 56
    ttl: int | None = None
    quiet: bool = False
    rate: float = GENTLE_RATE


class Plan(Record):
    """A run: what the engine is told, and with what the link of each IP version is opened.

    `drawn`: progress goes to a terminal, and is wiped off again.
    """

    engine: MultiPingConfig
    links: tuple[EchoLinkSettings, ...]
    quiet: bool
    drawn: bool


def main(words: list[str], environment: Environment) -> int:
    """Ping all targets; returns the exit status."""
    privileges = environment.privileges
    reads = any(word.startswith("--t") for word in words)
    privileges.limit("NET_RAW", *(READING if reads else ()))
    choices = parse(words, environment)
    if reads:
        privileges.limit("NET_RAW")
    targets, nameless = resolve(choices, environment)
    status = 1 if nameless else 0
    if environment.document is not None:
        from ...render.multiping_json import MultiPingJson

        environment.document.begin(MultiPingJson(nameless))
    if not targets:
        return status or 2
    return show(make_plan(choices, targets, environment.err.isatty()), environment) or status


def make_plan(choices: Choices, targets: list[Target], drawn: bool) -> Plan:
    """Work everything out."""
    engine = MultiPingConfig(tuple(targets), choices.count, int(choices.interval_s * SECOND_NS),
                             int(choices.timeout_s * SECOND_NS) or FOREVER_NS, choices.rate,
                             PROGRESS_NS if drawn else 0)
    links = []
    for family in FAMILIES:
        addresses = [target.address for target in targets if _version_of(target.address) == family.version]
        if addresses:
            links.append(EchoLinkSettings(
                family, addresses[0], ttl=choices.ttl, payload=counting(choices.size_bytes), stamped=False,
                kernel_stamps=KernelStamps.RECEIVED, preload=64, proof=Proof.TOKEN))
    return Plan(engine, tuple(links), choices.quiet, drawn)


def parse(words: list[str], environment: Environment) -> Choices:
    """Read the command line.  Raises UsageError, status 2."""
    program, files = environment.program, []
    found: dict[str, Any] = {}
    getopt = GetOpt(program, words, SHORT, LONG)
    try:
        for option, given in getopt:
            value = given or ""
            if option in "46":
                found["version"] = int(option)
            elif option == "c":
                found["count"] = _whole(program, value, 1, 1000)
            elif option == "s":
                found["size_bytes"] = _whole(program, value, 0, 65507)
            elif option == "t":
                found["ttl"] = _whole(program, value, 1, 255)
            elif option in ("i", "W", "rate"):
                name = {"i": "interval_s", "W": "timeout_s", "rate": "rate"}[option]
                found[name] = _decimal(program, value)
            elif option == "q":
                found["quiet"] = True
            elif option == "targets":
                files.append(value)
    except OptionError as refusal:
        raise UsageError(f"{refusal.text}usage:\n{USAGE}\n", 2) from None
    hosts = (*getopt.operands, *(host for file in files for host in read_targets(file, environment)))
    choices = Choices(hosts, **found)
    if not hosts:
        raise UsageError(f"{program}: usage error: Destination address required\n", 2)
    if environment.user_id and not 0 < choices.rate <= USER_RATE:
        raise UsageError(f"{program}: cannot flood; the rate of a user is at most {USER_RATE:.0f} probes a second\n", 2)
    return choices


def _whole(program: str, text: str, low: int, high: int) -> int:
    """A number in ping's words, but its own status 1 means here that some are down."""
    try:
        return parse_integer(program, text, low, high)
    except UsageError as wrong:
        raise UsageError(wrong.text, 2) from None


def _decimal(program: str, text: str) -> float:
    value = read_number(text, 0, INT_MAX / 1000)
    if value is None:
        raise UsageError(f"{program}: invalid argument: '{text}'\n", 2)
    return value


def read_targets(file: str, environment: Environment) -> list[str]:
    """The first word of each line that is neither empty nor a comment, which may follow it; ``-`` is stdin.

    Says of the first line with a further word that those do not count.
    """
    try:
        with environment.privileges:
            data = environment.input() if file == "-" else environment.read_file(file)
    except OSError as refusal:
        raise UsageError(f"{environment.program}: {visible(file)}: {refusal.strerror}\n", 2) from None
    hosts, told = [], False
    for number, line in enumerate(data.removeprefix(BYTE_ORDER_MARK).splitlines(), 1):
        words = line.partition(b"#")[0].split()
        hosts += [word.decode("utf-8", "surrogateescape") for word in words[:1]]
        if words[1:] and not told:
            told = True
            environment.error(f"{environment.program}: {visible(file)}: line {number}: only the first word of a "
                              "line is a target\n")
    return hosts


def resolve(choices: Choices, environment: Environment) -> tuple[list[Target], list[tuple[str, str]]]:
    """The targets that have an address, in order, and those that have none and why (each said on stderr)."""
    names = [host for host in dict.fromkeys(choices.hosts) if not _is_address(host)]
    answers = dict(zip(names, look_up(names, choices.version, environment.resolver)))
    targets, nameless = [], []
    for host in choices.hosts:
        found = answers.get(host, host)
        if isinstance(found, str) and choices.version in (None, _version_of(found)):
            targets.append(Target.of((host, found)))
        else:
            text = "Address family for hostname not supported" if isinstance(found, str) else found.text
            environment.error(f"{environment.program}: {visible(host)}: {text}\n")
            nameless.append((host, text))
    return targets, nameless


def _is_address(host: str) -> bool:
    """Whether it needs no resolver; a zone does, which may not be there."""
    try:
        inet_pton(AF_INET6 if ":" in host else AF_INET, host)
        return True
    except (OSError, ValueError):
        return False


def _version_of(address: str) -> int:
    return 6 if ":" in address else 4


def look_up(names: list[str], version: int | None, resolver: Any) -> list[str | NameUnknown]:
    """An address or a NameUnknown a name, several at a time."""
    from ...sockets.resolver import AI_IDN, side_by_side

    af = 0 if version is None else IPV4.af if version == 4 else IPV6.af

    def address(name: str) -> str | NameUnknown:
        try:
            first: Address = resolver.addresses(name, af, AI_IDN)[0]
        except NameUnknown as unknown:
            return unknown
        return first.text

    return side_by_side(address, names, RESOLVERS)


def open_links(plan: Plan, environment: Environment) -> Link:
    """The link of the IP version that is needed, or of both.  Raises UsageError where the kernel allows none."""
    from posix import strerror

    from ...links.pair import LinkPair

    links: dict[int, Link] = {}
    try:
        with environment.privileges:
            for settings in plan.links:
                links[settings.family.version] = environment.network.open_echo_link(settings)
    except BaseException as refusal:
        for link in links.values():
            link.close()
        if not isinstance(refusal, OSError):
            raise
        raise UsageError(f"{environment.program}: socket: {strerror(refusal.errno or 0)}\n", 2) from None
    return next(iter(links.values())) if len(links) == 1 else LinkPair(links)


def show(plan: Plan, environment: Environment) -> int:
    """Run, write the lines as they come, progress to a terminal's stderr, and return the exit status."""
    status, drawn = 0, ""
    out, err = environment.out, environment.err
    link = open_links(plan, environment)
    environment.privileges.drop()
    session: Session[Record] = Session(MultiPing(plan.engine), link, environment, signals=True)
    with session:
        for record in session:
            if environment.document is not None:
                environment.document.tell(record)
            if drawn:
                err.write("\r" + " " * (len(drawn) - 1) + "\r")
                drawn = ""
            if type(record) is TargetSummary:
                if not plan.quiet:
                    out.write(render_target(record))
            elif type(record) is MultiSummary:
                status = status or int(record.up < record.targets)
                out.write(render_totals(record))
            elif type(record) is ReceiveRefused:
                from posix import strerror

                environment.error(f"{environment.program}: recvmsg: {strerror(record.errno)}\n")
                status = 2
            elif type(record) is Progress:
                progress = render_progress(record)
                out.flush()
                err.write(progress if plan.drawn else progress[1:] + "\n")
                drawn = progress if plan.drawn else ""
    return status
