"""netlite watch: every hop of the path to each host again and again, as a report or live.

Exit status: 0 every host answered (live: the view was ended), 1 some did not, 2 wrong command line, name, refused by
the kernel or not written.
"""

from __future__ import annotations

from ... import __version__
from ...api.pings import look_up
from ...api.watches import METHODS, open_ways
from ...engines.watch import Watch, WatchConfig
from ...environment import Environment
from ...errors import NameUnknown
from ...records.ping import ReceiveRefused
from ...records.watch import PathState
from ...render.visible import visible
from ...render.watch import Style, csv_head, render_csv, render_report
from ...session import Session
from .words import REFUSED, Options, parse, usage, wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...links.link import Link
    from ...records.family import Family

    Hosts = list[tuple[str, Family, str]]

READING = ("SETUID", "SETGID", "DAC_READ_SEARCH")  # what it may take to read a file as sockets.caller_files does
SILENT = 1
SECOND_NS = 1_000_000_000


def main(arguments: list[str], environment: Environment) -> int:
    """Watch and tell; returns the exit status.  Raises UsageError."""
    status = _watch(arguments, environment)
    return environment.unwritten(REFUSED) or status


def _watch(arguments: list[str], environment: Environment) -> int:
    privileges = environment.privileges
    reads = any(word.startswith("--a") for word in arguments)
    privileges.limit("NET_RAW", *(READING if reads else ()))
    options = parse(environment.program, arguments, environment.document is not None, environment.out.isatty())
    if options.help:
        environment.out.write(usage())
        return 0
    style = Style(options.columns, options.numeric, options.both, options.wide, options.labels,
                  open_systems(options.asn_file, environment))
    if reads:
        privileges.limit("NET_RAW")
    hosts = resolve(options, environment)
    config = WatchConfig(
        (), options.method, options.port or METHODS[options.method], options.first_hop, options.max_hops,
        options.max_unknown, options.count, options.interval_ns, options.timeout_ns, options.rate, not options.numeric)
    begin_document(options, config, hosts, style, environment)
    if not hosts:
        return REFUSED
    shared = {"source": options.source, "device": options.device, "traffic_class": options.traffic_class}
    with privileges:
        config, link = open_ways(environment, config, hosts, options.flows, options.size_bytes, shared)
    privileges.drop()
    if options.report or options.csv or environment.document is not None or not environment.out.isatty():
        status = report(options, config, link, style, environment)
    else:
        from .live import show

        status = show(options, config, link, style, environment)
    return status or (SILENT if len(hosts) < len(options.hosts) else 0)


def resolve(options: Options, environment: Environment) -> Hosts:
    """The hosts that have an address; of the others stderr is told why."""
    hosts = []
    for host, found in look_up(environment, list(dict.fromkeys(options.hosts)), options.version):
        if isinstance(found, NameUnknown):
            environment.error(f"{environment.program}: {visible(host)}: {found.text}\n")
        else:
            hosts.append((host, *found))
    return hosts


def open_systems(file: str | None, environment: Environment) -> Any:
    """What tells the autonomous system of an address, with --asn-file."""
    if file is None:
        return None
    from .systems import Systems

    try:
        data = environment.read_file(file)
    except OSError as refusal:
        raise wrong(f"{environment.program}: {file}: {refusal.strerror}\n") from None
    return Systems(data, file)


def begin_document(options: Options, config: WatchConfig, hosts: Hosts, style: Style, environment: Environment) -> None:
    """Say what the run is about, with --json and --jsonl."""
    if environment.document is not None and hosts:
        from ...render.watch_json import WatchJson

        environment.document.begin(WatchJson(
            [(host, address) for host, _, address in hosts], options.method,
            None if options.method == "icmp" else config.port, options.flows, options.interval_ns, options.timeout_ns,
            style.systems))


def report(options: Options, config: WatchConfig, link: Link, style: Style, environment: Environment) -> int:
    """Run to the end, and write how the paths did."""
    start_s = environment.clock.wall_ns() // SECOND_NS
    states: list[PathState] = []
    status = 0
    session: Session[Any] = Session(Watch(config.replace(verdicts=environment.document is not None)), link, environment,
                                    names=config.names, signals=True)
    with session:
        for record in session:
            if isinstance(record, PathState):
                states.append(record)
            elif isinstance(record, ReceiveRefused):
                status = refused(environment, record.errno, "recvmsg")
            if environment.document is not None:
                environment.document.tell(record)
    if options.csv:
        environment.out.write(csv_head(style.columns, style.systems is not None))
        for state in states:
            environment.out.write(render_csv(state, __version__, start_s, style))
    else:
        environment.out.write(f"Start: {utc_text(start_s)}\n")
        environment.out.write(render_report(states, environment.host_name, style))
    return status or status_of(states, environment)


def status_of(states: list[PathState], environment: Environment) -> int:
    """Whether all hosts answered; what our own kernel said of those that it sent nothing to goes to stderr."""
    for state in states:
        if state.errno is not None and not any(hop.received for hop in state.hops):
            refused(environment, state.errno, visible(state.host))
    return 0 if all(state.reached for state in states) else SILENT


def refused(environment: Environment, errno: int, what: str) -> int:
    """Say what the kernel refused, and the status for it."""
    from posix import strerror

    environment.error(f"{environment.program}: {what}: {strerror(errno)}\n")
    return REFUSED


def utc_text(seconds: int) -> str:
    """A time as mtr writes it, in UTC."""
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%S+0000", gmtime(seconds))
