"""The names of ICMP's numbers: they are IANA's, and a meaning is recognised whichever family says it."""

from __future__ import annotations

import socket

import pytest

from netlite.engines.path_mtu_outcomes import fate_of
from netlite.packets.icmp import read_icmp
from netlite.records import icmp_errors
from netlite.records.family import IpProtocol
from netlite.records.icmp import Icmp, Icmp6
from netlite.records.icmp_errors import Meaning, Unreachable, Unreachable6
from netlite.records.path_mtu import Fate
from netlite.records.replies import IcmpError, Origin
from netlite.render.traceroute import error_flag
from netlite.teach.icmp_kinds import KINDS

OUR_WORDS = {  # where a name of ours is not made of the registry's words
    "neighbour": "neighbor", "too big": "packet too big", "mask": "address mask", "node query": "node information query",
    "node reply": "node information response", "listener": "multicast listener",
}


def numbers(closed_set: type) -> dict[str, int]:
    return {name.lower().replace("_", " "): value for name, value in vars(closed_set).items() if type(value) is int}


def registered(name: str) -> str:
    for ours, theirs in OUR_WORDS.items():
        name = name.replace(ours, theirs)
    return name


@pytest.mark.parametrize("version, closed_set", [(4, Icmp), (6, Icmp6)])
def test_types_have_the_numbers_of_the_registry(version, closed_set):
    for name, number in numbers(closed_set).items():
        assert registered(name) in KINDS[version][number, None].name


@pytest.mark.parametrize("version, kind, closed_set", [(4, Icmp.UNREACHABLE, Unreachable), (6, Icmp6.UNREACHABLE, Unreachable6)])
def test_codes_have_the_numbers_of_the_registry(version, kind, closed_set):
    for name, number in numbers(closed_set).items():
        words = KINDS[version][kind, number].name
        assert name.split()[-1] in words and name.split()[0] in words, (name, words)


def test_protocols_have_the_numbers_of_the_system():
    names = {"hop by hop": "HOPOPTS", "icmp6": "ICMPV6", "ipv4": "IPIP", "no next": "NONE", "destination options": "DSTOPTS",
             "authentication": "AH"}
    known = {name: getattr(socket, f"IPPROTO_{names.get(name, name).upper()}", None) for name in numbers(IpProtocol)}
    assert sum(number is not None for number in known.values()) >= 12
    assert {name: number for name, number in numbers(IpProtocol).items() if known[name] not in (None, number)} == {}


def meanings() -> dict[str, Meaning]:
    return {name: value for name, value in vars(icmp_errors).items() if isinstance(value, Meaning)}


@pytest.mark.parametrize("name", meanings())
@pytest.mark.parametrize("version, origin", [(4, Origin.ICMP), (6, Origin.ICMP6)])
def test_an_error_says_what_it_means_and_nothing_else(name, version, origin):
    error = IcmpError(origin, "192.0.2.1", *meanings()[name].in_version(version))
    assert [each for each, meaning in meanings().items() if error.says(meaning)] == [name]
    assert error.says(*meanings().values()) and not error.is_hint


@pytest.mark.parametrize("meaning", meanings().values(), ids=meanings())
def test_our_own_kernel_says_nothing(meaning):
    for version in (4, 6):
        assert not IcmpError(Origin.LOCAL, None, *meaning.in_version(version)).says(*meanings().values())


def test_a_family_does_not_speak_with_the_numbers_of_the_other():
    assert not IcmpError(Origin.ICMP6, "::1", Icmp.TIME_EXCEEDED, 0).says(icmp_errors.TTL_EXCEEDED)
    assert not IcmpError(Origin.ICMP, "192.0.2.1", Icmp6.TIME_EXCEEDED, 0).says(icmp_errors.TTL_EXCEEDED)
    assert IcmpError(Origin.ICMP, "192.0.2.1", Icmp.REDIRECT, 1).is_hint
    assert IcmpError(Origin.ICMP6, "::1", Icmp6.REDIRECT, 0).is_hint
    assert not IcmpError(Origin.ICMP, "192.0.2.1", Icmp6.REDIRECT, 0).is_hint
    assert not IcmpError(Origin.ICMP6, "::1", Icmp.REDIRECT, 1).is_hint
    assert not IcmpError(Origin.ICMP6, "::1", Icmp6.PARAMETER_PROBLEM, 0).is_hint  # has source quench's number


@pytest.mark.parametrize("code", [0, 1, 255])
def test_the_code_of_an_icmpv6_too_big_is_ignored(code):
    """RFC 4443 section 3.2: set to 0 by the originator and ignored by the receiver; traceroute ignores it too."""
    message = bytes((Icmp6.TOO_BIG, code, 0, 0)) + (1400).to_bytes(4, "big") + bytes(40)
    error = read_icmp(6, message, "2001:db8::1")
    assert error.says(icmp_errors.TOO_BIG) and error_flag(error) == "!F-1400" and fate_of(error) == Fate.TOO_BIG
