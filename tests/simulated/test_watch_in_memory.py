"""netlite watch on the network in memory: reports, CSV, JSON by its schema, files, wrong words, the library."""

from __future__ import annotations

import asyncio
import csv
import io
import json

import pytest
from json_schemas import document_problems, line_problems
from mmdb_file import mmdb
from worlds import PATH, SILENT

import netlite
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain, diamond
from netlite.programs.registry import execute
from netlite.programs.simulate import simulate
from netlite.records.watch import HopProbe, PathChanged

ASN = mmdb({"198.18.1.0/24": {"autonomous_system_number": 64500, "autonomous_system_organization": "One"},
            "198.18.2.0/24": {"asn": "AS64501"}, "198.18.3.0/24": {"country": "XX"}})


def test_the_report_is_mtrs():
    done = simulate("watch -4 -n -c 3 server", PATH)
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Start: 2023-11-14T22:13:21+0000",
        "HOST: client                      Loss%   Snt   Last   Avg  Best  Wrst StDev",
        "  1.|-- 198.18.1.2                 0.0%     3    2.0   2.0   2.0   2.0   0.0",
        "  2.|-- 198.18.2.2                 0.0%     3    6.0   6.0   6.0   6.0   0.0",
        "  3.|-- 198.18.3.2                 0.0%     3   14.0  14.0  14.0  14.0   0.0"]


def test_columns_are_chosen_by_letters():
    done = simulate("watch -4 -n -c 2 -o SRDLU5 server", PATH)
    assert done.stdout.splitlines()[1:3] == [
        "HOST: client                        Snt   Rcv Drop Loss%  Dup   P50",
        "  1.|-- 198.18.1.2                    2     2    0  0.0%    0   2.0"]


def test_names_addresses_and_a_wide_report():
    done = simulate("watch -4 -b -w -c 2 server", chain(2))
    lines = done.stdout.splitlines()[1:]
    assert "r1.lab (198.18.1.2)" in lines[1] and "server.lab (198.18.3.2)" in lines[3]
    assert len({len(line) for line in lines}) == 1


def test_a_silent_host_is_status_1_and_has_one_line():
    done = simulate("watch -4 -n -c 2 server", SILENT)
    assert done.status == 1
    assert [line.split()[1:3] for line in done.stdout.splitlines()[2:]] == [["198.18.1.2", "0.0%"], ["???", "100.0%"]] or \
        [line.split()[1:3] for line in done.stdout.splitlines()[2:]] == [["???", "100.0%"]]


def test_several_hosts_and_flows_are_tables_of_their_own():
    done = simulate("watch -4 -n -c 2 -u --flows 2 server r1", diamond(4))
    titles = [line for line in done.stdout.splitlines() if line.startswith("Path: ")]
    assert titles == ["Path: server (198.18.2.2), flow 0", "Path: server (198.18.2.2), flow 1",
                      "Path: r1 (198.18.1.2), flow 0", "Path: r1 (198.18.1.2), flow 1"]


def test_csv_can_be_read():
    rows = list(csv.DictReader(io.StringIO(simulate("watch -4 -C -c 2 server", PATH).stdout)))
    assert [(row["Hop"], row["Ip"], row["Name"], row["Loss%"], row["Snt"], row["Avg"]) for row in rows] == [
        ("1", "198.18.1.2", "r1.lab", "0.0", "2", "2.000"), ("2", "198.18.2.2", "r2.lab", "0.0", "2", "6.000"),
        ("3", "198.18.3.2", "server.lab", "0.0", "2", "14.000")]


@pytest.mark.parametrize("words", ["-c 2 server", "-4 -c 2 -u --flows 3 server", "-T -c 2 server r1", "nobody", "-o ? server",
                                   "-c 2 nobody server", "-c 2 -m 1 server"])
def test_json_is_as_its_schema_says(words):
    for topology in (PATH, SILENT):
        whole = simulate(f"watch --json {words}", topology)
        assert document_problems("watch", whole.stdout) == [] and json.loads(whole.stdout)["status"] == whole.status
        assert line_problems("watch", simulate(f"watch --jsonl {words}", topology).stdout) == []


def test_every_probe_is_a_line():
    lines = [json.loads(line) for line in simulate("watch -4 -n --jsonl -c 4 server", PATH).stdout.splitlines()]
    probes = [line for line in lines if line["type"] == "probe"]
    assert [line["type"] for line in (lines[0], lines[-2], lines[-1])] == ["start", "path", "end"]
    assert len(probes) == 12 == len({probe["sequence"] for probe in probes})
    assert {(probe["hop"], probe["kind"], probe["rtt_ns"]) for probe in probes} == {
        (1, "router", 2_000_000), (2, "router", 6_000_000), (3, "reached", 14_000_000)}


@pytest.mark.parametrize("words, said", [
    ("", "Usage"), ("-z server", "invalid option"), ("-o Z server", "is no field"), ("-c x server", "is not a whole number"),
    ("-i 0 server", "is not a number from 0.01"), ("--rate 501 server", "is not a number from 0.1 to 500"),
    ("-f 9 -m 3 server", "first hop is beyond"), ("--flows 65 server", "is not a whole number"),
    ("--asn-file /nosuch server", "No such file"), ("-a 203.0.113.9 server", "Cannot assign"), ("-I eth9 server", "No such device"),
    ("nobody", "Name or service not known"), ("--json --jsonl server", "not both")])
