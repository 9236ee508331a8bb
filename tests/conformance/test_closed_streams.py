"""Streams that are closed or full: what is said and the status are those of the original, where nothing is sent."""

from __future__ import annotations

import subprocess

import generations
import originals
import pytest
from originals import ORIGINALS_PATH

LINES = ("ping -V", "ping -N help", "ping", "ping -4 -6 x", "ping -p xyz x", "tracepath -V", "tracepath -h", "tracepath -4 -6 x",
         "tracepath -m 300 x", "traceroute -V", "traceroute -m 0 127.0.0.1", "traceroute -z", "netstat -V", "netstat -z", "arp -z", "arp -V",
         "route -V", "route add x", "ifconfig -z", "ifconfig nosuchdevice", "hostname -V", "hostname -z", "hostname -F /nonexistent")
FAULTS = {"no stdout": ">&-", "no stderr": "2>&-", "neither": ">&- 2>&-", "stdout full": ">/dev/full", "stderr full": "2>/dev/full",
          "no stdout, stderr full": ">&- 2>/dev/full"}  # as a shell has them


def outcome(words: list, path: str, fault: str) -> tuple:
    """What comes by the streams that are as they should be, and the status."""
    done = subprocess.run(["/bin/sh", "-c", f'exec "$@" {fault}', "sh", *words], env={"PATH": path, "LC_ALL": "C"}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    return *((done.stdout, done.stderr) if path != ORIGINALS_PATH else generations.in_our_words(words[0], done.stdout, done.stderr)), done.returncode


@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize("line", LINES)
def test_as_the_original(line, fault, netlite_path):
    words = line.split()
    originals.need(words[0])
    theirs, ours = outcome(words, ORIGINALS_PATH, FAULTS[fault]), outcome(words, netlite_path(None), FAULTS[fault])
    if originals.found(words[0])[0] == originals.BOOKWORM:
        assert ours == theirs
    else:  # other statuses there are rows of generation_table.py; whether there is one at all is not
        assert (ours[:2], bool(ours[2])) == (theirs[:2], bool(theirs[2]))
