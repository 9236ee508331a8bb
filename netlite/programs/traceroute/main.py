"""traceroute: print the route packets trace to a network host.

Options, texts and exit statuses are those of Dmitry Butskoy's traceroute 2.1.2; see
docs/parity/traceroute.rst.  Exit status: 0 when the trace ran, 1 when the kernel refused something,
2 when the command line could not be read.
"""

from __future__ import annotations

from errno import EPERM
from posix import strerror

from ...engines.engine import Engine
from ...engines.traceroute import TracerouteEngine
from ...environment import Environment
from ...errors import KernelRefused
from ...records.traceroute import ProbeResult, TraceFailed, TraceHeader
from ...render.traceroute import TracerouteText
from ...session import Session
from .methods import LinkKind
from .plan import Plan, Search, open_link, plan_of
from .words import read_choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...environment import Document

NO_PRIVILEGE = "You do not have enough privileges to use this traceroute method."
SYSTEM_CALLS = ("socket", "bind", "connect", "send", "send probe", "local recverr", "recvmsg")


def main(argv: list[str], environment: Environment) -> int:
    """Trace the way to a host; returns the exit status.  Raises UsageError for a wrong command line."""
    privileges = environment.privileges
    privileges.limit("NET_RAW", "NET_ADMIN", "NET_BIND_SERVICE")
    choices = read_choices(environment.program, argv, environment,
                           "POSIXLY_CORRECT" in environment.variables)
    plan = plan_of(choices)
    try:
        if plan.link is LinkKind.DCCP:
            with privileges:
                return dccp(plan, environment)
        with privileges:
            link = open_link(plan, environment.network)
        with link:
            if not plan.sends_privileged:
                privileges.drop()
            with privileges:
                return trace(plan, link, environment)
    except KernelRefused as refusal:
        before = NO_PRIVILEGE if (refusal.what, refusal.errno) == ("socket", EPERM) else ""
        return failed(environment, refusal.what, refusal.errno, before)


def trace(plan: Plan, link: Any, environment: Environment) -> int:
    """Trace over an open link and write each record as soon as it is known."""
    engine, text = engine_and_text(plan, link)
    document = environment.document
    lookups = open_lookups(plan, environment)
    session: Session[Any] = Session(engine, link, environment, lookups=lookups)
    with session:
        for record in session:
            if document is not None:
                tell(document, record, plan)
            if type(record) is TraceFailed:
                return failed(environment, record.what, record.errno)
            unknown = plan.trace.as_paths and lookups.failure
            if unknown and type(record) is ProbeResult and record.source and not record.as_path:
                return registry_unknown(text, record, lookups.failure, environment)
            environment.out.write(text.render(record))
            environment.out.flush()
    return 0


def tell(document: Document, record: Any, plan: Plan) -> None:
    """Of each record to the document that is written instead of the text; the header begins it."""
    from ...records.multipath import MultipathHeader
    from ...render.traceroute_json import MultipathJson, TracerouteJson

    if type(record) is TraceHeader:
        document.begin(TracerouteJson(record, numeric=not plan.trace.resolve))
    elif type(record) is MultipathHeader:
        document.begin(MultipathJson(record))
    else:
        document.tell(record)


def engine_and_text(plan: Plan, link: Any) -> tuple[Engine, Any]:
    """What decides, and what writes."""
    if plan.search is not Search.CLASSIC:
        from .flows import engine_of, text_of

        return engine_of(plan, link), text_of(plan)
    settings = plan.trace
    return TracerouteEngine(settings), TracerouteText(not settings.resolve, plan.show_extensions, settings.back)


def open_lookups(plan: Plan, environment: Environment) -> Any:
    """What finds names (without -n) and paths of autonomous systems (-A), or None."""
    resolve = plan.trace.resolve
    if not plan.trace.as_paths:
        return environment.lookups() if resolve else None
    from ...sockets.routing_registry import DEFAULT_SERVER, DEFAULT_SERVICE

    variables = environment.variables
    return environment.registry_lookups(variables.get("RA_SERVER", DEFAULT_SERVER),
                                        variables.get("RA_SERVICE", DEFAULT_SERVICE), resolve)


def registry_unknown(text: TracerouteText, record: ProbeResult, failure: str, environment: Environment) -> int:
    """The original finds out in the middle of a line that the registry's name is unknown."""
    environment.out.write(text.render(ProbeResult(record.hop, record.query, source=record.source, name=record.name)))
    environment.error(failure + "\n")
    return 2


def failed(environment: Environment, what: str, errno: int, before: str = "") -> int:
    """Say which system call the kernel refused, on a line of its own; the status for it."""
    call = what if what in SYSTEM_CALLS else f"setsockopt {what}"
    environment.error(f"{before}\n{call}: {strerror(errno)}\n")
    return 1


def reachable(settings: Any, environment: Environment) -> None:
    """The original connects a raw socket first; `settings` are RawLinkSettings.  Raises KernelRefused."""
    try:
        environment.network.open_raw_link(settings).close()
    except OSError as refusal:
        raise KernelRefused(refusal.errno or 0, "socket") from None


def dccp(plan: Plan, environment: Environment) -> int:
    """-D: as far as kernels without DCCP let the original come; netlite has no probes for those with it."""
    from ...sockets.dccp import SOCK_DCCP

    family, settings = plan.link_settings[0].family, plan.trace
    reachable(plan.link_settings[0], environment)
    header = TraceHeader(settings.host, settings.address, settings.max_hops, settings.header_bytes)
    environment.out.write(TracerouteText().render(header))
    environment.network.try_dccp(family, SOCK_DCCP)
    environment.error(f"\n{environment.program}: the method dccp is not implemented\n")
    return 2
