"""Python in processes of its own, with and without privileges."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PR_CAPBSET_DROP, CAP_SETFCAP = 24, 31


def drop_capabilities() -> None:
    """Have the next program start without capabilities, as an ordinary user's does.

    CAP_SETFCAP stays: a root without it may not be mapped into a user namespace (user_namespaces(7)).
    """
    prctl = ctypes.CDLL(None).prctl
    for capability in range(64):
        if capability != CAP_SETFCAP:
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def start_python(code: str, ordinary: bool = False, **options) -> subprocess.Popen:
    """Start Python code in a process of its own, if wished without privileges."""
    search = [str(ROOT), *filter(None, sys.path)]
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, cwd=ROOT,
                            preexec_fn=drop_capabilities if ordinary else None,
                            env={**os.environ, "PYTHONPATH": os.pathsep.join(search)}, **options)
