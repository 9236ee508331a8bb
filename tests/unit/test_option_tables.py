"""The programs' tables of options: getopt's strings, usage texts and help of the originals follow from them."""

from __future__ import annotations

import re

import pytest

from netlite.command_line.getopt import Option, long_names, read_options
from netlite.programs.arp import usage as arp_usage
from netlite.programs.arp import words as arp
from netlite.programs.hostname import main as hostname
from netlite.programs.hostname import usage as hostname_usage
from netlite.programs.netstat import usage as netstat_usage
from netlite.programs.netstat import words as netstat
from netlite.programs.ping import words as ping
from netlite.programs.route import usage as route_usage
from netlite.programs.route import words as route
from netlite.programs.tracepath import words as tracepath
from netlite.programs.traceroute import words as traceroute

PING = ping.OPTIONS + ping.NOT_IN_USAGE + ping.OPTIONS4 + ping.OPTIONS6
FAMILIES = "ax25 ip ipx appletalk netrom inet inet6 ddp unix tcpip rose x25 bluetooth"
TABLES = {  # program: table, the original's getopt string, its long options in their order
    "ping": (PING, "h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:", ""),
    "tracepath": (tracepath.OPTIONS + tracepath.NOT_IN_USAGE, "46nbh?l:m:p:V", ""),
    "route": (route.OPTIONS, "A:eCFhnN64Vv?", f"{FAMILIES} extend verbose version numeric symbolic protocol: cache fib help"),
    "arp": (arp.OPTIONS, "A:H:adfp:nsei:t:vh?DNV", "verbose version all delete file numeric set protocol: hw-type: device: help "
            "use-device symbolic"),
    "netstat": (netstat.OPTIONS, "A:CFMacdeghilnNoprsStuUvVWw2fx64?Z",
                f"{FAMILIES} version interfaces help route tcp sctp udp udplite raw l2cap rfcomm unix listening all timers continuous "
                "extend verbose statistics groups protocol: programs masquerade numeric numeric-hosts numeric-ports numeric-users "
                "symbolic cache fib context wide"),
    "hostname": (hostname.OPTIONS, "aAdfbF:h?iIsVy", "domain boot file: fqdn long all-fqdns help short version alias ip-address "
                 "all-ip-addresses nis yp"),
}
USAGES = {"route": route_usage.USAGE, "arp": arp_usage.USAGE, "netstat": netstat_usage.USAGE, "hostname": hostname_usage.USAGE}


@pytest.mark.parametrize("program", TABLES)
def test_tables_hold_what_the_originals_ask_getopt_for(program):
    table, letters, names = TABLES[program]
    assert sorted(letter + ":" * bool(row.value) for row in table for letter in row.short or "") == sorted(re.findall(".:?", letters))
    assert [name + ":" * takes for name, takes, _ in long_names(table)] == names.split()


@pytest.mark.parametrize("program", [*TABLES, "traceroute"])
def test_every_option_says_what_it_does_once(program):
    table = TABLES[program][0] if program in TABLES else traceroute.OPTIONS
    letters = [letter for row in table for letter in row.short or ""]
    names = [name for row in table for name in (row.long or "").split()]
    if program == "netstat":
        names.remove("unix")  # a family and a kind of socket; the first is taken
    assert len(set(letters)) == len(letters) and len(set(names)) == len(names)
    assert all(row.text and callable(row.read) and (row.short or row.long) for row in table)


@pytest.mark.parametrize("program", USAGES)
def test_help_is_that_of_the_usage_text(program):
    """Every line ``-x, --long   text`` of the usage is a row with that text."""
    rows = {letter: row for row in TABLES[program][0] for letter in row.short or ""}
    lines = re.findall(r"(?m)^ +-(\w)((?:, -\w)*)((?:, --[\w-]+)*) +(\S.*)$", USAGES[program])
    assert lines
    for letter, others, names, text in lines:
        row = rows[letter]
        assert row.text == text
        assert set(names.replace(", --", " ").split()) == set((row.long or "").split()) or program != "hostname"
        assert set(others.replace(", -", "")) < set(row.short) | {""}


def test_the_usage_of_tracepath():
    assert tracepath.usage().text == """
Usage
  tracepath [options] <destination>

Options:
  -4             use IPv4
  -6             use IPv6
  -b             print both name and ip
  -l <length>    use packet <length>
  -m <hops>      use maximum <hops>
  -n             no dns name resolution
  -p <port>      use destination <port>
  -V             print version and exit
  <destination>  dns name or ip address

For more details see tracepath(8).
"""


class Noted(list):
    """Choices that write down what they are told."""


def test_readers_hear_values_and_names():
    table = (Option("ab", "first other", None, lambda noted, name: noted.append(name), "a flag"),
             Option("c", "count", "N", lambda noted, text: noted.append((text,)), "a value"),
             Option(None, "long-only", None, lambda noted, name: noted.append(name), "without a letter"))
    noted = Noted()
    words = ["-abc7", "x", "--first", "--other", "--count=8", "--long", "-c", "", "y"]
    assert read_options("prog", words, table, noted) == ["x", "y"]
    assert noted == ["a", "b", ("7",), "first", "other", ("8",), "long-only", ("",)]
