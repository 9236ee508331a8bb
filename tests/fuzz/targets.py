"""Targets: what takes bytes from outside, with real ones to begin with, and what must hold for any bytes."""

from __future__ import annotations

import importlib
import resource
import time
from collections.abc import Callable
from random import Random

import players  # noqa: F401 - the search path
from mutation import CORPUS_MOST, LOOKED_AT_EVERY, WORDS, Lines, mutate

SECONDS_MOST = 5.0  # for an input: far more than any needs; asked of the processor's clock, which is slow, only then
MEMORY_MOST_KB = 600_000
FILES = ("packet_targets", "link_targets", "kernel_targets", "text_targets", "lab_targets", "program_targets", "exporter_targets",
         "teach_targets")


class Target:
    """Something that takes bytes.

    `run` takes any, and raises nothing but `refusals`; whatever else it holds to be true it asserts.  `corpus` are
    real inputs, `tokens` what may be put into them.
    """

    def __init__(self, name: str, run: Callable[[bytes], object], corpus, refusals: tuple = (), tokens=()):
        self.name, self.run, self.corpus, self.refusals = name, run, list(corpus), refusals
        self.tokens = (*WORDS, *tokens)

    def holds(self, data: bytes) -> str:
        """What went wrong, or nothing."""
        begun_s = time.monotonic()
        try:
            self.run(data)
        except self.refusals:
            pass
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            place = error.__traceback__
            while place.tb_next:
                place = place.tb_next
            return f"{type(error).__name__}: {error} ({place.tb_frame.f_code.co_filename.rpartition('/')[2]}:{place.tb_lineno})"
        return self._was_slow(data) if time.monotonic() - begun_s > SECONDS_MOST else ""

    def _was_slow(self, data: bytes) -> str:
        """Whether it is so again, by the processor's time: others may have had the processor."""
        begun_s = time.process_time()
        try:
            self.run(data)
        except self.refusals:
            pass
        took_s = time.process_time() - begun_s
        return f"took {took_s:.1f} s" if took_s > SECONDS_MOST else ""


def all_targets() -> dict[str, Target]:
    """Every target by its name."""
    return {target.name: target for file in FILES for target in importlib.import_module(file).TARGETS}


class Campaign:
    """Runs one target on inputs made from its corpus; deterministic for a seed and a number of executions."""

    def __init__(self, target: Target, seed: int):
        self.target, self.random, self.lines = target, Random(f"{target.name} {seed}"), Lines()
        self.corpus = [data for data in target.corpus]
        self.executions = 0
        self.findings: dict[str, bytes] = {}
        for data in self.corpus:
            self._look(data)

    def go(self, executions: int) -> None:
        """So many more inputs."""
        for _ in range(executions):
            data = mutate(self.random, self.corpus, self.target.tokens)
            self.executions += 1
            if self.executions % LOOKED_AT_EVERY == 0:
                if self._look(data) and len(self.corpus) < CORPUS_MOST:
                    self.corpus.append(data)
            else:
                self._note(data, self.target.holds(data))
        used_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if used_kb > MEMORY_MOST_KB:
            self._note(b"", f"{used_kb} kB of memory")

    def _look(self, data: bytes) -> bool:
        problems: list[str] = []
        new = self.lines.reached_new(lambda: problems.append(self.target.holds(data)))
        self._note(data, problems[0])
        return new

    def _note(self, data: bytes, problem: str) -> None:
        key = problem.rpartition("(")[2] if problem.endswith(")") else problem
        if problem and (key not in self.findings or len(data) < len(self.findings[key])):
            self.findings[key] = data

    def told(self) -> list[str]:
        """A line of figures, and one for each finding."""
        figures = (f"{self.target.name}: {self.executions} executions, corpus {len(self.target.corpus)} to {len(self.corpus)}, "
                   f"{len(self.lines.known)} lines, {len(self.findings)} findings")
        return [figures, *(f"  {self.target.holds(data)}: {data!r}" for data in self.findings.values())]
