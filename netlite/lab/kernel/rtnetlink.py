"""pyroute2 in processes that only build or change a lab: without what its package loads first (databases, other
protocols), which takes longer than most labs do."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec

PACKAGE = "pyroute2"


def load_no_more_than_asked() -> None:
    """Load ``pyroute2.iproute``, and of its package nothing besides; for a process that is ours alone."""
    spec = find_spec(PACKAGE) if PACKAGE not in sys.modules else None
    if spec is None:
        return
    sys.modules[PACKAGE] = module_from_spec(spec)
    try:
        import_module(f"{PACKAGE}.iproute")
    except (ImportError, AttributeError):  # a version in which it needs its package
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]
