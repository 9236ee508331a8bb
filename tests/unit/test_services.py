"""The name files under /etc."""

from netlite.system.names import files as services
from netlite.world import World


def test_the_last_service_of_a_number_wins():
    names = services.parse_services("first 8443/tcp\nsecond 8443/tcp\nhttp 80/tcp www # web\nbroken\nodd x/tcp\n")
    assert names == {(8443, "tcp"): "second", (80, "tcp"): "http"}


def test_the_last_protocol_and_the_first_user_of_a_number_win():
    assert services.parse_protocols("ip 0 IP\nhopopt 0 X\n# icmp 1\n") == {0: "hopopt"}
    assert services.parse_passwd("root:x:0:0::/:\ntoor:x:0:0::/:\n+nis\n") == {0: "root"}


def test_networks_are_filled_with_zeros():
    networks = services.parse_networks("default 0.0.0.0\nlink-local 169.254 zeroconf\nbad x.y\nshort\n")
    assert [(entry.name, entry.address) for entry in networks] == [
        ("default", bytes(4)), ("link-local", bytes([169, 254, 0, 0])), ("bad", b"\xff" * 4), ("short", b"\xff" * 4)]
    assert networks[1].aliases == ("zeroconf",)


def test_the_name_of_a_network():
    networks = services.parse_networks("lab 10.0.0.0\noffice 10.1\n")
    assert services.name_of(networks, bytes([10, 1, 0, 0])) == "office"
    assert services.name_of(networks, bytes(4)) is None


def test_an_absent_file_is_an_empty_table(tmp_path):
    assert services.read_services(World(etc=str(tmp_path))) == {}
    assert services.read_networks(World(etc=str(tmp_path))) == []
    (tmp_path / "networks").write_bytes(b"caf\xe9 10.0.0.0\n")
    assert services.read_networks(World(etc=str(tmp_path)))[0].name == "caf\udce9"


def test_newlines_alone_end_lines_and_blanks_are_those_of_c():
    assert services.parse_services("a 1/tcp\rb 2/tcp\nc\x0b3/udp\x0c# d\nn\u00e9\u2003x 4/tcp\ne\x1cf 5/tcp\u20286/tcp\n") == {
        (1, "tcp"): "a", (3, "udp"): "c", (4, "tcp"): "n\u00e9\u2003x", (5, "tcp\u20286/tcp"): "e\x1cf"}
    networks = services.parse_networks("lab 10.0.0.0\rother 10.1.0.0\r\nnext\u0085one 10.2.0.0\n")
    assert [(entry.name, entry.aliases) for entry in networks] == [("lab", ("other", "10.1.0.0")), ("next\u0085one", ())]
    assert services.parse_passwd("a\u2028b:x:7:0::/:\n") == {7: "a\u2028b"}


def test_numbers_are_those_of_the_c_library():
    names = services.parse_services("hex 0x51/tcp\noctal 0123/tcp\nnone 082/tcp\nplus +105/tcp\nbig 65537/tcp\nneg -2/tcp\nhuge 4294967376/tcp\nlast 4294967295/tcp\nslash 80//tcp\n"
                                    "blank 94 /tcp\ncomma 104,tcp\ntrail 106x/tcp\nhexless 0x/tcp\nempty /tcp\n")
    assert names == {(81, "tcp"): "hex", (83, "tcp"): "octal", (105, "tcp"): "plus", (1, "tcp"): "big", (65535, "tcp"): "last", (80, "tcp"): "slash"}
    assert services.parse_protocols("a 010\nb 0x6\nc +7\nd 8x\ne 70000\nf -1\n") == {10: "a", 7: "c", 4464: "e"}
    assert services.parse_services("a\0b 1/tcp\nc 2/tcp\0 d\n") == {(2, "tcp"): "c"}
    none = b"\xff" * 4
    for number, address in (("xff", b"\xff\0\0\0"), ("0xa.0x1", b"\x0a\1\0\0"), ("010.8", b"\x08\x08\0\0"), ("0", bytes(4)), ("09", none), ("0x", none),
                            ("300", none), ("1..2", none), ("1.2.3.", none), ("1.2.3.4.5", none), ("+1", none), ("0xc0a80900", none), ("-1", none),
                            ("0300.0250.010", b"\xc0\xa8\x08\0"), ("0x+1", none), ("1 1", b"\1\0\0\0")):
        assert services.parse_networks(f"a {number}\n")[0].address == address, number


def test_names_of_networks_have_no_case():
    entry, = services.parse_networks("Office 10 B\u00dcRO alias\n")
    assert [services.is_called(entry, name) for name in ("oFFICE", "ALIAS", "b\u00dcro", "b\u00fcro", "10", "offic")] == [True, True, True, False, False, False]


def test_numbers_are_ascii_and_of_a_length():
    assert services.parse_services(f"a \u00b2/tcp\nb \u0663/tcp\nc {'9' * 5000}/tcp\nd 7/tcp\n") == {(7, "tcp"): "d"}
    assert services.parse_protocols("a \u00b2\nb 6\n") == {6: "b"}
    assert services.parse_passwd(f"a:x:\u00b2::\nb:x:{'9' * 5000}::\nc:x:1::\n") == {1: "c"}
    assert [entry.address[0] for entry in services.parse_networks("\u00e9 \u00b2\nb \udcff\nc 10\n")] == [255, 255, 10]
