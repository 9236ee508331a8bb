"""The matrix of `netlite lab why`: each labelled fault, what the diagnosis says of it, and how it counts."""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.diagnosis import Diagnosis
    from .scene.labels import Label


class Tried(Record):
    """A label of a scene, tried on a back-end."""

    scene: str
    label: Label
    diagnosis: Diagnosis
    packets: int

    @property
    def is_right(self) -> bool:
        """Named and placed."""
        return self.label.placed(self.diagnosis)


class Totals(Record):
    """What is to be shown: of single faults so many are named, and placed; of two at once the nearer is named first."""

    single: int
    named: int
    placed: int
    double: int
    nearer_first: int
    well: int
    called_broken: int
    called_well: int

    @property
    def holds(self) -> bool:
        """95 of 100 single faults named and placed, none called well, no well network called broken."""
        return self.placed * 100 >= self.single * 95 and not self.called_broken and not self.called_well \
            and self.nearer_first == self.double


def totals(tried: list[Tried]) -> Totals:
    """The sums of all rows."""
    well = [each for each in tried if each.label.is_well]
    faults = [each for each in tried if not each.label.is_well]
    single = [each for each in faults if len(each.label.finds) == 1]
    double = [each for each in faults if len(each.label.finds) > 1]
    return Totals(len(single), sum(each.label.named(each.diagnosis) for each in single),
                  sum(each.label.placed(each.diagnosis) for each in single), len(double),
                  sum(each.is_right for each in double), len(well), sum(not each.diagnosis.is_well for each in well),
                  sum(each.diagnosis.is_well for each in faults))


def row(each: Tried) -> str:
    """One line: scene and fault, what is true, what was said, time and packets."""
    found = ", then ".join([verdict.cause + ("" if verdict.hop is None else f" at {verdict.hop}")
                            for verdict in each.diagnosis.verdicts])
    sign = "  " if each.is_right else "!!"
    seconds = each.diagnosis.duration_ns / 1e9
    said = found if not each.is_right or found != each.label.expected else "="
    return f"{sign} {each.scene:<13} {each.label.name:<24} {each.label.expected:<34} {said:<34} " \
           f"{seconds:5.1f} s {each.packets:4d}"


def summary(sums: Totals) -> str:
    """The sums in words."""
    return (f"single faults: {sums.named} of {sums.single} named, {sums.placed} of {sums.single} named and placed\n"
            f"two at once: {sums.nearer_first} of {sums.double}, the nearer first\n"
            f"well networks: {sums.well}, called broken: {sums.called_broken}; "
            f"faults called well: {sums.called_well}\n")
