"""netstat where a sandbox refuses netlink or hides tables: /proc serves everything, else the original's words."""

from __future__ import annotations

from errno import EACCES, EAFNOSUPPORT, ENOENT, EPERM

import pytest
import replay
from test_replay_cases import FOLDER

from netlite.errors import KernelRefused
from netlite.programs.registry import execute
from netlite.system.netlink.channel import Channel

COMMANDS = ("-tan", "-uan", "-tlnp", "-an", "-tn", "-tuanW", "-tlne")


class Refusing:
    """A netlink channel that a sandbox stops at sending, or whose kernel lacks the kind of dump."""

    def __init__(self, refusal: Exception):
        self._refusal = refusal
        self.asked = 0

    def dump(self, *_):
        self.asked += 1
        raise self._refusal
        yield


@pytest.fixture
def refused(tmp_path):
    """Run netstat on a recorded system where netlink is refused in some way."""
    replay.unpack(str(FOLDER / "syn-inet.snapshot"), str(tmp_path))

    def run(words: str, at_socket: int | None = None, channel: Refusing | None = None):
        def netlink(protocol: int):
            if at_socket is not None:
                raise OSError(at_socket, "refused")
            return channel

        environment = replay.ReplayEnvironment("netstat", str(tmp_path))
        environment.netlink = netlink
        status = execute("netstat", words.split(), environment)
        return bytes(environment.out.data), bytes(environment.err.data), status

    run.plain = lambda words: replay.replay(str(tmp_path), ["netstat", *words.split()])
    return run


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("errno", [EPERM, EACCES, EAFNOSUPPORT])
def test_no_netlink_socket(refused, words, errno):
    assert refused(words, at_socket=errno) == refused.plain(words)


@pytest.mark.parametrize("words", [*COMMANDS, "-tan --json", "-tan --state listen"])
@pytest.mark.parametrize("refusal", [OSError(EPERM, "at send"), KernelRefused(ENOENT, "no such dump"),
                                     KernelRefused(EPERM, "refused")], ids=lambda one: type(one).__name__)
def test_no_dump(refused, words, refusal):
    channel = Refusing(refusal)
    assert refused(words, channel=channel) == refused.plain(words)
    assert channel.asked or words == "-tlne"


def test_a_channel_whose_request_is_refused():
    """EPERM at send(2) is the dump's refusal, before its first chunk."""
    class Socket:
        def send(self, data):
            raise OSError(EPERM, "Operation not permitted")

    channel = Channel.__new__(Channel)
    channel._socket, channel._sequence = Socket(), 0
    with pytest.raises(KernelRefused):
        next(channel.dump(20, b""))


@pytest.mark.parametrize("words, name", [("-tan", "AF INET (tcp)"), ("-uan", "AF INET (udp)"),
                                         ("-wan", "AF INET (raw)"), ("-xa", "AF UNIX"), ("-Sa", "AF INET (sctp)")])
def test_tables_that_are_missing(tmp_path, words, name):
    (tmp_path / "proc" / "net").mkdir(parents=True)
    out, err, status = replay.replay(str(tmp_path), ["netstat", words])
    assert err == f"netstat: no support for `{name}' on this system.\n".encode() and status == 1
    assert out.startswith(b"Active ")


def test_a_view_of_everything_leaves_out_what_is_missing(tmp_path):
    (tmp_path / "proc" / "net").mkdir(parents=True)
    out, err, status = replay.replay(str(tmp_path), ["netstat", "-an"])
    assert (err, status) == (b"", 0)
    assert [line.split()[1] for line in out.splitlines() if line.startswith(b"Active")] == [b"Internet", b"UNIX"]


def test_processes_that_may_not_be_read(tmp_path):
    """Without any readable process -p says so in the original's words."""
    (tmp_path / "proc" / "net").mkdir(parents=True)
    (tmp_path / "proc" / "net" / "tcp").write_text("heading\n")
    (tmp_path / "proc" / "7" / "fd").mkdir(parents=True)
    out, err, status = replay.replay(str(tmp_path), ["netstat", "-tanp"],
                                     switches={"RB_EUID": "1000", "RB_EACCES": "7"})
    assert err == b'(No info could be read for "-p": geteuid()=1000 but you should be root.)\n' and status == 0
