"""netlite exporter in namespaces: Prometheus scrapes it, the wire is counted, and it does what it is asked to under load."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
pytest.importorskip("prometheus_client")
pytest.importorskip("h11")
from exporter_clients import values  # noqa: E402
from lab_processes import drop_capabilities  # noqa: E402

from bench import vantages  # noqa: E402 - the checkout is not on the path before

CROWD = """
import resource, select, socket, sys, time
port, number = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
waiting, sent, good = {}, set(), {}
poll = select.epoll()
for place in range(number):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    waiting[client.fileno()] = client
    good[client.fileno()] = b""
    poll.register(client.fileno(), select.EPOLLOUT)
while waiting:
    for descriptor, events in poll.poll(60):
        client = waiting[descriptor]
        if descriptor not in sent:
            target = f"198.19.0.{descriptor % 18 + 1}"
            client.send(f"GET /probe?target={target} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n"
                        "X-Prometheus-Scrape-Timeout-Seconds: 60\\r\\n\\r\\n".encode())
            sent.add(descriptor)
            poll.modify(descriptor, select.EPOLLIN)
            continue
        data = client.recv(65536)
        good[descriptor] += data
        if not data:
            poll.unregister(descriptor)
            client.close()
            del waiting[descriptor]
print(sum(b"probe_success 1" in each for each in good.values()), sum(each.startswith(b"HTTP/1.1 503") for each in good.values()))
"""


@pytest.fixture(scope="module")
def rig(labs):
    with vantages.Rig(vantages=3, targets=20, dead=2, every_s=1) as built:
        yield built


def metrics(rig, name: str) -> dict:
    return values(rig.get(name, f"http://127.0.0.1:{vantages.PORT}/metrics"))


def own(found: dict, name: str, **labels: str) -> float:
    return found[f"netlite_exporter_{name}", frozenset(labels.items())]


def ended(agent, number=signal.SIGTERM) -> tuple[int, str]:
    agent.send_signal(number)
    with agent.stderr:
        return agent.wait(60), agent.stderr.read()


def crowd(rig, name: str, clients: int) -> list[int]:
    return [int(word) for word in rig.run(name, sys.executable, "-I", "-S", "-c", CROWD, str(vantages.PORT), str(clients)).split()]


def test_a_thousand_probes_at_once_on_one_socket(rig):
    """All are answered, each packet is counted once, and nothing of them is left."""
    name = "v2"
    agent = rig.start_agent(name, "--probes", "1000", "--connections", "2000", "--rate", "0", "--patience", "30")
    before = rig.wire(name)
    own(metrics(rig, name), "open_descriptors")
    crowd(rig, name, 1)                   # the socket is open now, and stays so
    first = own(metrics(rig, name), "open_descriptors")
    assert crowd(rig, name, 1000) == [1000, 0]
    found = metrics(rig, name)
    assert own(found, "open_descriptors") == first
    asked, answered = (now - then for now, then in zip(rig.wire(name), before))
    assert own(found, "echo_requests_total") == asked == 1001
    assert own(found, "probes_total", module="icmp", outcome="success") == answered
    assert own(found, "probes_running") == own(found, "probes_waiting") == 0
    assert ended(agent) == (0, "")


def test_beyond_the_bounds_is_503_and_what_was_let_in_is_served(rig):
    name = "v2"
    agent = rig.start_agent(name, "--probes", "5", "--queue", "10", "--connections", "300")
    good, refused = crowd(rig, name, 250)
    found = metrics(rig, name)
    assert own(found, "probes_total", module="icmp", outcome="refused") == refused
    assert good + refused <= 250 and good == own(found, "probes_total", module="icmp", outcome="success")
    assert ended(agent, signal.SIGINT) == (0, "")


def test_what_is_watched_is_what_is_on_the_wire(rig, tmp_path):
    """Counts of the targets of a file equal those of the firewall, when the file has become empty; SIGHUP reads it at once."""
    name, path = "v3", tmp_path / "targets.json"
    targets = rig.targets[:10] + rig.dead[:1]
    path.write_text(json.dumps([{"targets": targets, "labels": {"site": "here"}}]))
    before = rig.wire(name)
    agent = rig.start_agent(name, "--file-sd", str(path), "-i", "0.2", "--trace-interval", "0")

    def counts(word: str) -> dict[str, float]:
        return {dict(labels)["target"]: value for (found, labels), value in metrics(rig, name).items()
                if found == f"netlite_ping_{word}_total"}

    rig.wait(lambda: min(counts("sent").values()) >= 5, "every target was pinged")
    path.write_text(json.dumps([{"targets": targets[:1], "labels": {"site": "here"}}]))
    agent.send_signal(signal.SIGHUP)
    rig.wait(lambda: set(counts("sent")) == set(targets[:1]), "the file is read again")
    page = metrics(rig, name)
    labels = frozenset({"target": targets[0], "site": "here"}.items())
    asked, answered = rig.wire(name)
    sent, received = (page[f"netlite_ping_{word}_total", labels] for word in ("sent", "received"))
    assert 0 <= sent - received <= 1 and page["netlite_ping_lost_total", labels] == 0
    assert sent + 5 * 10 <= asked - before[0] and answered - before[1] <= asked - before[0]
    path.write_text("no json")
    agent.send_signal(signal.SIGHUP)
    rig.wait(lambda: own(metrics(rig, name), "files_readable", path=str(path)) == 0, "the file is known to be wrong")
    assert set(counts("sent")) == set(targets[:1])
    status, said = ended(agent)
    assert status == 0 and said.count("\n") == 1 and "what it said before holds" in said


def test_the_count_of_one_watched_target_is_that_of_the_wire(rig, tmp_path):
    """Exactly: no probe is under way when its interval is longer than the test looks."""
    name, path = "v3", tmp_path / "one"
    path.write_text(f"{rig.targets[0]}\n{rig.dead[0]}\n")
    before = rig.wire(name)
    agent = rig.start_agent(name, "--targets", str(path), "-i", "600", "--trace-interval", "0")

    def count(word: str, target: str) -> float:
        return metrics(rig, name)[f"netlite_ping_{word}_total", frozenset({"target": target}.items())]

    path.write_text(f"{rig.targets[0]}\n{rig.dead[0]}\n# the same\n")
    rig.wait(lambda: count("received", rig.targets[0]) == 1, "the first ping is answered")
    asked, answered = (now - then for now, then in zip(rig.wire(name), before))
    assert asked == count("sent", rig.targets[0]) + count("sent", rig.dead[0]) and answered == 1
    assert ended(agent, signal.SIGKILL)[0] == -signal.SIGKILL


def test_without_rights_datagram_sockets_do(rig, tmp_path):
    """As who has no capabilities, in a namespace whose sysctl lets him ping; ended by a signal like the others."""
    name = "v3"
    rig.lab.setting(name, "net/ipv4/ping_group_range", "0 2147483647")
    agent = rig.start_agent(name, preexec_fn=drop_capabilities)
    page = values(rig.get(name, f"http://127.0.0.1:{vantages.PORT}/probe?target={rig.targets[0]}&count=3"))
    assert page["probe_success", frozenset()] == 1 and page["probe_icmp_received_packets", frozenset()] == 3
    page = values(rig.get(name, f"http://127.0.0.1:{vantages.PORT}/probe?target={rig.targets[0]}&module=traceroute"))
    assert page["probe_path_hops", frozenset()] == 2
    assert ended(agent) == (0, "")
    rig.lab.setting(name, "net/ipv4/ping_group_range", "1 0")
    agent = rig.start_agent(name, said="no ICMP socket", preexec_fn=drop_capabilities)
    page = values(rig.get(name, f"http://127.0.0.1:{vantages.PORT}/probe?target={rig.targets[0]}"))
    assert page["probe_success", frozenset()] == 0 and page["probe_failure_info", frozenset({("reason", "not_permitted")})] == 1
    assert ended(agent, signal.SIGKILL)[0] == -signal.SIGKILL


@pytest.mark.skipif(vantages.find("promtool") is None, reason="there is no promtool: packaging/prometheus-of")
def test_promtool_has_nothing_to_say_about_our_metrics(rig, tmp_path):
    name = "v2"
    path = tmp_path / "targets"
    path.write_text("\n".join(rig.targets[:3]))
    agent = rig.start_agent(name, "--targets", str(path), "--trace-interval", "1")
    rig.wait(lambda: "netlite_hop_lost_total{" in rig.get(name, f"http://127.0.0.1:{vantages.PORT}/metrics"), "a path is known")
    for page in ("metrics", *[f"probe?target={rig.targets[0]}{port}&module={module}" for module, port in (
            ("icmp", ""), ("tcp", ":9"), ("traceroute", ""), ("mtu", ""), ("why", ""))]):
        text = rig.get(name, f"http://127.0.0.1:{vantages.PORT}/{page}")
        done = subprocess.run([vantages.find("promtool"), "check", "metrics"], input=text, capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), page
    assert ended(agent) == (0, "")


@pytest.mark.skipif(vantages.find("prometheus") is None, reason="there is no prometheus: packaging/prometheus-of")
def test_prometheus_takes_native_histograms(labs, tmp_path):
    """It asks for protobuf then: the native series counts what the exporter counts, and its quantiles lie where round trips do."""
    path = tmp_path / "targets"
    with vantages.Rig(vantages=1, targets=4, dead=1, every_s=1) as rig:
        path.write_text("\n".join(rig.targets))
        name, metric = rig.names[0], "netlite_ping_rtt_seconds"
        rig.start_agent(name, "--targets", str(path), "-i", "0.1", "--trace-interval", "0")
        rig.discover(rig.targets)
        rig.start_prometheus(features=("native-histograms",))

        def by_target(expression: str) -> dict[str, float]:
            return rig.query(f"sum by (target) ({expression})")

        alive = set(rig.targets) - set(rig.dead)
        rig.wait(lambda: len([count for count in by_target(f"histogram_count({metric})").values() if count > 20]) == len(alive),
                 "round trips are stored")
        assert rig.query(f"count({metric}_bucket)") == {}  # native: one series a target
        counts = by_target(f"histogram_count({metric})")
        assert set(counts) == set(rig.targets) and counts[rig.dead[0]] == 0
        at_once = by_target(f"histogram_count({metric}) - on (target) netlite_ping_received_total")
        assert at_once == dict.fromkeys(rig.targets, 0)  # of one scrape
        stored = {part: rig.query(f"max by (target) (histogram_quantile({part}, {metric}))") for part in (0.01, 0.5, 1)}
        page = metrics(rig, name)
        for target in alive:
            assert 0 < stored[0.01][target] <= stored[0.5][target] <= stored[1][target]
            labels = frozenset({("target", target)})
            longest = min(float(dict(more)["le"]) for (each, more), count in page.items() if each == f"{metric}_bucket"
                          and ("target", target) in more and count == page[f"{metric}_count", labels])
            assert stored[1][target] <= longest * 2 ** 0.125  # what the classic buckets say, and less than a native bucket beyond


@pytest.mark.skipif(vantages.find("prometheus") is None, reason="there is no prometheus: packaging/prometheus-of")
def test_prometheus_finds_what_is_wrong(labs):
    """The small form of bench/vantages.py, with a wider bound: once in 15,000 runs chance exceeds it."""
    with vantages.Rig(vantages=3, targets=20, dead=2, every_s=3) as rig:
        found = vantages.campaign(rig, 5.0, 4.0, tell=lambda line: None)
        assert found["probes"] > 3 * 20 * 3
