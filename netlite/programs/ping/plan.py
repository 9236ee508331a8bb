"""From options and target to what the layers below are told, with iputils' checks on the way."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX
from ...errors import KernelRefused, UsageError
from ...records.family import IPV4
from ...records.ip_options import NOP, PRESPECIFIED, RECORD_ROUTE, TIMES_ONLY, TIMESTAMP
from ...records.links import EchoLinkSettings, KernelStamps, MtuDiscovery
from ...records.ping import PingPlan
from ...render.ping import render_header
from .target import device_refused
from .words import PingOptions

USER_INTERVAL_MS = 2
LARGEST_PACKET = 65535
HEADER_WAIT_NS = 5_000_000_000

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


def checked_user(options: PingOptions, target, environment) -> None:
    """What an ordinary user may not do to many hosts at once, and nobody at all; raises UsageError."""
    if target.hops and options.timestamps is None:
        # iputils has given up its capabilities when it asks for a source route: no kernel allows it.
        raise _error(environment, "record route: Operation not permitted")
    if not is_multicast(options, target):
        return
    if environment.user_id:
        what = "broadcast" if target.family is IPV4 else "multicast"
        if options.interval_ms < 1000:
            raise _error(environment, f"{what} ping with too short interval: {options.interval_ms}")
        if options.mtu_discovery not in (None, MtuDiscovery.DO):
            raise _error(environment, f"{what} ping does not fragment")
    if options.mtu_discovery is None:
        options.mtu_discovery = MtuDiscovery.DO


def is_multicast(options: PingOptions, target) -> bool:
    """-b counts as well, whatever the address is."""
    if target.family is IPV4:
        return options.broadcast or 224 <= int(target.address.partition(".")[0]) <= 239
    return target.address.lower().startswith("ff") and len(target.address.partition(":")[0]) == 4


def link_settings(options: PingOptions, target, environment) -> EchoLinkSettings:
    """What the socket is opened with."""
    fixed = options.strict_source or options.source4 is not None or options.source6 is not None
    return EchoLinkSettings(
        target.family, target.address, source=target.source if fixed else None, device=options.device,
        ttl=options.ttl, traffic_class=options.traffic_class, flow_label=options.flow_label,
        mark=options.mark, mtu_discovery=options.mtu_discovery, dont_route=options.dont_route, debug=options.debug,
        identifier=options.identifier, payload=payload(options), stamped=options.size_bytes >= 16,
        broadcast=options.broadcast, multicast_loop=not options.no_loop,
        send_buffer_bytes=options.send_buffer_bytes,
        kernel_stamps=kernel_stamps(options),
        kind="raw" if options.identifier == 0 or options.raw_only else None, preload=options.preload,
        ip_options=ip_options(options, target), connected=options.connect and target.family is IPV4,
        foreign=foreign(options, environment), node_query=node_query(options, target))


def node_query(options: PingOptions, target):
    """What -N asks; about the target, unless another subject is named."""
    query = options.node_query
    if query is None or query.qtype is None or target.family is IPV4:
        return None
    if query.subject is not None:
        return query
    from _socket import inet_pton

    return query.replace(subject=inet_pton(target.family.af, target.address.partition("%")[0]))


def foreign(options: PingOptions, environment) -> bool:
    """Whether ICMP messages that answer nothing are told: to root with -v, and as a mark in a flood."""
    if options.flood and not options.verbose:
        return not options.quiet
    return options.verbose and environment.user_id == 0


def kernel_stamps(options: PingOptions) -> int:
    """-U wants our own times; in a flood the stamp of departure costs more than it gives."""
    if options.user_latency:
        return KernelStamps.NONE
    return KernelStamps.RECEIVED if options.flood else KernelStamps.BOTH


def ip_options(options: PingOptions, target) -> bytes:
    """-R and -T (RFC 791 section 3.1), empty slots to be filled on the way; IPv6 has no such thing."""
    if target.family.version == 6:
        return b""
    if options.record_route:
        return bytes([NOP, RECORD_ROUTE, 39, 4]) + bytes(36)
    if options.timestamps is None:
        return b""
    from _socket import inet_aton

    slots = b"".join(inet_aton(hop) + bytes(4) for hop in target.hops) if options.timestamps == PRESPECIFIED \
        else bytes(36 if options.timestamps == TIMES_ONLY else 32)
    return bytes([TIMESTAMP, 4 + len(slots), 5, options.timestamps]) + slots


def payload(options: PingOptions) -> bytes:
    """-p repeated, else 0, 1, 2 …; cut where the kernel refuses the size anyway."""
    size = min(options.size_bytes, LARGEST_PACKET)
    if options.pattern is None:
        return (bytes(range(256)) * (size // 256 + 1))[:size]
    return ((options.pattern or b"\0") * (size // max(1, len(options.pattern)) + 1))[:size]


def open_link(settings: EchoLinkSettings, options: PingOptions, environment):
    """Open the link; what the kernel refuses gets iputils' words and status 2."""
    from os import strerror

    try:
        with environment.privileges:
            link = environment.network.open_echo_link(settings)
    except KernelRefused as refusal:
        raise _error(environment, refused(refusal, settings, options)) from None
    except OSError as refusal:  # the socket that was to be had a moment ago
        raise _error(environment, f"socket: {strerror(refusal.errno)}") from None
    for what, errno in getattr(link, "warnings", ()):
        if what == "SO_MARK":  # said twice: iputils sets it on the socket that finds the source as well
            line = f"{environment.program}: WARNING: failed to set mark: {settings.mark}: {strerror(errno)}\n"
            environment.error(line * 2)
        elif what == "SO_RCVBUF":
            environment.error(f"{environment.program}: WARNING: probably, rcvbuf is not enough to "
                              "hold preload\n")
    return link


