"""ping's command line: ranges, error texts, statuses, in the original's words."""

from __future__ import annotations

import pytest
from worlds import in_memory

from netlite.errors import UsageError
from netlite.programs.ping.usage import NODE_INFORMATION, VERSION
from netlite.programs.ping.words import Answered, parse_options
from netlite.records.family import IPV4, IPV6
from netlite.records.node_information import NodeQuery


USAGE = """
Usage
  ping [options] <destination>

Options:
  <destination>      dns name or ip address
  -a                 use audible ping
  -A                 use adaptive ping
  -B                 sticky source address
  -c <count>         stop after <count> replies
  -C                 call connect() syscall on socket creation
  -D                 print timestamps
  -d                 use SO_DEBUG socket option
  -e <identifier>    define identifier for ping session, default is random for
                     SOCK_RAW and kernel defined for SOCK_DGRAM
                     Imply using SOCK_RAW (for IPv4 only for identifier 0)
  -f                 flood ping
  -h                 print help and exit
  -I <interface>     either interface name or address
  -i <interval>      seconds between sending each packet
  -L                 suppress loopback of multicast packets
  -l <preload>       send <preload> number of packages while waiting replies
  -m <mark>          tag the packets going out
  -M <pmtud opt>     define mtu discovery, can be one of <do|dont|want>
  -n                 no dns name resolution
  -O                 report outstanding replies
  -p <pattern>       contents of padding byte
  -q                 quiet output
  -Q <tclass>        use quality of service <tclass> bits
  -s <size>          use <size> as number of data bytes to be sent
  -S <size>          use <size> as SO_SNDBUF socket option value
  -t <ttl>           define time to live
  -U                 print user-to-user latency
  -v                 verbose output
  -V                 print version and exit
  -w <deadline>      reply wait <deadline> in seconds
  -W <timeout>       time to wait for response

IPv4 options:
  -4                 use IPv4
  -b                 allow pinging broadcast
  -R                 record route
  -T <timestamp>     define timestamp, can be one of <tsonly|tsandaddr|tsprespec>

IPv6 options:
  -6                 use IPv6
  -F <flowlabel>     define flow label, default is random
  -N <nodeinfo opt>  use icmp6 node info query, try <help> as argument

For more details see ping(8).
"""


def parse(line, program="ping", **circumstances):
    return parse_options(line if isinstance(line, list) else line.split(), in_memory(program, **circumstances))


@pytest.mark.parametrize("line, status, text", [
    ("-c 0 h", 1, "invalid argument: '0': out of range: 1 <= value <= 9223372036854775807"),
    ("-c abc h", 1, "invalid argument: 'abc'"),
    ("-c 99999999999999999999 h", 1, "invalid argument: '99999999999999999999': Numerical result out of range"),
    ("-e 65536 h", 1, "invalid argument: '65536': out of range: 0 <= value <= 65535"),
    ("-e -1 h", 1, "invalid argument: '-1': out of range: 0 <= value <= 65535"),
    ("-l 65537 h", 1, "invalid argument: '65537': out of range: 1 <= value <= 65536"),
    ("-m 4294967296 h", 1, "invalid argument: '4294967296': out of range: 0 <= value <= 4294967295"),
    ("-s -1 h", 1, "invalid argument: '-1': out of range: 0 <= value <= 2147483647"),
    ("-t 256 h", 1, "invalid argument: '256': out of range: 0 <= value <= 255"),
    ("-w 1.5 h", 1, "invalid argument: '1.5'"),
    ("-F 0x100000 h", 2, "flow value is greater than 20 bits: 0x100000"),
    ("-F -1 h", 2, "flow value is greater than 20 bits: -1"),
    ("-F zz h", 2, "bad value for flowinfo: zz"),
    ("-Q 0x1ff h", 2, "the decimal value of TOS bits must be in range 0-255: 511"),
    ("-Q zz h", 2, "bad TOS value: zz"),
    ("-M maybe h", 2, "invalid -M argument: maybe"),
    ("-p 12xy h", 2, "patterns must be specified as hex digits: xy"),
    ("-p xyz", 1, "usage error: Destination address required"),
    ("-T foo h", 2, "invalid timestamp type: foo"),
    ("-R -T tsonly h", 2, "only one of -T or -R may be used"),
    ("-T tsonly -R h", 2, "only one of -T or -R may be used"),
    ("-4 -6 h", 2, "only one -4 or -6 option may be specified"),
    ("-i 9999999 h", 2, "bad timing interval: 9999999"),
    ("-i nan h", 2, "bad timing interval: nan: Numerical result out of range"),
    ("-i inf h", 2, "bad timing interval: inf: Numerical result out of range"),
    ("-W -1 h", 2, "bad linger time: -1"),
    ("-W 99999999 h", 2, "bad linger time: 99999999"),
    ("-I zz:zz h", 2, "invalid source address: zz:zz"),
    ("", 1, "usage error: Destination address required"),
])
def test_refusals(line, status, text):
    with pytest.raises(UsageError) as refusal:
        parse(line)
    assert (refusal.value.text, refusal.value.status) == (f"ping: {text}\n", status)


