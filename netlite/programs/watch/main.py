"""netlite watch: every hop of the path to each host again and again, as a report or live.

Exit status: 0 every host answered (live: the view was ended), 1 some did not, 2 wrong command line, name, refused by
the kernel or not written.
"""

from __future__ import annotations

from ...api.pings import look_up
from ...api.watches import METHODS, open_ways
from ...engines.watch_config import WatchConfig
from ...environment import Environment
from ...errors import NameUnknown
from ...render.visible import visible
from ...render.watch import Style
from ...sockets.privileges import READING
from .report import SILENT, report
from .words import REFUSED, Options, parse, usage, wrong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...records.family import Family

    Hosts = list[tuple[str, Family, str]]



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
        with environment.privileges:  # to become the caller, where that is another
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
