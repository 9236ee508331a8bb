"""docs/why.rst is what the engine and the lab say."""

from __future__ import annotations

import labelled
from tree import ROOT

from netlite.programs.lab import why


def test_the_page_is_made_from_engine_and_lab(monkeypatch):
    """Of diagnoses that ``simulated/test_why.py`` has looked at."""
    monkeypatch.setattr(why, "try_in_memory", labelled.try_in_memory)
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    from why_page import page

    assert (ROOT / "docs" / "why.rst").read_text(encoding="utf-8") == page(), "make why"


def test_the_matrix_holds_on_both_back_ends():
    text = (ROOT / "docs" / "why.rst").read_text(encoding="utf-8")
    assert "called broken: 0; faults called well: 0" in text
    rows = (ROOT / "docs" / "why-kernel.txt").read_text(encoding="utf-8").splitlines()
    wrong = [row for row in rows if row.startswith("!!")]
    assert len(rows) > 100 and len(wrong) * 20 <= len(rows)
