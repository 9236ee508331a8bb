"""Shells and programs on a node: what their environment says."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
IN_ONE_FILE = ROOT.is_file()  # netlite.pyz: there is no folder of programs


def shell_argv() -> list[str]:
    """An interactive shell that leaves the prompt to us."""
    bash = shutil.which("bash")
    return [bash, "--norc", "--noprofile", "-i"] if bash else ["sh", "-i"]


def environment_in(node: str) -> dict[str, str]:
    """The environment of a program on `node`: netlite's programs first on PATH, the node's name in the prompt."""
    programs = str(ROOT / "bin")
    if not os.path.isdir(programs):
        programs = os.path.dirname(os.path.realpath(sys.argv[0] or sys.executable))
    path = os.environ.get("PATH") or os.defpath
    return {**os.environ, "PATH": f"{programs}:{path}", "PS1": f"{node}$ ", "NETLITE_NODE": node}
