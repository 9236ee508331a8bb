"""tracepath: trace the path to a host and discover the MTU along it (iputils 20221126)."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX
from ...engines.tracepath import Tracepath, TracepathConfig
from ...errors import Answered, KernelRefused, NameUnknown, UsageError
from ...records.family import BY_AF
from ...records.links import MtuDiscovery
from ...records.record import Record
from ...records.tracepath import PathAnswer, PathSummary, Verdict
from ...records.udp_links import UdpLinkSettings
from ...render.tracepath import render_record
from ...session import Session
from .words import Options, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment
    from ...links.link import Link
    from ...records.tracepath import PathRecord
    from ...sockets.resolver import Address

AI_CANONNAME, AI_IDN = 0x02, 0x40
UDP_HEADER_BYTES = 8
FIRST_SIZE_BYTES = {4: 65535, 6: 128000}  # larger than any path MTU, so that the kernel tells it
ANY_HOST = {"*": "Bad value for ai_flags"}  # to getaddrinfo "*" is no name, and the original wants its canonical name


class Plan(Record):
    """A run: what the link is opened with, and what the engine is told."""

    link: UdpLinkSettings
    engine: TracepathConfig


def main(arguments: list[str], environment: Environment) -> int:
    """Run tracepath; 0 whatever the path was like, 1 for bad values and names, 2 for -4 with -6,
    255 for a wrong command line."""
    privileges = environment.privileges
    privileges.limit("NET_RAW")  # the probes need none; to record them, with --pcap, does
    try:
        options = parse(environment.program, arguments, "POSIXLY_CORRECT" not in environment.variables)
        plan = make_plan(environment.program, options, resolve(environment, options))
        with privileges:
            link = open_link(environment, plan)
        privileges.drop()
        status = trace(environment, options, plan, link)
    except Answered as answered:
        environment.out.write(answered.text)
        return environment.closed(opened=False)
    except UsageError as refusal:
        environment.error(refusal.text)
        status = refusal.status
    return environment.closed() or status


def resolve(environment: Environment, options: Options) -> Address:
    """The first address of the host.  Raises UsageError."""
    try:
        first: Address = environment.resolver.addresses(options.host, options.af, AI_CANONNAME | AI_IDN)[0]
    except NameUnknown as failure:
        why = ANY_HOST.get(options.host, failure.text)
        raise UsageError(f"{environment.program}: {options.host}: {why}\n", 1) from None
    return first


def make_plan(program: str, options: Options, address: Address) -> Plan:
    """Work everything out.  Raises UsageError for a size that leaves no room for the headers."""
    family = BY_AF[address.af]
    size_bytes = options.size_bytes or FIRST_SIZE_BYTES[family.version]
    overhead = family.header_bytes + UDP_HEADER_BYTES
    if size_bytes <= overhead:
        raise UsageError(f"{program}: pktlen must be within: {overhead} < value <= {INT_MAX}\n", 1)
    return Plan(UdpLinkSettings(family, address.text, mtu_discovery=MtuDiscovery.DO, stamped=True),
                TracepathConfig(size_bytes, options.maximum_hops, options.port, options.both or not options.numeric))


def trace(environment: Environment, options: Options, plan: Plan, link: Link) -> int:
    """Run the engine and write a line a record; 1 when nothing can be received, else 0."""
    out, document, names = environment.out, environment.document, plan.engine.names
    status = 0
    if document is not None:
        from ...render.tracepath_json import TracepathJson

        document.begin(TracepathJson(start_of(options, plan), options.numeric))
    session: Session[PathRecord] = Session(Tracepath(plan.engine), link, environment, names=names)
    for record in session:
        if document is not None:
            document.tell(record)
        out.write(render_record(record, options.numeric, options.both))
        if names:
            out.flush()  # the original flushes before every look-up
        if type(record) is PathAnswer:
            if record.verdict == Verdict.OTHER_ERROR:
                complain(environment, "NET ERROR", record.errno)
        elif type(record) is not PathSummary:
            from ...records.tracepath_mishaps import PathReceiveFailed

            if type(record) is PathReceiveFailed:
                complain(environment, "recvmsg", record.errno)
                status = 1
    return status


def start_of(options: Options, plan: Plan) -> dict[str, object]:
    """What a document says of the run."""
    return {"destination": options.host, "destination_ip": plan.link.destination, "data_bytes": plan.engine.size_bytes,
            "max_hops": options.maximum_hops}


def open_link(environment: Environment, plan: Plan) -> Link:
    """Raises UsageError in the original's words."""
    from posix import strerror

    try:
        return environment.network.open_udp_link(plan.link)
    except OSError as refusal:
        raise UsageError(f"{environment.program}: socket/connect: {strerror(refusal.errno or 0)}\n", 1) from None
    except KernelRefused as refusal:
        raise UsageError(f"{environment.program}: {refusal}\n", 1) from None


def complain(environment: Environment, what: str, errno: int | None) -> None:
    """Write to stderr as glibc's error() does."""
    from posix import strerror

    environment.error(f"{environment.program}: {what}: {strerror(errno or 0)}\n")
