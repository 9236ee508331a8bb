"""Targets among texts: command lines, numbers, name files, scenes, transcripts, registries' answers, DNS names, texts shown."""

from __future__ import annotations

import ctypes
import json
import math
import os
from contextlib import nullcontext
from importlib.resources import files as resources
from ipaddress import AddressValueError, IPv6Address

from targets import Target
from worlds import in_memory

import netlite.lab.scene as scenes
from netlite.command_line import c_numbers, getopt, hardware_addresses
from netlite.command_line.getopt import OptionError
from netlite.engines import transcript
from netlite.errors import Answered, NetliteError, UsageError
from netlite.lab.scene import scene
from netlite.packets import node_information
from netlite.programs import explain_options
from netlite.programs.arp import ethers
from netlite.programs.arp import words as arp_words
from netlite.programs.dhcp import words as dhcp_words
from netlite.programs.hostname import main as hostname_words
from netlite.programs.mtu import main as mtu_words
from netlite.programs.netstat import words as netstat_words
from netlite.programs.ping import many_words
from netlite.programs.ping import words as ping_words
from netlite.programs.route import words as route_words
from netlite.programs.tracepath import words as tracepath_words
from netlite.programs.traceroute import words as traceroute_words
from netlite.records.hardware import BY_NAME
from netlite.render import visible
from netlite.sockets.routing_registry import Origins
from netlite.system.names import files, inet_words

LIBRARY = ctypes.CDLL(None, use_errno=True)
ENDS = (hostname_words.Help, OptionError, UsageError, Answered, NetliteError)
ARP, ROUTE = arp_words.Options, route_words.Options
WORLDS = {name: in_memory("ping" if name in ("multi", "explain") else name)
          for name in ("ping", "netstat", "route", "arp", "traceroute", "tracepath", "mtu", "dhcp", "multi", "hostname", "explain")}
LARGE = ("thousand",)  # scenes that take a hundred times as long as the others, for all that they are: lists of the same
NUMBERS = (b"10", b" -010", b"0x1fq", b"1e3", b"0x1.8p-3", b"inf", b"nan(1)", b"18446744073709551616", b"1e-310", b".5", b"+7 ")
SERVICES = b"http 80/tcp www # web\ndomain 53/udp\ntcpmux\t1/tcp\n"
HOSTS = b"127.0.0.1 localhost\n::1 ip6 six # x\n192.0.2.1\tweb www\n"
ANSWER = b"route: 10.0.0.0/8\norigin: AS64500\nroute6: 2001:db8::/32\norigin: AS64501 # more\n%  no\n"
COMMAND_LINES = {
    "ping": ("-c1 -i 0.2 -s 56 -t 3 -W1 h", "-4 -f -l 3 -p ff -Q 0x10 -M do h", "-6 -N name -F 7 ::1", "-T tsprespec 1.2.3.4 -R h", "-V", "-e 7 -m 5 -I lo -w 3 h"),
    "netstat": ("-tanpe --wide", "-A inet6,unix -x", "--statistics --raw", "-rn --fib", "--numeric-hosts --interf -i"),
    "route": ("-n -ee", "-A inet6 add x", "--numeric -6", "add -net 10.0.0.0 netmask 255.0.0.0 dev lo"),
    "arp": ("-n -i lo", "-H ether -s 10.0.0.1 02:00:00:00:00:01 pub", "-d h -v", "-A inet -f x"),
    "traceroute": ("-n -q1 -m2 h 60", "-T -O syn,mss=7 -p http h", "--sport=7 -I h", "-w 1,2,3 -z 0.1 --mtu h", "-g 1.2.3.4,h --back -e h"),
    "tracepath": ("-n -m 3 h", "-b -l 500 h/7", "-6 -p 99 ::1", "-V"),
    "mtu": ("-n -4 -q h", "--json -m 3 -W 1.5 -w 2 h", "-U -I eth0 h"),
    "dhcp": ("-t 3 --keep 1.5e2 --release eth0", "--tries=1 eth0", "-h", "--keep=nan eth0"),
    "multi": ("-c 3 -i 0.1 -W 2 a b", "-q --rate 50 -6 -s 100 a", "-t 3 a b c"),
    "hostname": ("-f", "-b x", "-F file", "--long --ip-address", "-y"),
    "explain": ("--explain ping h", "--explain=ttl", "--pcap file -- h", "--pcap=file --explain=fields h"),
}


