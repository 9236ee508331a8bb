"""What a DHCP client tells, as text: a line a message, and what came of it."""

from __future__ import annotations

from ..records.dhcp import (
    FOREVER_S,
    DhcpBound,
    DhcpFailed,
    DhcpKind,
    DhcpLost,
    DhcpMessage,
    DhcpRecord,
    DhcpSilence,
    DhcpTold,
    HostSettings,
)
from .visible import visible

USES = {"left": "left: the first offer is taken", "late": "no answer to what it asks now: left",
        "odd": "no lease that a host could use: left", "last": "once too often: the client gives up"}
LOST = {"nak": "may not be used here", "expired": "is over: nobody renewed it", "released": "is given back"}


def render_record(record: DhcpRecord, device: str, started_ns: int) -> str:
    """A record in a line; times are seconds since the start."""
    device, time = visible(device), f"{(record.at_ns - started_ns) / 1e9:8.3f}"
    if isinstance(record, DhcpTold):
        arrow, carried = "==>" if record.sent else "<==", carries(record.message)
        use = f"   ({USES[record.use]})" if record.use in USES else ""
        return (f"{time}  {record.state:10}  {arrow} {record.message.name:8}  {record.source} > {record.destination}"
                f"{f'  {carried}' if carried else ''}{use}\n")
    if isinstance(record, DhcpBound):
        lease = record.lease
        times = "for ever" if lease.seconds == FOREVER_S else f"for {lease.seconds} s"
        if lease.renew_s < FOREVER_S // 2:
            times += f"; T1 after {lease.renew_s} s, T2 after {lease.rebind_s} s"
        return f"{time}  BOUND       {device} {'keeps' if record.renewed else 'gets'} {lease.address} {times}\n"
    if isinstance(record, DhcpLost):
        return f"{time}  {device}: {record.address} {LOST[record.why]}\n"
    if isinstance(record, DhcpSilence):
        last = f"; {device} gets no address" if record.last else ""
        of_use = " of use" if record.left else ""
        return f"{time}  {record.state:10}  no answer{of_use} in {round(record.waited_s)} s{last}\n"
    assert isinstance(record, DhcpFailed)
    return ""


def carries(message: DhcpMessage) -> str:
    """What a message is about, in a few words."""
    if message.kind in (DhcpKind.OFFER, DhcpKind.ACK):
        time = "" if message.lease_s is None else \
            " for ever" if message.lease_s == FOREVER_S else f" for {message.lease_s} s"
        return f"{message.yours}{time}"
    if message.kind == DhcpKind.NAK:
        return visible(message.said or "")
    of = f", of server {message.server}" if message.server else ""
    if message.kind == DhcpKind.REQUEST:
        return f"{message.requested or message.client}{of}"
    return f"{message.client}{of}" if message.kind == DhcpKind.RELEASE else ""


def render_settings(device: str, settings: HostSettings) -> str:
    """What the host has, as ifconfig, route -n and resolv.conf(5) show it."""
    if settings.address is None:
        rows = ["no IPv4 address"]
    else:
        rows = [f"inet {settings.address}  netmask {settings.netmask}"]
    rows.append(f"default route: {', '.join(settings.routers) or 'none'}")
    rows.append(f"name server: {', '.join(map(visible, settings.name_servers)) or 'none'}")
    return f"{visible(device)}: {'; '.join(rows)}\n"
