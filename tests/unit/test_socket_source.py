"""The kernel's choice of a source address, on the loopback that every machine has."""

from __future__ import annotations

import pytest

from netlite.errors import KernelRefused
from netlite.records.family import IPV4, IPV6
from netlite.records.links import LinkSettings
from netlite.sockets.settings import choose_source


def test_source_of_loopback():
    assert choose_source(LinkSettings(IPV4, "127.0.0.1")) == "127.0.0.1"


def test_source_given_is_taken():
    assert choose_source(LinkSettings(IPV6, "2001:db8::1", source="2001:db8::2")) == "2001:db8::2"


def test_source_unknown_device():
    with pytest.raises(KernelRefused) as refusal:
        choose_source(LinkSettings(IPV4, "192.0.2.1", device="nosuch0"))
    assert refusal.value.what == "SO_BINDTODEVICE"


def test_source_broadcast_is_refused():
    with pytest.raises(OSError):  # EACCES, or ENETUNREACH where there is no route at all
        choose_source(LinkSettings(IPV4, "255.255.255.255"))
