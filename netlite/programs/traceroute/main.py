"""traceroute: print the route packets trace to a network host.

Options, texts and exit statuses are those of Dmitry Butskoy's traceroute 2.1.2; see
docs/parity/traceroute.rst.  Exit status: 0 when the trace ran, 1 when the kernel refused something,
2 when the command line could not be read.
"""

from __future__ import annotations

from errno import EPERM
from posix import strerror

from ...command_line.traceroute_options import CommandLine, refused
from ...engines.traceroute import TracerouteEngine
from ...environment import Environment
from ...errors import KernelRefused
from ...records.traceroute import ProbeResult, TraceFailed
from ...render.traceroute import TracerouteText
from ...session import Session
from .links import open_link
from .methods import METHODS, Keywords
from .plan import Plan
from .words import Choices, read_choices

NO_PRIVILEGE = "You do not have enough privileges to use this traceroute method."
SYSTEM_CALLS = ("socket", "bind", "connect", "send", "send probe", "local recverr", "recvmsg")


def main(argv: list[str], environment: Environment) -> int:
    """Trace the way to a host; returns the exit status.  Raises UsageError for a wrong command line."""
    privileges = environment.privileges
    privileges.limit("NET_RAW", "NET_ADMIN", "NET_BIND_SERVICE")
    choices = read_choices(environment.program, argv, environment.resolver,
                           "POSIXLY_CORRECT" in environment.variables)
    row = METHODS.get(choices.method.lower())
    if row is None:
        raise refused(f"Unknown traceroute module {choices.method}")
    choices.check()
    ip_options = source_route(choices)
    keywords = Keywords()
    if row.keywords and choices.method_words:
        CommandLine(row.keywords, keywords=True).read(row.name, choices.method_words, keywords)
    plan = Plan(choices, row, keywords, ip_options)
    if row.name == "tcp":
        plan.build_segment(environment.proc)
    open_one, engine_of, text = parts(environment.program, plan)
    try:
        if row.name == "dccp":
            with privileges:
                return dccp(plan, environment)
        with privileges:
            link = open_one(plan, environment.network)
        with link:
            if not plan.sends_privileged:
                privileges.drop()
            with privileges:
                return run(plan, engine_of(plan, link), text, link, environment)
    except KernelRefused as refusal:
        before = NO_PRIVILEGE if (refusal.what, refusal.errno) == ("socket", EPERM) else ""
        return failed(environment, refusal.what, refusal.errno, before)


def parts(program: str, plan: Plan) -> tuple:
    """(how to open the link, how to make the engine from plan and link, the text) of a run."""
    choices = plan.choices
    if choices.paris or choices.mda:
        from .flows import parts as parts_in_flows

        return parts_in_flows(program, plan)
    text = TracerouteText(choices.numeric, choices.extensions, choices.back)
    return open_link, lambda plan, link: TracerouteEngine(plan.engine_settings()), text


def run(plan: Plan, engine, text, link, environment: Environment) -> int:
    """Trace over an open link and write each record as soon as it is known."""
    lookups = open_lookups(plan.choices, environment)
    with Session(engine, link, environment, lookups=lookups) as session:
        for record in session:
            if type(record) is TraceFailed:
                return failed(environment, record.what, record.errno)
            unknown = plan.choices.as_lookups and lookups.failure
            if unknown and type(record) is ProbeResult and record.source and not record.as_path:
                return registry_unknown(text, record, lookups.failure, environment)
            environment.out.write(text.render(record))
            environment.out.flush()
    return 0


def open_lookups(choices: Choices, environment: Environment):
    """What finds names (without -n) and paths of autonomous systems (-A), or None."""
    if not choices.as_lookups:
        return None if choices.numeric else environment.lookups()
    from ...sockets.routing_registry import DEFAULT_SERVER, DEFAULT_SERVICE, RegistryLookups

    variables = environment.variables
    return RegistryLookups(None if choices.numeric else environment.resolver,
                           variables.get("RA_SERVER", DEFAULT_SERVER), variables.get("RA_SERVICE", DEFAULT_SERVICE))


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


def dccp(plan: Plan, environment: Environment) -> int:
    """-D: as far as kernels without DCCP let the original come; netlite has no probes for those with it."""
    from _socket import SOCK_RAW

    from ...records.traceroute import TraceHeader
    from ...sockets.dccp import SOCK_DCCP, open_dccp_socket

    choices = plan.choices
    open_dccp_socket(choices.family, SOCK_RAW).close()
    header = TraceHeader(choices.host, choices.address, choices.max_hops, plan.header_bytes)
    environment.out.write(TracerouteText(choices.numeric).render(header))
    open_dccp_socket(choices.family, SOCK_DCCP).close()
    environment.error(f"\n{environment.program}: the method dccp is not implemented\n")
    return 2


def source_route(choices: Choices) -> bytes:
    """The IP option (RFC 791 loose source route) or routing header that -g asks for."""
    if not choices.gateways:
        return b""
    from .gateways import source_route_bytes

    return source_route_bytes(choices)
