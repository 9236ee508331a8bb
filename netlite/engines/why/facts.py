"""What is to be found out (`WhyConfig`), all that is known so far (`Facts`), and what a rule saw in it (`Found`)."""

from __future__ import annotations

from ...records.facts import EchoFact, Echoes, Machine, Names
from ...records.questions import Echo, LookAtMachine, LookUp
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...records.facts import Fact
    from ...records.questions import Question

FEW, MANY = 3, 20                     # echo requests: is it there at all; is all of it there


class WhyConfig(Record):
    """What to find out: about `host` (None: this machine's own net) and `port`, over IP `version` (None: both).

    The whole takes `limit_ns` and `most_packets` at most: the more there are, the smaller a loss is found and placed.
    """

    host: str | None = None
    port: int | None = None
    version: int | None = None
    limit_ns: int = 15_000_000_000
    most_packets: int = 200


class Found(Record):
    """What a rule saw: evidence, the place, and words for the sentence."""

    evidence: tuple[str, ...]
    hop: int | None = 0
    place: str | None = None
    detail: str = ""
    device: str = ""
    gateway: str = ""
    less_sure: int = 0
    count: int = 0


class Facts:
    """The answers so far, and how many packets they cost."""

    def __init__(self, config: WhyConfig):
        self.config = config
        self.known: dict[Question, Fact] = {}
        self.machine = Machine((), ())
        self.echoes: dict[tuple[str, bool, str | None], list[Echoes]] = {}  # by address, whether of full size, source
        self.packets = 0
        self.done = False             # nothing more will be asked

    def learn(self, answers: Iterable[tuple[Question, Fact]]) -> None:
        """More answers."""
        self.known.update(answers)
        looks = [self.known.get(LookAtMachine(again)) for again in (2, 1, 0)]
        self.machine = next((found for found in looks if isinstance(found, Machine)), self.machine)
        self.echoes = {}
        for question, fact in self.known.items():
            if type(question) is Echo and isinstance(fact, EchoFact):
                for each in fact.each:
                    self.echoes.setdefault((each.address, question.full, question.source), []).append(each)

    @property
    def echo_method(self) -> str:
        """What is sent where an echo request is meant: UDP where this machine gives out no ICMP socket."""
        return "icmp" if self.machine.icmp else "udp"

    @property
    def looked_again(self) -> bool:
        """Whether it was looked at a second time."""
        return LookAtMachine(1) in self.known or LookAtMachine(2) in self.known

    @property
    def names(self) -> Names | None:
        """What the name stands for."""
        return next((fact for question, fact in self.known.items()
                     if type(question) is LookUp and isinstance(fact, Names)), None)
