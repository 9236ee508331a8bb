"""What others chose, in netlite's own displays: no character of it steers a terminal, makes a row or turns the text."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.programs.netstat.records import VisibleNames
from netlite.programs.traceroute.flows import ParisText
from netlite.engines.events import NameFound
from netlite.packets.extensions import read_structure
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import icmp_packet, ip_packet
from netlite.records.addresses import AddressDetails
from netlite.records.connection_details import ConnectionDetails
from netlite.records.connections import TcpState
from netlite.records.echo_links import EchoReply
from netlite.records.sctp import SctpSocket
from netlite.records.unix_sockets import UnixKind, UnixSocket, UnixSockets
from netlite.records.interfaces import Interface
from netlite.records.multipath import MultipathDone, MultipathHeader, MultipathHop, MultipathLinks, NextHop, Rewriting
from netlite.records.multiping import Target, TargetSummary
from netlite.records.neighbour_details import NeighbourDetails
from netlite.records.passage import Passage
from netlite.records.path_mtu import Fate, HopTried, MtuHeader, Narrowing, PathMtuResult, SizeTried
from netlite.records.dhcp import DhcpMessage, DhcpTold, HostSettings
from netlite.records.extensions import IcmpObject, InterfaceInformation
from netlite.records.replies import IcmpError, Origin
from netlite.records.route_lookup import Answer, Candidate, Lookup, Rule, TableRoute
from netlite.records.route_lookup import NextHop as RouteHop
from netlite.records.seen import SeenPacket
from netlite.records.traceroute import ProbeResult, TraceHeader
from netlite.render import connection_objects as objects
from netlite.render import dhcp as render_dhcp
from netlite.render import path_mtu
from netlite.render.connections import Columns, owner_texts
from netlite.render.details import render_details, render_neighbours
from netlite.render.json_tables import as_json
from netlite.render.layout import lay_out
from netlite.render.multipath import MultipathText
from netlite.render.multiping import render_target
from netlite.render.path_mtu_json import PathMtuJson
from netlite.render.route_lookup import render_all_routes, render_lookup
from netlite.render.sctp import render_sctp
from netlite.render.unix_sockets import render_unix_sockets
from netlite.records.watch import PathChanged, Way
from netlite.engines.watched_path import Path
from netlite.render.ping_figures import render_svg
from netlite.engines.ping_figures import Figures
from netlite.render.watch import Style, change_text, csv_head, path_title, render_csv, render_report
from netlite.render.watch_screen import Screen
from netlite.render.visible import all_visible, dotted, json_line, visible, visible_lines
from netlite.system.sockets.owners import Owner
from netlite.teach.dhcp import explain_message
from netlite.teach.notes import Notes
from netlite.teach.page import Replay, Run, page
from netlite.teach.page_drawing import Line, Place
from netlite.teach.report import explain, explain_fields, packet_sentences

ODD = ("\x1b]0;title\x07", "\x1b[31m", "\x9b2J", "\n", "\r", "\t", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\u2069",
       "\ufeff", "\x7f", "\0", "\udc9b", "\udcff", "\U000e0041", "é", "-", "<b>", "&", '"', "Hop 9:", " 9  ")
OTHER_SURROGATES = "".join(map(chr, (*range(0xD800, 0xDC80), *range(0xDD00, 0xE000))))  # what no byte becomes
LETTERS = st.characters(blacklist_characters=OTHER_SURROGATES)
hostile = st.lists(st.sampled_from(ODD) | st.text(LETTERS, max_size=2), min_size=1, max_size=8).map("".join)
SOURCE, HERE, THERE = "192.0.2.1", "192.0.2.9", "198.51.100.9"


def plain(text: str) -> str:
    """The text, when all that is in it may go to a terminal; newlines are its layout."""
    odd = {letter for letter in text if not letter.isprintable()} - {"\n"}
    assert not odd, ascii(text)
    return text


def rows(text: str) -> int:
    return plain(text).count("\n")


@given(hostile)
def test_text_is_made_visible(text):
    shown = visible(text)
    assert plain(shown) == shown and "\n" not in shown and visible(shown) == shown
    assert shown == text if text.isprintable() else shown != text
    assert set(visible_lines(text)) <= set(shown) | {"\n", "\t"} and visible_lines(text).count("\n") == text.count("\n")
    assert len(plain(dotted(text))) == len(text)


@pytest.mark.parametrize("text, shown", [
    ("eth0", "eth0"), ("café Ω 漢", "café Ω 漢"), ("\x1b\x07\n\t\r\x7f\0", r"\x1b\x07\x0a\x09\x0d\x7f\x00"),
    ("\x80\x9b\xad", r"\u0080\u009b\u00ad"), ("\u202e\u2066\u2028", r"\u202e\u2066\u2028"),
    ("\udc80\udcff\ud800", r"\x80\xff\ud800"), ("\U000e0001", r"\U000e0001"), (r"a\x2db", r"a\x2db")])
def test_escapes(text, shown):
    assert visible(text) == shown


def test_records_are_made_visible_throughout():
    inner = RouteHop(None, "e\x1b", 3, ("\n", "on"))
    assert all_visible(inner) == RouteHop(None, r"e\x1b", 3, (r"\x0a", "on"))
    route = TableRoute(254, "unicast", "192.0.2.0", 24, 0, "p\x7f", (inner, inner))
    assert all_visible(route) == route.replace(protocol=r"p\x7f", hops=(all_visible(inner),) * 2)
    assert all_visible((b"\x1b", None, 1.5, {"a": 1})) == (b"\x1b", None, 1.5, {"a": 1})


def restored(value):
    """The strings again, from what json_line wrote: those with bytes that are no text by the hexadecimal digits beside them."""
    def text(shown, digits):
        if isinstance(shown, list):
            return [text(one, other) for one, other in zip(shown, digits)]
        if digits is None:
            return restored(shown)
        letters, raw, place = [], bytes.fromhex(digits), 0
        for letter in shown:         # U+FFFD may stand for itself
            size = len(letter.encode("utf-8", "surrogatepass"))
            if letter == "\ufffd" and raw[place:place + 3] != b"\xef\xbf\xbd":
                size = 1
                letter = raw[place:place + 1].decode("utf-8", "surrogateescape")
            letters.append(letter)
            place += size
        return "".join(letters)
    if isinstance(value, list):
        return list(map(restored, value))
    if not isinstance(value, dict):
        return value
    return {key: text(item, value[key + "_bytes"]) if key + "_bytes" in value else restored(item)
            for key, item in value.items() if not key.endswith("_bytes")}


@given(st.dictionaries(st.sampled_from("abc"), st.recursive(
    hostile | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8)))
def test_json_says_the_same_in_printable_characters(value):
    line = json_line(value)
    assert line.endswith("\n") and line[:-1].isprintable()
    assert restored(json.loads(line)) == value
    assert not any(0xDC80 <= ord(letter) <= 0xDCFF for letter in str(json.loads(line)))
    line.encode("utf-8")


@given(st.binary())
def test_the_bytes_of_a_name_are_had_back_from_json(name):
    found = json.loads(json_line([{"name": name.decode("utf-8", "surrogateescape"), "names": ["a", name.decode("utf-8", "surrogateescape")]}]))[0]
    assert (bytes.fromhex(found["name_bytes"]) if "name_bytes" in found else found["name"].encode()) == name
    assert ("name_bytes" in found) == ("names_bytes" in found)
    assert (bytes.fromhex(found["names_bytes"][1]) if "names_bytes" in found else found["names"][1].encode()) == name


# traceroute --mda and --paris

def extension(name: str) -> IcmpObject:
    return IcmpObject(2, 2, b"", InterfaceInformation(0, 3, SOURCE, name, 1500))


def next_hop(name: str) -> NextHop:
    return NextHop(SOURCE, (0, 1), 1_500_000, IcmpError(Origin.ICMP, SOURCE, 11, 0), False, (extension(name),))


def multipath(text: str) -> list:
    return [MultipathHeader(text, SOURCE, 30, 60, 40000, 33434, 95), MultipathLinks(2, SOURCE, (text, None)),
            MultipathHop(1, (next_hop(text), NextHop(None, (2,))), True, ((SOURCE, text),)),
            MultipathHop(2, (next_hop(text),), False, ((SOURCE, text),), True),
            Rewriting(2, "destination", text, text), MultipathDone(True, 3, 3)]


@pytest.mark.parametrize("numeric", [False, True])
@given(text=hostile)
def test_mda(numeric, text):
    render, harmless = MultipathText(numeric).render, MultipathText(numeric).render
    for record, other in zip(multipath(text), multipath("x")):
        assert rows(render(record)) == rows(harmless(other))


@given(hostile)
def test_paris(text):
    render = ParisText(extensions=True).render
    result = ProbeResult(1, 0, 1, SOURCE, text, rtt_ns=1_000_000, extensions=(extension(text),), as_path=text)
    for record, lines in ((TraceHeader(text, SOURCE, 30, 60), 0), (result, 1), (Rewriting(1, "destination", text, "y"), 1)):
        assert rows(render(record)) == lines


# mtu, ping --multi

def mtu_records(text: str) -> list:
    names = ((SOURCE, text),)
    return [MtuHeader(text, SOURCE, "icmp"), HopTried(1, 1500, SOURCE, True, names), HopTried(1, 1500, SOURCE, False, names),
            *(SizeTried(1400, fate, 1, SOURCE, 1300, 5, names)
              for fate in (Fate.ARRIVED, Fate.TOO_BIG, Fate.LOST, Fate.UNREACHABLE)),
            PathMtuResult(1300, 1500, (Narrowing(1300, 1, 2, SOURCE, True), Narrowing(1300, None, None, SOURCE, True),
                                       Narrowing(1290, 2, 2, SOURCE, False)), True, 9, True, names)]


@given(hostile)
def test_mtu(text):
    header, *others = mtu_records(text)
    notation = PathMtuJson(header)
    assert rows(path_mtu.render_record(header)) == 1
    for record in others:
        assert rows(path_mtu.render_record(record)) == 1
        for told in notation.objects(record):
            assert rows(json_line(told)) == 1
            notation.keep(told)
    document = json_line(notation.document())
    assert rows(document) == 1
    hop, *_ = restored(json.loads(document))["hops"]
    assert hop["name"] == text


@given(hostile)
def test_dhcp(text):
    """A server chooses the words of a NAK, a file the name servers."""
    told = DhcpTold(0, "REBOOTING", False, DhcpMessage(6, 7, "02:00:00:00:01:01", said=text), SOURCE, SOURCE, "taken")
    assert rows(render_dhcp.render_record(told, text, 0)) == 1
    assert rows(render_dhcp.render_settings(text, HostSettings(None, None, (), (text,)))) == 1
    plain(explain_message(told, False))
    plain(explain_message(told, True))


@given(hostile)
def test_ping_multi(text):
    assert rows(render_target(TargetSummary(Target(text, SOURCE), 1, 1, 1, 1, 5, 5, 5))) == 1


# --more, route get

@given(hostile, hostile)
def test_tables(one, other):
    assert rows(lay_out([(one, 1), (None, other)], ("a", "b"), "test")) == 4


@given(hostile)
def test_ifconfig_and_arp_more(text):
    address = AddressDetails(text, "192.0.2.1", 24, text, (text,), text, text, text + "x", None, None)
    assert rows(render_details(Interface(text, 1, 0, 1500, 0, b"\1" * 6), [address])) == 5
    assert rows(render_neighbours([NeighbourDetails(SOURCE, text, b"\1" * 6, 2, False, False, 1, 1, 1)])) == 3
    for value in (address, {text: Interface(text, 1, 0, 1500, 0, b"\1" * 6)}):
        assert rows(as_json(value)) == 1


@given(hostile)
def test_routes(text):
    route = TableRoute(254, "unicast", "192.0.2.0", 24, 0, text, (RouteHop(text, text, 1, (text,)),) * 2, text)
    assert rows(render_all_routes([route, route])) == 5
    for kind in ("unicast", "local"):
        found = Lookup(SOURCE, Answer(kind, text, text, text), (Candidate(Rule(1, "table", 254), route, True, text),))
        assert rows(render_lookup(found)) == 6


UNIX = UnixKind(2, 0, UnixKind.ACCEPTS, 1, 1)


def names_of(text: str) -> objects.Names:
    owner = Owner(7, text, None, text)
    every = VisibleOrNot(text)
    return objects.Names(every, every, every, every, {5: [owner, owner]})


class VisibleOrNot(dict):
    """A mapping that knows one text for everything."""

    def __init__(self, text: str):
        super().__init__()
        self.text = text

    def __missing__(self, key) -> str:
        return self.text


@given(hostile)
def test_netstat_more_and_json(text):
    socket = ConnectionDetails("tcp6", TcpState.LISTEN, 80, 0, b"\xfe\x80" + bytes(14), bytes(16), 0, 0, 1000, 5, None, 128, 3,
                               True, 4)
    cells = objects.more_row(socket, "tcp6", "tcp", names_of(text))
    assert rows(lay_out([cells], objects.MORE_HEADERS, "test")) == 3
    cells = objects.unix_more_row(UnixSocket(UNIX, 5, text, True, 6), names_of(text))
    assert rows(lay_out([cells], objects.UNIX_HEADERS, "test")) == 3
    for found in (objects.connection_object(socket, "tcp6", "tcp", names_of(text)),
                  objects.unix_object(UnixSocket(UNIX, 5, text), names_of(text))):
        assert restored(json.loads(as_json(found)))["program_name"] == text and rows(as_json(found)) == 1
    sctp = SctpSocket(True, 10, 80, 0, (b"\1\2\3\4", b"\1\2\3\5"), (), 0, 0, 1000, 5)
    every = VisibleNames(VisibleOrNot(text))
    assert rows(render_sctp(sctp, every, every, Columns(every))) == 2


@given(hostile)
def test_the_classic_tables_have_dots(text):
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")  # bytes, once
    sockets = UnixSockets({"k": UNIX}, ["k"], ["5"], [text])
    owners = owner_texts({5: Owner(7, text)})
    assert rows(render_unix_sockets(sockets, Columns(owners=owners), lambda kind: True)) == 1
    assert len(owners[5].encode("utf-8")) == 21


# --explain

def structure(name: str) -> bytes:
    """An RFC 5837 object with a name of a router's choice."""
    data = name.encode("utf-8", "surrogatepass")[:60]
    data = data.ljust(-(-(len(data) + 1) // 4) * 4 - 1, b"\0")
    found = b"\x20\0\0\0" + (5 + len(data)).to_bytes(2, "big") + b"\2\2" + bytes((len(data) + 1,)) + data
    assert read_structure(found)
    return found


def packets(text: str) -> list[SeenPacket]:
    probe = ip_packet(HERE, THERE, 17, make_udp(4, HERE, THERE, 40000, 33434, b"abc"), 1)
    report = icmp_packet(SOURCE, HERE, 11, 0, bytes((0, 32, 0, 0)) + probe.ljust(128, b"\0") + structure(text))
    echo = ip_packet(HERE, THERE, 1, make_echo(4, 7, 1, b"abc"), 64)
    answer = ip_packet(THERE, HERE, 1, make_echo(4, 7, 1, text.encode("utf-8", "surrogatepass"), kind="reply"), 60)
    return [SeenPacket(at * 1000, at * 1000, sent, data, number)
            for at, (sent, data, number) in enumerate(((True, probe, 1), (False, report, 1), (True, echo, 2), (False, answer, 2)))]


@given(hostile)
def test_explanations(text):
    notes = Notes()
    for address in (SOURCE, HERE, THERE):
        notes.record(NameFound(1, address, text), [])
    seen = packets(text)
    for part in (seen, seen[:2], seen[2:]):
        plain(explain(part, notes))
        harmless = Notes()
        told, usual = explain_fields(part, notes), explain_fields(part, harmless)  # wrapped, so rows may be more
        plain(told)
        assert [told.count(mark) for mark in ("\n==> ", "\n<== ", "\nbyte ")] == \
            [usual.count(mark) for mark in ("\n==> ", "\n<== ", "\nbyte ")]
        for sentence in packet_sentences(part, notes):
            assert rows(sentence) == 0
    assert f"The router names one of its interfaces: {visible('eth0')}." in " ".join(explain(packets("eth0"), notes).split())


# pages of the lab

class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(f"{tag} {[name for name, _ in attributes]}")

    def handle_data(self, data):
        self.text += data


def replay(text: str) -> Replay:
    probe = packets("eth0")[0].data
    passed = (Passage(1, 1, "a", "b", 5, 6, probe), Passage(1, 1, "b", None, 6, 6, probe, text))
    return Replay(text, text, (Place("a", False, (text,)), Place("b", True, ())), (Line(("a", "b"), text),),
                  (Run("a", text, text, text, passed, (text,), (text,)),), {HERE: text, THERE: text})


@given(hostile.filter(lambda text: text.strip()))
def test_pages(text):
    """The text is all there, nothing of it is markup, and nothing but newlines and tabs is out of the ordinary."""
    shown, harmless = Tags(page(replay(text))), Tags(page(replay("x")))
    assert shown.tags == harmless.tags
    plain(page(replay(text)).replace("\t", " "))
    assert visible_lines(text) in shown.text


def watched(text: str, version: int = 4):
    """A path with hostile words wherever others choose them."""
    path = Path(0, Way(text, text), 1, 30, 12)
    hop = path.grow()
    hop.sent = 1
    hop.took(1_000_000, EchoReply(text, 1, 1, 64))
    path.answered(hop, text, "reached", 0, 0)
    return path.state({text: text})


@given(hostile)
def test_watched_paths(text):
    state = watched(text)
    for style in (Style(), Style(both=True, wide=True), Style(numeric=True), Style(systems=lambda address: text)):
        assert rows(render_report([state], text, style)) == 2
        assert rows(render_report([state, state], text, style)) == 6
        assert rows(csv_head(style.columns) + render_csv(state, "1", 0, style)) == 2
    for columns, height in ((80, 24), (20, 4), (200, 3)):
        screen = Screen(Style())
        screen.changes.append(PathChanged(text, 0, 1, "address", 0, text, text))
        lines = screen.lines([state], "0 s", columns, height)
        assert len(lines) <= height and all(plain(line) == line and "\n" not in line for line in lines)
    assert rows(path_title(state)) == rows(change_text(PathChanged(text, 0, 1, "address", 0, text, text))) == 0
    figures = Figures()
    figures.answered(1, 5)
    figures.finish(1)
    assert "<b>" not in plain(render_svg(figures.series(), text))