def text_of(data: bytes) -> str:
    """Bytes as a program gets them."""
    return data.decode("utf-8", "surrogateescape")


def by_library(name: str, result: type, data: bytes, *base: int) -> tuple:
    """(value, rest, out of range) as the C library says."""
    function = getattr(LIBRARY, name)
    function.restype = result
    buffer, end = ctypes.create_string_buffer(data), ctypes.c_char_p()
    ctypes.set_errno(0)
    value = function(buffer, ctypes.byref(end), *base)
    return value, text_of(end.value), ctypes.get_errno() == 34


def numbers(data: bytes) -> None:
    """Numbers of C, beside the C library."""
    data = data.partition(b"\0")[0]
    text = text_of(data)
    for base in (0, 8, 10, 16):
        assert c_numbers.strtol(text, base) == by_library("strtol", ctypes.c_long, data, base), base
        assert c_numbers.strtoul(text, base) == by_library("strtoul", ctypes.c_ulong, data, base), base
    ours, theirs = c_numbers.strtod(text), by_library("strtod", ctypes.c_double, data)
    assert ours[1:] == theirs[1:] and (ours[0] == theirs[0] or math.isnan(ours[0]) and math.isnan(theirs[0])), (ours, theirs)


def addresses(data: bytes) -> None:
    """IPv6 addresses beside ipaddress, hardware addresses of every type."""
    text = text_of(data)
    number = inet_words.ipv6_number(text)
    try:
        known = None if "%" in text else IPv6Address(text)
    except (AddressValueError, UnicodeError):
        known = None
    assert (number is None) == (known is None) and (known is None or IPv6Address(number) == known), (number, known)
    for hardware in BY_NAME.values():
        try:
            hardware_addresses.parse_hardware_address(text, hardware)
        except ValueError:
            pass


def name_files(data: bytes) -> None:
    """Files under /etc."""
    text = text_of(data)
    for parse in (files.parse_services, files.parse_protocols, files.parse_networks, files.parse_passwd):
        parse(text)
    lines = ethers.lines_of(data)
    assert all(len(os.fsencode(line)) <= ethers.LINE_BYTES for line in lines)
    for line in lines:
        assert len(ethers.words_of(line)) <= ethers.MAXIMUM_WORDS


def command_line(data: bytes) -> None:
    """A program and its words, with blanks between."""
    program, *words = text_of(data.replace(b"\0", b"")).split(" ")
    if program not in WORLDS:
        program = list(WORLDS)[len(program) % len(WORLDS)]
    world = WORLDS[program]
    try:
        if program == "ping":
            ping_words.parse_options(words, world)
        elif program == "netstat":
            netstat_words.parse(words, world, lambda: False)
        elif program == "traceroute":
            traceroute_words.read_choices(program, words, world, False)
        elif program == "tracepath":
            tracepath_words.parse(program, words)
        elif program == "mtu":
            mtu_words.parse(program, words)
        elif program == "dhcp":
            dhcp_words.read_options(program, words)
        elif program == "multi":
            many_words.parse(words, world)
        elif program == "hostname":
            getopt.read_options(program, words, hostname_words.OPTIONS, hostname_words.Options("s"))
        elif program == "explain":
            lesson, rest = explain_options.parse("ping", words, ("--pcap",))
            assert len(rest) <= len(words)
        elif program == "arp":
            arp_words.parse(words, ARP(world.err.write), world)
        else:
            route_words.parse(words, ROUTE(world.err.write), world)
    finally:
        world.err.__init__(False)


class Given:
    """Of a world: an input, and who hears complaints."""

    program, privileges = "ping", nullcontext()

    def __init__(self, data: bytes):
        self.data = data

    def input(self, most_bytes: int = 1 << 24) -> bytes:
        return self.data

    def error(self, text: str) -> None:
        assert text.isascii() and text.endswith("\n")


