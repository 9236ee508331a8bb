"""Own displays of sockets on a live kernel: names that cannot forge rows, peers, sockets bound alone, PID namespaces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from errno import EACCES
from pathlib import Path

import pytest

from netlite.programs.registry import netlite_argv

REFUSING = Path(__file__).parent / "refuse_netlink.py"
FORGED = (b"\0x\n0000000000000000: 00000002 00000000 00010000 0001 01 1 /run/fake.sock", b"\0y\n0: 00000009 00000000 00000000 0002 01 {inode} /run/taken",
          b"\0\n\n", b"\0a\0b\xff", b"\0z\r\t\x1b[31m 7 /x")
FURNITURE = """
import os, socket, sys, time
kept = []
own = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); own.bind(b"\\0plain"); kept.append(own)
for name in eval(sys.argv[1]):
    each = socket.socket(socket.AF_UNIX); each.bind(name.replace(b"{inode}", b"%d" % os.fstat(own.fileno()).st_ino)); each.listen(); kept.append(each)
kept += socket.socketpair()
file = socket.socket(socket.AF_UNIX); os.chdir(sys.argv[2]); file.bind("@file"); file.listen(); kept.append(file)
client = socket.socket(socket.AF_UNIX); client.connect("@file"); kept.append(client)
for family, place in ((socket.AF_INET, ("127.0.0.1", 4701)), (socket.AF_INET6, ("::1", 4702))):
    bound = socket.socket(family); bound.bind(place); kept.append(bound)
server = socket.create_server(("127.0.0.1", 4703)); kept.append(server)
print(os.getpid(), *(os.fstat(each.fileno()).st_ino for each in (*kept[-8:-5], file, client)), flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def furnished(labs, tmp_path_factory):
    """(process, its own id and inodes): sockets in a network namespace of their own."""
    with subprocess.Popen(["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-I", "-S", "-c", FURNITURE,
                           repr(FORGED), str(tmp_path_factory.mktemp("sockets"))], stdout=subprocess.PIPE, text=True) as process:
        numbers = process.stdout.readline().split()
        if not numbers:
            pytest.skip("no network namespace here")
        yield list(map(int, numbers))
        process.kill()


def run(furnished, words: str, *before: str) -> tuple[str, str, int]:
    done = subprocess.run(["nsenter", f"--net=/proc/{furnished[0]}/ns/net", *before, *netlite_argv(words.split())], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=300)
    return done.stdout.decode("utf-8"), done.stderr.decode(), done.returncode


def rows(furnished, words: str, *before: str) -> list[dict]:
    out, err, status = run(furnished, words, *before)
    assert (err, status) == ("", 0)
    return json.loads(out)


def test_no_name_makes_a_row(furnished):
    paths = [row["path"] for row in rows(furnished, "netstat -xa --json") if row["path"]]
    assert not {"/run/fake.sock", "/run/taken", "/x"}.intersection(paths)
    assert set(paths) >= {"@plain", "@file"} and len(set(paths)) == len(FORGED) + 2
    out, _, _ = run(furnished, "netstat -xa --more")
    assert " /run/fake.sock" in out and not any(line.split()[6:7] == ["/run/fake.sock"] for line in out.splitlines())
    assert r"@x\x0a0000000000000000: " in out


def test_the_bytes_of_a_name_are_had_back(furnished):
    found = {(bytes.fromhex(row["path_bytes"]) if "path_bytes" in row else row["path"].encode()): row["abstract"]
             for row in rows(furnished, "netstat -xa --json") if row["path"]}
    assert found[b"@a\0b\xff"] is True and found[b"@plain"] is True and found[b"@file"] is False


def test_a_forged_row_hides_no_count(furnished):
    found = {row["inode"]: row["refcnt"] for row in rows(furnished, "netstat -xa --json")}
    assert all(isinstance(count, int) for inode, count in found.items() if inode in furnished[1:4])
    plain, = (row for row in rows(furnished, "netstat -xa --json") if row["path"] == "@plain")
    assert plain["refcnt"] is None    # two rows speak of it, and one of them lies


def test_both_ends_know_each_other(furnished):
    found = {row["inode"]: row for row in rows(furnished, "netstat -xap --json") if row["inode"]}
    ends = [row for row in found.values() if row["peer_inode"] and row["peer_inode"] in found]
    assert len(ends) >= 2
    for row in ends:
        assert found[row["peer_inode"]]["peer_inode"] == row["inode"]
        assert [owner["pid"] for owner in row["peer_owners"]] == [furnished[0]]
    out, err, _ = run(furnished, "netstat -xa --more")
    assert err == "" and f"{ends[0]['peer_inode']} {furnished[0]}/" in out


@pytest.mark.parametrize("way", ["socket", "send", "receive"])
@pytest.mark.parametrize("words", ["netstat -xa --json", "netstat -xa --more"])
def test_it_is_said_where_names_may_forge(furnished, words, way):
    out, err, status = run(furnished, words, sys.executable, str(REFUSING), way, str(EACCES))
    assert "unix_diag: Permission denied" in err and status == 0 and err.count("unix_diag") == 1
    assert "/run/fake.sock" in out


def test_the_classic_text_keeps_the_rows_of_the_file(furnished):
    out, _, _ = run(furnished, "netstat -xa")
    assert out.count("/run/fake.sock\n") == 1


@pytest.mark.parametrize("words, more", [("netstat -n --state bound-inactive", ()), ("netstat -n --state bound_inactive,listen", ("4703",)),
                                         ("netstat -ne --state bound-inactive", ()), ("netstat -n --more --state bound-inactive", ())])
def test_sockets_that_are_bound_and_no_more(furnished, words, more):
    out, err, status = run(furnished, words)
    if "4701" not in out:
        pytest.skip("this kernel does not tell them (before 6.8)")
    assert (err, status) == ("", 0) and "::1:4702" in out
    assert all(port in out for port in more) and (more or "4703" not in out)
    assert {row["local_port_num"] for row in rows(furnished, words.replace("--more", "") + " --json")} == {4701, 4702, *map(int, more)}



@pytest.mark.parametrize("words, said", [("netstat -no --state bound-inactive", "leave out -o"), ("netstat --state bound-inactve", "BOUND_INACTIVE")])
def test_what_cannot_be_asked_of_them(furnished, words, said):
    out, err, status = run(furnished, words)
    assert out == "" and said in err and status == 3


def test_where_they_are_not_told_it_is_said(furnished):
    out, err, status = run(furnished, "netstat -n --state bound-inactive", sys.executable, str(REFUSING), "socket", str(EACCES))
    assert "--state bound-inactive: sock_diag: Permission denied" in err and "4701" not in out and status == 0


INSIDE = ("unshare", "--pid", "--fork", "--mount-proc")


@pytest.mark.parametrize("words", ["netstat -xa --more", "netstat -tln --more", "netstat -tlnp --json"])
def test_owners_outside_the_pid_namespace(furnished, words):
    out, err, status = run(furnished, words, *INSIDE)
    if "unshare" in err:
        pytest.skip("no PID namespace here")
    assert "no process of this PID namespace has" in err and status == 0 and out
    if os.readlink("/proc/self/ns/pid") == "pid:[4026531836]":
        assert run(furnished, words)[1] == ""


def test_no_hint_where_all_owners_are_seen(furnished):
    done = subprocess.run([*INSIDE, "unshare", "-n", *netlite_argv("netstat -tlx --more".split())], capture_output=True, text=True)
    assert (done.stderr, done.returncode) == ("", 0)
