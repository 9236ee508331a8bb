"""What there is without in a Python that is a part of one: no ctypes, no queues."""

from __future__ import annotations

import sys

import pytest

from netlite.programs.registry import is_refusal, said_of
from netlite.sockets import c_library_names, name_lookups
from netlite.system.netlink.read_ahead import read_ahead

EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_NODATA = -2, -3, -4, -5  # <netdb.h>


@pytest.fixture(autouse=True)
def small_python(monkeypatch):
    for name in ("ctypes", "_ctypes", "_queue"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("code, h_errno", [(EAI_NONAME, 1), (EAI_AGAIN, 2), (EAI_FAIL, 3), (EAI_NODATA, 4)])
def test_why_a_name_is_unknown_is_taken_from_what_is_known(code, h_errno):
    assert c_library_names.h_errno_of(code) == h_errno


def test_names_that_are_no_utf8_are_none():
    assert c_library_names.name_in_bytes("127.0.0.1") is c_library_names.canonical_in_bytes(b"127.0.0.1", 2, 0) is None


def test_questions_are_asked_one_after_the_other():
    assert name_lookups.side_by_side(lambda number: number * 2, list(range(5))) == [0, 2, 4, 6, 8]


def test_a_long_dump_is_read_as_it_is_wanted():
    taken = [chunk[0] for chunk in read_ahead(iter([bytes([number]) for number in range(20)]))]
    assert taken == list(range(20))


def test_a_module_that_every_whole_python_has_is_named():
    with pytest.raises(ImportError) as missing:
        import _queue  # noqa: F401
    assert is_refusal(missing.value) and said_of(missing.value) == "this Python has no _queue"
    assert not is_refusal(ModuleNotFoundError("No module named 'netlite.nonsense'", name="netlite.nonsense"))