def targets_file(data: bytes) -> None:
    """ping --targets."""
    for host in many_words.read_targets("-", Given(data)):
        assert host and "#" not in host and not set(host) & set(" \t\n\r")


def scene_file(data: bytes) -> None:
    """A scene in TOML."""
    scene.parse(data.decode("utf-8", "replace"), "fuzzed")


def transcripts(data: bytes) -> None:
    """The lines of a transcript."""
    transcript.read(data.decode("utf-8", "replace").split("\n"))


def registry(data: bytes) -> None:
    """An answer of whois, whole and in pieces."""
    text, whole, pieces = data.decode("latin-1"), Origins(), Origins()
    whole.hear(text)
    step = 1 + len(text) // 7
    for at in range(0, len(text), step):
        pieces.hear(text[at:at + step])
    found = whole.text()
    assert found == pieces.text() and len(found) <= 511 and found.isascii() and (found == "" or found.isprintable())


def dns_names(data: bytes) -> None:
    """Names in wire form and to it, and what is shown of them."""
    text = text_of(data)
    for qualified in (False, True):
        try:
            wire = node_information.encode_name(text, qualified)
        except (ValueError, UnicodeError):
            continue
        assert len(wire) <= 257
    shown = visible.visible(text)
    assert shown.isprintable() and visible.dotted(text).isprintable() and visible.ascii_dotted(text).isascii()
    assert visible.visible_lines(text).replace("\n", "").replace("\t", "").isprintable()
    line = visible.json_line({"name": text})
    told = json.loads(line)
    exact = bytes.fromhex(told["name_bytes"]) if "name_bytes" in told else told["name"].encode("utf-8", "surrogatepass")
    assert exact == text.encode("utf-8", "surrogateescape") and line[:-1].isprintable()


def _scenes() -> list[bytes]:
    folder = resources(scenes.__package__).joinpath("scenes")
    return [folder.joinpath(f"{name}.toml").read_bytes() for name in scene.names() if name not in LARGE]


def _transcripts() -> list[bytes]:
    from netlite.engines.transcript import lines_of
    from netlite.programs.registry import execute

    found = []
    for words in ("ping -c2 server.lab", "traceroute -n -q1 server.lab", "tracepath -n server.lab"):
        program, *arguments = words.split()
        world = in_memory(program)
        execute(program, arguments, world)
        lines = lines_of(world.story.told)
        found += [line.encode() for line in lines] + ["".join(lines[:8]).encode()]
    return found


TARGETS = (
    Target("numbers", numbers, NUMBERS),
    Target("addresses", addresses, (b"2001:db8::1", b"::ffff:1.2.3.4", b"02:00:00:00:ee:01", b"NJ7P-3", b"fe80::1%2", b"1:2:3:4:5:6:7:8", b"0123456789")),
    Target("name-files", name_files, (SERVICES, HOSTS, b"loopback 127\nlocal 10.0.0.0 x\n", b"root:x:0:0:root:/:/bin/sh\n", b"02:0:0:0:0:1 'a b' \"c\" d\n", b"icmp 1 ICMP\n")),
    Target("command-line", command_line, [f"{program} {line}".encode() for program, lines in COMMAND_LINES.items() for line in lines], ENDS,
           [word.encode() for lines in COMMAND_LINES.values() for line in lines for word in line.split()]),
    Target("scene", scene_file, _scenes(), (NetliteError,), (b"[[wires]]\n", b"[[try]]\n", b"tree = 3\n", b"ends = [\"client\", \"r1\"]\n", b"= 1\n", b"nan", b"= []\n")),
    Target("targets-file", targets_file, (b"192.0.2.1 router # x\n\n# no\nserver\r\n", b"\xef\xbb\xbf2001:db8::1\n")),
    Target("transcript", transcripts, _transcripts(), (ValueError,)),
    Target("registry", registry, (ANSWER, b"origin: AS1\n", b"x" * 1100 + b"\norigin: AS1"), (), (b"route: 10.0.0.0/", b"origin: AS")),
    Target("dns-names", dns_names, (b"router.example", "m\u00fcnchen.test".encode(), b"a\x1b[31m", b"x" * 64 + b".y", b"\xe2\x80\xae")),
)
