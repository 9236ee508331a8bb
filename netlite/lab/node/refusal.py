"""How the kernel in memory says no: OSError with the errno that Linux gives, and its words."""

from __future__ import annotations

import errno
from os import strerror


def refused(name: str) -> OSError:
    """The refusal with the errno of this name.

    >>> refused("ENODEV").strerror
    'No such device'
    """
    number = getattr(errno, name)
    return OSError(number, strerror(number))
