"""Addresses in numbers are read without the C library's look-ups, and as it would have told them."""

from __future__ import annotations

import _socket

import pytest

from netlite.errors import NameUnknown
from netlite.sockets.addresses import address_text
from netlite.sockets.resolver import Resolver

AI_IDN, AI_CANONIDN = 0x40, 0x80
WORDS = ("127.0.0.1", "127.1", "010.0.0.1", "1.2.3.4", "0x7f.1", "::1", "::", "0:0::1", "fe80::1", "fe80::1%lo",
         "::ffff:1.2.3.4", "FF02::1")
FLAGS = (0, _socket.AI_CANONNAME, _socket.AI_NUMERICHOST, _socket.AI_CANONNAME | AI_IDN,
         _socket.AI_CANONNAME | AI_IDN | AI_CANONIDN)


def answered(ask) -> object:
    """What comes of a question: the answer, or the number of the refusal."""
    try:
        return ask()
    except NameUnknown as unknown:
        return unknown.code
    except _socket.gaierror as failure:
        return failure.args[0]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("af", (0, _socket.AF_INET, _socket.AF_INET6))
def test_as_the_c_library_has_it(word, af):
    for flags in FLAGS:
        def library(flags=flags):
            found = _socket.getaddrinfo(word.encode(), None, af, _socket.SOCK_DGRAM, 0, flags)
            return [(entry[0], address_text(entry[4]), found[0][3], 0) for entry in found]

        ours = answered(lambda flags=flags: [tuple(found) for found in Resolver().addresses(word, af, flags)])
        assert ours == answered(library), (word, af, flags)


@pytest.mark.parametrize("word", ("127.0.0.1", "2001:db8::1"))
def test_a_number_is_not_looked_up(word, monkeypatch):
    monkeypatch.setattr(_socket, "getaddrinfo", None)
    assert [found.text for found in Resolver().addresses(word)] == [word]


@pytest.mark.parametrize("word", ("", "\0", "1.2.3.4\0", "\u0661.2.3.4", "256.1.1.1", "1.2.3.4 "))
def test_what_is_no_number_goes_on_to_the_c_library(word, monkeypatch):
    asked = []

    def note(name, *_):
        asked.append(name)
        raise _socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(_socket, "getaddrinfo", note)
    with pytest.raises(NameUnknown):
        Resolver().addresses(word)
    assert asked == [word.encode()]
