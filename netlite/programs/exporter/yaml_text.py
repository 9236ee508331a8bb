"""YAML that others write: whatever is wrong with it is a ValueError of one line."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_VALUE = LookupError, AttributeError, TypeError, ArithmeticError
"""What PyYAML raises for words that do not fit their tag, as ``!!int ''`` and ``!!bool x``."""


def read_yaml(text: str) -> Any:
    """What a text says, None for an empty one.  Raises ValueError, and ImportError where PyYAML is missing.

    >>> read_yaml("a: [1, b]")
    {'a': [1, 'b']}
    """
    from yaml import YAMLError, safe_load

    try:
        return safe_load(text)
    except (YAMLError, ValueError, RecursionError) as wrong:
        raise ValueError(" ".join(str(wrong).split())) from None
    except NO_VALUE:
        raise ValueError("a value is not of the type that its tag says") from None
