"""`diagnose`: why a host does not answer, in one sentence with its evidence."""

from __future__ import annotations

from ..records.diagnosis import Diagnosis
from ..world import World
from .arguments import (
    MAX_PORT,
    chosen_world,
    duration_ns,
    ip_version,
    optional_function,
    optional_text,
    optional_whole,
    whole,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ..engines.actions import Action
    from ..engines.events import Event
    from ..engines.why.engine import Why
    from ..records.diagnosis import Asked
    from .arguments import Host
    from .diagnosis_questions import Asker

USUAL_PACKETS, MOST_PACKETS = 200, 10_000


def diagnose(host: Host | None = None, port: int | None = None, *, version: int | None = None,
             limit_s: float | None = None, max_packets: int = USUAL_PACKETS,
             tell: Callable[[str], object] | None = None, world: World | None = None) -> Diagnosis:
    """Why `host`, or its TCP `port` (1 to 65535), does not answer: a `records.diagnosis.Diagnosis`.

    Without `host`: whether this machine is on the net at all.  `version` 4 or 6 looks at one version of IP,
    None at both. It sends `max_packets` (50 to 10,000) at most and takes `limit_s` seconds at most (None: 15, and 0.05
    for each packet more than 200), less than 3 where all is well; with more packets a smaller loss is found and placed.
    `tell` is called with a few words before each step.

    ``diagnosis.verdicts`` are the causes, the nearest first, each with an identifier, a sentence, the hop, evidence and
    confidence; ``diagnosis.is_well`` says that there is none.  Nothing is raised for what is found, a name
    that does not exist included.

    Privileges: none; where the kernel gives out no ICMP sockets UDP and TCP are sent, and ``diagnosis.notes`` say so.
    On the wire: what `ping`, `traceroute`, `path_mtu` and a TCP client send, and questions to name servers (RFC 1035).

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> diagnose("server", world=SimulatedEnvironment("example", chain(2), "client")).verdict.cause
    'well'
    """
    from ..engines.why.costs import limit_ns
    from ..engines.why.facts import WhyConfig

    most = whole("max_packets", max_packets, 50, MOST_PACKETS)
    time_ns = limit_ns(most) if limit_s is None else duration_ns("limit_s", limit_s)
    config = WhyConfig(optional_text("host", host), optional_whole("port", port, 1, MAX_PORT), ip_version(version),
                       time_ns, most)
    optional_function("tell", tell)
    for record in diagnosing(config, chosen_world(world)):
        if isinstance(record, Diagnosis):
            return record
        if tell is not None:
            tell(record.step)
    raise AssertionError("a diagnosis ends with a Diagnosis")


def diagnosing(config: object, world: World) -> Generator[Asked | Diagnosis, None, None]:
    """The records of the engine as they come: an Asked a step, and the Diagnosis.

    Where it is interrupted or closed before its end, the world's transcript is told what is known so far.
    """
    from ..engines.events import Interrupted, Started
    from ..engines.why.engine import Why
    from .diagnosis_questions import Asker

    engine, clock = Why(config), world.clock  # type: ignore[arg-type]
    try:
        yield from _run(engine, Asker(world), Started(clock.now_ns()), world)
    except (KeyboardInterrupt, GeneratorExit):
        if not engine.finished:
            _fed(engine, Interrupted(clock.now_ns()), world)
        raise


def _run(engine: Why, asker: Asker, event: Event, world: World) -> Generator[Asked | Diagnosis, None, None]:
    from ..engines.actions import Report
    from ..engines.inquiries import Ask, Learned

    events = [event]
    while events:
        for action in _fed(engine, events.pop(0), world):
            if type(action) is Report:
                yield action.record  # type: ignore[misc]
            elif type(action) is Ask:
                facts, packets = asker.ask(action.questions)
                events.append(Learned(world.clock.now_ns(), facts, packets))


def _fed(engine: Why, event: Event, world: World) -> list[Action]:
    actions = engine.feed(event)
    if world.transcript is not None:
        world.transcript.record(event, actions)
    return actions