def refused(refusal: KernelRefused, settings: EchoLinkSettings, options: PingOptions) -> str:
    """iputils' words for what the kernel refused."""
    from os import strerror

    if refusal.what == "SO_BINDTODEVICE":
        return device_refused(refusal, settings.family, settings.device)
    if refusal.what == "bind" and settings.family.version == 6:
        what = "bind icmp socket"
    elif refusal.what == "IP_OPTIONS" and options.timestamps is not None:
        what = "ts option"
    else:
        what = REFUSALS.get(refusal.what, refusal.what)
    return f"{what}: {strerror(refusal.errno)}"


def announced(options: PingOptions, target, link, environment) -> str:
    """Write the header line, then the checks that iputils makes after it.  Returns the target's name."""
    address = target.address
    if target.family.version == 6 and not (options.numeric or target.numeric):
        address = named(address, environment)
    shown_source = options.device is not None or options.strict_source
    flow_label = getattr(link, "flow_label", None) or 0
    environment.out.write(render_header(
        _style(target, environment), target.name, address, options.size_bytes,
        40 if options.record_route or options.timestamps is not None else 0,
        target.source if shown_source else None, options.device, flow_label))
    if options.flood and not options.interval_given:
        options.interval_ms = 0
    if environment.user_id and options.interval_ms < USER_INTERVAL_MS:
        raise _error(environment, f"cannot flood; minimal interval allowed for user is {USER_INTERVAL_MS}ms")
    if options.interval_ms >= INT_MAX // options.preload:
        raise _error(environment, f"illegal preload and/or interval: {options.interval_ms}")
    environment.out.flush()
    return target.name


def _style(target, environment):
    from ...render.ping import PingStyle

    return PingStyle(target.family, environment.program)


def named(address: str, environment) -> str:
    """``name (address)`` for the header; the address alone when the name server takes too long."""
    clock = environment.clock
    limit_ns = clock.now_ns() + HEADER_WAIT_NS
    lookups = environment.lookups()
    try:
        lookups.ask(address)
        while clock.now_ns() < limit_ns:
            clock.wait([lookups], limit_ns)
            for found in lookups.receive(clock.now_ns()):
                return f"{found.name or address} ({address})" if found.name or found.answered else address
    finally:
        lookups.close()
    return address


def plan(options: PingOptions, target, environment) -> PingPlan:
    """What the engine is told."""
    multicast = is_multicast(options, target)
    size_bytes = 0 if node_query(options, target) else options.size_bytes
    return PingPlan(
        target.family, target.address, size_bytes, payload(options), options.count, options.interval_ms,
        options.preload, options.linger_ms, options.deadline_s, options.adaptive, options.flood,
        options.quiet, options.outstanding, any_source=multicast or is_anycast(target),
        hush_duplicates=multicast and not options.verbose,
        names=not (options.numeric or target.numeric or options.quiet),
        foreign=foreign(options, environment),
        floor_ms=USER_INTERVAL_MS if environment.user_id else 0)


def is_anycast(target) -> bool:
    """The subnet-router anycast address of a /64 (RFC 4291 section 2.6.1): its low half is zero."""
    if target.family is IPV4:
        return False
    from _socket import inet_pton

    return inet_pton(target.family.af, target.address.partition("%")[0])[8:] == bytes(8)


def _error(environment, text: str) -> UsageError:
    return UsageError(f"{environment.program}: {text}\n", 2)
