"""What is common to the tests in which situations are made by chance, and sentences are held against what happened."""

from __future__ import annotations


def expect_none(told, record_property, shown) -> None:
    """`told`: (situation, number of claims, what is wrong) of each; `shown(situation)` says what was done in it."""
    wrong = [f"{situation.kind}: {shown(situation)}\n    {problem}" for situation, _, found in told for problem in found]
    claims = sum(count for _, count, _ in told)
    record_property("situations", len(told))
    record_property("claims", claims)
    print(f"{len(told)} told, {claims} claims, {len(wrong)} contradictions")
    assert wrong == []