def test_a_wrong_command_line_is_one_clear_line(words, said):
    done = simulate(f"watch {words}", chain(1))
    assert done.status == 2 and said in done.stderr and "internal error" not in done.stderr
    assert not done.stdout or "--json" in words


@pytest.mark.parametrize("words", ["", "-u --flows 2", "-T"])
def test_it_is_explained_and_its_packets_are_kept(words):
    environment = SimulatedEnvironment("watch", chain(1), "client")
    assert execute("watch", f"--explain --pcap seen.pcapng -4 -n -c 1 {words} server".split(), environment) == 0
    assert "=== Explained ===" in environment.out.text and "TTL 1" in environment.out.text
    assert environment.read_file("seen.pcapng")[:4] == b"\x0a\x0d\x0d\x0a"


def test_an_interrupted_report_tells_what_there_is():
    done = simulate("watch -4 -n -c 100 server", PATH, signals=[(5_500_000_000, "SIGINT")])
    assert done.status == 0 and [line.split()[3] for line in done.stdout.splitlines()[2:]] == ["6", "6", "6"]


def asn(data: bytes, words: str):
    environment = SimulatedEnvironment("watch", chain(3), "client", given={"as.mmdb": data})
    status = execute("watch", f"-4 -n -c 1 --asn-file as.mmdb {words} server".split(), environment)
    return status, environment.out.text, environment.err.text


def test_autonomous_systems_come_from_a_file():
    pytest.importorskip("maxminddb")
    status, text, _ = asn(ASN, "")
    assert status == 0
    assert [line.split()[1:3] for line in text.splitlines()[2:]] == [
        ["AS64500", "198.18.1.2"], ["AS64501", "198.18.2.2"], ["AS???", "198.18.3.2"], ["AS???", "198.18.4.2"]]
    _, text, _ = asn(ASN, "--json")
    assert document_problems("watch", text) == []
    assert [hop["asn"] for hop in json.loads(text)["paths"][0]["hops"]] == ["AS64500", "AS64501", None, None]
    _, text, _ = asn(ASN, "-C")
    assert [row["Asn"] for row in csv.DictReader(io.StringIO(text))] == ["AS64500", "AS64501", "", ""]


@pytest.mark.parametrize("data", [b"", b"nonsense", ASN[:-40], ASN.replace(b"record_size", b"record_sizf"), b"\0" * 4096])
def test_a_file_that_is_none_is_said_in_one_line(data):
    pytest.importorskip("maxminddb")
    status, text, said = asn(data, "")
    assert status == 2 and not text and said.count("\n") == 1 and "internal error" not in said


def test_a_broken_record_is_no_system():
    pytest.importorskip("maxminddb")
    for place in range(0, ASN.index(b"\xab\xcd\xefMaxMind"), 13):
        status, _, said = asn(ASN[:place] + b"\xff" + ASN[place + 1:], "")
        assert status in (0, 2) and "internal error" not in said


@pytest.mark.parametrize("number", ["9" * 100_000, "AS" + "1" * 5000, "x" * 100_000, "1\x1b[2J", {"a": 1}, "", "\u0663"])
def test_what_no_number_of_a_system_can_be_is_none(number):
    pytest.importorskip("maxminddb")
    status, text, said = asn(mmdb({"198.18.0.0/15": {"asn": number}}), "")
    assert (status, said) == (0, "") and [line.split()[1] for line in text.splitlines()[2:]] == ["AS???"] * 4


def test_asyncio_gives_the_same_as_the_library():
    def world():
        return SimulatedEnvironment("watch", PATH, "client")

    async def watched():
        run = netlite.aio.watch("server", version=4, count=3, world=world())
        return await run, run.paths

    run = netlite.watch("server", version=4, count=3, world=world())
    events = list(run)
    assert asyncio.run(watched()) == (events, run.paths)
    assert all(isinstance(each, (HopProbe, PathChanged)) for each in events) and len(events) == 9


def test_a_run_can_be_paused_reset_and_left():
    with netlite.watch("server", version=4, world=SimulatedEnvironment("watch", PATH, "client")) as run:
        for event in run:
            if event.sequence == 9:
                break
        assert [hop.sent for hop in run.paths[0].hops] == [3, 3, 3]
        run.reset()
        next(run)
        assert sum(hop.sent for hop in run.paths[0].hops) <= 3
    assert run.finished


@pytest.mark.parametrize("arguments, wrong", [
    ({"flows": 0}, "flows"), ({"flows": 65}, "flows"), ({"method": "sctp"}, "method"), ({"interval_s": 0.001}, "interval_s"),
    ({"rate": 0}, "rate"), ({"count": 0}, "count"), ({"first_hop": 31}, "first_hop"), ({"port": 0}, "port"),
    ({"size_bytes": 0}, "size_bytes"), ({"names": 1}, "names"), ({"traffic_class": 256}, "traffic_class")])
def test_wrong_arguments_are_named(arguments, wrong):
    for watch in (netlite.watch, netlite.aio.watch):
        with pytest.raises((TypeError, ValueError), match=wrong):
            watch("server", world=SimulatedEnvironment("watch", PATH, "client"), **arguments)
