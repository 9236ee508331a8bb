"""netlite dhcp: in a lab, ask for an address and see every message of it.

Exit status: 0 an address was given (and given back), 1 none was, 2 wrong command line, refused by the kernel, not
written, or not in a lab.
"""

from __future__ import annotations

from ...engines.dhcp.client import DhcpClient, DhcpClientConfig
from ...environment import Environment
from ...errors import KernelRefused, UsageError
from ...packets.capture_files import write_pcap
from ...packets.dhcp import datagram
from ...records.dhcp import (
    CLIENT_PORT,
    SERVER_PORT,
    DhcpBound,
    DhcpFailed,
    DhcpLinkSettings,
    DhcpLost,
    DhcpTold,
)
from ...render.dhcp import render_record, render_settings
from ...session import Session
from ..explain_options import parse
from ..explained import explain_word
from ..whole_file import WholeFile
from . import settings
from .words import USAGE, Options, read_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...records.dhcp import DhcpRecord

NO_ADDRESS, REFUSED = 1, 2
MOST_PACKETS = 32768  # that a file gets: who floods us fills no memory


def main(arguments: list[str], environment: Environment) -> int:
    """Ask, and set what was given; returns the exit status.  Raises UsageError."""
    lesson, rest = parse(environment.program, arguments, ("--pcap",))
    if lesson.mode not in (None, "story", "fields"):
        return explain_word(lesson.mode, environment)
    options = read_options(environment.program, rest)
    if options.help:
        environment.out.write(USAGE)
        return 0
    if not settings.is_lab(environment):
        raise UsageError(f"{environment.program}: {options.device}: in a lab alone (netlite lab run dhcp): this host's "
                         "own settings are not touched\n", REFUSED)
    pcap = WholeFile(lesson.files["--pcap"], environment) if "--pcap" in lesson.files else None
    packets: list[tuple[int, bytes]] = []
    try:
        status = _ask(options, lesson.mode, packets if pcap is not None else None, environment)
    except (OSError, KernelRefused) as refusal:
        status = refused(environment, options.device, refusal.errno)
    if pcap is not None:
        pcap.write(lambda: write_pcap(packets))
    return environment.unwritten(REFUSED) or status


def _ask(options: Options, mode: str | None, packets: list[tuple[int, bytes]] | None, environment: Environment) -> int:
    """Ask, and set what was given; the messages go into `packets`, where they are wanted."""
    device, clock = options.device, environment.clock
    settings.switch_on(environment, device)
    before = settings.read(environment, device)
    link: Any = environment.network.open_dhcp_link(DhcpLinkSettings(device))
    config = DhcpClientConfig(link.hardware, int.from_bytes(environment.random_bytes(4), "big"), before.address,
                              options.stay_ns, options.release, options.tries)
    status, started_ns, wall_ns = NO_ADDRESS, clock.now_ns(), clock.wall_ns()
    if environment.document is not None:
        from ...render.dhcp_json import DhcpJson

        environment.document.begin(DhcpJson(device, link.hardware, started_ns))
    environment.out.write(render_settings(device, before))
    session: Session[DhcpRecord] = Session(DhcpClient(config), link, environment, signals=True)
    with session:
        for record in session:
            if isinstance(record, DhcpTold) and packets is not None and len(packets) < MOST_PACKETS:
                packets.append((wall_ns + record.at_ns - started_ns, packet_of(record)))
            if environment.document is not None:
                environment.document.tell(record)
            environment.out.write(render_record(record, device, started_ns))
            if mode is not None and isinstance(record, DhcpTold):
                from ...teach.dhcp import explain_message

                environment.out.write(explain_message(record, mode == "fields"))
            if isinstance(record, DhcpFailed):
                return refused(environment, device, record.errno)
            if isinstance(record, DhcpBound):
                status = 0
                for warning in settings.apply(environment, device, record.lease):
                    environment.error(f"{environment.program}: {warning}\n")
                if not record.renewed:
                    environment.out.write(render_settings(device, settings.read(environment, device)))
            elif isinstance(record, DhcpLost) and record.why != "released":
                status = NO_ADDRESS
                settings.remove(environment, device)
            environment.out.flush()
        if options.release and status == 0:
            settings.remove(environment, device)
            environment.out.write(render_settings(device, settings.read(environment, device)))
    return status


def packet_of(told: DhcpTold) -> bytes:
    """The packet that a message was in."""
    return told.packet or datagram(told.message, told.source, told.destination, CLIENT_PORT, SERVER_PORT)


def refused(environment: Environment, device: str, errno: int | None) -> int:
    """Say that the kernel did not let us, and the status for it."""
    from posix import strerror

    from ...render.visible import visible

    environment.error(f"{environment.program}: {visible(device)}: {strerror(errno or 0)}\n")
    return REFUSED
