"""What a UDP probe carries, by its size."""

from __future__ import annotations

from errno import EMSGSIZE

import pytest

from netlite.links.udp import payload
from netlite.records.family import IPV4, IPV6
from netlite.records.links import UdpLinkSettings
from netlite.records.probes import UdpProbe


@pytest.mark.parametrize("family, headers", [(IPV4, 28), (IPV6, 48)])
@pytest.mark.parametrize("size, carried", [(0, None), (1, None), (27, None), (28, 0), (29, 1), (60, 32)])
def test_a_stamped_probe_below_its_headers_is_refused_as_the_kernel_does(family, headers, size, carried):
    settings = UdpLinkSettings(family, "198.51.100.1", stamped=True)
    probe = UdpProbe(1, 1, 44444, size if size == 0 or carried is None else size - 28 + headers)
    if carried is None:
        with pytest.raises(OSError) as refusal:
            payload(settings, probe, 0)
        assert refusal.value.errno == EMSGSIZE
    else:
        assert len(payload(settings, probe, 0)) == carried


def test_another_probe_then_carries_nothing():
    assert payload(UdpLinkSettings(IPV4, "198.51.100.1"), UdpProbe(1, 1, 33434, 20), 0) == b""
