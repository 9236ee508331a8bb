"""Records are frozen values with named fields."""

from __future__ import annotations

import importlib
import pickle

import pytest

from netlite.records.record import Record


class Point(Record):
    x: int
    y: int = 0


class Named(Point):
    name: str = "?"


def test_fields_come_from_annotations_and_inherit():
    assert Named.fields == ("x", "y", "name")
    assert Named(1) == Named(1, 0, "?") == Named(name="?", x=1)


def test_values_are_read_by_name_and_never_changed():
    point = Point(3, y=4)
    assert (point.x, point.y) == (3, 4)
    with pytest.raises(AttributeError):
        point.x = 5


def test_replace_makes_another_record():
    point = Point(1, 2)
    assert point.replace(y=5) == Point(1, 5) and point == Point(1, 2)


def test_patterns_take_fields_by_place_and_by_name():
    match Named(1, name="here"):
        case Named(x, y, name=name):
            assert (x, y, name) == (1, 0, "here")


def test_equal_values_of_another_class_are_not_equal():
    assert Point(1, 2) != (1, 2)
    assert Point(1, 2) != Named(1, 2)
    assert len({Point(1, 2), Point(1, 2)}) == 1


@pytest.mark.parametrize("make", [
    lambda: Point(),
    lambda: Point(1, 2, 3),
    lambda: Point(1, z=3),
    lambda: Point(1, 2, y=3),
])
def test_wrong_fields_are_refused(make):
    with pytest.raises(TypeError):
        make()


def test_pickle_and_repr():
    assert pickle.loads(pickle.dumps(Named(1, 2, "n"))) == Named(1, 2, "n")
    assert repr(Point(1)) == "Point(x=1, y=0)"


@pytest.mark.parametrize("module, other, names", [
    ("tracepath", "tracepath_mishaps", "PathReceiveFailed PathSendFailed PathSilence PathTooLong PathUdpReply"),
    ("replies", "echo_links", "EchoReply"), ("replies", "udp_links", "UdpReply"), ("replies", "raw_links", "RawReply TcpReply")])
def test_records_that_are_loaded_at_first_use_are_found_with_the_others_of_their_kind(module, other, names):
    place, home = (importlib.import_module(f"netlite.records.{name}") for name in (module, other))
    assert all(getattr(place, name) is getattr(home, name) for name in names.split())
    for name in ("PathNonsense", "NonsenseReply", "Record_", "__path__"):
        with pytest.raises(AttributeError, match=f"module 'netlite.records.{module}' has no attribute '{name}'"):
            getattr(place, name)
