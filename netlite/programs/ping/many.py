"""``ping --multi``: many targets at once, one line a target and the totals.  netlite's own.

`many_words` reads the command line.
Exit status: 0 all targets are up, 1 some are down or unknown or have no address, 2 it could not be done.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_pton

from ...engines.multiping import BURST, MultiPing, MultiPingConfig
from ...environment import Environment
from ...errors import KernelRefused, NameUnknown, UsageError
from ...records.echo_links import EchoLinkSettings, KernelStamps, Proof
from ...records.family import FAMILIES, IPV4, IPV6, Family
from ...records.multiping import MultiSummary, Nameless, Progress, Target, TargetSummaries
from ...records.ping import counting
from ...records.ping_mishaps import ReceiveRefused
from ...records.record import Record
from ...render.multiping import render_nameless, render_progress, render_targets, render_totals
from ...render.visible import visible
from ...session import Session
from ...sockets.privileges import READING
from .many_words import Choices, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...environment import Environment
    from ...links.link import Link
    from ...sockets.resolver import Address

PROGRESS_NS = 200_000_000
RESOLVERS = 32
SECOND_NS = 1_000_000_000
FOREVER_NS = 1 << 62                   # -W 0: until there is an answer, or SIGINT, as ping waits


class Plan(Record):
    """A run: what the engine is told, and with what the link of each IP version is opened.

    `nameless` are the targets that have no address; `drawn`: progress goes to a terminal, and is wiped off again.
    """

    engine: MultiPingConfig
    links: tuple[EchoLinkSettings, ...]
    nameless: tuple[Nameless, ...]
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
    if environment.document is not None:
        from ...render.multiping_json import MultiPingJson

        environment.document.begin(MultiPingJson(nameless))
    return show(make_plan(choices, targets, nameless, environment.err.isatty()), environment)


def make_plan(choices: Choices, targets: list[Target], nameless: list[Nameless], drawn: bool) -> Plan:
    """Work everything out."""
    engine = MultiPingConfig(tuple(targets), choices.count, int(choices.interval_s * SECOND_NS),
                             int(choices.timeout_s * SECOND_NS) or FOREVER_NS, choices.rate,
                             PROGRESS_NS if drawn else 0)
    links = []
    for family in FAMILIES:
        first = next((address for _, address in targets if (":" in address) == (family is IPV6)), None)
        if first is not None:
            links.append(EchoLinkSettings(
                family, first, source=source_of(choices, family), device=choices.device, ttl=choices.ttl,
                payload=counting(choices.size_bytes), stamped=False,
                kernel_stamps=KernelStamps.RECEIVED, preload=BURST, proof=Proof.TOKEN))
    return Plan(engine, tuple(links), tuple(nameless), choices.quiet, drawn)


def source_of(choices: Choices, family: Family) -> str | None:
    """The source for a family; one of a link belongs to the device."""
    source = choices.source4 if family is IPV4 else choices.source6
    if source is None or not choices.device:
        return source
    from .target import needs_zone

    return f"{source}%{choices.device}" if needs_zone(source) else source


def resolve(choices: Choices, environment: Environment) -> tuple[list[Target], list[Nameless]]:
    """The targets that have an address, in order, and those that have none and why (each said on stderr)."""
    names = [host for host in dict.fromkeys(choices.hosts) if not _is_address(host)]
    if not names and choices.version is None:
        return [Target.of((host, host)) for host in choices.hosts], []
    answers = dict(zip(names, look_up(names, choices.version, environment.resolver)))
    targets: list[Target] = []
    nameless: list[Nameless] = []
    for host in choices.hosts:
        found = answers.get(host, host)
        if isinstance(found, str) and (choices.version is None or choices.version == _version_of(found)):
            targets.append(Target.of((host, found)))
        else:
            text = "Address family for hostname not supported" if isinstance(found, str) else found.text
            environment.error(f"{environment.program}: {visible(host)}: {text}\n")
            nameless.append(Nameless(host, text, len(targets)))
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
    from ...sockets.name_lookups import side_by_side
    from ...sockets.resolver import AI_IDN

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

    links: dict[int, Link] = {}
    try:
        with environment.privileges:
            for settings in plan.links:
                links[settings.family.version] = environment.network.open_echo_link(settings)
    except BaseException as refusal:
        for link in links.values():
            link.close()
        if isinstance(refusal, KernelRefused):
            raise UsageError(f"{environment.program}: {refused_text(refusal, settings)}\n", 2) from None
        if not isinstance(refusal, OSError):
            raise
        raise UsageError(f"{environment.program}: socket: {strerror(refusal.errno or 0)}\n", 2) from None
    if len(links) == 1:
        return next(iter(links.values()))
    from ...links.pair import LinkPair

    return LinkPair(links)


def refused_text(refusal: KernelRefused, settings: EchoLinkSettings) -> str:
    """ping's words for a device or source that the kernel refuses."""
    from posix import strerror

    from .target import device_refused

    if refusal.what == "SO_BINDTODEVICE":
        return device_refused(refusal, settings.family, settings.device)
    return f"{refusal.what}: {strerror(refusal.errno)}"


def show(plan: Plan, environment: Environment) -> int:
    """Run, write the lines as they come, progress to a terminal's stderr, and return the exit status."""
    if not plan.links:
        return show_none(plan, environment)
    status, drawn = int(bool(plan.nameless)), ""
    out, err = environment.out, environment.err
    nameless, shown = list(plan.nameless), 0
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
            if type(record) is TargetSummaries:
                if not plan.quiet:
                    out.write(render_targets(record, nameless, shown))
                shown += len(record.summaries)
            elif type(record) is MultiSummary:
                status = status or int(record.up < record.targets)
                if not plan.quiet:
                    out.write("".join(map(render_nameless, nameless)))
                out.write(render_totals(record, len(plan.nameless)))
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


def show_none(plan: Plan, environment: Environment) -> int:
    """No target has an address: there is nothing to send, and a document says that the run could not begin."""
    environment.out.write("" if plan.quiet else "".join(map(render_nameless, plan.nameless)))
    environment.out.write(render_totals(MultiSummary(0, 0, 0, 0, 0), len(plan.nameless)))
    return 1
