"""Crafting keeps to itself: no files, no network, one clear refusal without scapy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CRAFT = """
from netlite.packets import crafting, transport
datagram = crafting.craft_udp(4, "192.0.2.1", "192.0.2.2", 40000, 33434, b"data")
reply = transport.read_udp(datagram, "192.0.2.1")
assert (reply.port, reply.payload) == (40000, b"data"), reply
print("crafted")
"""


def craft(options: list[str], before: str = "", **variables: str) -> subprocess.CompletedProcess:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n" + before + CRAFT
    return subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], **variables})


def test_crafting_leaves_no_files(tmp_path):
    pytest.importorskip("scapy")
    done = craft([], HOME=str(tmp_path))
    assert done.stdout == "crafted\n", done.stderr
    assert list(tmp_path.iterdir()) == []


def test_crafting_without_scapy_says_what_is_missing():
    done = craft(["-I", "-S"], before="sys.modules['scapy'] = None\n")
    assert done.stderr.splitlines()[-1] == \
        "netlite.feature_errors.LibraryMissing: crafting packets needs scapy (pip install scapy)"
