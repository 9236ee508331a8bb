"""docs/faults.rst names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"``(tests/[\w/]+\.py)::(\w+)``")


def test_every_test_that_the_page_names_exists():
    named = NAMED.findall((ROOT / "docs" / "faults.rst").read_text())
    assert len(named) > 30
    assert [(file, name) for file, name in named if f"\ndef {name}(" not in (ROOT / file).read_text()] == []
