"""ping: send ICMP ECHO_REQUEST to network hosts.  Drop-in for iputils' ping, ping4 and ping6."""

from __future__ import annotations

from errno import ENOSYS

from ...engines.actions import NAME_PATIENCE_NS
from ...engines.ping import Ping
from ...errors import Answered, UsageError
from ...records.ping import Answer, Summary
from ...render.ping import PingStyle, render_answer, render_header, render_summary
from ...session import Session
from .words import parse_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment
    from ...links.link import Link
    from ...records.ping_results import PingRecord
    from .observed import Observer
    from .plan import Plan


def main(argv: list[str], environment: Environment) -> int:
    """Run ping; 0: an answer came, 1: none (or fewer than -c until -w), 2: could not be done."""
    try:
        status = _ping(argv, environment)
    except Answered as answered:
        environment.out.write(answered.text)
        return environment.closed(opened=False)
    except UsageError as refusal:
        environment.error(refusal.text)
        status = refusal.status
    return environment.closed() or status


def _ping(argv: list[str], environment: Environment) -> int:
    if wants_many(argv):
        from ...render.visible import visible_lines
        from .many import main as ping_many

        try:
            return ping_many(argv, environment)
        except UsageError as refusal:
            raise UsageError(visible_lines(refusal.text), refusal.status) from None
    observer = None
    if "--" in " ".join(argv):
        from .observed import take_options

        observer, argv = take_options(argv, environment)
    privileges = environment.privileges
    refused = privileges.limit("NET_RAW", "NET_ADMIN")
    if refused:
        go_no_further(refused, environment)
    options = parse_options(argv, environment)
    if options.mark is None:  # what else needs NET_ADMIN, SO_DEBUG, iputils asks for without it
        privileges.limit("NET_RAW")
    if options.flood:
        environment.out.unbuffer()
    if options.pattern is not None and not options.quiet:
        environment.out.write(f"PATTERN: 0x{options.pattern.hex()}\n")
    from .plan import check_destination, make_plan, open_link
    from .target import find_target

    plan = make_plan(options, find_target(options, environment), environment)
    check_destination(plan)
    if observer is not None:
        plan = plan.replace(engine=observer.plan(plan.engine))
    with open_link(plan, environment) as link:
        refused = privileges.drop()
        if refused:
            go_no_further(refused, environment)
        return Run(plan, link, environment, observer).until_the_end()


def wants_many(argv: list[str]) -> bool:
    """Whether it is netlite's own ping of many targets: iputils has no long options."""
    for word in argv:
        if word == "--multi" or word.startswith("--targets"):
            return True
    return False


def go_no_further(refused: int, environment: Environment) -> None:
    """Not with privileges that iputils would not have; raises UsageError, status 255 as there, or warns where
    this Python has no way to give them up."""
    if refused == ENOSYS:
        environment.error(f"{environment.program}: this Python cannot give up capabilities: it has no _ctypes\n")
        return
    from posix import strerror

    raise UsageError(f"{environment.program}: cap_set_proc: {strerror(refused)}\n", 255)


class Run:
    """One run: the header, then the engine over the link, each record written as it comes; `observer` hears it too."""

    def __init__(self, plan: Plan, link: Link, environment: Environment, observer: Observer | None = None):
        self.observer = observer
        self.plan = plan
        self.link = link
        self.environment = environment
        options = plan.options
        shown = link.identifier if options.identifier is None and link.kind == "raw" else options.identifier
        self.style = PingStyle(plan.target.family, plan.program, options.audible, options.flood, options.verbose,
                               shown, environment.columns if options.flood else None)

    def until_the_end(self) -> int:
        """Returns the exit status.  Raises UsageError for what iputils finds out below its header."""
        from .plan import check_pace, warn_of_mark

        plan, out = self.plan, self.environment.out
        out.write(self.header())
        check_pace(plan)
        warn_of_mark(plan, self.link, self.environment)
        out.flush()
        document = self.environment.document
        if document is not None:
            from .more import notation_of

            document.begin(notation_of(plan, self.link))
        received = 0
        if plan.engine.interval_ms:
            engine = Ping(plan.engine)
        else:
            from ...engines.ping_rounds import engine_of

            engine = engine_of(plan.engine)
        session: Session[PingRecord] = Session(engine, self.link, self.environment,
                                               names=plan.engine.names, signals=True)
        observer = self.observer
        for record in session:
            if observer is not None:
                observer.hear(record, session)
            if type(record) is Summary:
                received = record.received
                out.write(render_summary(plan.target.name, record))
                if document is not None:
                    document.tell(record)
                if observer is not None:
                    observer.finish(plan.target.name, record)
            elif observer is None or observer.shows(record, plan.options):
                self.write(record)
        enough = not plan.options.deadline_s or received >= (plan.options.count or 0)
        status = 0 if received and enough else 1
        return status if observer is None else observer.status(status)

    def header(self) -> str:
        options, target = self.plan.options, self.plan.target
        address = target.address
        if target.family.version == 6 and not (options.numeric or target.numeric):
            address = named(address, self.environment)
        return render_header(
            self.style, target.name, address, options.size_bytes,
            option_bytes=40 if options.record_route or options.timestamps is not None else 0,
            source=target.source if options.device is not None or options.strict_source else None,
            device=options.device, flow_label=self.link.flow_label or 0)

    def write(self, record: PingRecord) -> None:
        environment = self.environment
        stamp = self.stamp() if self.plan.options.stamps else ""
        if type(record) is Answer and not self.style.flood:
            text, complaint = render_answer(self.style, record, stamp), ""
        else:
            from ...render.ping_lines import render_record

            text, complaint = render_record(self.style, record, stamp)
        if text:
            environment.out.write(text)
            environment.out.flush()
        if complaint:
            environment.error(complaint)
        if environment.document is not None:
            environment.document.tell(record, stamp)

    def stamp(self) -> str:
        """-D: the wall clock at the time of printing."""
        now_us = self.environment.clock.wall_ns() // 1000
        return f"[{now_us // 1_000_000}.{now_us % 1_000_000:06d}] "



def named(address: str, environment: Environment) -> str:
    """``name (address)`` for the header; the address alone when the name server takes too long."""
    clock = environment.clock
    limit_ns = clock.now_ns() + NAME_PATIENCE_NS
    lookups = environment.lookups()
    try:
        lookups.ask(address)
        while clock.now_ns() < limit_ns:
            clock.wait([lookups], limit_ns)
            for found in lookups.receive(clock.now_ns()):
                return f"{found.name or address} ({address})" if found.name or found.answered else address
    finally:
        lookups.close()
    return address
