"""The neighbour table as arp shows it, in both styles."""

from __future__ import annotations

from _socket import inet_aton
from posix import strerror

from ...records.hardware import HardwareNames
from ...render.arp import HEADER, TITLES, LinuxRows, render_bsd_row
from ...system.neighbours.neighbours import read_arp
from .words import FAILED, Options, resolve

SHOWN_HOST_BYTES = 99
ROOM = 1 << 12  # more names than this are not kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...environment import Environment
    from ...records.neighbours import NeighbourRow
    from ...world import World


def show_table(operands: list[str], options: Options, env: Environment) -> int:
    """Write the rows that are wanted; returns the exit status."""
    env.stop_collector()
    host = resolve(operands[0], env, most_bytes=SHOWN_HOST_BYTES) if operands else None
    try:
        blocks = read_arp(env)
    except OSError as refusal:
        env.err.write(f"/proc/net/arp: {strerror(refusal.errno or 0)}\n")
        return FAILED
    chosen = host or options.hardware or options.device
    entries = found = 0
    write = _writer(options, env)
    for rows in blocks:
        shown = [row for row in rows if wanted(row, host, options)] if chosen else rows
        env.out.tell_rows("neighbours", shown)
        if shown and not found:
            if options.bsd_style:
                env.out.begin_table("neighbours, BSD style", "")
            else:
                env.out.begin_table("neighbours", HEADER, TITLES)
        write(shown)
        entries, found = entries + len(rows), found + len(shown)
    if options.verbose:
        env.out.write(f"Entries: {entries}\tSkipped: {entries - found}\tFound: {found}\n")
    if not found and host and options.what != "a":
        env.out.write(f"{operands[0]} ({host}) -- no entry\n")
    elif not found and chosen:
        env.out.write(f"arp: in {entries} entries no match found.\n")
    return 0


def _writer(options: Options, env: Environment) -> Callable[[Sequence[NeighbourRow]], None]:
    """What writes rows in the style of the options."""
    hardware = HardwareNames()
    render = LinuxRows(hardware).render
    if options.numeric and not options.bsd_style:
        return lambda rows: env.out.write("".join([render(row, row[0]) for row in rows]))
    names = HostNames(None if options.numeric else env.resolver.name, env)

    def write(rows: Sequence[NeighbourRow]) -> None:
        if options.bsd_style:
            lines = (render_bsd_row(row, names[row[0]] or "?", hardware[row[1]]) for row in rows)
        else:
            lines = (render(row, names[row[0]] or row[0]) for row in rows)
        for text in ("".join(lines),) if options.numeric else lines:  # a slow name server holds up its row alone
            env.out.write(text)

    return write


class HostNames(dict[str, "str | None"]):
    """Address -> host name or None; `look_up` is None where no names are wanted.

    An address 0.x.y.z is a network's, and looked up in the network file of `world`; 0.0.0.0 is nobody's.
    """

    def __init__(self, look_up: Callable[[str], str | None] | None, world: World):
        self._look_up = look_up
        self._world = world

    def __missing__(self, address: str) -> str | None:
        if self._look_up is None:
            return None
        if len(self) >= ROOM:
            self.clear()
        name = self[address] = self._network(address) if address.startswith("0.") else self._look_up(address)
        return name

    def _network(self, address: str) -> str | None:
        from ...system.names.files import name_of, read_networks

        return None if address == "0.0.0.0" else name_of(read_networks(self._world), inet_aton(address))


def wanted(row: NeighbourRow, host: str | None, options: Options) -> bool:
    """Whether a row is shown: by address, -H and -i."""
    address, hardware_type, _, _, _, device = row
    return ((host is None or address == host)
            and (options.hardware is None or hardware_type == options.hardware.number)
            and (not options.device or device == options.device))
