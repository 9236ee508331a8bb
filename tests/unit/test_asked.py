"""What proves that a reply or an error is about a probe of ours: address, token, identifier."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as some

from netlite.packets.asked import TOKEN_BYTES, Asked, is_answered_by_anyone
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings
from netlite.records.replies import Quote
from netlite.sockets import icmp
from netlite.sockets.icmp import Identifier

TOKEN = bytes.fromhex("a1a2a3a4a5a6a7a8")
HOST = "192.0.2.7"


def asked(size_bytes: int = 32, destination: str = HOST, family=IPV4, **more) -> Asked:
    probes = Asked(EchoLinkSettings(family, destination, **{"stamped": False, **more}), TOKEN)
    probes.note(5, destination, size_bytes)
    return probes


@pytest.mark.parametrize("stamped, one_flow, place", [(False, False, 0), (True, False, 16), (False, True, 2)])
def test_the_token_stands_behind_what_the_link_writes(stamped, one_flow, place):
    probes = asked(stamped=stamped, one_flow=one_flow)
    payload = probes.with_token(bytes(32))
    assert payload == bytes(place) + TOKEN + bytes(32 - place - TOKEN_BYTES)
    assert probes.is_answer(5, HOST, b"head" + payload, 4)
    assert not probes.is_answer(5, HOST, b"head" + bytes(32), 4)


@given(some.integers(0, 40), some.booleans())
def test_as_much_of_the_token_as_there_is_room_for(size_bytes, one_flow):
    probes = asked(size_bytes, one_flow=one_flow)
    payload = probes.with_token(bytes(size_bytes))
    assert len(payload) == size_bytes
    assert probes.is_answer(5, HOST, payload, 0)
    room = min(TOKEN_BYTES, max(0, size_bytes - 2 * one_flow))
    if room:
        assert TOKEN[:room] in payload
        assert not probes.is_answer(5, HOST, payload.replace(TOKEN[:room], TOKEN[1:room] + b"\0"), 0)
        assert not probes.is_answer(5, HOST, payload[:room - 1], 0)  # shorter than what proves it


def test_the_source_is_the_address_that_was_asked():
    probes = asked()
    assert not probes.is_answer(5, "192.0.2.8", TOKEN + bytes(24), 0)
    assert not probes.is_answer(6, HOST, TOKEN + bytes(24), 0)  # no such probe
    probes.note(5, "192.0.2.8", 32)  # the number is used again
    assert not probes.is_answer(5, HOST, TOKEN + bytes(24), 0)
    assert probes.is_answer(5, "192.0.2.8", TOKEN + bytes(24), 0)


@pytest.mark.parametrize("asked_for, source, right", [
    ("FE80::0:1%2", "fe80::1%eth0", True), ("fe80::1", "fe80::1%eth0", True), ("fe80::1", "fe80::2%eth0", False),
    ("2001:DB8::1", "2001:db8::1", True), ("ff02::1%eth0", "fe80::9%eth0", True), ("2001:db8::", "2001:db8::1", True),
    ("::", "::1", True)])
def test_sources_of_ipv6(asked_for, source, right):
    assert asked(0, asked_for, IPV6).is_answer(5, source, b"", 0) is right


@pytest.mark.parametrize("destination, more", [("224.0.0.1", {}), ("0.0.0.0", {}), ("192.0.2.255", {"broadcast": True})])
def test_where_many_may_answer_any_address_is_right(destination, more):
    probes = asked(destination=destination, **more)
    assert probes.is_answer(5, HOST, TOKEN + bytes(24), 0)
    assert not probes.is_answer(5, HOST, bytes(32), 0)
    assert is_answered_by_anyone(destination) is not bool(more)


def quote(destination: str | None, payload: bytes, sequence: int = 5) -> Quote:
    return Quote(None, destination, 1, identifier=7, sequence=sequence, payload=payload)


def test_an_error_quotes_the_token_or_the_address():
    probes = asked()
    assert probes.is_quoted(quote(HOST, TOKEN + bytes(24)))
    assert probes.is_quoted(quote("198.51.100.1", TOKEN + bytes(24)))  # rewritten on the way, and still ours
    assert not probes.is_quoted(quote(HOST, bytes(32)))
    assert probes.is_quoted(quote(HOST, b""))  # a router that quotes eight bytes
    assert probes.is_quoted(quote(HOST, TOKEN[:7]))
    assert not probes.is_quoted(quote("198.51.100.1", b""))
    assert not probes.is_quoted(quote(None, b""))
    assert not probes.is_quoted(quote(HOST, TOKEN + bytes(24), sequence=6))
    assert not probes.is_quoted(quote(HOST, TOKEN, sequence=None))
    assert asked(destination="0.0.0.0").is_quoted(quote("127.0.0.1", b""))


def test_no_two_identifiers_in_use_are_the_same():
    before = len(icmp._in_use)
    taken, threads = [], []

    def take():
        taken.extend(Identifier() for _ in range(500))

    for _ in range(8):
        threads.append(threading.Thread(target=take))
        threads[-1].start()
    for thread in threads:
        thread.join()
    numbers = [identifier.number for identifier in taken]
    assert len(set(numbers)) == 4000 and all(0 < number <= 0xFFFF for number in numbers)
    assert sorted(numbers) != list(range(min(numbers), min(numbers) + 4000))
    taken.pop().give_back()
    taken.clear()  # forgotten ones are given back too
    assert len(icmp._in_use) == before


def test_a_number_that_is_wanted_may_be_in_use():
    first, second = Identifier(1234), Identifier(1234)
    assert first.number == second.number == 1234
    second.give_back()
    assert 1234 in icmp._in_use
    first.give_back()
    first.give_back()
    assert 1234 not in icmp._in_use


def test_when_all_are_in_use_it_is_said(monkeypatch):
    monkeypatch.setattr(icmp, "_in_use", dict.fromkeys(range(1, 0x10000)))
    with pytest.raises(OSError, match="identifiers"):
        Identifier()
