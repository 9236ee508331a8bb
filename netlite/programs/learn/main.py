"""netlite learn: the lessons, played in this process on a network in memory; nothing is installed, sent or changed.

Exit status: 0 done, 2 for a lesson that there is not.
"""

from __future__ import annotations

from ...environment import Environment
from ...errors import UsageError
from ...lab.scene import scene
from ...lab.stages import MemoryStage
from ...render.visible import visible
from ..simulate import simulate_for_an_hour
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
    called = caller()
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


def caller() -> str:
    """How netlite was called, so that what is printed works where the user stands."""
    import sys

    word = sys.argv[0] if sys.argv and sys.argv[0] else "netlite"
    return f"{sys.executable} -m netlite" if word.endswith(("__main__.py", "-c", "-m")) else visible(word)


def titles() -> list[tuple[str, str]]:
    """Number and title of each lesson."""
    return [(name.partition("-")[0], lessons.title(name)) for name in lessons.names()]


def list_lessons(called: str, environment: Environment) -> int:
    """The lessons, and how to begin."""
    for number, title in titles():
        environment.out.write(f"{number:>3}  {title}\n")
    environment.out.write(f"\nTo begin: {called} learn 1\n"
                          f"One word explained: {called} ping --explain=packet\n"
                          f"Networks to look at and to break: {called} lab list\n")
    return 0


def tell(name: str, called: str, environment: Environment) -> None:
    """A page, with what its commands print now; on a terminal it waits before each."""
    for part in lessons.parts(lessons.page(name)):
        if not part.words:
            environment.out.write(f"{part.text}\n\n")
            continue
        environment.out.write(f"    $ {called} {part.typed}\n")
        wait(environment)
        stage = MemoryStage(scene.load(part.scene), simulate_for_an_hour)
        stage.perform_alone(list(part.words), environment.out.write, "    ")
        environment.out.write("\n")


def wait(environment: Environment) -> None:
    """For the Enter key, where somebody sits there."""
    if environment.out.isatty() and environment.owns_process:
        environment.out.write("    (Enter plays it) ")
        environment.out.flush()
        if not environment.input_line():
            environment.out.write("\n")
