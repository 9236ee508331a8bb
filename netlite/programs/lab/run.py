"""netlite lab run: build a scene, and run a command, a shell, or all its experiments in it."""

from __future__ import annotations

import os
import signal
from io import StringIO
from time import monotonic

from ...environment import Environment
from ...lab import backends
from ...lab.kernel.guardian import guard
from ...lab.kernel.running import RunningLab
from ...lab.kernel.shell import environment_in, shell_argv
from ...lab.play import draw, paragraph, play
from ...lab.scene import scene
from ...lab.stages import IN_MEMORY, MemoryStage
from ...render.visible import all_visible, visible
from ..predictions import Predictions, Question
from ..registry import netlite_argv
from ..simulate import simulate_for_an_hour
from ..whole_file import WholeFile
from .endings import STOPPING, stop_at
from .visit import runnable
from .words import OWN_NAMES, take_options, wrong_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...lab.kernel.namespaces import Lab
    from ...lab.play import Outcome
    from ...lab.scene.experiments import Experiment
    from ...lab.scene.scene import Scene
    from ...lab.stages import Stage


def run(words: list[str], environment: Environment) -> int:
    """``netlite lab run SCENE [--backend B] [--html FILE] [-- COMMAND]``."""
    words, command = (words[:words.index("--")], words[words.index("--") + 1:]) if "--" in words else (words, [])
    (backend, html), names = take_options(words, "--backend", "--html")
    if len(names) != 1:
        raise wrong_line("run needs the name of one scene")
    loaded = scene.load(names[0], environment.read_file)
    if html is not None:
        if command or backend not in (None, "memory"):
            raise wrong_line("--html shows the scene as it plays in memory; it takes no command")
        backend = "memory"
    stop_at(signal.SIGINT, *STOPPING)
    started = monotonic()
    try:
        lab, backend, note = backends.open_first(loaded, backend)
        if note:
            environment.error(visible(note) + "\n")
        if html is not None:
            return _with_page(loaded, html, environment)
        if lab is None:
            return _without_lab(loaded, backend, command, environment)
        with lab:
            return _with_lab(loaded, lab, backend, started, command, environment)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1


def _without_lab(loaded: Scene, backend: str, command: list[str], environment: Environment) -> int:
    if not command:
        with backends.opened(loaded, backend, netlite_argv, simulate_for_an_hour) as stage:
            return _status(_tell_and_play(loaded, backend, stage, environment))
    if command[0] in OWN_NAMES and len(command) > 1:
        del command[0]
    if backend == "here" or command[0] not in IN_MEMORY:
        raise wrong_line(f"in {backend} there is no {command[0]}, only: {', '.join(IN_MEMORY)}")
    return MemoryStage(loaded, simulate_for_an_hour, outside=environment).perform_alone(command, environment.out.write)


def _with_page(loaded: Scene, path: str, environment: Environment) -> int:
    """All experiments in memory, and the page about them in a file."""
    from .page import write_page

    file, text = WholeFile(path, environment, "netlite lab"), StringIO()
    stage = MemoryStage(loaded, simulate_for_an_hour, witnessed=True)
    outcomes = _tell_and_play(loaded, "memory", stage, environment, asks=False)
    write_page(text, loaded, outcomes, stage.passages)
    file.write(lambda: text.getvalue().encode())
    environment.out.write(f"Every packet of it: {visible(path)}\n")
    return _status(outcomes)


def _with_lab(loaded: Scene, lab: Lab, backend: str, started: float, command: list[str],
              environment: Environment) -> int:
    guard(lab.namespaces)
    for warning in lab.warnings:
        environment.error(f"netlite lab: {visible(warning)}\n")
    first = next(iter(lab.namespaces))
    if not command and not os.isatty(0):
        stage = backends.stage_of(lab, backend, netlite_argv)
        return _status(_tell_and_play(loaded, backend, stage, environment, started))
    running = RunningLab(lab, loaded, backend, environment.variables.get("NETLITE_LAB", "lab"))
    try:
        if not running.listen():
            environment.error("netlite lab: another lab of yours is running; exec, map, break and down find "
                              "that one (NETLITE_LAB=NAME gives this one a name of its own)\n")
        running.listen_in(first)
        if not command:
            environment.out.write(welcome(loaded, backend, started))
            environment.out.flush()
        signal.signal(signal.SIGINT, lambda *_: None)  # the program decides; reset when it starts
        process = lab.popen(first, runnable(command or shell_argv()), env=environment_in(first))
        return running.wait(process, lambda problem: environment.error(f"netlite lab: {visible(problem)}\n"))
    except FileNotFoundError as missing:
        environment.error(f"netlite lab: {visible(missing.filename)}: {missing.strerror}\n")
        return 127
    finally:
        running.close()


def _tell_and_play(loaded: Scene, backend: str, stage: Stage, environment: Environment,
                   started: float | None = None, asks: bool = True) -> list[Outcome]:
    """All experiments, and the verdict; their outcomes.  Who sits there is asked what will come, if it `asks`."""
    environment.out.write(_head(loaded, backend, started or monotonic()))

    def show(text: str) -> None:
        environment.out.write(text)
        environment.out.flush()

    predictions = Predictions(environment)

    def predict(experiment: Experiment) -> Callable[[], str] | None:
        if not (asks and experiment.ask and predictions.is_on):
            return None
        question = Question(experiment.ask, experiment.choices, experiment.choices.index(experiment.right))
        show(f"   {experiment.node}$ {visible(experiment.command)}\n")
        answer = predictions.ask(question, "   ")
        return lambda: predictions.judged(question, answer)

    outcomes = play(loaded, stage, show, predict)
    show(predictions.score)
    failed = [outcome for outcome in outcomes if outcome.problems]
    for outcome in all_visible(failed):
        show(f"NOT as described: {outcome.experiment.command}: {outcome.problems[0]}\n")
    if not failed:
        show(f"All {len(outcomes)} commands did what the sentences say.\n")
    return outcomes


def _status(outcomes: list[Outcome]) -> int:
    return 1 if any(outcome.problems for outcome in outcomes) else 0


def _head(loaded: Scene, backend: str, started: float) -> str:
    size = f"{len(loaded.topology.nodes)} nodes and {len(loaded.topology.wires)} wires"
    built = f"{size} in {backend}, built in {monotonic() - started:.2f} s\n"
    wires = draw(loaded.topology) if len(loaded.topology.wires) < 40 else ""
    return f"{visible(loaded.title)}\n\n{paragraph(loaded.goal, '', '')}\n{built}\n{wires}\n"


def welcome(loaded: Scene, backend: str, started: float) -> str:
    """What the shell begins with: map, goal, things to try."""
    lines = ["Try:\n"]
    for experiment in loaded.experiments:
        broken = f"   (after: netlite lab break {' '.join(experiment.broken)})" if experiment.broken else ""
        lines.append(visible(f"    {experiment.node}$ {experiment.command}{broken}") + "\n")
        lines.append(paragraph(experiment.see, " " * 8, " " * 8))
    for fault in loaded.faults:
        lines.append(f"\nTo break it: netlite lab break {visible(fault.name)}\n")
        lines.append(paragraph(fault.see, " " * 8, " " * 8))
    lines.append("\nOther nodes: netlite lab shell NODE.  Leave with exit: then all is gone.\n\n")
    return _head(loaded, backend, started) + "".join(lines)
