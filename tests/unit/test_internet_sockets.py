"""Sockets from sock_diag, or from /proc where the kernel refuses that from the start."""

from __future__ import annotations

from errno import ENOENT, EPERM, EPROTONOSUPPORT

import pytest
from test_connections_rows import HEADING, LISTENING, message

import netlite
from netlite.errors import KernelRefused
from netlite.records.connections import TcpState
from netlite.records.family import IPV4
from netlite.system.sockets.internet import InternetSockets
from netlite.system.sockets.sock_diag import ALL_STATES
from netlite.world import World

ESTABLISHED = LISTENING.replace(b" 0A ", b" 01 ")
ROW = (10, 80, 0, bytes(16), bytes(16), 0, 4096, 0, 7)


class Channel:
    """Answers each dump with the next of `answers`: a chunk, or the errno of a refusal."""

    def __init__(self, *answers: bytes | int):
        self.answers, self.closed = list(answers), 0

    def dump(self, message_type, body, what=""):
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            raise KernelRefused(answer, what)
        yield memoryview(answer)

    def close(self):
        self.closed += 1


class Listed(World):
    """A world with that channel, or none, and the rows of /proc/net/tcp."""

    def __init__(self, folder, channel: Channel | None):
        super().__init__(proc=str(folder))
        (folder / "net").mkdir()
        (folder / "net" / "tcp").write_bytes(b"\n".join([HEADING, LISTENING, ESTABLISHED, b"bogus", b""]))
        self.channel = channel

    def netlink(self, protocol):
        if self.channel is None:
            raise OSError(EPROTONOSUPPORT, "Protocol not supported")
        return self.channel


@pytest.mark.parametrize("channel", [None, Channel(ENOENT), Channel(EPERM)], ids=["no channel", "no table", "refused"])
def test_what_is_refused_from_the_start_comes_from_proc(tmp_path, channel):
    bogus = []
    tables = InternetSockets(Listed(tmp_path, channel), bogus.append)
    [block] = tables.read("tcp", IPV4, ALL_STATES)
    assert list(block.states) == [TcpState.LISTEN, TcpState.ESTABLISHED] and bogus == ["tcp"]
    tables.close()
    assert channel is None or channel.closed == 1


def test_only_what_is_wanted_exactly_is_left_out(tmp_path):
    tables = InternetSockets(Listed(tmp_path, None), lambda protocol: None)
    for exactly, states in ((False, [10, 1]), (True, [1])):
        [block] = tables.read("tcp", IPV4, 1 << TcpState.ESTABLISHED, exactly)
        assert list(block.states) == states


def test_columns_of_proc_alone_ask_nobody(tmp_path):
    channel = Channel()
    [block] = InternetSockets(Listed(tmp_path, channel), lambda protocol: None).read("tcp", IPV4, ALL_STATES, by_proc=True)
    assert block.timers[0] is not None and channel.answers == []


def test_what_is_refused_later_is_told_and_nothing_comes_twice(tmp_path):
    """Listening sockets come first, from a dump of their own."""
    channel, seen = Channel(message(ROW), EPERM), []
    with pytest.raises(KernelRefused):
        for block in InternetSockets(Listed(tmp_path, channel), lambda protocol: None).read("tcp", IPV4, ALL_STATES):
            seen += block.local_ports
    assert seen == [80]
    channel = Channel(message(ROW), EPERM)
    (tmp_path / "again").mkdir()
    with pytest.raises(netlite.NotPermitted):
        netlite.connections("tcp", version=4, world=Listed(tmp_path / "again", channel))
    assert channel.closed == 1
