"""The texts of the lessons are complete: ICMP kinds, columns, words."""

import ast
from pathlib import Path

import pytest

from netlite.packets.crafting import scapy_layers
from netlite.programs.learn import lessons
from netlite.records.interfaces import Interface
from netlite.render import arp, connections, groups, interfaces, masquerade, routes, unix_sockets
from netlite.render.ifconfig import FLAG_WORDS
from netlite.teach.columns import BY_TITLE, TABLES, Overheard, explain_columns
from netlite.teach.surroundings import Surroundings
from netlite.teach.table_rows import explain_tables
from netlite.teach.fields import QUOTING, REST
from netlite.teach.glossary import define, words
from netlite.teach.glossary_words import TEXT
from netlite.teach.icmp_kinds import KINDS, UNASSIGNED, icmp_kind

PROGRAMS = Path(__file__).resolve().parents[2] / "netlite" / "programs"
UNREACHABLE_CODES = {4: (3, 16), 6: (1, 10)}


@pytest.mark.parametrize("version", [4, 6])
def test_every_icmp_kind_has_a_sentence(version):
    for kind in KINDS[version].values():
        assert kind.name and kind.sentence.endswith((".", '"')), kind
        assert kind.rfc == "" or kind.rfc[4:].isdigit()


def test_all_that_scapy_knows_is_there():
    layers = scapy_layers()
    assert {kind for kind, code in KINDS[4] if code is None} >= set(layers["icmptypes"])
    assert {(kind, code) for kind in layers["icmpcodes"] for code in layers["icmpcodes"][kind]} <= set(KINDS[4])
    assert {kind for kind, code in KINDS[6] if code is None} >= set(layers["icmp6types"])


@pytest.mark.parametrize("version", [4, 6])
def test_what_the_field_tables_speak_of_is_there(version):
    for kind in [kind for family, kind in REST if family == version] + list(QUOTING[version]):
        assert (kind, None) in KINDS[version]
    kind, codes = UNREACHABLE_CODES[version]
    assert all((kind, code) in KINDS[version] for code in range(codes))


def test_kinds_that_nobody_assigned():
    assert icmp_kind(4, 77, 0) == UNASSIGNED
    assert icmp_kind(4, 23, 0).name == "reserved for robustness experiment"
    assert icmp_kind(4, 8, 9).name == "echo request"


COLUMNS = connections.Columns({}, {}, {}, {})
BARE = connections.Columns(None, None, None, None)
HEADINGS = [
    *[("Internet sockets", connections.render_heading(columns), connections.titles(columns)) for columns in (COLUMNS, BARE)],
    ("Unix sockets", unix_sockets.render_heading(COLUMNS), unix_sockets.titles(COLUMNS)),
    ("interfaces", interfaces.HEADER, interfaces.TITLES), ("interfaces", interfaces.IFCONFIG_HEADER, interfaces.TITLES),
    ("IPv6 routes", routes.HEADER6, routes.TITLES6),
    *[("IPv4 routes", routes.HEADERS4[style], routes.TITLES4[style]) for style in routes.COLUMNS],
    ("multicast groups", groups.HEADING, groups.TITLES), ("neighbours", arp.HEADER, arp.TITLES),
    *[("masqueraded connections", masquerade.render_heading(extended), masquerade.titles(extended))
      for extended in (True, False)]]


@pytest.mark.parametrize("title, heading, titles", HEADINGS, ids=[" ".join(heading.split())[:40] for _, heading, _ in HEADINGS])
def test_every_column_of_a_heading_has_a_name_and_is_explained(title, heading, titles):
    line = next(line for line in heading.splitlines() if titles[0] in line)
    assert line.split() == " ".join(titles).split()
    assert set(titles) <= {column.name for column in BY_TITLE[title].columns}


LETTERS = {"interfaces": [letter for _, letter in interfaces.LETTERS], "IPv6 routes": [letter for _, letter in routes.FLAGS6]}


@pytest.mark.parametrize("title, name", [("interfaces", "Flg"), ("IPv6 routes", "Flag")])
def test_every_letter_is_explained(title, name):
    meaning, = (column.meaning for column in BY_TITLE[title].columns if column.name == name)
    for letter in LETTERS[title]:
        assert letter + " " in meaning or letter + ":" in meaning, letter


def test_every_word_of_the_flags_is_explained():
    meaning, = (column.meaning for column in BY_TITLE["blocks of interfaces"].columns if column.name == "flags")
    assert all(word in meaning for _, word in FLAG_WORDS)


def test_programs_name_the_tables_that_are_explained():
    """Each table of the lessons is begun by a program, and no other."""
    calls = [call for path in sorted(PROGRAMS.rglob("*.py")) for call in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "begin_table"
             and isinstance(call.args[0], ast.Constant)]
    assert {call.args[0].value for call in calls} == set(BY_TITLE)


def test_every_column_has_meaning_and_source():
    for table in TABLES:
        assert table.command and len({column.name for column in table.columns}) == len(table.columns)
        for column in table.columns:
            assert column.meaning.endswith(".") or ":" in column.meaning, column
            assert column.source, column


