"""hostname and its other names beside the original, in a UTS and mount namespace of their own."""

from __future__ import annotations

import json
import subprocess

import generations
import originals
import pytest
from originals import ORIGINALS_PATH

HOSTS = "127.0.0.1 localhost\n10.1.1.1 testhost.example.org testhost alias1\n2001:db8::2 testhost.example.org\n"
NAMES = ("hostname", "domainname", "nisdomainname", "ypdomainname", "dnsdomainname")
SHOWN = ("", "-a", "-A", "-d", "-f", "-i", "-I", "-s", "-y", "-V", "-h", "-x", "-a -f", "-f -a", "-F", "-F /nonexistent",
         "a b", "--fqdn", "--long", "--ip", "--yp", "--nis", "--short", "--all-ip", "--dom", "--all", "-b", "-v", "-?",
         "-s foo", "-F $HOSTS x", "-bF /nonexistent", "''", "-d x", "-bad")
SET = ("new-name", "bad_name", "bad-", "a.b", "a..b", ".a", "a.", "-F /nonexistent x", "-s -F /nonexistent", "-b x -F /nonexistent", "-s -F /dev/null", "'sp ace'", "x-.y", "x" * 64, "x" * 65, "-F $NAMEFILE",
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
    for name in ("nofqdn", "ba_d", "' x '", "'(none)'"):  # as the kernel takes them
        lines += [f"echo {name} >/proc/sys/kernel/hostname",
                  "run setpriv --reuid 65534 --clear-groups hostname -bF /nonexistent", "run hostname -bF /nonexistent", "run hostname",
                  "run setpriv --reuid 65534 --clear-groups domainname -bF /dev/null", "run domainname -bF /nonexistent", "run domainname"]
    return "\n".join(lines)


ODD_NAMES = ("\\377", "a\\nb", " a", "a ", "a\\r", "\\303\\251", "1")  # for printf
ODD_FILES = ("mac\\rnext", "host1\\r\\n", "# c\\n\\nhost2\\n", "ho\\0st\\n", "   \\nhost3\\n", "  host4\\t \\n", "\\377\\n", "host5", "host6 # c\\n",
             " # c\\nhost7\\n", "# c\\rhost8\\n", "# c\\n\\n", "#a\\n#b", "\\n", "host9\\v\\f\\n")
ODD_HOSTS = ("web", "six", "many", "dot", "dot.", ".lead", "wide", "\\351t\\351", "a..b", "full", "nosuch\\377", "localhost")


def script_of_odd_bytes() -> str:
    """Names that are no host names, from the command line, from files, and in the hosts file."""
    lines = ["mount --bind $HOSTS /etc/hosts && hostname testhost.example.org || exit 77",
             'run() { "$@"; echo "status $?"; }',
             "printf '10.1.1.2 web\\n10.1.1.3 full.example.org full\\n10.1.1.4 \\351t\\351 alias\\351\\n10.1.1.5 a..b\\n2001:db8::6 six\\n"
             "10.1.2.1 many.example m1 many\\351\\n::ffff:10.1.2.2 MANY m2 many\\n10.1.2.3 Many m3 many.example\\n2001:db8::7 many m4\\n"
             "10.1.2.4 dot. al\\n10.1.2.5 .lead\\n10.1.2.6 wide a\\342\\200\\203b c\\n' >>$HOSTS"]
    for name in (*ODD_NAMES, "x" * 300):
        lines += [f"odd=$(printf '{name}'; echo .); odd=${{odd%.}}"]
        for program in NAMES:
            lines += [f'run {program} "$odd"', f"run {program}"]
    for text in (*ODD_FILES, "y" * 300, "#" + "z" * 5000 + "\\nlater\\n"):
        lines += [f"printf '{text}' >$NAMEFILE", "hostname testhost"]
        for words in ("hostname -F $NAMEFILE", "hostname -b -F $NAMEFILE", "domainname -F $NAMEFILE"):
            lines += [f"run {words}", "run hostname", "run domainname"]
    for host in ODD_HOSTS:
        lines += [f"printf '{host}\\n' >/proc/sys/kernel/hostname"]
        lines += [f"run hostname {option}" for option in ("", "-s", "-d", "-f", "-a", "-i", "-I", "-A", "-y")] + ["run dnsdomainname"]
    return "\n".join([*lines, "run hostname -b ''", "run hostname -F /tmp", "run hostname -\\303\\251"])


def session(path: str, folder, script: str) -> bytes:
    hosts, name_file = folder / "hosts", folder / "name"
    hosts.write_text(HOSTS)
    name_file.write_text("# comment\n\nfilehost  \nsecond\n")
    environment = {"PATH": path, "LC_ALL": "C", "HOSTS": str(hosts), "NAMEFILE": str(name_file)}
    done = subprocess.run(["unshare", "--uts", "--mount", "sh", "-c", script], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if done.returncode in (1, 77, 127):
        pytest.skip(f"no namespace for a host name here: {done.stdout.splitlines()[-1:]}")
    return done.stdout


@pytest.mark.parametrize("script", [script, script_of_odd_bytes])
def test_equal_sessions(script, tmp_path, netlite_path, record_property):
    originals.need(*NAMES, "unshare", "setpriv")
    record_property("compared", (originals.generation("hostname"), script().count("\nrun ")))
    original, netlite = (session(path, tmp_path, script()) for path in (ORIGINALS_PATH, netlite_path("nobody")))
    told, _ = generations.in_our_words("hostname", original.decode("latin-1"), "")
    assert netlite.decode("latin-1").splitlines() == told.splitlines()


def test_no_name_is_said_on_stdout_alone(tmp_path, netlite_path):
    originals.need("hostname", "unshare")
    ends = [subprocess.run(["unshare", "--uts", "sh", "-c", "echo '(none)' >/proc/sys/kernel/domainname && hostname -y"],
                           env={"PATH": path, "LC_ALL": "C"}, capture_output=True) for path in (ORIGINALS_PATH, netlite_path("nobody"))]
    assert len({(end.stdout, end.stderr, end.returncode) for end in ends}) == 1


def test_an_alias_with_a_wide_blank_is_one_in_json(tmp_path, netlite_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("10.1.2.6 wide a\u2003b c\n")
    done = subprocess.run(["unshare", "--uts", "--mount", "sh", "-c", "mount --bind $HOSTS /etc/hosts && hostname wide || exit 77; hostname -a --json"],
                          env={"PATH": netlite_path("nobody"), "LC_ALL": "C", "HOSTS": str(hosts)}, capture_output=True)
    if done.returncode == 77:
        pytest.skip(f"no namespace for a host name here: {done.stderr!r}")
    assert json.loads(done.stdout) == {"aliases": ["a\u2003b", "c"]}
