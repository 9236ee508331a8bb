"""A run of netlite watch that is told when it is over."""

from __future__ import annotations

from _signal import SIGINT

from ... import __version__
from ...engines.watch import Watch
from ...engines.watch_config import WatchConfig
from ...environment import Environment
from ...records.ping_mishaps import ReceiveRefused
from ...records.watch import PathState
from ...render.visible import visible
from ...render.watch import Style, csv_head, render_csv, render_report
from ...session import Session
from .words import REFUSED, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...links.link import Link

SILENT = 1
SECOND_NS = 1_000_000_000


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


def leave(states: list[PathState], style: Style, environment: Environment, errno: int | None, ended: int | None) -> int:
    """What stays of a live view: how the paths did; the exit status.  `errno`: why nothing could be received; `ended`:
    the signal that ended it."""
    environment.out.write(render_report(states, environment.host_name, style))
    environment.out.flush()
    if errno is not None:
        return refused(environment, errno, "recvmsg")
    if ended not in (None, SIGINT):
        environment.end_by(ended)
    return 0


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
