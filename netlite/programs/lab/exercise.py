"""netlite lab exercise: the exercises, and a place to work on one."""

from __future__ import annotations

from contextlib import contextmanager
from time import gmtime, strftime

from ... import __version__
from ...environment import Environment
from ...errors import NetliteError
from ...lab import backends
from ...lab.exercise import results
from ...lab.exercise.session import Session
from ...lab.scene import scene
from ...lab.stages import MemoryStage
from ..registry import netlite_argv
from ..simulate import simulate_for_an_hour
from ..whole_file import WholeFile
from .endings import STOPPING, stop_at
from .words import take_options, wrong_line
from .workplace import Workplace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ...lab.scene.scene import Scene
    from ...lab.stages import Stage

LEVELS = {1: "easy", 2: "middling", 3: "hard"}
BACKENDS = "memory", "namespaces"


def exercise(words: list[str], environment: Environment) -> int:
    """``netlite lab exercise [NAME] [--backend B] [--result FILE] [--student NAME] [--seed WORD]``."""
    (backend, result, student, seed), names = take_options(words, "--backend", "--result", "--student", "--seed")
    if not names:
        if backend or result or student or seed:
            raise wrong_line("which exercise? netlite lab exercise lists them")
        return list_exercises(environment)
    if len(names) > 1:
        raise wrong_line("exercise takes one name")
    if backend not in (None, *BACKENDS):
        raise wrong_line(f"--backend of an exercise is one of {', '.join(BACKENDS)}")
    if result is None and (student or seed):
        raise wrong_line("--student and --seed are for --result FILE")
    loaded = scene.load(names[0], environment.read_file, scene.EXERCISES)
    backend = backends.choose(loaded, backend or next(each for each in BACKENDS if each in loaded.backends))[0]
    student = student or (environment.user_name(environment.user_id) or str(environment.user_id) if result else "")
    before = results_before(result, loaded, student, seed or "", environment) if result else None
    stop_at(*STOPPING)
    try:
        with Session(loaded, opener(backend, environment), now) as session:
            if before is not None:
                session.play_again(before.steps)
            place = Workplace(session, backend, environment, keeper(session, backend, result, student, seed or "",
                                                                    environment))
            return place.work()
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1


def now() -> str:
    """The time, as steps have it."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())


def list_exercises(environment: Environment) -> int:
    """What there is, the easy ones first."""
    loaded = [scene.load(name, folder=scene.EXERCISES) for name in scene.names(scene.EXERCISES)]
    for level, word in LEVELS.items():
        environment.out.write(f"{word}\n")
        for each in loaded:
            if each.exercise is not None and each.exercise.level == level:
                environment.out.write(f"    {each.name:18} {each.title}\n")
    from ..learn.main import caller

    environment.out.write(f"\nTo begin: {caller(environment)} lab exercise NAME   (in memory: nothing of this machine "
                          "is touched)\n")
    return 0


def opener(backend: str, environment: Environment) -> Callable[[Scene], AbstractContextManager[Stage]]:
    """What opens a stage of a scene."""
    @contextmanager
    def opened(loaded: Scene) -> Iterator[Stage]:
        if backend == "memory":
            yield MemoryStage(loaded, simulate_for_an_hour, outside=environment)
            return
        with backends.opened(loaded, backend, netlite_argv, simulate_for_an_hour) as stage:
            yield stage

    return opened


def results_before(path: str, loaded: Scene, student: str, seed: str,
                   environment: Environment) -> results.Result | None:
    """The result that a file holds already, to go on with; None where there is no such file.

    Raises NetliteError where the file is something else, which is not to be lost.
    """
    try:
        data = environment.read_file(path)
    except FileNotFoundError:
        return None
    except OSError as refusal:
        raise NetliteError(f"{path}: {refusal.strerror}") from None
    if not data:
        return None
    try:
        found = results.from_text(data)
    except results.BadResult:
        raise NetliteError(f"{path} is there already, and no result of an exercise: name another file") from None
    if (found.exercise, found.digest, found.student) != (loaded.name, results.digest_of(loaded), student):
        raise NetliteError(f"{path} holds a result of {found.student} for {found.exercise}: name another file")
    if not results.is_chained(found) or not results.is_sealed(found, seed):
        raise NetliteError(f"{path} was changed since it was written, or made with another --seed")
    return found


def keeper(session: Session, backend: str, path: str | None, student: str, seed: str,
           environment: Environment) -> Callable[[results.Verdict], None]:
    """What writes the result file; nothing where none is wanted.  A new one is begun now: can it be?"""
    def keep(verdict: results.Verdict) -> None:
        if path is None:
            return
        text = results.to_text(session.result(student, backend, __version__, verdict), seed)
        WholeFile(path, environment, "netlite lab").write(text.encode)

    if not session.steps:
        keep(session.verdict([(goal, False) for goal in session.exercise.goals]))
    return keep