def test_refusals_of_an_empty_word():
    for words, status, text in ((["-c", "", "h"], 1, "invalid argument: ''"), (["-i", "", "h"], 2, "bad timing interval: ")):
        with pytest.raises(UsageError) as refusal:
            parse(words)
        assert (refusal.value.text, refusal.value.status) == (f"ping: {text}\n", status)


@pytest.mark.parametrize("line, before", [
    ("-h", ""), ("-? h", ""), ("-Z h", "ping: invalid option -- 'Z'\n"), ("--help", "ping: invalid option -- '-'\n"),
    ("-c", "ping: option requires an argument -- 'c'\n")])
def test_usage(line, before):
    with pytest.raises(UsageError) as refusal:
        parse(line)
    assert (refusal.value.text, refusal.value.status) == (before + USAGE, 2)


@pytest.mark.parametrize("line, text", [("-V", VERSION), ("-q -V -Z", VERSION), ("-N help", NODE_INFORMATION)])
def test_answers(line, text):
    with pytest.raises(Answered) as answered:
        parse(line)
    assert (answered.value.text, answered.value.more) == (text, "")


def test_node_information():
    with pytest.raises(UsageError) as refusal:
        parse("-N name,foo ::1")
    assert (refusal.value.text, refusal.value.status) == (NODE_INFORMATION, 2)
    query = parse("-N ipv6-all -N ipv6-global -N subject-fqdn=h2.lab ::1").node_query
    assert query == NodeQuery(3, 0x22, 1, b"\2h2\3lab\0\0")
    assert parse("-N subject-name=h2.lab ::1").node_query == NodeQuery(None, 0, 1, b"\2h2\3lab\0")


def test_words_in_any_order():
    options = parse("-nqc3 host -i.25")
    assert (options.numeric, options.quiet, options.count, options.interval_ms, options.words) == \
        (True, True, 3, 250, ("host",))
    assert parse("host -q", variables={"POSIXLY_CORRECT": ""}).words == ("host", "-q")
    assert parse("-- -q").words == ("-q",)


def test_the_program_name_chooses_the_family():
    assert parse("h").family is None
    assert parse("h", program="ping4").family is IPV4
    assert parse("h", program="foo6").family is IPV6
    with pytest.raises(UsageError):
        parse("-4 h", program="ping6")


def test_sources():
    options = parse("-I e0 -I 10.77.1.1 h")
    assert (options.device, options.source4, options.source6, options.strict_source) == ("e0", "10.77.1.1", None, True)
    options = parse("-I fd77:0:0::1%e1 h")
    assert (options.device, options.source6) == ("e1", "fd77::1")
    assert not parse("-I e0 h").strict_source


@pytest.mark.parametrize("digits, pattern", [
    ("ff", b"\xff"), ("abc", b"\xab\x0c"), ("", b""),
    ("00112233445566778899aabbccddeeff00", bytes.fromhex("00112233445566778899aabbccddeeff"))])
def test_patterns(digits, pattern):
    assert parse(["-p", digits, "h"]).pattern == pattern


@pytest.mark.parametrize("text, interval_ms, rest", [
    ("abc", 0, "abc"), ("1x", 1000, "x"), ("0,5", 0, ",5"), ("1e-400", 0, ""), ("0x1", 1000, None), ("1e-1", 100, None),
    ("-0", 0, None), ("-1", 0, None), ("-0.0001", 0, None), (" 2", 2000, None), (".2", 200, None), ("0.0019", 1, None)])
def test_intervals(text, interval_ms, rest):
    world = in_memory("ping")
    assert parse_options(["-i", text, "h"], world).interval_ms == interval_ms
    assert world.err.text == ("" if rest is None else f"ping: option argument contains garbage: {rest}\n"
                                                        "ping: this will become fatal error in the future\n")


def test_a_user_preloads_three():
    assert parse("-l 3 h", user_id=1000).preload == 3
    with pytest.raises(UsageError) as refusal:
        parse("-l 4 h", user_id=1000)
    assert refusal.value.text == "ping: cannot set preload to value greater than 3: 4\n"
