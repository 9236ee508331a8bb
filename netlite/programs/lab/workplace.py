"""Where an exercise is worked on: a prompt that takes commands for the nodes, and words about the exercise."""

from __future__ import annotations

import os
import signal
import subprocess
from shutil import which

from ...environment import Environment
from ...errors import NetliteError
from ...lab.exercise import session as exercises
from ...lab.exercise.session import Session, words_of
from ...lab.kernel.shell import environment_in, shell_argv
from ...lab.play import paragraph
from ...lab.scene.topology import Topology
from ...lab.stages import IN_MEMORY, MemoryStage, ProgramStage
from ...render.visible import visible
from ..registry import netlite_argv
from .words import OWN_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...lab.exercise.results import Verdict

HELP = """\
A line is a command on the node that the prompt names: ping server, route -n, ifconfig eth0 up ...
    at NODE        go to another node          NODE: COMMAND   a command there, without going
    goal           what is to be mended        map             nodes, addresses, wires
    check          is it mended?               hint            one more hint (they are counted)
    fix NAME       have others mend something, where the goal speaks of it
    restart        the network as it was       give up         what was wrong, and the commands that mend it
    shell          a shell on the node (not in memory)         exit, or the end of input
"""
IN_SHELLS = {"|", ">", ">>", "<", "&", "&&", "||", ";"}


