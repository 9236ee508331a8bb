"""An independent witness: every field that an explanation names has the value that tshark sees in the same packet.

The packets are those of situations made by chance (situations.py), errors with quotes and extensions among them.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from functools import partial

import pytest
from situations import KINDS, situations
from truth import TwistedInternet

from netlite.packets.capture_files import read_capture, write_pcap
from netlite.programs.simulate import simulate
from netlite.teach.capture_report import told_of
from netlite.teach.dissection import dissect, values

PER_KIND = 4
WORDS = 4
FIELDS = {  # (layer, field here): (tshark's name, factor)
    ("IPv4", "version"): ("ip.version", 1), ("IPv4", "ihl"): ("ip.hdr_len", WORDS), ("IPv4", "tos"): ("ip.dsfield", 1),
    ("IPv4", "len"): ("ip.len", 1), ("IPv4", "id"): ("ip.id", 1), ("IPv4", "frag"): ("ip.frag_offset", 8),
    ("IPv4", "ttl"): ("ip.ttl", 1), ("IPv4", "proto"): ("ip.proto", 1), ("IPv4", "checksum"): ("ip.checksum", 1),
    ("IPv6", "version"): ("ipv6.version", 1), ("IPv6", "class"): ("ipv6.tclass", 1), ("IPv6", "flow"): ("ipv6.flow", 1),
    ("IPv6", "len"): ("ipv6.plen", 1), ("IPv6", "next"): ("ipv6.nxt", 1), ("IPv6", "hops"): ("ipv6.hlim", 1),
    ("ICMP", "type"): ("icmp.type", 1), ("ICMP", "code"): ("icmp.code", 1), ("ICMP", "checksum"): ("icmp.checksum", 1),
    ("ICMP", "seq"): ("icmp.seq", 1),
    ("ICMPv6", "type"): ("icmpv6.type", 1), ("ICMPv6", "code"): ("icmpv6.code", 1),
    ("ICMPv6", "checksum"): ("icmpv6.checksum", 1), ("ICMPv6", "id"): ("icmpv6.echo.identifier", 1),
    ("ICMPv6", "seq"): ("icmpv6.echo.sequence_number", 1), ("ICMPv6", "mtu"): ("icmpv6.mtu", 1),
    ("UDP", "sport"): ("udp.srcport", 1), ("UDP", "dport"): ("udp.dstport", 1), ("UDP", "len"): ("udp.length", 1),
    ("UDP", "checksum"): ("udp.checksum", 1),
    ("TCP", "sport"): ("tcp.srcport", 1), ("TCP", "dport"): ("tcp.dstport", 1), ("TCP", "seq"): ("tcp.seq", 1),
    ("TCP", "ack"): ("tcp.ack_raw", 1), ("TCP", "window"): ("tcp.window_size_value", 1),
    ("MPLS label", "label"): ("icmp.mpls.label", 1), ("MPLS label", "tc"): ("icmp.mpls.exp", 1),
    ("MPLS label", "s"): ("icmp.mpls.s", 1), ("MPLS label", "ttl"): ("icmp.mpls.ttl", 1),
}
ADDRESSES = {("IPv4", "src"): "ip.src", ("IPv4", "dst"): "ip.dst", ("IPv6", "src"): "ipv6.src", ("IPv6", "dst"): "ipv6.dst"}
WHOLE_HEADERS = {"TCP"}  # of which tshark tells nothing where a quote cuts them off


def packets() -> list[bytes]:
    """All different packets of the situations, on each of their wires."""
    found: dict[bytes, None] = {}
    for number, situation in enumerate(situations(PER_KIND * len(KINDS))):
        passages: list = []
        simulate(situation.command, situation.topology, seed=number, open_ports=situation.open_ports,
                 internet=partial(TwistedInternet, situation.twists, passages.append))
        found.update((each.packet, None) for each in passages)
    return list(found)


def ours(data: bytes) -> dict[str, list[str]]:
    """What the explanation has for each of tshark's fields, outermost first."""
    found: dict[str, list[str]] = {}
    for layer in dissect(data):
        named = layer.title.split(" ")[0] if layer.title.startswith(("ICMP ", "ICMPv6 ")) else layer.title
        told = values(data, layer)
        if named in WHOLE_HEADERS and len(told) < len(layer.layout):
            continue
        for value in told:
            key = named, value.field.name
            if key in FIELDS:
                name, factor = FIELDS[key]
                found.setdefault(name, []).append(str(value.value * factor))
            elif key in ADDRESSES:
                found.setdefault(ADDRESSES[key], []).append(value.text)
    return found


def theirs(path) -> list[dict[str, list[str]]]:
    """What tshark has, a packet after the other."""
    names = [*dict.fromkeys([*(name for name, _ in FIELDS.values()), *ADDRESSES.values()])]
    command = ["tshark", "-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-r", str(path), "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=;"]
    done = subprocess.run([*command, *(word for name in names for word in ("-e", name))], capture_output=True, text=True,
                          timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [{name: cell.split(";") for name, cell in zip(names, line.split("\t")) if cell} for line in done.stdout.splitlines()]


def number(text: str) -> str:
    """A number of tshark's as a decimal."""
    if text in ("True", "False"):
        return str(int(text == "True"))
    return str(int(text, 16)) if text.startswith("0x") else text


def test_each_field_is_what_tshark_sees(tmp_path, record_property):
    if shutil.which("tshark") is None:
        pytest.skip("no tshark here")
    seen = packets()
    path = tmp_path / "all.pcap"
    path.write_bytes(write_pcap([(place, data) for place, data in enumerate(seen)]))
    witness = theirs(path)
    assert len(witness) == len(seen)
    compared, wrong = Counter(), []
    for data, said in zip(seen, witness):
        for name, mine in ours(data).items():
            other = [number(each) for each in said.get(name, [])]
            if mine != other:
                wrong.append(f"{name}: {mine}, tshark {other}: {data[:80].hex()}")
            compared[name] += len(mine)
    record_property("packets", len(seen))
    record_property("fields", sum(compared.values()))
    print(f"{len(seen)} packets, {sum(compared.values())} fields, {len(wrong)} differ")
    assert wrong == [], f"{len(wrong)} differ, {wrong[:12]}"
    assert len(seen) > 500 and {*compared} >= {"ip.ttl", "ipv6.hlim", "icmp.type", "icmpv6.type", "udp.dstport", "tcp.seq"}


def test_tshark_reads_what_a_wire_of_the_lab_carried(tmp_path):
    """The summary of tshark and the sentence agree about who asks whom."""
    if shutil.which("tshark") is None:
        pytest.skip("no tshark here")
    path = tmp_path / "all.pcap"
    path.write_bytes(write_pcap([(place, data) for place, data in enumerate(packets())]))
    done = subprocess.run(["tshark", "-n", "-r", str(path), "-T", "fields", "-e", "_ws.col.Source", "-e", "_ws.col.Destination",
                           "-e", "_ws.col.Protocol"], capture_output=True, text=True, timeout=300, check=False)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    told = told_of(read_capture(path.read_bytes()))
    assert len(rows) == len(told)
    for (source, destination, protocol), each in zip(rows, told):
        assert each.ends == (source, destination), each.sentence
        if protocol in ("ICMP", "ICMPv6", "TCP", "UDP"):
            assert each.kind == protocol, (protocol, each.sentence)
