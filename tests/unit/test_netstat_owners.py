"""Who owns a socket: /proc/PID/fd, races, refusals, names that would steer a terminal."""

from __future__ import annotations

import os
from errno import EACCES, ENOENT

import pytest
import replay

from netlite.render.connections import Columns, context_texts, owner_texts
from netlite.render.unix_sockets import render_unix_sockets
from netlite.system.files import Files
from netlite.system.sockets.owners import inode_of, program_name, read_all_owners, read_owners
from netlite.system.sockets.unix import parse_block
from netlite.world import World


@pytest.fixture
def proc(tmp_path):
    def add(process: int, command: bytes, *links: str):
        folder = tmp_path / str(process) / "fd"
        folder.mkdir(parents=True)
        (tmp_path / str(process) / "cmdline").write_bytes(command)
        for number, link in enumerate(links):
            (folder / str(number)).symlink_to(link)

    (tmp_path / "net").mkdir()
    add.path = str(tmp_path)
    add.world = World(proc=add.path)
    return add


def test_first_process_wins_in_order_of_numbers(proc):
    proc(1000, b"/usr/bin/late\0-x\0", "socket:[7]", "socket:[8]", "/dev/null", "pipe:[9]")
    proc(7, b"/sbin/early\0", "socket:[7]", "[0000]:11")
    found = read_owners(proc.world)
    texts = owner_texts(found.by_inode)
    assert {inode: texts[inode].strip() for inode in found.by_inode} == {7: "7/early", 8: "1000/late", 11: "7/early"}
    assert texts.column([8, 12, 7]) == [texts[8], texts[12], texts[7]]
    assert not found.denied
    assert owner_texts(found.by_inode)[12] == " " + "-".ljust(20)


def test_processes_that_vanish_or_refuse(proc):
    proc(1, b"one\0", "socket:[1]")
    proc(2, b"two\0", "socket:[2]")
    proc(3, b"three\0", "socket:[3]")

    class Races(Files):
        def folder(self, path):
            refusals = {f"{proc.path}/1/fd": ENOENT, f"{proc.path}/2/fd": EACCES}
            if path in refusals:
                raise OSError(refusals[path], "gone or refused")
            return [*super().folder(path), "99"]  # closed after it was listed

    class Racing(World):
        files = Races()

    found = read_owners(Racing(proc=proc.path))
    assert list(found.by_inode) == [3] and found.denied


def test_a_process_without_command_line(proc):
    proc(5, b"", "socket:[5]")
    os.unlink(f"{proc.path}/5/cmdline")
    assert owner_texts(read_owners(proc.world).by_inode)[5] == " 5/".ljust(21)


@pytest.mark.parametrize("command, name", [
    (b"sshd: root@pts/0\0", "sshd: root@pts/0"), (b"/opt/a b/c\0-d", "c"), (b"rel/ative\0", "rel/ative"), (b"/", ""),
    ("/opt/café\0".encode(), "café"), (b"raw\xff\x9b\0", "raw\udcff\udc9b"), (b"\0rest", "")])
def test_names(command, name):
    assert program_name(command) == name


@pytest.mark.parametrize("command, shown", [
    (b"evil\x1b[31m\x07\0", "evil.[31m."), ("café", "caf.."), (b"raw\xff\x9b", "raw.."), ("c1\x9b31m", "c1..31m"),
    ("turned\u202eback", "turned...back"), ("two\nlines", "two.lines"), ("éééééééééé", "." * 17)])
def test_the_classic_column_has_ascii_and_steers_no_terminal(proc, command, shown):
    proc(1, command if isinstance(command, bytes) else command.encode(), "socket:[1]")
    text = owner_texts(read_owners(proc.world).by_inode)[1]
    assert text.strip() == f"1/{shown}" and len(text.encode()) == 21


