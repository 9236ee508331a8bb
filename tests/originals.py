"""The original programs: where they are found, and of which Debian they are.

netlite has the bytes of Debian 12's versions, but where Debian 13's mend a bug: the tests compare with either, and
``conformance/generations.py`` lists what the two do otherwise.  Other versions are not compared with.

NETLITE_ORIGINALS_ROOT names a system made by ``packaging/originals-of``: then its programs are the originals, and
netlite is run by its Python, so that both ask the same C library.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = os.environ.get("NETLITE_ORIGINALS_ROOT", "")
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
ORIGINALS_PATH = f"{ROOT}/originals:{SYSTEM_PATH}" if ROOT else SYSTEM_PATH
PYTHON = f"{ROOT}/usr/bin/python3-outside" if ROOT else None

BOOKWORM, TRIXIE = 12, 13
NET_TOOLS = ("netstat", "ifconfig", "route", "arp")
NAMES = ("hostname", "domainname", "nisdomainname", "ypdomainname", "dnsdomainname")
VERSIONS = {  # program: (what asks for its version, what the answer holds by Debian's generation)
    "ping": ("-V", {BOOKWORM: "iputils 20221126", TRIXIE: "iputils 20240905"}),
    "tracepath": ("-V", {BOOKWORM: "iputils 20221126", TRIXIE: "iputils 20240905"}),
    "traceroute": ("-V", {BOOKWORM: "version 2.1.2", TRIXIE: "version 2.1.6"}),
    "traceroute6": ("-V", {BOOKWORM: "version 2.1.2", TRIXIE: "version 2.1.6"}),
    **dict.fromkeys(NAMES, ("-V", {BOOKWORM: "hostname 3.23", TRIXIE: "hostname 3.25"})),
    **dict.fromkeys(NET_TOOLS, ("-V", {BOOKWORM: "net-tools 2.10", TRIXIE: "net-tools 2.10"})),
}
PACKAGES = {BOOKWORM: "2.10-0.1+deb12", TRIXIE: "2.10-1.3"}  # net-tools 2.10 is shown by all, patched or not


@functools.cache
def found(program: str) -> tuple[int, str]:
    """(the generation of a program, ""), or (0, why it cannot be compared with)."""
    path = shutil.which(program, path=ORIGINALS_PATH)
    if path is None:
        return 0, f"the original {program} is not installed"
    if ROOT and program in ("tcptraceroute", *VERSIONS) and not path.startswith(ROOT):
        return 0, f"NETLITE_ORIGINALS_ROOT={ROOT} has no {program}: make it with packaging/originals-of"
    if program == "tcptraceroute":  # a script, which starts the other
        return found("traceroute")
    if program not in VERSIONS:
        return BOOKWORM, ""
    option, wanted = VERSIONS[program]
    told = subprocess.run([path, option], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True).stdout
    if program in NET_TOOLS and shutil.which("dpkg-query"):
        told, wanted = f"net-tools {_package('net-tools')}", PACKAGES
    for generation, words in wanted.items():
        if words in told:
            return generation, ""
    return 0, f"the original {program} here is \"{told.splitlines()[0] if told else ''}\", not {' or '.join(wanted.values())}"


def _package(name: str) -> str:
    """The version of a package, "" where it is not installed."""
    done = subprocess.run(["dpkg-query", f"--admindir={ROOT}/var/lib/dpkg", "-W", "-f", "${Version}", name],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.stdout


def generation(program: str) -> int:
    """Of which Debian the original is: 12 or 13, 0 when it cannot be compared with."""
    return found(program)[0]


def need(*programs: str) -> None:
    """Skip the test unless all these originals are there, in a version that is compared with."""
    if ROOT and not Path(ROOT, "originals").is_dir():
        pytest.fail(f"NETLITE_ORIGINALS_ROOT={ROOT} holds no originals: make it with packaging/originals-of")
    for program in programs:
        if found(program)[1]:
            pytest.skip(found(program)[1])
