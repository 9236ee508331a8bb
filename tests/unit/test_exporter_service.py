"""What the exporter answers, on a network in memory."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

pytest.importorskip("prometheus_client")
pytest.importorskip("h11")
from exporter_clients import ask, values  # noqa: E402
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics  # noqa: E402

from netlite.lab.scene.parts import Action, Node, Rule, Wire  # noqa: E402
from netlite.lab.scene.topology import Topology, chain  # noqa: E402
from netlite.lab.memory.environment import SimulatedEnvironment  # noqa: E402
from netlite.programs.exporter import bounds  # noqa: E402
from netlite.programs.exporter.bounds import Budget, Overfull, Room  # noqa: E402
from netlite.programs.exporter.host import add_host  # noqa: E402
from netlite.programs.exporter.metrics import COUNTER, METRICS  # noqa: E402
from netlite.programs.exporter.samples import Samples, render  # noqa: E402
from netlite.programs.exporter.service import Rules  # noqa: E402
from netlite.records.family import FAMILIES  # noqa: E402
from netlite.system.routes.all_tables import read_all_routes  # noqa: E402
from netlite.system.routes.counts import count_routes  # noqa: E402
from netlite.world import World  # noqa: E402


def one(target: str, **more) -> dict[str, dict[str, float]]:
    """Status 200, and samples by name: value by label values."""
    response = ask([target], **more)[0]
    assert response.status == 200, response.body
    found: dict[str, dict[str, float]] = {}
    for (name, labels), value in values(response.body).items():
        found.setdefault(name, {})[" ".join(label for _, label in sorted(labels))] = value
    return found


def test_icmp():
    found = one("/probe?target=server&ip=4&count=3")
    assert found["probe_success"] == {"": 1} and found["probe_ip_protocol"] == {"": 4}
    assert found["probe_icmp_sent_packets"] == found["probe_icmp_received_packets"] == {"": 3}
    assert found["probe_icmp_loss_ratio"] == {"": 0} and found["probe_icmp_reply_hop_limit"] == {"": 62}
    assert set(found["probe_icmp_rtt_seconds"]) == {"min", "avg", "median", "max", "stddev"}
    assert "probe_failure_info" not in found


def test_a_dead_target_fails_and_says_so():
    found = one("/probe?target=198.18.3.77")
    assert found["probe_success"] == {"": 0} and found["probe_icmp_loss_ratio"] == {"": 1}
    assert found["probe_failure_info"] == {"no_answer": 1}


def test_a_name_that_is_none():
    found = one("/probe?target=nowhere.example")
    assert found["probe_success"] == {"": 0} and found["probe_failure_info"] == {"name_unknown": 1}


def test_traceroute():
    found = one("/probe?target=server&module=traceroute&ip=4&count=2")
    assert found["probe_success"] == found["probe_path_reached"] == {"": 1} and found["probe_path_hops"] == {"": 3}
    assert set(found["probe_path_hop_info"]) == {"198.18.1.2 1", "198.18.2.2 2", "198.18.3.2 3"}
    assert found["probe_path_hop_loss_ratio"] == {"1": 0, "2": 0, "3": 0}


def test_mtu():
    found = one("/probe?target=server&module=mtu&ip=4", topology=chain(2, mtus={3: 1400}))
    assert found["probe_success"] == {"": 1} and found["probe_path_mtu_bytes"] == {"": 1400}
    assert found["probe_path_mtu_local_bytes"] == {"": 1500} and found["probe_path_mtu_black_hole"] == {"": 0}


def test_tcp_tells_a_closed_port_from_a_silent_one():
    found = one("/probe?target=server:9&module=tcp&ip=4")
    assert found["probe_success"] == {"": 0} and found["probe_tcp_refused"] == {"": 1}
    nodes = [Node("client"), Node("r1", True, rules=(Rule(Action.DROP, protocol=6),)), Node("server")]
    silent = Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"))], "silent")
    found = one("/probe?target=server:9&module=tcp&ip=4", topology=silent)
    assert found["probe_success"] == found["probe_tcp_refused"] == {"": 0} and "probe_tcp_connect_seconds" not in found


def test_why():
    found = one("/probe?target=server&module=why")
    assert found["probe_success"] == {"": 1} and found["probe_why_info"] == {"well": 1}
    found = one("/probe?target=nowhere.example&module=why")
    assert found["probe_success"] == {"": 0}


def test_several_targets_carry_their_names():
    found = one("/probe?target=server&target=198.18.3.77&target=server&ip=4")
    assert found["probe_success"] == {"server": 1, "198.18.3.77": 0}
    assert set(found["probe_icmp_sent_packets"]) == {"server", "198.18.3.77"}


@pytest.mark.parametrize("query", [
    "", "target=", "target", "x=1", "target=a&module=smtp", "target=a&count=0", "target=a&count=101", "target=a&count=1e1",
    "target=a&ip=5", "target=a b", "target=a%00b", "target=" + "a" * 300, "target=a:99999&module=tcp", "target=a&module=tcp",
    "target=a&count=2&module=mtu", "&".join(f"target=h{number}" for number in range(101)), "target=%ff", "target=a&target=b/c",
    "target=http://a", "target=a&module=icmp&debug=true"])
def test_wrong_queries_are_400_and_a_line(query):
    response = ask([f"/probe?{query}"])[0]
    assert response.status == 400 and response.body.count(b"\n") == 1 and len(response.body) < 400


@pytest.mark.parametrize("said", ["", "abc", "-1", "0", "nan", "inf", "1e12"])
def test_a_deadline_that_is_none(said):
    assert ask(["/probe?target=server"], headers={"x-prometheus-scrape-timeout-seconds": said})[0].status == 400


def test_other_pages():
    assert [each.status for each in ask(["/-/healthy", "/", "/nothing", "/probe/x", "/metrics"])] == [200, 200, 404, 404, 200]


def test_nothing_is_probed_unless_it_is_allowed():
    def statuses(allow, *targets):
        return [each.status for each in ask([f"/probe?target={target}&ip=4" for target in targets], allow=allow)]

    assert statuses((), "server", "198.18.3.2") == [403, 403]
    assert statuses(("198.18.3.0/24",), "server", "198.18.3.2", "198.18.2.2") == [200, 200, 403]
    assert statuses(("server",), "server", "SERVER.", "198.18.3.2") == [200, 200, 403]
    assert statuses(("*.example",), "a.example", "b.a.example", "example", "server") == [200, 200, 403, 403]
    assert statuses(("198.18.9.0/24",), "server") == [403]  # a name that leads elsewhere


def test_metrics_have_names_that_are_known_and_formats_that_others_read():
    pages = ask(["/probe?target=server", "/metrics"])
    for page in pages:
        for (name, _) in values(page.body):
            assert name in METRICS, name
    text = ask(["/metrics"], headers={"accept": "application/openmetrics-text;version=1.0.0"})[0]
    assert text.content_type.startswith("application/openmetrics-text")
    assert {family.name for family in open_metrics(text.body.decode())} > {"netlite_exporter_probes", "netlite_interface_mtu_bytes"}


def test_names_keep_prometheus_rules():
    for name, (kind, meaning) in METRICS.items():
        assert name.endswith("_total") == (kind == COUNTER), name
        assert name == name.lower() and not name.endswith(("_ms", "_milliseconds", "_kb", "_count", "_sum", "_bucket")), name
        assert meaning and not meaning.endswith("."), name


def test_long_pages_are_packed_where_that_is_accepted():
    from gzip import decompress

    page = ask(["/metrics"], headers={"accept-encoding": "gzip"})[0]
    if dict(page.headers).get("content-encoding") == "gzip":
        page = page.replace(body=decompress(page.body))
    assert ("netlite_exporter_probes_running", frozenset()) in values(page.body)


def test_beyond_the_queue_is_503():
    targets = "&".join(f"target=198.18.3.{number}" for number in range(10, 40))
    assert ask([f"/probe?{targets}"], rules=Rules(at_once=4, queue=5))[0].status == 503
    response = ask([f"/probe?{targets}"], rules=Rules(at_once=4, queue=40))[0]
    assert response.status == 200
    assert sum(name == "probe_success" for name, _ in values(response.body)) == 30


def test_room():
    async def main():
        room, most = Room(2, 3), 0
        gate = asyncio.Event()

        async def stay():
            nonlocal most
            async with room:
                most = max(most, room.inside)
                await gate.wait()

        tasks = [asyncio.create_task(stay()) for _ in range(5)]
        await asyncio.sleep(0)
        assert (room.inside, room.waiting) == (2, 3)
        with pytest.raises(Overfull):
            await stay()
        tasks[4].cancel()                 # one of the queue goes
        await asyncio.gather(tasks[4], return_exceptions=True)
        late = asyncio.create_task(stay())
        gate.set()
        await asyncio.gather(*tasks[:4], late)
        assert (most, room.inside, room.waiting) == (2, 0, 0)

    asyncio.run(main())


class Clock:
    """A loop whose time passes in sleep alone."""

    def __init__(self):
        self.now = 0.0

    def time(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


def test_the_budget_holds_the_rate(monkeypatch):
    clock, sent = Clock(), 0
    monkeypatch.setattr(bounds, "get_running_loop", lambda: clock)
    monkeypatch.setattr(bounds, "sleep", clock.sleep)

    async def main():
        nonlocal sent
        budget = Budget(100.0)
        for packets in (1, 90, 60, 1, 1, 100, 3):
            await budget.pay(packets, 1e9)
            assert sent <= 100.0 * clock.now + 1e-6  # what was paid before has had its time
            sent += packets
        with pytest.raises(Overfull):
            await budget.pay(1, clock.now)
        budget.give_back(103)             # nothing of the last two was sent
        await budget.pay(1, clock.now)

    asyncio.run(main())


@pytest.mark.parametrize("module, timeout_s", [("traceroute", 20), ("mtu", 50), ("why", 90)])
def test_a_probe_gets_back_what_it_did_not_send(module, timeout_s, monkeypatch):
    """At a packet a second it may send more than an answer waits for, and sends a few."""
    async def no_wait(seconds):
        pass

    monkeypatch.setattr(bounds, "sleep", no_wait)
    answers = ask([f"/probe?target=server&module={module}"] * 2, rate=1.0,
                  headers={"x-prometheus-scrape-timeout-seconds": str(timeout_s)})
    assert [answer.status for answer in answers] == [200, 200]


def test_labels_of_any_bytes_are_shown():
    samples = Samples()
    samples.add("netlite_interface_up", 1, device='e"\\\n\udcff\u00e9')
    assert values(render(samples, "")[0]) == {("netlite_interface_up", frozenset({("device", 'e"\\\n\ufffd\u00e9')})): 1}


def test_tables_of_a_host():
    found: dict = {}
    samples = Samples()
    add_host(samples, SimulatedEnvironment("exporter", chain(1), "client"))
    for (name, labels), value in values(render(samples, "")[0]).items():
        found.setdefault(name, {})[frozenset(labels)] = value

    def value(name, **labels):
        return found[name][frozenset(labels.items())]

    assert value("netlite_interface_mtu_bytes", device="eth0") == 1500 and value("netlite_interface_up", device="lo") == 1
    assert value("netlite_routes", family="ipv4", table="main", type="unicast") == 2
    unreadable = {dict(labels)["table"] for labels, readable in found["netlite_table_readable"].items() if not readable}
    assert unreadable <= {"sockets", "listen_queues", "counters"}


def test_routes_are_counted_as_they_are_listed():
    """On this machine, whatever it has."""
    for family in FAMILIES:
        listed = Counter((row.table_name, row.kind) for row in read_all_routes(World(), family.af))
        assert count_routes(World(), family.af) == listed
