"""`Session`: a student at work on an exercise.

A stage (memory, or namespaces) stands for the network; each line that is typed becomes a step, and whatever changes the
network can be played again from the steps alone.
"""

from __future__ import annotations

import shlex
from contextlib import ExitStack

from ...errors import NetliteError
from ..play import check
from ..scene.exercise import Exercise, Goal, Move
from .results import MOST_STEPS, Result, Step, Verdict, digest_of, first_link, link_after

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from ..scene.scene import Scene
    from ..stages import Stage

    Opened = Callable[[Scene], AbstractContextManager[Stage]]

CHANGING = ("route", "ifconfig", "arp", "hostname")  # programs that leave something behind in the network
FIX, HINT, CHECK, GIVE_UP, RESTART = "fix", "hint", "check", "give up", "restart"


class Session:
    """An exercise under way, for a `with`; `opened(scene)` gives a stage of a scene, `now()` the time as steps have it.

    `on` names the faults that are on.  Raises NetliteError where the network cannot be broken as the exercise says.
    """

    def __init__(self, scene: Scene, opened: Opened, now: Callable[[], str]):
        if scene.exercise is None:
            raise NetliteError(f"{scene.name} is a scene without an [exercise]")
        self.scene = scene
        self.exercise: Exercise = scene.exercise
        self._opened, self._now = opened, now
        self._held = ExitStack()
        self.steps: list[Step] = []
        self.hints = self.checks = 0
        self.given_up = False
        self.stage: Stage
        self._begin()

    def _begin(self) -> None:
        """The network as it is broken."""
        self.on, self.mended = self.exercise.broken, 0
        self.stage = self._held.enter_context(
            self._opened(self.scene.replace(topology=self.scene.broken(self.on))))
        for connection in self.scene.connections:
            self.stage.connect(connection, self._held)
        for move in self.exercise.done:
            output, status = self.perform(move.node, shlex.split(move.words))
            if status:
                raise NetliteError(f"exercise {self.scene.name}: {move.node}$ {move.words}: {output.strip()}")

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def perform(self, node: str, words: list[str]) -> tuple[str, int]:
        """A command on a node, unseen; what it printed and its status."""
        return self.stage.perform(node, words, lambda text: None)

    def note(self, node: str, typed: str) -> None:
        """Keep a step; `node` is "" for what is no command.  Raises NetliteError after too many."""
        if len(self.steps) >= MOST_STEPS:
            raise NetliteError(f"more than {MOST_STEPS} steps: begin anew")
        last = self.steps[-1] if self.steps else Step("", "", "", first_link(self.scene.name, digest_of(self.scene)))
        at = max(self._now(), last.at)  # a clock may be put back
        self.steps.append(Step(at, node, typed, link_after(last.link, at, node, typed)))

    def play_again(self, steps: Iterable[Step]) -> None:
        """Do what the steps of another session did to the network, and count as they did; they become steps of this."""
        for step in steps:
            words = words_of(step.typed)
            if step.node and words and words[0] in CHANGING and step.node in self.scene.topology.nodes:
                self.perform(step.node, words)
            elif not step.node:
                self.do(step.typed)
            self.steps.append(step)

    def do(self, typed: str) -> None:
        """What a line that is no command does; others are nothing."""
        verb, _, name = typed.partition(" ")
        if typed == RESTART:
            self.restart()
        elif typed == HINT:
            self.hints = min(self.hints + 1, len(self.exercise.hints))
        elif typed == GIVE_UP:
            self.given_up = True
        elif typed == CHECK:
            self.checks += 1
        elif verb == FIX and self.may_mend(name):
            self.mend(name)

    def restart(self) -> None:
        """The network as it was at the beginning; what was used up in hints and checks stays used up."""
        self._held.close()
        self._held = ExitStack()
        self._begin()

    @property
    def offers(self) -> tuple[str, ...]:
        """The faults that others would see to."""
        return tuple([fault.name for fault in self.scene.faults])

    def may_mend(self, name: str) -> bool:
        """Whether somebody else would still do that."""
        return name in self.offers and self.mended < self.exercise.mends

    def mend(self, name: str) -> None:
        """Have somebody else see to a fault, whether it is one or not."""
        self.mended += 1
        left = tuple([each for each in self.on if each != name])
        if left != self.on:
            self.on = left
            self.stage.change(self.scene.broken(self.on))

    def looked(self) -> list[tuple[Goal, bool]]:
        """Each goal, and whether it is reached now."""
        found = []
        for goal in self.exercise.goals:
            tried = goal.looked_at
            output, status = self.perform(tried.node, shlex.split(tried.command))
            found.append((goal, not check(tried, output, status, self.scene.topology)))
        return found

    def verdict(self, looked: list[tuple[Goal, bool]]) -> Verdict:
        """What that comes to."""
        return Verdict(all(reached for _, reached in looked) and not self.given_up, self.given_up,
                       tuple([(goal.says, reached) for goal, reached in looked]), self.hints, self.mended, self.checks)

    def result(self, student: str, backend: str, version: str, verdict: Verdict) -> Result:
        """What is handed in."""
        return Result(self.scene.name, digest_of(self.scene), student, backend, version, tuple(self.steps), verdict)


def play_moves(session: Session, moves: Iterable[Move]) -> None:
    """Do what a solution, or a wrong one, does."""
    for move in moves:
        if move.node:
            session.perform(move.node, shlex.split(move.words))
        else:
            session.do(f"{FIX} {move.words}")


def words_of(typed: str) -> list[str]:
    """The words of a line; none where its quotes do not close."""
    try:
        return shlex.split(typed)
    except ValueError:
        return []
