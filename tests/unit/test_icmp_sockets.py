"""The options of ICMP sockets that no packet shows."""

from __future__ import annotations

from struct import unpack

import pytest

from netlite.records.family import FAMILIES
from netlite.records.echo_links import EchoLinkSettings
from netlite.sockets.icmp import SO_SNDTIMEO, SOL_SOCKET, configure


class Socket:
    def __init__(self):
        self.options = {}

    def setsockopt(self, level, option, value):
        self.options[level, option] = value

    def getsockopt(self, level, option):
        return self.options[level, option]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_send_that_waits_for_room_does_not_hold_up_a_signal(family):
    """On datagram sockets a send blocks while the device takes nothing; Python goes on waiting after a signal."""
    socket = Socket()
    configure(socket, "raw", EchoLinkSettings(family, family.loopback), [])
    seconds, microseconds = unpack("@ll", socket.options[SOL_SOCKET, SO_SNDTIMEO])
    assert seconds == 0 and 0 < microseconds <= 50_000