class Workplace:
    """A session at a prompt; `keep(verdict)` writes what is handed in."""

    def __init__(self, session: Session, backend: str, environment: Environment, keep: Callable[[Verdict], None]):
        self.session = session
        self.node = next(iter(session.scene.topology.nodes))
        self._backend, self._environment, self._keep = backend, environment, keep
        self._is_reached = False
        self._verbs: dict[str, Callable[[str], None]] = {
            "help": lambda rest: self._show(HELP), "goal": lambda rest: self._tell_goal(),
            "map": lambda rest: self._show(plain_map(self.session.scene.topology)),
            "at": self._go, "hint": lambda rest: self._hint(), "check": lambda rest: self._check(), "fix": self._fix,
            "restart": lambda rest: self._restart(), "give": self._give_up, "shell": lambda rest: self._shell()}

    def work(self) -> int:
        """Take lines until the end; 0 when the goal was reached at the last check, else 1."""
        self._show(f"{visible(self.session.scene.title)}\n\n")
        self._tell_goal()
        if self.session.steps:
            self._show(f"The {len(self.session.steps)} steps of before were played again.\n")
        self._show("help lists what can be typed.\n")
        while (line := self._line()) is not None:
            try:
                if not self._take(line.strip()):
                    break
            except NetliteError as problem:
                self._environment.error(f"{visible(str(problem))}\n")
        return 0 if self._is_reached else 1

    def _line(self) -> str | None:
        """The next line, None at the end.  An interrupt at a terminal takes a line back."""
        prompt = f"{self.node}$ "
        environment = self._environment
        if not (environment.out.isatty() and os.isatty(0)):
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            line = environment.input_line().decode("utf-8", "surrogateescape")
            self._show(f"{prompt}{visible(line.rstrip(chr(10)))}\n" if line else "\n")
            return line or None
        import readline  # noqa: F401  # gives input() its editing and history

        environment.out.flush()
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            return input(prompt)
        except EOFError:
            self._show("\n")
            return None
        except KeyboardInterrupt:
            self._show("\n")
            return ""
        finally:
            signal.signal(signal.SIGINT, lambda *_: None)  # programs decide; reset when they start

    def _take(self, line: str) -> bool:
        """Do what a line says; False where it ends the work."""
        words = words_of(line)
        if not words:
            if line:
                self._show("a quote is not closed\n")
            return True
        if words[0] in OWN_NAMES and len(words) > 1:  # netlite lab exercise check, netlite mtu server
            line = line.split(None, 1)[1]
            for name in ("lab", "exercise"):
                line = line.removeprefix(name).strip() or line
            words = words_of(line)
        if words[0] in ("exit", "quit"):
            return False
        verb = self._verbs.get(words[0])
        if verb is not None:
            verb(" ".join(words[1:]))
            return True
        node, colon, rest = line.partition(": ")
        if colon and node in self.session.scene.topology.nodes:
            self._run(node, rest)
        else:
            self._run(self.node, line)
        return True

    def _run(self, node: str, line: str) -> None:
        words = words_of(line)
        if not words:
            return
        if IN_SHELLS & set(words):
            self._show("this is no shell: one command a line, without | > & ;\n")
            return
        stage = self.session.stage
        if isinstance(stage, MemoryStage) and words[0] not in IN_MEMORY:
            self._show(f"in memory there is no {visible(words[0])}, only: {', '.join(IN_MEMORY[:-4])}\n")
            return
        self.session.note(node, line)
        if isinstance(stage, MemoryStage):
            stage.perform(node, words, self._show, "")
        elif isinstance(stage, ProgramStage):
            self._start(stage, node, netlite_argv(words))

    def _start(self, stage: ProgramStage, node: str, argv: list[str]) -> None:
        """A program with our terminal, on a node."""
        self._environment.out.flush()
        standing = None if os.isatty(0) else subprocess.DEVNULL
        if which(argv[0]) is None:
            self._show(f"{visible(argv[0])}: command not found\n")
            return
        signal.signal(signal.SIGINT, lambda *_: None)
        stage.lab.popen(node, argv, env=environment_in(node), stdin=standing).wait()

    def _go(self, node: str) -> None:
        nodes = self.session.scene.topology.nodes
        if node not in nodes:
            self._show(f"there is no node {visible(node)}; nodes: {', '.join(nodes)}\n")
            return
        self.node = node

    def _tell_goal(self) -> None:
        session = self.session
        self._show(paragraph(session.scene.goal, "", "") + "\n")
        for goal in session.exercise.goals:
            self._show(paragraph(goal.says, "  - ", "    "))
        for fault in session.scene.faults if session.exercise.mends else ():
            self._show(paragraph(f"fix {fault.name}: {fault.see}", "    ", "        "))
        if session.exercise.mends:
            self._show(f"    You may have {session.exercise.mends} of these done, and had {session.mended}.\n")
        self._show("\n")

    def _hint(self) -> None:
        session, hints = self.session, self.session.exercise.hints
        if session.hints == len(hints):
            self._show("There are no more hints; give up tells all.\n")
            return
        session.note("", exercises.HINT)
        session.do(exercises.HINT)
        self._show(paragraph(f"Hint {session.hints} of {len(hints)}: {hints[session.hints - 1]}", "", "    "))

    def _check(self) -> None:
        session = self.session
        session.note("", exercises.CHECK)
        session.do(exercises.CHECK)
        looked = session.looked()
        for goal, reached in looked:
            self._show(paragraph(f"{'reached   ' if reached else 'not yet   '}{goal.says if reached else goal.not_yet}",
                                 "", " " * 10))
        verdict = session.verdict(looked)
        self._is_reached = verdict.reached
        missing = sum(not reached for _, reached in looked)
        if missing:
            self._show(f"{missing} of {len(looked)} goals {'is' if missing == 1 else 'are'} not reached yet.\n")
        elif session.given_up:
            self._show("All goals are reached, after you gave up: it counts as given up.\n")
        else:
            self._show(f"Reached, with {counted(session.hints, 'hint')} and {counted(session.checks, 'check')}.\n")
            self._show(paragraph(session.exercise.explained, "", ""))
        self._keep(verdict)

    def _fix(self, name: str) -> None:
        session = self.session
        if not session.exercise.mends:
            self._show("Nobody else mends anything here: type the commands that do.\n")
        elif name not in session.offers:
            self._show(f"Nobody offers {visible(name) or 'that'}; there is: {', '.join(session.offers)}\n")
        elif not session.may_mend(name):
            self._show(f"You had {session.mended} of {session.exercise.mends} mended: restart begins anew.\n")
        else:
            session.note("", f"{exercises.FIX} {name}")
            session.do(f"{exercises.FIX} {name}")
            self._show("That is done.  Whether it helped, check says.\n")

    def _restart(self) -> None:
        self.session.note("", exercises.RESTART)
        self.session.do(exercises.RESTART)
        self._show("The network is broken again as it was.  Hints and checks stay counted.\n")

    def _give_up(self, rest: str) -> None:
        if rest != "up":
            self._show("give up: tells what was wrong; the exercise counts as given up then.\n")
            return
        session = self.session
        session.note("", exercises.GIVE_UP)
        session.do(exercises.GIVE_UP)
        self._show(paragraph(session.exercise.explained, "", "") + "\n")
        for move in session.exercise.solution:
            self._show(f"    {move.node}$ {move.words}\n" if move.node else f"    fix {move.words}\n")
        self._keep(session.verdict(session.looked()))

    def _shell(self) -> None:
        stage = self.session.stage
        if not isinstance(stage, ProgramStage):
            self._show("In memory there is no shell: this prompt is one.\n")
            return
        self.session.note(self.node, "shell")
        self._start(stage, self.node, shell_argv())

    def _show(self, text: str) -> None:
        self._environment.out.write(text)
        self._environment.out.flush()


def counted(number: int, what: str) -> str:
    """``1 hint``, ``2 hints``, ``no hint``."""
    return f"no {what}" if not number else f"{number} {what}{'s' * (number != 1)}"


def plain_map(topology: Topology) -> str:
    """Nodes, addresses and wires; nothing of what may be wrong with them."""
    lines = []
    for name in topology.nodes:
        for port in topology.interfaces(name):
            addresses = "" if topology.nodes[name].switch else f" {port.shown4:15} {port.ipv6}"
            lines.append(f"    {name:10} {port.device}  to {port.peer:10}{addresses}".rstrip() + "\n")
    return "".join(lines)
