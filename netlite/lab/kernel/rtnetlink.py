"""pyroute2 in processes that only build or change a lab: without what its package loads first (databases, other
protocols), which takes longer than most labs do."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec


def load_no_more_than_asked() -> None:
    """Have ``pyroute2`` be a package whose parts are loaded as they are asked for; for a process that is ours alone."""
    spec = find_spec("pyroute2") if "pyroute2" not in sys.modules else None
    if spec is not None:
        sys.modules["pyroute2"] = module_from_spec(spec)
