"""What was rewritten on the way: what a quote shows of it, and where it is told."""

from __future__ import annotations

import pytest
from icmp_errors import error

from netlite.engines.actions import Finish, Report
from netlite.engines.events import ProbeSent, ReplyArrived, Started
from netlite.engines.paris import Paris
from netlite.engines.rewriting import Rewritings
from netlite.engines.traceroute_settings import TracerouteSettings
from netlite.records.multipath import Rewriting
from netlite.records.replies import Quote
from netlite.records.udp_links import UdpProbe
from netlite.render.multipath import rewriting_note

PROBE = UdpProbe(5, 3, 33434, 60, 40000)
FAITHFUL = Quote("192.0.2.1", "198.51.100.9", 17, 1, 60, 40000, 33434, checksum=5)


@pytest.mark.parametrize("changes, expected", [
    ({}, []),
    ({"checksum": None}, []),
    ({"destination": "10.0.0.9", "checksum": 77}, [Rewriting(3, "destination", "198.51.100.9", "10.0.0.9")]),
    ({"destination_port": 53}, [Rewriting(3, "destination port", 33434, 53)]),
    ({"source": "203.0.113.7", "checksum": 77}, [Rewriting(3, "source", "192.0.2.1", "203.0.113.7")]),
    ({"source": "203.0.113.7", "source_port": 1024}, [Rewriting(3, "source", "192.0.2.1", "203.0.113.7"),
                                                      Rewriting(3, "source port", 40000, 1024)]),
    ({"source_port": 1024}, [Rewriting(3, "source port", 40000, 1024)]),
    ({"checksum": 77}, [Rewriting(3, "checksum", 5, 77)]),
])
def test_what_was_rewritten_is_told(changes, expected):
    found = Rewritings("198.51.100.9")
    found.note(PROBE, error("192.0.2.7", FAITHFUL.replace(**changes)), "192.0.2.1")
    assert found.all() == expected


def test_a_source_that_is_not_known_was_not_rewritten():
    found = Rewritings("198.51.100.9")
    found.note(PROBE, error("192.0.2.7", FAITHFUL))
    found.note(PROBE, error("192.0.2.7", FAITHFUL.replace(source="fe80::1")), "fe80::1%eth0")
    found.note(PROBE, error("192.0.2.7", FAITHFUL.replace(source=None)), "192.0.2.1")
    assert found.all() == []


def test_the_nearest_hop_is_kept():
    found = Rewritings("198.51.100.9")
    for hop, port in ((4, 53), (3, 53), (5, 54)):
        found.note(PROBE.replace(ttl=hop), error("192.0.2.7", FAITHFUL.replace(destination_port=port)))
    assert [(each.hop, each.quoted) for each in found.all()] == [(3, 53), (5, 54)]
    assert rewriting_note(found.all()[0]) == ("note: before hop 3 something rewrites packets: destination port 33434 "
                                              "arrives as 53\n")


def test_paris_notes_come_before_the_end():
    engine = Paris(TracerouteSettings("host", "198.51.100.9", max_hops=1, queries=1, port_step=0, source_port=40000))
    engine.feed(Started(1))
    engine.feed(ProbeSent(1, 1, 1))
    quote = FAITHFUL.replace(destination="10.0.0.9", checksum=1)
    actions = engine.feed(ReplyArrived(2, error("192.0.2.7", quote, 3, 3), 2, None, 1))
    assert [type(action) for action in actions][-1] is Finish
    assert actions[-2] == Report(Rewriting(1, "destination", "198.51.100.9", "10.0.0.9"))
