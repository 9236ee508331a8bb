"""The library gives records, on the real tables and on recorded ones."""

from __future__ import annotations

import pytest

import netlite
import netlite.api
from netlite.errors import NameUnknown
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.records.verdicts import Answer, Lost, ProbeError


def world(**circumstances):
    return SimulatedEnvironment("test", chain(2), "client", **circumstances)


def test_public_names_are_loaded_on_demand():
    assert set(netlite.api.__all__) >= {"ping", "traceroute", "tracepath", "interfaces"}
    assert netlite.ping is netlite.api.ping
    with pytest.raises(AttributeError):
        netlite.nonsense


@pytest.mark.parametrize("version", [4, 6])
def test_ping(version):
    run = netlite.ping("server", count=3, version=version, world=world())
    answers = list(run)
    assert [type(answer) for answer in answers] == [Answer] * 3
    assert [answer.sequence for answer in answers] == [1, 2, 3]
    assert (run.result.sent, run.result.received, run.result.loss) == (3, 3, 0.0)


def test_a_lost_probe_is_a_record():
    run = netlite.ping("198.18.3.77", count=2, timeout_s=1, world=world())
    assert {type(record) for record in run} <= {Lost, ProbeError}
    assert (run.result.received, run.result.lost + run.result.errors, run.result.loss) == (0, 2, 1.0)


@pytest.mark.parametrize("host, timeout_s", [("server", 1), ("198.18.3.77", 1), ("server", 1e-6)])
def test_the_result_holds_each_verdict_that_was_taken(host, timeout_s):
    """The last one too, though the host is done with it; and who stops there keeps it."""
    run, taken = netlite.ping(host, count=3, timeout_s=timeout_s, version=4, world=world()), 0
    assert run.result.sent == 0
    for taken, verdict in enumerate(run, 1):
        settled = run.result.received + run.result.lost + run.result.errors
        assert run.result.sent >= settled >= taken, verdict
        if taken == 3:
            break
    assert taken == 3 and run.result.sent == 3
    run.close()
    assert run.result.sent == 3 and run.result.loss is not None


@pytest.mark.parametrize("method", ["udp", "icmp"])
def test_traceroute(method):
    run = netlite.traceroute("server", method=method, queries=2, version=4, names=True, world=world())
    probes = list(run)
    assert [probe.name for probe in probes if probe.query == 1] == ["r1.lab", "r2.lab", "server.lab"]
    assert [(probe.hop, probe.query) for probe in probes] == [(hop, query) for hop in (1, 2, 3) for query in (1, 2)]
    assert [probe.kind for probe in probes] == ["router"] * 4 + ["reached"] * 2
    assert run.reached and run.address == "198.18.3.2"


def test_wrong_words_are_refused():
    with pytest.raises(ValueError):
        netlite.traceroute("server", method="pigeon", world=world())
    with pytest.raises(ValueError):
        netlite.connections("pigeon")
    with pytest.raises(NameUnknown):
        netlite.ping("nowhere", world=world())


def test_tables_of_this_machine():
    assert any(interface.name == "lo" for interface in netlite.interfaces())
    assert all(connection.protocol == "tcp" for connection in netlite.connections("tcp"))
    assert all(connection.state == "LISTEN" for connection in netlite.connections("tcp", listening=True))


def test_recorded_tables(tmp_path):
    net = tmp_path / "net"
    net.mkdir()
    (net / "arp").write_text("IP address HW type Flags HW address Mask Device\n"
                             "10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n")
    (net / "route").write_text("Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
                               "recorded0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n")
    recorded = netlite.World(proc=str(tmp_path))
    assert netlite.neighbours(world=recorded)[0].address == "10.0.0.1"
    assert netlite.routes(version=4, world=recorded)[0].device == "recorded0"


def test_recorded_tables_know_nothing_of_this_machine(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "dev").write_text("Inter-|\n face |\nrecorded0: 1 2 3\n")
    (tmp_path / "services").write_text("letters 2525/tcp\n")
    (tmp_path / "protocols").write_text("pigeon 77\n")
    recorded = netlite.World(proc=str(tmp_path), etc=str(tmp_path))
    assert recorded.device_names() == ["recorded0"]
    with pytest.raises(OSError):
        recorded.device_name(1)  # lo here
    assert (recorded.service_port("letters"), recorded.service_port("http")) == (2525, None)
    assert (recorded.protocol_number("pigeon"), recorded.protocol_number("tcp")) == (77, None)