def test_contexts_steer_no_terminal_either(proc):
    proc(1, b"one", "socket:[1]")
    os.mkdir(f"{proc.path}/1/attr")
    with open(f"{proc.path}/1/attr/current", "wb") as file:
        file.write("système\x1b[31m (enforce)\n".encode())
    text = context_texts(read_owners(proc.world, contexts=True).by_inode)[1]
    assert text.strip() == "système.[31m (enforce)"


def test_all_owners_have_names_and_cgroups_as_they_are(proc):
    proc(1, "café\x9b".encode(), "socket:[1]")
    with open(f"{proc.path}/1/cgroup", "wb") as file:
        file.write("0::/boîte\x1b]0;\x07\n".encode())
    [owner] = read_all_owners(proc.world).by_inode[1]
    assert (owner.name, owner.cgroup) == ("café\x9b", "/boîte\x1b]0;\x07")


def test_names_are_cut_to_the_column(proc):
    proc(4321, b"one-too-long--15\0", "socket:[1]")
    assert owner_texts(read_owners(proc.world).by_inode)[1] == " 4321/one-too-long-- "


@pytest.mark.parametrize("link, inode", [("socket:[42]", 42), ("[0000]:43", 43), ("socket:[x]", -1)])
def test_inode_of(link, inode):
    assert inode_of(link) == inode


ROW = "0: 00000002 00000000 00010000 0001 01 4242"


def test_a_unix_path_keeps_its_blanks_and_loses_its_escapes():
    sockets = parse_block([ROW + " /run/a  b\x1b[31m\x7f.sock "], print)
    assert sockets.paths == ("/run/a  b\x1b[31m\x7f.sock ",)
    assert render_unix_sockets(sockets, Columns(), lambda kind: True).endswith(" 4242     /run/a  b.[31m..sock \n")


@pytest.mark.parametrize("line", ["", "0: 2 0 0 1 01", "0: 2 0 0 1 01 x /run", "half of a path",
                                  ROW.replace("0001 01", "0001 0x"), "0: 00000002 00000000 00010000 0001 01 x"])
def test_unix_lines_that_are_none(line):
    bogus = []
    sockets = parse_block([ROW, line, ROW + " @a", "0: 2 0 10000 1 3 7 odd"], lambda: bogus.append(line))
    assert bogus == [line]
    assert list(zip(sockets.inodes, sockets.paths)) == [("4242", ""), ("4242", "@a"), ("7", "odd")]
    assert sockets.meanings[sockets.kinds[2]].state == 3


def test_unix_rows_in_columns_and_not_are_the_same():
    lines = [ROW, ROW + " /a b", ROW.replace(" 4242", "    42") + " @x", ROW.replace("0001 01", "0002 03") + " r"]
    bogus = []
    texts = {render_unix_sockets(parse_block(more + lines, lambda: bogus.append(1)), Columns(), lambda kind: True)
             for more in ([], ["not a row"])}
    assert len(texts) == 1 and bogus == [1]


def test_security_contexts(proc):
    """-Z where SELinux is on: the context of the process, in a column of its own."""
    proc(7, b"/sbin/server\0", "socket:[4242]")
    folder = proc.path.rpartition("/")[0] + "/world"
    os.mkdir(folder)
    os.rename(proc.path, folder + "/proc")
    for path, text in (("mounts", "selinuxfs /sys/fs/selinux selinuxfs rw 0 0\n"),
                       ("net/tcp", "  sl\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000002 00:00000000 "
                                   "00000000  1000        0 4242 1 0 100\n")):
        with open(f"{folder}/proc/{path}", "w") as file:
            file.write(text)
    os.mkdir(f"{folder}/proc/7/attr")
    with open(f"{folder}/proc/7/attr/current", "w") as file:
        file.write("system_u:system_r:server_t:s0\0")
    out, err, status = replay.replay(folder, ["netstat", "-Zptan"])
    assert (err, status) == (b"", 0)
    heading, row = out.decode().splitlines()[1:]
    assert heading.endswith(" PID/Program name     Security Context" + " " * 33)
    assert row.endswith(" LISTEN      7/server             system_u:system_r:server_t:s0" + " " * 21)
