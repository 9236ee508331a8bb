"""netstat --json, --more, --state, --interval and --netns on recorded sockets."""

from __future__ import annotations

import json
from struct import pack

import pytest
import replay
from test_connections_rows import message
from test_replay_cases import FOLDER

from netlite.command_line.own_options import take_valued
from netlite.errors import UsageError
from netlite.feature_errors import NamespaceRefused
from netlite.records.connection_details import ConnectionDetails, DetailedConnections
from netlite.records.unix_sockets import UnixKind, UnixSocket
from netlite.render.connection_objects import Names, connection_object, more_row, unix_more_row
from netlite.system.names.hosts import NumericHosts
from netlite.system.names.numbers import PortNumbers, UserNumbers
from netlite.system.network_namespaces import enter_network
from netlite.system.sockets.details import parse_details
from netlite.system.sockets.owners import Owner, read_all_owners
from netlite.world import World

LINK_LOCAL = bytes.fromhex("fe80" + "00" * 13 + "01")
SERVER = (10, 80, 0, bytes(16), bytes(16), 3, 4096, 0, 7)


@pytest.fixture
def run(tmp_path):
    replay.unpack(str(FOLDER / "syn-inet.snapshot"), str(tmp_path))
    return lambda *words, **switches: replay.replay(str(tmp_path), ["netstat", *words], **switches)


def attribute(kind: int, data: bytes) -> bytes:
    return pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def details(socket: tuple, attributes: bytes = b"", tcp: bool = True) -> ConnectionDetails:
    chunk = b"before.." + message(socket, attributes)
    rows = [parse_details(chunk, 8, len(chunk), 16, tcp)]
    return next(DetailedConnections.of_rows(rows).rows("tcp6"))


def names(owners=None) -> Names:
    return Names(NumericHosts(), PortNumbers(), UserNumbers(), {2: "eth0"}, owners)


def test_details_of_a_server():
    found = details(SERVER, attribute(11, b"\0") + attribute(21, pack("=Q", 1 << 40)))
    assert (found.receive_queue_bytes, found.send_queue_bytes, found.backlog_limit) == (3, 0, 4096)
    assert (found.v6_only, found.cgroup_id, found.inode) == (False, 1 << 40, 7)


def test_details_of_a_connection():
    found = details((1, 80, 7, LINK_LOCAL, LINK_LOCAL, 0, 5, 0, 7))
    assert (found.send_queue_bytes, found.backlog_limit, found.v6_only, found.cgroup_id) == (5, None, None, None)
    assert details(SERVER, tcp=False).backlog_limit is None


def test_an_attribute_that_is_cut_off_is_left_out():
    assert details(SERVER, attribute(21, pack("=Q", 5))[:8]).cgroup_id is None


def test_more_shows_zone_owners_and_cgroups():
    found = details((1, 80, 7, LINK_LOCAL, LINK_LOCAL, 0, 5, 0, 7)).replace(interface_index=2)
    owners = {7: [Owner(1, "one", cgroup="/a"), Owner(20, "two", cgroup="/a")]}
    row = more_row(found, "tcp6", "tcp", names(owners))
    assert row[2:4] == ["fe80::1%eth0:80", "fe80::1%eth0:7"]
    assert row[-2:] == ["1/one 20/two", "/a"]


@pytest.mark.parametrize("v6_only, shown", [(True, "6 only"), (False, "6 and 4"), (None, "6")])
def test_more_tells_whom_a_server_answers(v6_only, shown):
    found = details(SERVER).replace(v6_only=v6_only)
    assert more_row(found, "tcp6", "tcp", names())[9] == shown
    assert connection_object(found, "tcp6", "tcp", names())["v6_only"] is v6_only


def test_a_row_of_a_unix_socket():
    row = unix_more_row(UnixSocket(UnixKind(2, 0, 0x10000, 1, 1), 42, "/run/\x1b[31m"), names())
    assert row == ["unix", 2, "ACC", "STREAM", "LISTENING", 42, "/run/\x1b[31m", None, None, None]


