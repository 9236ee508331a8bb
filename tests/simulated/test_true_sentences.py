"""No sentence of --explain contradicts the cause, the packets, or what the program itself printed.

The situations are made by chance; in each the cause is known (situations.py), and so is what each sentence claims
(claims.py).
"""

from __future__ import annotations

from collections import Counter

import pytest
from claims import problems
from contradictions import expect_none
from situations import KINDS, situations
from situations_more import MORE_KINDS
from truth import play

PER_KIND = 16


@pytest.fixture(scope="module")
def told():
    """(situation, number of claims, what is wrong) of each."""
    found = []
    for kinds in (KINDS, MORE_KINDS):
        for number, situation in enumerate(situations(PER_KIND * len(kinds), kinds=kinds)):
            count, wrong = problems(play(situation, number))
            found.append((situation, count, wrong))
    return found


def test_no_sentence_contradicts_what_happened(told, record_property):
    expect_none(told, record_property, lambda situation: situation.command)


def test_each_kind_of_situation_is_told_of(told):
    claims = Counter()
    for situation, count, _ in told:
        claims[situation.kind] += count
    assert len(claims) >= 22 and min(claims.values()) > PER_KIND
