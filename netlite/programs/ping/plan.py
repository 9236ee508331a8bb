"""A run of ping worked out from options and target, once; and iputils' checks on the way."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX
from ...errors import KernelRefused, UsageError
from ...records.echo_links import EchoLinkSettings, KernelStamps
from ...records.family import IPV4
from ...records.links import MtuDiscovery
from ...records.ping import PingPlan, counting
from ...records.record import Record
from .target import Target, device_refused, mark_refused
from .words import PingOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment
    from ...links.link import Link
    from ...records.node_information import NodeQuery

USER_INTERVAL_MS = 2
LARGEST_PACKET = 65535

REFUSALS = {  # the option refused: iputils' words, by IP version
    "IP_TTL": "cannot set unicast time-to-live", "IP_MULTICAST_TTL": "cannot set multicast time-to-live",
    "IPV6_UNICAST_HOPS": "can't set unicast hop limit",
    "IPV6_MULTICAST_HOPS": "can't set multicast hop limit",
    "IP_MULTICAST_LOOP": "cannot disable multicast loopback",
    "IPV6_MULTICAST_LOOP": "can't disable multicast loopback",
    "IP_TOS": "setsockopt", "IPV6_TCLASS": "setsockopt",
    "IPV6_FLOWLABEL_MGR": "can't set flowlabel", "IPV6_FLOWINFO_SEND": "can't send flowinfo",
    "IP_OPTIONS": "record route",
}
BEFORE_OPTIONS = ("SO_BINDTODEVICE", "IP_MTU_DISCOVER", "bind")  # what iputils sets before IP_OPTIONS
NO_SOURCE_ROUTE = "record route: Operation not permitted"


class Plan(Record):
    """All that is known of a run before its link is open; nothing in it changes.

    `many`: several hosts may answer (multicast, or -b, whatever the address is).  `by_user` tells an ordinary user
    from root.  `link` is what the link is opened with, `engine` what the engine is told.
    """

    program: str
    options: PingOptions
    target: Target
    many: bool
    by_user: bool
    link: EchoLinkSettings
    engine: PingPlan


def make_plan(options: PingOptions, target: Target, environment: Environment) -> Plan:
    """Work everything out; what is not allowed is said by the checks."""
    family, by_user = target.family, environment.user_id != 0
    many = is_multicast(options, target)
    query = node_query(options, target)
    sent = payload(options)
    foreign = shows_foreign(options, by_user)
    fixed_source = options.strict_source or options.source4 is not None or options.source6 is not None
    link = EchoLinkSettings(
        family=family, destination=target.address, source=target.source if fixed_source else None,
        device=options.device, ttl=options.ttl, traffic_class=options.traffic_class, flow_label=options.flow_label,
        mark=options.mark, mtu_discovery=MtuDiscovery.DO if many and options.mtu_discovery is None
        else options.mtu_discovery, dont_route=options.dont_route, debug=options.debug, identifier=options.identifier,
        payload=sent, broadcast=options.broadcast, multicast_loop=not options.no_loop,
        send_buffer_bytes=options.send_buffer_bytes, ip_options=ip_options(options, target),
        kernel_stamps=kernel_stamps(options), kind="raw" if options.identifier == 0 or options.raw_only else None,
        preload=options.preload, connected=options.connect and family is IPV4, foreign=foreign, node_query=query)
    engine = PingPlan(
        family=family, destination=target.address, size_bytes=options.size_bytes if query is None else 0, payload=sent,
        count=options.count, interval_ms=0 if options.flood and not options.interval_given else options.interval_ms,
        preload=options.preload, linger_ms=options.linger_ms, deadline_s=options.deadline_s,
        adaptive=options.adaptive, flood=options.flood, quiet=options.quiet, outstanding=options.outstanding,
        any_source=many or is_anycast(target), hush_duplicates=many and not options.verbose,
        names=not (options.numeric or target.numeric or options.quiet), foreign=foreign,
        floor_ms=USER_INTERVAL_MS if by_user else 0,
        in_rounds=query is None and not (options.stamps or options.user_latency or link.ip_options))
    return Plan(environment.program, options, target, many, by_user, link, engine)


def is_multicast(options: PingOptions, target: Target) -> bool:
    """-b counts as well, whatever the address is."""
    if target.family is IPV4:
        return options.broadcast or 224 <= int(target.address.partition(".")[0]) <= 239
    return target.address.lower().startswith("ff") and len(target.address.partition(":")[0]) == 4


def is_anycast(target: Target) -> bool:
    """The subnet-router anycast address of a /64 (RFC 4291 section 2.6.1): its low half is zero."""
    if target.family is IPV4:
        return False
    from _socket import inet_pton

    return inet_pton(target.family.af, target.address.partition("%")[0])[8:] == bytes(8)


def node_query(options: PingOptions, target: Target) -> NodeQuery | None:
    """What -N asks; about the target, unless another subject is named."""
    query = options.node_query
    if query is None or query.qtype is None or target.family is IPV4:
        return None
    if query.subject is not None:
        return query
    from _socket import inet_pton

    return query.replace(subject=inet_pton(target.family.af, target.address.partition("%")[0]))


def shows_foreign(options: PingOptions, by_user: bool) -> bool:
    """Whether ICMP messages that answer nothing are told: to root with -v, and as a mark in a flood."""
    if options.flood and not options.verbose:
        return not options.quiet
    return options.verbose and not by_user


def kernel_stamps(options: PingOptions) -> int:
    """-U wants our own times; in a flood, or at -i 0, the stamp of departure costs more than it gives."""
    if options.user_latency:
        return KernelStamps.NONE
    return KernelStamps.RECEIVED if options.flood or not options.interval_ms else KernelStamps.BOTH


def ip_options(options: PingOptions, target: Target) -> bytes:
    """-R and -T (RFC 791 section 3.1), empty slots to be filled on the way; IPv6 has no such thing."""
    if target.family.version == 6 or not (options.record_route or options.timestamps is not None):
        return b""
    from ...records.ip_options import NOP, PRESPECIFIED, RECORD_ROUTE, TIMES_ONLY, TIMESTAMP

    if options.record_route:
        return bytes([NOP, RECORD_ROUTE, 39, 4]) + bytes(36)
    from _socket import inet_aton

    slots = b"".join(inet_aton(hop) + bytes(4) for hop in target.hops) if options.timestamps == PRESPECIFIED \
        else bytes(36 if options.timestamps == TIMES_ONLY else 32)
    return bytes([TIMESTAMP, 4 + len(slots), 5, options.timestamps or TIMES_ONLY]) + slots


def payload(options: PingOptions) -> bytes:
    """-p repeated, else 0, 1, 2 …; cut where the kernel refuses the size anyway."""
    size = min(options.size_bytes, LARGEST_PACKET)
    if options.pattern is None:
        return counting(size)
    return ((options.pattern or b"\0") * (size // max(1, len(options.pattern)) + 1))[:size]


# The checks, in the order in which iputils comes to them.  They change nothing.

def check_destination(plan: Plan) -> None:
    """What an ordinary user may not do to many hosts at once, and nobody at all; raises UsageError."""
    options = plan.options
    if plan.many and plan.by_user:
        what = "broadcast" if plan.target.family is IPV4 else "multicast"
        if options.interval_ms < 1000:
            raise refusal(plan, f"{what} ping with too short interval: {options.interval_ms}")
        if plan.link.mtu_discovery != MtuDiscovery.DO:
            raise refusal(plan, f"{what} ping does not fragment")


def check_pace(plan: Plan) -> None:
    """Whether that many probes in that time may be sent; raises UsageError."""
    interval_ms = plan.engine.interval_ms
    if plan.by_user and interval_ms < USER_INTERVAL_MS:
        raise refusal(plan, f"cannot flood; minimal interval allowed for user is {USER_INTERVAL_MS}ms")
    if interval_ms >= INT_MAX // plan.options.preload:
        raise refusal(plan, f"illegal preload and/or interval: {interval_ms}")


def open_link(plan: Plan, environment: Environment) -> Link:
    """Open the link; what the kernel refuses gets iputils' words and status 2."""
    from posix import strerror

    # iputils has given up its capabilities when it asks for a source route: no kernel allows it.
    source_route = bool(plan.target.hops) and plan.options.timestamps is None
    try:
        with environment.privileges:
            told = not (plan.engine.quiet or plan.engine.flood)  # else the kernel drops hints, however many come
            link: Link = environment.network.open_echo_link(plan.link.replace(hints=told))
    except KernelRefused as refused:
        if source_route and refused.what not in BEFORE_OPTIONS:
            raise refusal(plan, NO_SOURCE_ROUTE) from None
        raise refusal(plan, refused_text(plan, refused)) from None
    except OSError as refused:  # the socket that was to be had a moment ago
        raise refusal(plan, f"socket: {strerror(refused.errno or 0)}") from None
    if source_route:
        link.close()
        raise refusal(plan, NO_SOURCE_ROUTE)
    if ("SO_RCVBUF", 0) in link.warnings:
        environment.error(f"{plan.program}: WARNING: probably, rcvbuf is not enough to hold preload\n")
    return link


def warn_of_mark(plan: Plan, link: Link, environment: Environment) -> None:
    """Say that the mark is refused; iputils sets it last of all."""
    for what, errno in link.warnings:
        if what == "SO_MARK":
            environment.error(f"{plan.program}: {mark_refused(plan.link.mark or 0, errno)}\n")


def refused_text(plan: Plan, refused: KernelRefused) -> str:
    """iputils' words for what the kernel refused."""
    from posix import strerror

    if refused.what == "SO_BINDTODEVICE":
        return device_refused(refused, plan.link.family, plan.link.device)
    if refused.what == "bind" and plan.link.family.version == 6:
        what = "bind icmp socket"
    elif refused.what == "IP_OPTIONS" and plan.options.timestamps is not None:
        what = "ts option"
    else:
        what = REFUSALS.get(refused.what, refused.what)
    return f"{what}: {strerror(refused.errno)}"


def refusal(plan: Plan, text: str) -> UsageError:
    """A message of ping's, status 2."""
    return UsageError(f"{plan.program}: {text}\n", 2)
