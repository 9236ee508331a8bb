"""``netlite why`` as JSON."""

from __future__ import annotations

from ..records.diagnosis import Asked, Diagnosis, Verdict
from ..records.record import Record
from .json_runs import Notation, milliseconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .json_runs import Object


class DiagnosisJson(Notation):
    """A diagnosis."""

    schema = "why/1"
    passing = ("step",)
    empty = {"addresses": [], "well": None, "verdicts": [], "notes": [], "packets": None, "duration_ms": None,
             "duration_ns": None}

    def __init__(self, host: str | None, port: int | None):
        super().__init__({"destination": host, "port": port})

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, Asked):
            return [{"type": "step", "step": record.step}]
        if not isinstance(record, Diagnosis):
            return []
        self.complete = True
        return [{"type": "result", "addresses": list(record.addresses), "well": record.is_well,
                 "verdicts": [_verdict(each) for each in record.verdicts], "notes": list(record.notes),
                 "packets": record.packets, "duration_ms": milliseconds(record.duration_ns),
                 "duration_ns": record.duration_ns}]


def _verdict(verdict: Verdict) -> Object:
    return {"cause": verdict.cause, "sentence": verdict.sentence, "hop": verdict.hop, "place": verdict.place,
            "version": verdict.version, "evidence": list(verdict.evidence), "confidence_percent": verdict.confidence,
            "doubts": [{"cause": each.cause, "apart": each.apart} for each in verdict.doubts],
            "next": verdict.next_step or None, "who": verdict.who or None}
