"""Rows of an IPv4 routing table as text."""

from __future__ import annotations

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from netlite.render.routes import MANY, render_routes4

RESTS = st.sampled_from(["10.0.0.9        255.255.255.0   UG    0      0        0 eth0\n", ""])


@given(st.lists(st.tuples(st.binary(min_size=4, max_size=4), RESTS), min_size=1, max_size=5), st.sampled_from([1, MANY]))
def test_destinations_in_numbers(listed, times):
    """The same for a few rows and for many; those without a text are not up."""
    rows = [(destination, (24, 3, rest)) for destination, rest in listed * times]
    assert render_routes4(rows, None) == "".join([f"{str(ip_address(destination)):15} {rest}"
                                                  for destination, rest in listed if rest]) * times
