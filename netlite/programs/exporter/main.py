"""netlite exporter: probes, targets and this host's tables as metrics of Prometheus.

Exit status: 0 it was ended by SIGTERM or SIGINT, 2 wrong command line, a file that is wrong at the start, a library
that is missing, or a refusal of the kernel.
"""

from __future__ import annotations

from ...environment import Environment
from ...errors import UsageError
from ...sockets.caller import become_caller
from ...sockets.privileges import READING
from .words import REFUSED, USAGE, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .server import Listener


def main(arguments: list[str], environment: Environment) -> int:
    """Serve until a signal comes; returns the exit status.  Raises UsageError, LibraryMissing."""
    privileges = environment.privileges
    privileges.limit("NET_RAW", "NET_BIND_SERVICE", *READING)
    options = parse(environment.program, arguments)
    if options.help:
        environment.out.write(USAGE)
        return environment.unwritten(REFUSED)
    if environment.owns_process:
        from .process import hold_reloads

        hold_reloads()
    from .metrics import need_library

    need_library()
    from .running import Exporter

    if environment.owns_process:
        try:
            with privileges:
                become_caller()
        except OSError as refusal:
            raise UsageError(f"{environment.program}: {refusal.strerror}\n", REFUSED) from None
    listeners: list[Listener] = []
    try:
        with privileges:
            listeners += [_listen(place, environment) for place in options.listen]
        privileges.limit("NET_RAW")
        exporter = Exporter(options, environment)
        complaint = exporter.read_files()
        if complaint:
            raise UsageError("".join(f"{environment.program}: {line}\n" for line in complaint), REFUSED)
        warn(environment)
        with privileges:
            exporter.run(listeners)
    finally:
        for listener in listeners:
            listener.close()
        privileges.drop()
    return 0


def _listen(place: tuple[str, int], environment: Environment) -> Listener:
    host, port = place
    try:
        return environment.listen(host, port)
    except OSError as refusal:
        shown = f"[{host}]" if ":" in host else host
        raise UsageError(f"{environment.program}: {shown}:{port}: {refusal.strerror}\n", REFUSED) from None


def warn(environment: Environment) -> None:
    """Say it where no ICMP socket is to be had: what is told by TCP and tables is told all the same."""
    from ...api.targets import HOW_TO_PING
    from ...records.family import FAMILIES

    with environment.privileges:
        kinds = [environment.network.echo_kind(family) for family in FAMILIES]
    if all(kind.errno for kind in kinds):
        environment.error(f"{environment.program}: no ICMP socket, so no ping: {HOW_TO_PING}\n")
