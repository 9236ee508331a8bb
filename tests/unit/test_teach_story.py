"""Stories made from packets put together by hand: what networks in memory do not play."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.engines.events import NameFound, SendFailed
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import icmp_error, icmp_packet, ip_packet
from netlite.records.seen import SeenPacket
from netlite.teach.notes import Notes
from netlite.teach.report import explain, explain_fields, packet_sentences
from netlite.teach.sentences import first_ttl, routers_back

HERE, THERE, ROUTER, OTHER = "192.0.2.1", "198.18.2.1", "198.18.0.3", "198.18.0.7"
LABELS = bytes.fromhex("20 00 00 00  00 0c 01 01  05dc10 01  03e851 01")
MILLISECOND_NS = 1_000_000


def udp(number: int, ttl: int, source: str = HERE, quoted_ttl: int | None = None) -> bytes:
    data = make_udp(4, HERE, THERE, 40000, 33433 + number, b"abc")
    return ip_packet(source, THERE, 17, data, ttl if quoted_ttl is None else quoted_ttl)


def request(number: int) -> bytes:
    return ip_packet(HERE, THERE, 1, make_echo(4, 7, number, b"abc"), 64)


def answer(number: int, source: str = THERE, ttl: int = 60) -> bytes:
    return ip_packet(source, HERE, 1, make_echo(4, 7, number, b"abc", kind="reply"), ttl)


def expired(number: int, source: str = ROUTER, ttl: int = 254, **quoted) -> bytes:
    error = icmp_error(source, HERE, 11, 0, udp(number, 1, **quoted))
    return error[:8] + bytes((ttl,)) + error[9:]


@pytest.mark.parametrize("here, there", [(HERE, THERE), ("2001:db8::1", "2001:db8::2")])
@pytest.mark.parametrize("protocol, name", [(6, "a TCP segment"), (17, "a UDP datagram"), (136, "a packet of protocol 136")])
def test_probes_of_a_protocol_by_number_may_be_short(here, there, protocol, name):
    """traceroute -P sends what is no whole header."""
    for size in range(24):
        packet = SeenPacket(0, 0, True, ip_packet(here, there, protocol, bytes(size), 3), 1)
        sentence, = packet_sentences([packet], Notes())
        whole = {6: 20, 17: 8}.get(protocol, 0)
        assert sentence.startswith(f"Probe 1: {name if size >= whole else f'a packet of protocol {protocol}'}")
        assert explain([packet], Notes()) and explain_fields([packet], Notes())


def told(*packets: tuple, notes: Notes | None = None) -> str:
    """The explanation, on one line, of (milliseconds, whether sent, number, bytes)."""
    seen = [SeenPacket(at * MILLISECOND_NS, at * MILLISECOND_NS, sent, data, number)
            for at, sent, number, data in packets]
    return " ".join(explain(seen, notes or Notes()).split())


def test_first_ttls():
    assert [first_ttl(ttl) for ttl in (0, 64, 65, 128, 129, 255)] == [64, 64, 128, 128, 255, 255]
    assert routers_back(251) == 4


def test_labels_of_a_tunnel():
    body = bytes((0, 32, 0, 0)) + udp(1, 1).ljust(128, b"\0") + LABELS
    text = told((0, True, 1, udp(1, 1)), (3, False, 1, icmp_packet(ROUTER, HERE, 11, 0, body)))
    assert "The report carries 2 MPLS labels (24001, 16005): the probe rode in a tunnel when it was dropped." in text


def test_an_address_translator_is_seen_in_the_quote():
    text = told((0, True, 1, udp(1, 2)), (3, False, 1, expired(1, source="203.0.113.9", ttl=254)))
    assert "NAT" not in text
    text = told((0, True, 1, udp(1, 2)), (3, False, 1, icmp_error(ROUTER, HERE, 11, 0, udp(1, 1, source="203.0.113.9"))))
    assert ("The quote shows the source address 203.0.113.9, but you sent from 192.0.2.1: somebody on the way rewrote it, so "
            "there is probably a NAT between you and this router.") in text


def test_a_quote_with_a_ttl_that_should_not_be():
    error = icmp_error(ROUTER, HERE, 11, 0, udp(1, 5))
    text = told((0, True, 1, udp(1, 5)), (1, False, 1, error))
    assert "The quote shows TTL 5 where 1 was to be expected: probably the router quotes what it made of the probe, or a tunnel" in text


def test_several_routers_at_one_hop_and_a_lost_probe():
    text = told((0, True, 1, udp(1, 1)), (0, True, 2, udp(2, 1)), (0, True, 3, udp(3, 1)),
                (2, False, 1, expired(1)), (2, False, 2, expired(2, OTHER)))
    assert "2 addresses answered at hop 1 (198.18.0.3, 198.18.0.7): probably the probes or the reports were shared out" in text
    assert "1 of 3 probes with TTL 1 got no answer: probably the router limits how many reports it makes" in text


def test_a_hop_that_is_slow_to_report():
    text = told((0, True, 1, udp(1, 1)), (0, True, 2, udp(2, 2)), (50, False, 1, expired(1)),
                (10, False, 2, expired(2, OTHER)))
    assert "Hop 2 answered more quickly than hop 1, though it is farther away: what hop 1 took more is no delay of the way on." in text


def test_duplicates_and_strange_sources():
    text = told((0, True, 1, request(1)), (5, False, 1, answer(1)), (6, False, 1, answer(1)))
    assert "probe 1 got more than one answer: probably somewhere on the way a packet was doubled." in text
    text = told((0, True, 1, request(1)), (5, False, 1, answer(1, OTHER)), (6, False, 1, answer(1, ROUTER, 120)))
    assert "198.18.2.1 stands for several hosts: probably all of a network" in text
    assert "2 of them answered: 198.18.0.7, 198.18.0.3." in text and "doubled" not in text
    text = told((0, True, 1, request(1)), (5, False, 1, answer(1, OTHER)), (6, False, 1, answer(1, OTHER, 120)))
    assert "The answer came from 198.18.0.7, not from 198.18.2.1 itself." in text
    assert "Answers arrived with different values of TTL (60, 120)" in text


def test_a_step_within_the_spread_of_a_hop_is_none():
    hops = [(0, True, 1, udp(1, 1)), (5, False, 1, expired(1)), (100, True, 2, udp(2, 1)), (160, False, 2, expired(2)),
            (200, True, 3, udp(3, 2)), (250, False, 3, expired(3, OTHER))]
    assert "largest step" not in told(*hops)
    assert "The largest step, 45.0 ms" in told(*hops[:2], *hops[4:])


def test_large_probes_that_a_hop_does_not_answer_are_not_told_as_limited():
    def sized(number: int, size: int) -> bytes:
        return ip_packet(HERE, THERE, 1, make_echo(4, 7, number, bytes(size)), 64, dont_fragment=True)

    def asked(*sizes):
        rows = [(number, True, number, sized(number, size)) for number, size in enumerate(sizes, 2)]
        return told((0, True, 1, udp(1, 1)), (1, False, 1, expired(1)), *rows, (9, False, 2, answer(2)))

    text = asked(1252, 1400, 1472)
    assert "2 of 3 probes with TTL 64 got no answer: all those of more than 1280 bytes, which may not be cut." in text
    assert "a black hole" in text and "limits" not in text
    for others in (asked(1400, 1252), asked(56, 80), asked(1400, 1400)):
        assert "1 of 2 probes with TTL 64 got no answer: probably who answers limits how often it does" in others
        assert "black hole" not in others


def test_the_end_has_no_number_where_nobody_knows_it():
    text = told((0, True, 1, udp(1, 1)), (1, False, 1, expired(1)), (2, True, 2, udp(2, 64)),
                (40, False, 2, icmp_error(THERE, HERE, 3, 3, udp(2, 64))))
    assert "between hop 1 and the end" in text and "hop 64" not in text and "with TTL 1, 64." in text


def test_a_wire_is_drawn_once():
    narrow = icmp_error(ROUTER, HERE, 3, 4, ip_packet(HERE, THERE, 1, make_echo(4, 7, 1, bytes(1472)), 64, dont_fragment=True), 1400)
    rows = [(ttl, True, ttl, ip_packet(HERE, THERE, 1, make_echo(4, 7, ttl, bytes(1472)), ttl, dont_fragment=True)) for ttl in (4, 9)]
    text = told(*rows, *[(ttl + 1, False, ttl, narrow) for ttl in (4, 9)])
    assert text.count("the wire takes no more than 1400 bytes") == 1


def test_the_same_router_twice_may_be_a_changed_way():
    text = told((0, True, 1, udp(1, 1)), (1, False, 1, expired(1)), (2, True, 2, udp(2, 2)), (3, False, 2, expired(2)))
    assert "again, as at the hop before" in text and "or the probes went different ways." in text


def test_who_was_printed_first_is_told_first():
    """A capture need not see what this host answers itself, nor see answers in the order of the program."""
    from netlite.engines.actions import Report
    from netlite.engines.events import TimePassed
    from netlite.records.ping import Answer

    group = ip_packet(HERE, "224.0.0.1", 1, make_echo(4, 7, 1, b"abc"), 1)
    notes = Notes()
    notes.record(TimePassed(1), [Report(Answer(HERE, 1, 64, 64, 20_000)), Report(Answer(OTHER, 1, 64, 64, 900_000))])
    text = told((0, True, 1, group), (1, False, 1, answer(1, OTHER)), notes=notes)
    assert f"{HERE} answered probe 1 after 0.020 ms. That is the time your own kernel" in text


def test_spread_of_round_trips():
    text = told((0, True, 1, request(1)), (5, False, 1, answer(1)), (100, True, 2, request(2)), (145, False, 2, answer(2)))
    assert "2 probes were answered, the quickest after 5.00 ms, the slowest after 45.0 ms." in text


def test_notes_of_a_transcript():
    lines = []

    class Further:
        record = staticmethod(lambda event, caused: lines.append(event))

    notes = Notes(Further())
    notes.record(NameFound(1, ROUTER, "r3.lab"), [])
    notes.record(SendFailed(2, 1, 1), [])
    text = told((0, True, 1, udp(1, 1)), (2, False, 1, expired(1)), notes=notes)
    assert "router 1, r3.lab (198.18.0.3), took the probe's TTL from 1 to 0" in text
    assert "Your own kernel refused to send some packets: Operation not permitted: a rule of this host" in text
    assert len(lines) == 2


BASE = [udp(1, 1), expired(1), request(1), answer(1), icmp_error("2001:db8::9", "2001:db8::1", 2, 0, ip_packet(
    "2001:db8::1", "2001:db8::2", 6, bytes(20), 1), 1280)]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.sampled_from(BASE), st.integers(0, 80), st.binary(max_size=3),
                          st.booleans()), max_size=6))
def test_whatever_comes_is_told_without_a_slip(rows):
    packets = [SeenPacket(at, at, sent, data[:place] + patch + data[place + len(patch):], number, rebuilt)
               for at, (sent, number, data, place, patch, rebuilt) in enumerate(rows)]
    packets += [packet.replace(data=packet.data[:len(packet.data) // 2]) for packet in packets[:2]]
    assert explain(packets, Notes()).endswith("\n")
    assert explain_fields(packets, Notes()).endswith("\n")
    assert len(packet_sentences(packets, Notes())) == len(packets)


def test_the_number_of_routers_is_told_only_where_it_is_known():
    reached = icmp_error(THERE, HERE, 3, 3, udp(1, 9))
    text = told((0, True, 1, udp(1, 9)), (3, False, 1, reached))
    assert "got to the end of the path; how many routers passed them on cannot be told from that. " in text
    assert "The report arrived with TTL 64: it probably started with 64 and crossed no routers on its way back." in text
    assert "asymmetric" not in text and "[…] 198.18.2.1" in text
    reached = icmp_error(THERE, HERE, 3, 3, udp(2, 2))
    text = told((0, True, 1, udp(1, 1)), (1, False, 1, expired(1)), (2, True, 2, udp(2, 2)), (3, False, 2, reached))
    assert "Hop 2: 198.18.2.1 reports port unreachable" in text and "1 router passed them on." in text


def test_a_port_that_somebody_else_says_is_closed():
    text = told((0, True, 1, udp(1, 1)), (3, False, 1, icmp_error(OTHER, HERE, 3, 3, udp(1, 1))))
    assert "another one of the target, somebody who answers in its place (a NAT), or a filter on the way." in text


def test_a_silent_rest_is_told_once():
    text = told(*[(ttl, True, ttl, udp(ttl, ttl)) for ttl in range(1, 10)])
    assert text.count("nobody answered") == 1 and "Nor did anybody answer from there to TTL 9." in text
    reached = icmp_error(THERE, HERE, 3, 3, udp(2, 2))
    text = told((0, True, 1, udp(1, 1)), (2, True, 2, udp(2, 2)), (3, False, 2, reached))
    assert "got to the end of the path: at most 1 router passed them on." in text
