"""ping: send ICMP ECHO_REQUEST to network hosts.  Drop-in for iputils' ping, ping4 and ping6."""

from __future__ import annotations

from ...engines.ping import Ping
from ...errors import UsageError
from ...records.ping import Summary
from ...render.ping import PingStyle, render_record, render_summary
from ...session import Session
from .words import Answered, PingOptions, parse_options

EPIPE, ENOSYS = 32, 38


def main(argv: list[str], environment) -> int:
    """Run ping; 0: an answer came, 1: none (or fewer than -c until -w), 2: could not be done."""
    try:
        status = _ping(argv, environment)
    except Answered as answered:
        environment.out.write(answered.text)
        status = answered.status
    except UsageError as refusal:
        environment.error(refusal.text)
        status = refusal.status
    environment.out.flush()
    if environment.out.errno not in (0, EPIPE):
        environment.error(f"{environment.program}: write error\n")
        return 1
    return status


def _ping(argv: list[str], environment) -> int:
    if "--multi" in argv or any(word.startswith("--targets") for word in argv):
        from ...render.visible import visible_lines
        from .many import main as ping_many

        try:
            return ping_many(argv, environment)
        except UsageError as refusal:
            raise UsageError(visible_lines(refusal.text), refusal.status) from None
    privileges = environment.privileges
    check_given_up(privileges.limit("NET_RAW", "NET_ADMIN"), environment)
    options = parse_options(argv, environment)
    if options.flood:
        environment.out.unbuffer()
    if options.pattern is not None and not options.quiet:
        environment.out.write(f"PATTERN: 0x{options.pattern.hex()}\n")
    from .target import find_target

    target = find_target(options, environment)
    from .plan import announced, checked_user, link_settings, open_link, plan

    checked_user(options, target, environment)
    with open_link(link_settings(options, target, environment), options, environment) as link:
        check_given_up(privileges.drop(), environment)
        name = announced(options, target, link, environment)
        return Run(options, target, link, environment).until_the_end(plan(options, target, environment), name)


def check_given_up(refused: int, environment) -> None:
    """Go no further with privileges that iputils would not have; raises UsageError, status 255 as there."""
    if refused == ENOSYS:
        environment.error(f"{environment.program}: this Python cannot give up capabilities: it has no _ctypes\n")
    elif refused:
        from posix import strerror

        raise UsageError(f"{environment.program}: cap_set_proc: {strerror(refused)}\n", 255)


class Run:
    """One run: the engine over the link, each record written as it comes."""

    def __init__(self, options: PingOptions, target, link, environment):
        self.options = options
        self.environment = environment
        self.link = link
        shown = options.identifier if options.identifier is not None else \
            link.identifier if getattr(link, "kind", "raw") == "raw" else None
        self.style = PingStyle(target.family, environment.program, options.audible, options.flood,
                               options.verbose, shown, _columns(environment) if options.flood else None)

    def until_the_end(self, plan, name: str) -> int:
        summary = None
        for record in Session(Ping(plan), self.link, self.environment, names=plan.names, signals=True):
            if type(record) is Summary:
                summary = record
                self.environment.out.write(render_summary(name, summary))
            else:
                self.write(record)
        enough = not self.options.deadline_s or summary.received >= (self.options.count or 0)
        return 0 if summary.received and enough else 1

    def write(self, record) -> None:
        environment = self.environment
        text, complaint = render_record(self.style, record, self.stamp() if self.options.stamps else "")
        if text:
            environment.out.write(text)
            environment.out.flush()
        if complaint:
            environment.error(complaint)

    def stamp(self) -> str:
        """-D: the wall clock at the time of printing."""
        now_us = self.environment.clock.wall_ns() // 1000
        return f"[{now_us // 1_000_000}.{now_us % 1_000_000:06d}] "


def _columns(environment) -> int | None:
    """The width of the terminal, None when stdout is none."""
    if not environment.out.isatty():
        return None
    from posix import get_terminal_size

    try:
        return get_terminal_size(1).columns or None
    except OSError:
        return None