def test_every_label_of_a_block_is_explained():
    block = ("eth0: flags=4163<UP>  mtu 1500\n        inet 192.0.2.1  netmask 255.255.255.0  broadcast 192.0.2.255\n"
             "        inet6 ::1  prefixlen 128  scopeid 0x10<host>\n        ether 02:00:00:00:00:01  txqueuelen 1000\n"
             "        RX packets 1  bytes 2 (2.0 B)\n        RX errors 0  dropped 0  overruns 0  frame 0\n"
             "        TX packets 1  bytes 2 (2.0 B)\n"
             "        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n        device interrupt 5\n")
    names = " ".join(column.name for column in BY_TITLE["blocks of interfaces"].columns)
    labels = {word.split("=")[0] for line in block.splitlines() for word in line.split() if word[0].isalpha()}
    assert labels - set(names.replace(",", "").split()) <= {"eth0:", "B)", "interrupt"}
    assert Interface.fields  # the records behind the block are imported, so that a rename breaks this test


@pytest.mark.parametrize("title, name, said, never", [
    ("IPv6 routes", "Flag", "n: no next hop", "n: an address"), ("IPv6 routes", "Use", "packets are not counted", "how often it was used"),
    ("IPv4 routes", "Use", "Linux does not count that", "how often it was used"),
    ("blocks of interfaces", "flags", "lo and tunnels have none", "RUNNING: the cable is in"),
    ("blocks of interfaces", "bytes", "where there are some (on Ethernet; not in a tunnel", "headers included."),
    ("multicast groups", "RefCnt", "and the kernel itself, which joins some groups without being asked", "How many programs asked"),
    ("interfaces", "RX-DRP", "or of somebody who wants them", "mostly"),
    ("interfaces", "Flg", "m master", "M multicast or master")])
def test_a_column_means_what_is_counted_there(title, name, said, never):
    meaning, = (column.meaning for column in BY_TITLE[title].columns if column.name == name)
    assert said in meaning and never not in meaning


def test_what_a_checksum_covers():
    """As the packets themselves have it: ICMP's is zero over the message alone, ICMPv6's and UDP's with the addresses."""
    from netlite.packets.templates import make_echo
    from netlite.packets.transport import make_udp
    from netlite.packets.checksum import checksum as internet_checksum

    four, six = ("192.0.2.1", "198.18.2.1"), ("2001:db8::1", "2001:db8::2")
    assert internet_checksum(make_echo(4, 7, 1, b"abc", *four)) == 0
    assert internet_checksum(make_echo(6, 7, 1, b"abc", *six)) != 0 != internet_checksum(make_udp(4, *four, 40000, 33434, b"abc"))
    text = " ".join(define("checksum").split())
    assert "that of ICMP the ICMP message; those of UDP, TCP and ICMPv6 the message and the addresses" in text


def test_no_cause_alone_is_given_to_a_loss():
    text = " ".join(define("loss").split())
    assert "The probe may have been lost, or its answer, or somebody filters them, or nobody is there." in text
    assert "Dropping packets is also how a router says that a wire is full." in text
    lesson = " ".join(lessons.page(lessons.find("5")).split())
    assert "loss is a full queue, a broken wire, or a filter" in lesson and "mean full queues" not in lesson


def test_the_data_of_a_ping_are_looked_at():
    lesson = " ".join(lessons.page(lessons.find("1")).split())
    assert "keeps its clock in the first bytes (when the packet left), and checks that the rest comes back as it was sent" in lesson


@pytest.mark.parametrize("word, said", [
    ("mac", "unless an IPv6 address is made of it"), ("reply", "or to who answers in its place"), ("time-exceeded", "the rest of the fragments")])
def test_words_have_their_exceptions(word, said):
    assert said in " ".join(define(word).split())


class Kept:
    text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        """Nothing to do."""


def test_tables_are_overheard():
    kept = Kept()
    out = Overheard(kept)
    out.begin_table("IPv4 routes", routes.TITLE4 + routes.HEADERS4[routes.WINDOWS], routes.TITLES4[routes.WINDOWS])
    out.write("default …\n" + interfaces.HEADER)  # rows are nobody's heading
    assert kept.text == f"{routes.TITLE4}{routes.HEADERS4[routes.WINDOWS]}default …\n{interfaces.HEADER}"
    assert [table.title for table in out.tables] == ["IPv4 routes"]
    text = explain_columns(out.tables)
    assert "Genmask" in text and "Metric" not in text
    assert "ip route" in text


def test_no_table():
    out = Overheard(Kept())
    assert "nothing to explain" in explain_tables(out, Surroundings())
    out.write("something else")
    assert explain_tables(out, Surroundings()) == ""


BEGINNERS = ("packet frame interface socket port dns name-server nameserver public private public-address private-address mac hop "
             "ttl route gateway neighbour neighbor arp mtu fragment nat dhcp established listen time_wait close_wait syn_sent !H !N !X "
             "!P !F * host ip ipv4 ipv6 address lo localhost docker0 veth tun wg bridge switch router network subnet netmask lan "
             "client server connection handshake rst broadcast multicast link-local firewall latency bandwidth timeout "
             "unreachable flags rx tx recv-q send-q promisc running wifi provider 0.0.0.0 127.0.0.1 inode metric redirect").split()


@pytest.mark.parametrize("word", ["ttl", "TTL", "checksum", "id", "df", "mtu", "seq", "rtt", "icmp", "path mtu",
                                  "icmp_seq", "hop limit", "nat", "port", *BEGINNERS])
def test_words(word):
    assert len(define(word)) > 60


def test_no_word_is_explained_twice():
    names = [name for paragraph in TEXT.split("\n\n") for name in " ".join(paragraph.split()).partition(": ")[0].split(", ")]
    assert len(names) == len(set(names)) and len(words()) >= 120


def test_all_words_have_text_and_unknown_ones_none():
    assert define("flux-capacitor") is None
    assert len(words()) > 25
    for word in words():
        assert define(word).startswith(f"{word}\n    ") and max(map(len, define(word).splitlines())) <= 88
