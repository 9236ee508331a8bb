"""netlite learn: the lessons, played in this process on a network in memory; nothing is installed, sent or changed.

Exit status: 0 done, 2 for a lesson that there is not.
"""

from __future__ import annotations

import json

from ...environment import Environment
from ...errors import UsageError
from ...lab.scene import scene
from ...lab.stages import MemoryStage
from ...render.visible import visible
from ..predictions import Predictions, Question
from ..simulate import simulate_for_an_hour
from ..whole_file import is_plain, write_all
from . import lessons

USAGE = """\
usage: netlite learn             the lessons there are
       netlite learn LESSON      one of them: its number, or a word of its name
       netlite learn all         all of them, one after the other
Every command of a lesson is played here and now, on a network in memory; it needs no rights and no network.
"""


def main(arguments: list[str], environment: Environment) -> int:
    """Tell the lesson that is named.  Raises UsageError."""
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        if len(arguments) == 1:
            environment.out.write(USAGE)
            return 0
        raise UsageError(USAGE, 2)
    called = caller(environment)
    if not arguments:
        return list_lessons(called, environment)
    if arguments[0] == "all":
        chosen = lessons.names()
    else:
        found = lessons.find(arguments[0])
        if found is None:
            raise UsageError(f"netlite learn: no lesson {visible(arguments[0])}\n{USAGE}", 2)
        chosen = [found]
    for name in chosen:
        tell(name, called, environment)
    return 0


def caller(environment: Environment) -> str:
    """How netlite was called, so that what is printed works where the user stands; its name in a process of others."""
    if not environment.owns_process:
        return "netlite"
    import sys

    word = sys.argv[0] if sys.argv and sys.argv[0] else "netlite"
    return f"{sys.executable} -m netlite" if word.endswith(("__main__.py", "-c", "-m")) else visible(word)


def titles() -> list[tuple[str, str]]:
    """Number and title of each lesson."""
    return [(name.partition("-")[0], lessons.title(name)) for name in lessons.names()]


def list_lessons(called: str, environment: Environment) -> int:
    """The lessons, and how to begin."""
    kept = kept_scores(environment)
    for number, title in titles():
        score = f"   (predicted {kept[number][0]} of {kept[number][1]})" if number in kept else ""
        environment.out.write(f"{number:>3}  {title}{score}\n")
    environment.out.write(f"\nTo begin: {called} learn 1\n"
                          f"One word explained: {called} ping --explain=packet\n"
                          f"Networks to look at and to break: {called} lab list\n"
                          f"Broken ones to mend: {called} lab exercise\n")
    return 0


def tell(name: str, called: str, environment: Environment) -> None:
    """A page, with what its commands print now; on a terminal it waits before each, and asks what will come."""
    predictions = Predictions(environment)
    parts = lessons.parts(lessons.page(name))
    revealed = [text for part in parts if not part.words for text in part.text.split("\n\n")
                if text.startswith(lessons.REVEALED)]
    answered: list[tuple[Question, str | None]] = []
    for part in parts:
        if not part.words:
            for text in part.text.split("\n\n"):
                if predictions.is_on and text.startswith(lessons.PREDICT):
                    question = lessons.question_of(text, revealed[len(answered)])
                    answered.append((question, predictions.ask(question)))
                    environment.out.write("\n")
                    continue
                if predictions.is_on and text.startswith(lessons.REVEALED) and answered:
                    environment.out.write(predictions.judged(*answered[-1]))
                environment.out.write(f"{text}\n\n")
            continue
        environment.out.write(f"    $ {called} {part.typed}\n")
        wait(environment)
        stage = MemoryStage(scene.load(part.scene), simulate_for_an_hour)
        stage.perform_alone(list(part.words), environment.out.write, "    ")
        environment.out.write("\n")
    environment.out.write(predictions.score)
    if predictions.asked:
        keep_score(name.partition("-")[0], predictions, environment)


def score_file(environment: Environment) -> str:
    """Where scores are kept (XDG Base Directory Specification); "" where nobody has a home."""
    home = environment.variables.get("HOME", "")
    folder = environment.variables.get("XDG_STATE_HOME") or (f"{home}/.local/state" if home else "")
    return f"{folder}/netlite-learn.json" if folder.startswith("/") else ""


def kept_scores(environment: Environment) -> dict[str, tuple[int, int]]:
    """(right, asked) by the number of a lesson, as far as any are kept; for who sits at a terminal."""
    path = score_file(environment)
    if not path or not environment.out.isatty():
        return {}
    try:
        told = json.loads(environment.read_file(path)[:10_000])
        return {str(lesson): (int(right), int(asked)) for lesson, (right, asked) in told.items()}
    except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def keep_score(lesson: str, predictions: Predictions, environment: Environment) -> None:
    """Write it down, where there is a folder for such things; nowhere else, and nothing is said of it."""
    path = score_file(environment)
    kept = {**kept_scores(environment), lesson: (predictions.right, predictions.asked)}
    if not path:
        return
    try:
        with environment.create_file(path) as file:
            write_all(file, json.dumps(kept).encode(), is_plain(file))
    except OSError:
        return


def wait(environment: Environment) -> None:
    """For the Enter key, where somebody sits there."""
    if environment.out.isatty() and environment.owns_process:
        environment.out.write("    (Enter plays it) ")
        environment.out.flush()
        if not environment.input_line():
            environment.out.write("\n")
