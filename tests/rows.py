"""One test over a table, where thousands of tests of a line each would cost more than what they look at."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps

import pytest


def over(names: str, rows: Sequence) -> Callable:
    """As ``pytest.mark.parametrize(names, rows)``, in one test, which looks at all rows and shows each that fails.

    A row is a value, or a tuple of one for each of `names`; what else the test takes are fixtures.
    """
    taken = [name.strip() for name in names.split(",")]

    def decorate(check: Callable) -> Callable:
        @wraps(check)
        def test(**fixtures) -> None:
            wrong = []
            for row in rows:
                values = dict(zip(taken, row if len(taken) > 1 else (row,), strict=True))
                try:
                    check(**values, **fixtures)
                except (Exception, pytest.fail.Exception) as failure:
                    wrong.append(f"{values}\n  {type(failure).__name__}: {failure}")
            assert rows and not wrong, f"{len(wrong)} of {len(rows)} rows\n" + "\n".join(wrong)

        fixtures = [each for each in inspect.signature(check).parameters.values() if each.name not in taken]
        test.__signature__ = inspect.Signature(fixtures)
        return test

    return decorate
