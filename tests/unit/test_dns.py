"""Questions to name servers and their answers, as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.feature_errors import MalformedPacket
from netlite.packets.dns import NameQuestion, make_answer, make_question, read_answer, read_question

ASKED = NameQuestion(0x1234, "server.lab", 4)
ASKED_BYTES = bytes.fromhex("1234 0100 0001 0000 0000 0000 06736572766572 036c6162 00 0001 0001")
# what a name server that compresses names says: an alias first, then its address (RFC 1035 section 4.1.4)
ALIAS_BYTES = bytes.fromhex("1234 8180 0001 0002 0000 0000 06736572766572 036c6162 00 0001 0001"
                            "c00c 0005 0001 0000003c 0005 0272 31 c013 c028 0001 0001 0000003c 0004 c0000201")


def test_a_question_is_as_rfc_1035_has_it():
    assert make_question(ASKED) == ASKED_BYTES
    assert read_question(ASKED_BYTES) == ASKED
    assert read_question(make_question(NameQuestion(1, ".", 6))) == NameQuestion(1, "", 6)


def test_an_alias_is_passed_over():
    assert read_answer(ALIAS_BYTES).addresses == ("192.0.2.1",)


def test_an_answer_to_another_question_is_none():
    for other in (ASKED.replace(name="other.lab"), ASKED.replace(version=6), ASKED.replace(identifier=1)):
        assert not read_answer(make_answer(other, 0)).is_about(ASKED)
    assert read_answer(make_answer(ASKED.replace(name="SERVER.lab"), 0)).is_about(ASKED.replace(name="server.lab."))
    complaint, silence = bytes.fromhex("1234 8181 0000 0000 0000 0000"), bytes.fromhex("1234 8180 0000 0000 0000 0000")
    assert read_answer(complaint).is_about(ASKED) and not read_answer(silence).is_about(ASKED)


def test_an_answer_says_that_it_is_cut():
    whole = make_answer(ASKED, 0)
    assert not read_answer(whole).is_cut and read_answer(whole[:2] + bytes([whole[2] | 2]) + whole[3:]).is_cut


@pytest.mark.parametrize("name", ["a" * 64, "a..b", ".".join(["a" * 60] * 5)])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError):
        make_question(NameQuestion(1, name, 4))


@given(st.integers(0, 0xFFFF), st.sampled_from([4, 6]), st.integers(0, 15),
       st.lists(st.sampled_from(["a", "server", "xn--mnchen-3ya"]), min_size=1, max_size=4), st.integers(0, 5))
def test_what_is_made_is_read(identifier, version, code, labels, count):
    asked = NameQuestion(identifier, ".".join(labels), version)
    addresses = tuple([f"192.0.2.{number}" if version == 4 else f"2001:db8::{number + 1}" for number in range(count)])
    assert read_question(make_question(asked)) == asked
    answer = read_answer(make_answer(asked, code, addresses))
    assert (answer.identifier, answer.code, answer.addresses) == (identifier, code, addresses)


@given(st.binary(max_size=80) | st.tuples(st.sampled_from([ALIAS_BYTES, ASKED_BYTES]), st.integers(0, 70), st.binary(max_size=6)).map(
    lambda parts: parts[0][:parts[1]] + parts[2] + parts[0][parts[1] + len(parts[2]):]))
def test_any_bytes_are_read_or_malformed(data):
    for read in (read_answer, read_question):
        try:
            read(data)
        except MalformedPacket:
            pass
