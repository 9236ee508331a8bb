"""hostname and its other names beside the original, in a UTS and mount namespace of their own."""

from __future__ import annotations

import subprocess

import originals
import pytest
from originals import ORIGINALS_PATH

HOSTS = "127.0.0.1 localhost\n10.1.1.1 testhost.example.org testhost alias1\n2001:db8::2 testhost.example.org\n"
NAMES = ("hostname", "domainname", "nisdomainname", "ypdomainname", "dnsdomainname")
SHOWN = ("", "-a", "-A", "-d", "-f", "-i", "-I", "-s", "-y", "-V", "-h", "-x", "-a -f", "-f -a", "-F", "-F /nonexistent",
         "a b", "--fqdn", "--long", "--ip", "--yp", "--nis", "--short", "--all-ip", "--dom", "--all", "-b", "-v", "-?",
         "-s foo", "-F $HOSTS x", "-bF /nonexistent", "''", "-d x", "-bad")
SET = ("new-name", "bad_name", "bad-", "a.b", "a..b", ".a", "a.", "'sp ace'", "x-.y", "x" * 64, "x" * 65, "-F $NAMEFILE",
       "-b -F /dev/null", "-F /dev/null", "nofqdn")


def script() -> str:
    lines = ["mount --bind $HOSTS /etc/hosts && hostname testhost.example.org || exit 77",
             'run() { echo "\\$ $*"; "$@"; echo "status $?"; }']
    lines += [f"run hostname {words}" for words in SHOWN]
    for words in SET:
        lines += [f"run hostname {words}", "run hostname"]
    lines += [f"run hostname {option}" for option in ("-f", "-a", "-i", "-d", "-s", "-A")]
    for name in NAMES:
        lines += [f"run {name}{words}" for words in ("", " nd.example", "", " ''", "", " -h", " -a", " -s")]
    lines += ["run setpriv --reuid 65534 --clear-groups hostname foo",
              "run setpriv --reuid 65534 --clear-groups domainname foo"]
    return "\n".join(lines)


def session(path: str, folder) -> str:
    hosts, name_file = folder / "hosts", folder / "name"
    hosts.write_text(HOSTS)
    name_file.write_text("# comment\n\nfilehost  \nsecond\n")
    environment = {"PATH": path, "LC_ALL": "C", "HOSTS": str(hosts), "NAMEFILE": str(name_file)}
    done = subprocess.run(["unshare", "--uts", "--mount", "sh", "-c", script()], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if done.returncode in (1, 77, 127):
        pytest.skip(f"no namespace for a host name here: {done.stdout.splitlines()[-1:]}")
    return done.stdout


def test_equal_sessions(tmp_path, netlite_path):
    originals.need(*NAMES, "unshare", "setpriv")
    original, netlite = (session(path, tmp_path) for path in (ORIGINALS_PATH, netlite_path("nobody")))
    assert netlite.splitlines() == original.splitlines()
