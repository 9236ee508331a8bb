"""netstat: sockets, routes, interfaces, counters and multicast groups, as net-tools 2.10 shows them."""

from __future__ import annotations

from ...command_line.own_options import take_own, take_valued
from .words import USAGE_STATUS, Choices, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...environment import Environment


def main(argv: list[str], env: Environment) -> int:
    """Run netstat; returns the exit status."""
    own, argv = take_own(argv, ("--json", "--more"))
    values, argv = take_valued(env.program, argv, ("--interval", "--netns", "--state"), USAGE_STATUS)
    choices = parse(argv, env, lambda: context_enabled(env))
    if own or values:
        from .own import take

        take(own, values, choices, env)
    if choices.view == "statistics":  # -c has no effect here
        from .tables import show_statistics

        return show_statistics(choices, env)
    env.stop_collector()
    show = view_of(choices, env)
    while True:
        status = show()
        if status or "c" not in choices.given:
            return status
        env.out.flush()
        env.clock.wait([], env.clock.now_ns() + choices.interval_ns)


def view_of(choices: Choices, env: Environment) -> Callable[[], int]:
    """A function that shows what was asked for once and returns the status."""
    if choices.view == "sockets":
        if choices.own:
            from .records import RecordsView

            return RecordsView(choices, env).show
        from .sockets import SocketView

        return SocketView(choices, env).show
    from . import tables as netstat_tables

    return netstat_tables.view_of(choices, env)


def context_enabled(env: Environment) -> bool:
    """Whether this kernel runs SELinux: its file system is mounted then."""
    from ...system.files import read_bytes

    try:
        return b" selinuxfs " in read_bytes(env.files, f"{env.proc}/mounts")
    except OSError:
        return False
