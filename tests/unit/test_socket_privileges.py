"""Capabilities given up stay given up; in processes of their own, as it cannot be undone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from netlite.sockets.privileges import NET_ADMIN, NET_RAW, permitted_capabilities

ROOT = Path(__file__).resolve().parents[2]
BOTH = 1 << NET_ADMIN | 1 << NET_RAW


def told_by(code: str) -> str:
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from netlite.sockets.privileges import *\n"
    return subprocess.run([sys.executable, "-I", "-S", "-c", start + code], capture_output=True, text=True,
                          check=True).stdout.strip()


def test_capabilities_dropped_are_gone():
    assert told_by("print(drop_capabilities(), permitted_capabilities())") == "True 0"


def test_capabilities_kept_are_those_we_had():
    kept = permitted_capabilities() & BOTH
    code = "print(keep_capabilities(NET_ADMIN, NET_RAW), permitted_capabilities())"
    assert told_by(code) == f"True {kept}"


def test_without_capabilities_no_raw_socket():
    if not permitted_capabilities() & 1 << NET_RAW:
        pytest.skip("there is no CAP_NET_RAW to give up")
    code = """import _socket
_socket.socket(_socket.AF_INET, _socket.SOCK_RAW, 1).close()
drop_capabilities()
try:
    _socket.socket(_socket.AF_INET, _socket.SOCK_RAW, 1)
except PermissionError:
    print("refused")"""
    assert told_by(code) == "refused"


def test_nothing_to_drop_loads_nothing():
    code = "import sys; drop_capabilities(); before = set(sys.modules); drop_capabilities()\n" \
           "print(set(sys.modules) - before, 'ctypes' in sys.modules)"
    assert told_by(code) == "set() False"