@pytest.mark.parametrize("words", ["-tan", "-uan", "-tuanp", "-xa", "-tlnp", "-xl", "-tuln"])
def test_json_holds_what_jc_finds(run, words):
    jc = pytest.importorskip("jc")
    text, _, status = run(words, "-W")
    found, _, ours = run(words, "--json")
    objects, theirs = json.loads(found), jc.parse("netstat", text.decode("utf-8", "replace"))
    assert len(objects) == len(theirs) and ours == status
    for mine, other in zip(objects, theirs):
        if other.get("type", "STREAM") not in ("STREAM", "DGRAM", "SEQPACKET"):
            continue  # jc knows no other flag of a Unix socket than ACC
        for key in ("proto", "recv_q", "send_q", "local_address", "local_port_num", "foreign_address",
                    "foreign_port_num", "refcnt", "type", "inode", "kind", "network_protocol", "transport_protocol"):
            if key in other:
                assert mine[key] == other[key], key


def test_json_without_sockets(tmp_path):
    (tmp_path / "proc" / "net").mkdir(parents=True)
    (tmp_path / "proc" / "net" / "tcp").write_text("heading\n")
    assert replay.replay(str(tmp_path), ["netstat", "-tan", "--json"]) == (b"[]\n", b"", 0)


def test_states_of_recorded_sockets(run):
    pytest.importorskip("tabulate")
    everything, _, _ = run("-tan")
    chosen, _, _ = run("-n", "--state", "listen,time-wait")
    kept = [line for line in everything.splitlines()[2:] if line.split()[5] in (b"LISTEN", b"TIME_WAIT")]
    assert chosen.splitlines()[2:] == kept and kept
    table, _, _ = run("-n", "--more", "--state=LISTENING,TIME_WAIT")
    assert len(table.splitlines()) == len(kept) + 2


@pytest.mark.parametrize("words, complaint", [
    ("--state foo", "unknown state: foo"), ("--interval x -t", "not a number of seconds: x"),
    ("--interval=-1", "not a number of seconds: -1"), ("--interval nan", "not a number of seconds: nan"),
    ("--netns", "option '--netns' requires an argument"), ("-r --more", "--more: only for tables of sockets"),
    ("-g --more", "--more: has no say in this table"), ("-i --state listen", "--state: only for tables of sockets")])
def test_refused(run, words, complaint):
    out, err, status = run(*words.split())
    assert out == b"" and complaint in err.decode() and status == 3


def test_more_of_interfaces_has_a_column_for_each_counter(run):
    pytest.importorskip("tabulate")
    classic, _, _ = run("-ia")
    told, _, status = run("-ia", "--more")
    titles, _, *rows = [line.split() for line in told.decode().splitlines()]
    names = [title.decode() for title in classic.splitlines()[1].split()]
    assert status == 0 and {"RX-FRAME", "TX-CARRIER", "COLLISIONS"} == set(titles) - set(names) and set(names) <= set(titles)
    for row, line in zip(rows, classic.splitlines()[2:], strict=True):
        if b"no statistics" not in line:
            cells = dict(zip(titles, row, strict=True))
            assert [cells[name] for name in names] == line.decode().split()
    counted, _, _ = run("-ia", "--more", "--json")
    assert isinstance(json.loads(counted), list)


def test_interval_means_again_and_again(run):
    out, _, status = run("-tln", "--interval=0.25", switches={"RB_LIMIT": "1.1"})
    assert out.count(b"Active Internet") == 5 and status == replay.KILLED


@pytest.mark.parametrize("word, reason", [("no-such-name", "No such file"), ("/dev/null", "is not a network namespace"),
                                          ("0", "No such file")])
def test_namespaces_that_cannot_be_entered(word, reason):
    with pytest.raises(NamespaceRefused) as refused:
        enter_network(word)
    text = str(refused.value)
    assert text.startswith(f"--netns {word}: ") and "\n" not in text
    assert reason in text or "Operation not permitted" in text


def test_values_are_joined_or_follow():
    assert take_valued("netstat", ["--a=1", "x", "--b", "2"], ("--a", "--b"), 3) == ({"--a": "1", "--b": "2"}, ["x"])
    with pytest.raises(UsageError):
        take_valued("netstat", ["--a="], ("--a",), 3)


def test_all_owners(tmp_path):
    for process in ("7", "12"):
        (tmp_path / process / "fd").mkdir(parents=True)
        (tmp_path / process / "fd" / "3").symlink_to("socket:[5]")
        (tmp_path / process / "cmdline").write_bytes(b"/bin/server\0")
        (tmp_path / process / "cgroup").write_text(f"1:name=x:/old\n0::/service-{process}\n")
    found = read_all_owners(World(proc=str(tmp_path)))
    assert found.by_inode == {5: [Owner(7, "server", None, "/service-7"), Owner(12, "server", None, "/service-12")]}
