"""A diagnosis that is explained: what was asked, why, and what came back."""

from __future__ import annotations

from ..errors import UsageError
from .interruptions import end_interrupted, run_until_interrupted
from .whole_file import WholeFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..environment import Environment
    from .explain_options import Lesson
    from .interruptions import Command

    Ended = Callable[[Command, list[str]], int]


def run_reasoned(lesson: Lesson, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """A diagnosis: its questions and answers are told below it, never below JSON, and on a page.
    Raises UsageError."""
    from ..teach.diagnosis import Reasons, explain_diagnosis, nothing_asked
    from ..teach.diagnosis_page import diagnosis_page

    words = argv[:argv.index("--")] if "--" in argv else argv
    refused = "--explain=fields" if lesson.mode == "fields" else "--pcap" if pcap_wanted(words) else None
    if refused is not None:
        raise UsageError(f"{environment.program}: {refused} is for programs with one run of probes; a diagnosis has "
                         "many, and asks the kernel, name servers and neighbours beside\n", 2)
    html = WholeFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
    reasons = Reasons(environment.transcript)
    environment.transcript = reasons
    status, interrupted = run_until_interrupted(lambda words, _: ended(command, words), argv, environment)
    found = reasons.diagnosis or (nothing_asked() if interrupted else None)
    if html is not None and found is not None:
        html.write(lambda: diagnosis_page(found, reasons.steps).encode())
    if reasons.steps and lesson.mode == "story" and environment.document is None:
        environment.out.write(explain_diagnosis(reasons.steps))
    if interrupted:
        end_interrupted(environment)
    return status


def pcap_wanted(words: list[str]) -> bool:
    """Whether a command line asks for the packets."""
    return any(word.partition("=")[0] == "--pcap" for word in words)
