"""netlite lab list and check: what there is, and whether it is as described."""

from __future__ import annotations

from ...command_line.own_options import take_own
from ...environment import Environment
from ...feature_errors import NoLab
from ...lab import backends
from ...lab.kernel.running import JoinedLab
from ...lab.play import play
from ...lab.scene import scene
from ...lab.scene.keys import schema
from ...render.visible import all_visible, visible
from ..documents import write_document
from ..registry import netlite_argv
from ..simulate import simulate_for_an_hour
from .words import take_options, wrong_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...lab.scene.scene import Scene
    from ...lab.stages import Stage


def list_scenes(words: list[str], environment: Environment) -> int:
    """``netlite lab list``; what does not run here is in brackets, and the reason below."""
    json, words = take_own(words, ("--json",))
    if words:
        raise wrong_line("list takes no words but --json or --jsonl")
    if json:
        write_document(environment, [_scene_object(name, environment) for name in scene.names()])
        return 0
    refused = {}
    for name in scene.names():
        loaded = scene.load(name, environment.read_file)
        places = []
        for backend in loaded.backends:
            reason = backends.why_not(backend)
            places.append(backend if reason is None else f"[{backend}]")
            if reason is not None:
                refused[backend] = reason
        environment.out.write(f"{name:17} {visible(loaded.title):48} {' '.join(places)}\n")
    for backend, reason in refused.items():
        environment.out.write(f"[{backend}] not on this machine: {visible(reason)}\n")
    return 0


def show_schema(words: list[str], environment: Environment) -> int:
    """``netlite lab schema``: the JSON Schema of scene files."""
    from json import dumps

    if words:
        raise wrong_line("schema takes no words")
    environment.out.write(dumps(schema(), indent=1) + "\n")
    return 0


def _scene_object(name: str, environment: Environment) -> dict[str, object]:
    """A scene for ``--json``; `refused` says why it does not run on a back-end here, null where it does."""
    loaded = scene.load(name, environment.read_file)
    return {"name": name, "title": loaded.title,
            "backends": [{"name": each, "refused": backends.why_not(each)} for each in loaded.backends]}


def check(words: list[str], environment: Environment) -> int:
    """``netlite lab check [SCENE]... [--backend B]``: 0 when every experiment gave what its scene says."""
    (backend,), names = take_options(words, "--backend")
    if not names and backend is None:
        try:
            return _check_running(environment)
        except NoLab:
            names = scene.names()
    wrong = played = 0
    for name in names or scene.names():
        loaded = scene.load(name, environment.read_file)
        claimed = [each for each in loaded.backends if backend in (None, each)]
        for each in claimed:
            reason = backends.why_not(each)
            if reason is not None:
                environment.out.write(f"skipped  {visible(name):16} {each:11} {visible(reason)}\n")
                continue
            with backends.opened(loaded, each, netlite_argv, simulate_for_an_hour) as stage:
                good = _report(environment, loaded, each, stage)
            played += 1
            wrong += not good
    environment.out.write(f"{played - wrong} of {played} as described\n")
    return 1 if wrong or not played else 0


def _check_running(environment: Environment) -> int:
    """What the scene says about the lab with just the faults that are on now."""
    with JoinedLab(environment.variables.get("NETLITE_LAB", "lab"), read=environment.read_file) as lab:
        on = sorted(lab.state["on"])
        present = tuple(each.replace(broken=()) for each in lab.scene.experiments if sorted(each.broken) == on)
        stage = backends.stage_of(lab, lab.state["backend"], netlite_argv)
        good = _report(environment, lab.scene.replace(experiments=present), lab.state["backend"], stage)
    return 0 if good else 1


def _report(environment: Environment, loaded: Scene, backend: str, stage: Stage) -> bool:
    outcomes = play(loaded, stage, lambda text: None)
    failed = [outcome for outcome in outcomes if outcome.problems]
    environment.out.write(f"{'WRONG' if failed else 'good':8} {visible(loaded.name):16} {backend:11} "
                          f"{len(outcomes) - len(failed)} of {len(outcomes)}\n")
    for outcome in all_visible(failed):
        environment.out.write(f"         {outcome.experiment.command}: {'; '.join(outcome.problems)}\n")
    environment.out.flush()
    return not failed
