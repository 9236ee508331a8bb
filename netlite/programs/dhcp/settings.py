"""What a lease sets on a host of a lab: address, netmask, default route, name servers; and whether this is one."""

from __future__ import annotations

from errno import EADDRNOTAVAIL, EEXIST, ESRCH

from ...environment import Environment
from ...errors import KernelRefused
from ...records.dhcp import HostSettings, Lease
from ...records.family import IPV4
from ...records.interfaces import InterfaceFlags
from ...records.routes import RouteFlags
from ...system.files import read_text
from ...system.interfaces.changes import InterfaceChanges
from ...system.names.files import read_name_servers
from ...system.routes.changes import RouteChange, change_route
from ...system.routes.proc_tables import read_routes4
from ..whole_file import WholeFile

LABS_OWN = ("/etc/hosts", "/etc/resolv.conf")  # what a lab lays over the machine's (lab.kernel.private_world)


def is_lab(environment: Environment) -> bool:
    """Whether this is a node of a lab: its mounts (proc_pid_mountinfo(5)) are a lab's own."""
    try:
        rows = read_text(environment.files, f"{environment.proc}/self/mountinfo").split("\n")
    except OSError:
        return False
    for row in rows:
        place, _, source = row.partition(" - ")
        if source.split()[:2] == ["tmpfs", "lab"] and place.split()[4:5] and place.split()[4] in LABS_OWN:
            return True
    return False


def switch_on(environment: Environment, device: str) -> None:
    """Set the interface up, as every client does.  Raises KernelRefused."""
    with InterfaceChanges(environment) as changes:
        if not changes.flags(device) & InterfaceFlags.UP:
            changes.set_flags(device, InterfaceFlags.UP)


def read(environment: Environment, device: str) -> HostSettings:
    """What the host has now.  Raises KernelRefused, OSError."""
    address = netmask = None
    with InterfaceChanges(environment) as changes:
        try:
            address = changes.address("SIOCGIFADDR", device)
            netmask = changes.address("SIOCGIFNETMASK", device)
        except KernelRefused as refusal:
            if refusal.errno != EADDRNOTAVAIL:
                raise
    routers = [route.gateway for rows in read_routes4(environment, lambda route: route) for _, route in rows
               if not any(route.destination) and not route.prefix_length and any(route.gateway)]
    return HostSettings(address, netmask, tuple([".".join(map(str, router)) for router in routers]),
                        tuple(read_name_servers(environment)))


def apply(environment: Environment, device: str, lease: Lease) -> list[str]:
    """Set what the lease says; a line for each part that the kernel refused.  Raises KernelRefused for the address."""
    before = read(environment, device)
    with InterfaceChanges(environment) as changes:
        if before.address != lease.address:
            changes.set_address("SIOCSIFADDR", device, lease.address)
        if before.netmask != lease.netmask:
            changes.set_address("SIOCSIFNETMASK", device, lease.netmask)
    refused, wanted, present = [], lease.routers[:1], read(environment, device).routers
    gone, come = [[each for each in some if wanted and each not in others] for some, others in (
        (present, wanted), (wanted, present))]
    for router in (*gone, *come):
        change = RouteChange("0.0.0.0", 0, RouteFlags.UP | RouteFlags.GATEWAY, router, device=device)
        try:
            change_route(environment, IPV4, change, router in wanted)
        except KernelRefused as refusal:
            if refusal.errno not in (EEXIST, ESRCH):  # of another device
                refused.append(f"default route {router}: {_said(refusal)}")
    if lease.name_servers != before.name_servers:
        _write_resolver(environment, lease.name_servers)
    return refused


def remove(environment: Environment, device: str) -> None:
    """Take the address away, with the routes that it brought, and the name servers."""
    with InterfaceChanges(environment) as changes:
        if read(environment, device).address is not None:
            changes.set_address("SIOCSIFADDR", device, "0.0.0.0")
    if read_name_servers(environment):
        _write_resolver(environment, ())


def _write_resolver(environment: Environment, servers: tuple[str, ...]) -> None:
    text = "".join([f"nameserver {server}\n" for server in servers])
    WholeFile(f"{environment.etc}/resolv.conf", environment).write(text.encode)


def _said(refusal: KernelRefused) -> str:
    from posix import strerror

    return strerror(refusal.errno or 0)
