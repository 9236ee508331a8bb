"""The original programs: where they are found, and whether they are the ones netlite follows.

netlite has the bytes of Debian 12's versions.  Others differ in wording, so they are not compared with.
"""

from __future__ import annotations

import functools
import shutil
import subprocess

import pytest

ORIGINALS_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
VERSIONS = {  # program: (what asks for its version, what the answer holds)
    "ping": ("-V", "iputils 20221126"),
    "tracepath": ("-V", "iputils 20221126"),
    "traceroute": ("-V", "version 2.1.2"),
    "traceroute6": ("-V", "version 2.1.2"),
    "tcptraceroute": ("-v", "wrapper for new Linux Traceroute"),
    "hostname": ("-V", "hostname 3.23"),
    **dict.fromkeys(("netstat", "ifconfig", "route", "arp"), ("-V", "net-tools 2.10")),
}
PATCHED = {  # 2.10 is shown by all of them, but Debian 13 and Ubuntu have patches that change bytes
    **dict.fromkeys(("netstat", "ifconfig", "route", "arp"), ("net-tools", "+deb12")),
}


@functools.cache
def missing(program: str) -> str:
    """Why a program cannot be compared with, "" when it can."""
    path = shutil.which(program, path=ORIGINALS_PATH)
    if path is None:
        return f"the original {program} is not installed"
    if program == "tcptraceroute" and missing("traceroute"):  # which it starts
        return missing("traceroute")
    option, wanted = VERSIONS.get(program, ("", ""))
    if wanted:
        told = subprocess.run([path, option], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True).stdout
        if wanted not in told:
            return f"the original {program} here is \"{told.splitlines()[0] if told else ''}\", not {wanted}"
    package, wanted = PATCHED.get(program, ("", ""))
    if package and shutil.which("dpkg-query"):
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], stdin=subprocess.DEVNULL,
                                 capture_output=True, text=True).stdout
        if wanted not in version:
            return f"the package {package} here is {version}, not Debian 12's"
    return ""


def need(*programs: str) -> None:
    """Skip the test unless all these originals are there, in the version netlite follows."""
    for program in programs:
        if missing(program):
            pytest.skip(missing(program))
