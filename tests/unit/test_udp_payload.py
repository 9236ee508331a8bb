"""What a UDP probe carries, by its size."""

from __future__ import annotations

import pytest

from netlite.links.udp import OVERSIZE_BYTES, payload
from netlite.records.family import IPV4, IPV6
from netlite.records.udp_links import UdpLinkSettings, UdpProbe


@pytest.mark.parametrize("family, headers", [(IPV4, 28), (IPV6, 48)])
@pytest.mark.parametrize("size, carried", [(0, None), (1, None), (27, None), (28, 0), (29, 1), (60, 32)])
def test_a_stamped_probe_below_its_headers_is_longer_than_any_way_takes(family, headers, size, carried):
    settings = UdpLinkSettings(family, "198.51.100.1", stamped=True)
    probe = UdpProbe(1, 1, 44444, size if size == 0 or carried is None else size - 28 + headers)
    assert len(payload(settings, probe, 0)) == (OVERSIZE_BYTES if carried is None else carried)


def test_another_probe_then_carries_nothing():
    assert payload(UdpLinkSettings(IPV4, "198.51.100.1"), UdpProbe(1, 1, 33434, 20), 0) == b""
