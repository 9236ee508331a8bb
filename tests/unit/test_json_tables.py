"""--json holds what jc finds in the classic text of the same recorded system."""

from __future__ import annotations

import json

import pytest
import replay
from test_replay_cases import FOLDER

jc = pytest.importorskip("jc")

ROUTES, INTERFACES, NEIGHBOURS = ("main", "syn-route", "syn-v4only"), ("main", "syn-if", "syn-if15"), ("main", "syn-arp")


def outputs(fixture: str, tmp_path, *words: str) -> tuple[str, list]:
    """The classic text of a command line, and its --json."""
    tmp_path /= words[1]
    replay.unpack(str(FOLDER / f"{fixture}.snapshot"), str(tmp_path))
    text, _, _ = replay.replay(str(tmp_path), list(words))
    found, _, _ = replay.replay(str(tmp_path), [*words, "--json"])
    return text.decode("utf-8", "replace"), json.loads(found or b"[]")


def compared(ours: list, theirs: list, unreadable=lambda row: False) -> None:
    """Rows are equal, but where jc cannot read the text."""
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        if not unreadable(mine):
            assert mine == other


@pytest.mark.parametrize("fixture", ROUTES)
def test_route(fixture, tmp_path):
    text, ours = outputs(fixture, tmp_path, "route", "-nee")
    # the text cuts interface names to 6 characters, and jc knows no word for a missing column
    compared(ours, jc.parse("route", text), lambda row: len(row["iface"]) > 6 or "!" in row["flags"])


@pytest.mark.parametrize("fixture", ROUTES[:2])
def test_route_ipv6(fixture, tmp_path):
    text, ours = outputs(fixture, tmp_path, "route", "-6n")
    compared(ours, jc.parse("route", text) if text.startswith("Kernel") else [], lambda row: not row["flags"])


@pytest.mark.parametrize("fixture", NEIGHBOURS)
def test_arp(fixture, tmp_path):
    text, ours = outputs(fixture, tmp_path, "arp", "-n")
    compared(ours, jc.parse("arp", text) if text else [],
             lambda row: row["hwtype"] is None or not row["hwaddress"] or len(row["hwaddress"]) > 19 or "." in text)


@pytest.mark.parametrize("fixture", INTERFACES)
def test_ifconfig(fixture, tmp_path):
    text, ours = outputs(fixture, tmp_path, "ifconfig", "-a")
    theirs = {row["name"]: row for row in jc.parse("ifconfig", text)}
    assert len(ours) == text.count("\n\n") and ours
    for mine in ours:
        if mine["name"] in theirs:
            odd = {"ipv4", "ipv6", "ipv6_scope_id"}  # the last where jc takes our text for FreeBSD's
            assert set(mine) - odd == set(theirs[mine["name"]]) - odd
            if mine["type"] == theirs[mine["name"]]["type"] == "Ethernet" and mine["flags"] > 0:
                simple = all(row["type"] in ("link", "host", "global") for row in mine.get("ipv6", ()))
                keys = [key for key in mine if simple or "ipv6" not in key]
                assert {key: theirs[mine["name"]].get(key) for key in keys} == {key: mine[key] for key in keys}


@pytest.mark.parametrize("fixture", ROUTES)
def test_netstat(fixture, tmp_path):
    text, ours = outputs(fixture, tmp_path, "netstat", "-rnee")
    compared(ours, jc.parse("netstat", text) if text.startswith("Kernel") else [],
             lambda row: len(row["iface"]) > 6 or "!" in row["route_flags"])
    text, ours = outputs(fixture, tmp_path, "netstat", "-i")
    for mine, other in zip(ours, jc.parse("netstat", text)):
        assert {key: mine[key] for key in other if mine["rx_ok"] is not None} == (other if mine["rx_ok"] is not None else {})
