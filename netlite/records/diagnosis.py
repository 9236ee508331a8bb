"""What `netlite why` finds: verdicts, the nearest first, each with its evidence and its doubts."""

from __future__ import annotations

from .record import Record


class Doubt(Record):
    """What else would fit, and what would tell the two apart."""

    cause: str
    apart: str


class Verdict(Record):
    """One cause.

    `cause` is its identifier, of the closed set of `engines.why.causes`, `sentence` says it in words.  It lies at
    `hop`: 0 is this machine, 1 the first router; None where a hop says nothing.  A packet that vanishes was
    last seen at `hop`, whose address is `place`.  `version` 4 or 6 where only one version of IP is concerned,
    else None. `evidence` are the shortest quotes of what was seen, `confidence` is in percent.  `doubts` fit
    too; `next_step` is the command to try, and `who` can tell what cannot be told from here, "" where nobody
    else is needed.
    """

    cause: str
    sentence: str
    hop: int | None
    place: str | None
    version: int | None
    evidence: tuple[str, ...]
    confidence: int
    doubts: tuple[Doubt, ...] = ()
    next_step: str = ""
    who: str = ""


class Diagnosis(Record):
    """The answer to why: `verdicts`, the nearest cause first; exactly one, "well", where nothing is wrong.

    `host` None: whether this machine is on the net at all.  `notes` are what was noticed and is no fault, and
    what could not be asked.  `packets` were sent in `duration_ns`.
    """

    host: str | None
    port: int | None
    addresses: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()
    packets: int = 0
    duration_ns: int = 0

    @property
    def verdict(self) -> Verdict:
        """The first of them."""
        return self.verdicts[0]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return self.verdict.cause == "well"


class Asked(Record):
    """Progress: a question is put, which `step` says in words."""

    step: str
