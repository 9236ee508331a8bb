"""Files of targets, what may be probed, the command lines of netlite exporter and netlite sd."""

from __future__ import annotations

import asyncio
import json

import pytest

pytest.importorskip("yaml")
pytest.importorskip("prometheus_client")
pytest.importorskip("h11")
from exporter_clients import values  # noqa: E402

from netlite import aio  # noqa: E402
from netlite.errors import UsageError  # noqa: E402
from netlite.lab.memory.environment import SimulatedEnvironment  # noqa: E402
from netlite.lab.scene.topology import chain  # noqa: E402
from netlite.programs.exporter.allowed import Allowed  # noqa: E402
from netlite.programs.exporter.bounds import Budget  # noqa: E402
from netlite.programs.exporter.histograms import BUCKETS_S  # noqa: E402
from netlite.programs.exporter.samples import Samples, render  # noqa: E402
from netlite.programs.exporter.names import Names  # noqa: E402
from netlite.programs.exporter.probing import Probes  # noqa: E402
from netlite.programs.exporter.target_files import Target, read_file_sd, read_lines  # noqa: E402
from netlite.programs.exporter.rounds import Rounds  # noqa: E402
from netlite.programs.exporter.watched_target import Pace, is_other_path  # noqa: E402
from netlite.programs.exporter.watching import Watches  # noqa: E402
from netlite.programs.exporter.words import USAGE, parse  # noqa: E402
from netlite.programs.registry import execute  # noqa: E402
from netlite.programs.sd.main import AGENT  # noqa: E402


def test_files_in_json_and_yaml_say_the_same():
    groups = [{"targets": ["192.0.2.1", "a.example", "192.0.2.1"], "labels": {"site": "x", "__param_module": "icmp"}},
              {"targets": ["2001:db8::1"]}]
    expected = [Target("192.0.2.1", (("site", "x"),)), Target("a.example", (("site", "x"),)), Target("2001:db8::1")]
    assert read_file_sd(json.dumps(groups), False) == expected
    assert read_file_sd("- targets: [192.0.2.1, a.example]\n  labels: {site: x, __a: b}\n- targets: ['2001:db8::1']\n", True) == expected
    assert read_file_sd("[]", False) == read_file_sd("", True) == read_lines("\n# nothing\n") == []


@pytest.mark.parametrize("text", [
    "{}", "[1]", '[{"targets": 1}]', '[{"targets": ["a b"]}]', '[{"targets": [1]}]', '[{"targets": ["a"], "labels": 1}]',
    '[{"targets": ["a"], "labels": {"1a": "x"}}]', '[{"targets": ["a"], "labels": {"a": 1}}]', '[{"targets": ["a"], "labels": {"": "x"}}]',
    '[{"targets": ["a"], "labels": {"target": "x"}}]', "[", '[{"targets": ["http://a/"]}]', "[" * 10000, '[{"targets": ["\\u001b[2J"]}]'])
def test_wrong_service_discovery_is_a_line(text):
    with pytest.raises(ValueError) as told:
        read_file_sd(text, False)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("value", ["!!int ''", "!!float ''", "!!bool x", "!!timestamp x", "!!set 1", "!!omap [1]", "!!binary '%'",
                                   f"{':'.join(['1'] * 500)}.5", "2001-12-14t21:59:43.10+99:99", "0001-01-01t00:00:00+23:59", "[", "*a", "&a [*a]"])
@pytest.mark.parametrize("form", ["- targets: {}", "- targets: [{}]", "- targets: [a]\n  labels: {{a: {}}}", "- {}", "{}"])
def test_yaml_of_any_types_is_a_line(form, value):
    with pytest.raises(ValueError) as told:
        read_file_sd(form.format(value), True)
    assert "\n" not in str(told.value) and len(str(told.value)) < 1000


@pytest.mark.parametrize("form", ["targets: [*a12]", "targets: [a]\n  labels: {a: *a12}", "targets: [a]\n  labels: *a12", "targets: *a12"])
def test_lists_of_lists_of_lists_are_not_told(form):
    """So few lines are a list of 10^12 words, which nobody may walk through."""
    lists = [f"  x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 13)]
    with pytest.raises(ValueError) as told:
        read_file_sd("- x: &a0 x\n" + "".join(lists) + "  " + form, True)
    assert len(str(told.value)) < 1000


@pytest.mark.parametrize("text", ['[{"targets": ["a"], "labels": {"a": "\\ud800"}}]', '[{"targets": ["\\udc80"]}]', '[{"targets": ["a"], "labels": {"a": "x\\udfff"}}]'])
def test_half_a_surrogate_pair_is_refused_before_it_spoils_all_metrics(text):
    for yaml in (False, True):
        with pytest.raises(ValueError):
            read_file_sd(text, yaml)


@pytest.mark.parametrize("text", ["a b", "a/b", "\x1b[2J", "x" * 256, 'a"b'])
def test_wrong_lines_are_named(text):
    with pytest.raises(ValueError, match="line 2: "):
        read_lines(f"a\n{text}\n")


@pytest.mark.parametrize("word", ["", "*", "*.*", "a b", "192.0.2.0/33", "a/8", "1.2.3.4/x", "*."])
def test_words_that_allow_nothing_are_refused(word):
    with pytest.raises(ValueError):
        Allowed([word])


def test_addresses_that_are_allowed():
    allowed = Allowed(["192.0.2.0/24", "2001:db8::/32", "fe80::/10", "198.18.0.1"])
    assert all(map(allowed.address, ["192.0.2.255", "2001:db8::1", "fe80::1%eth0", "198.18.0.1", "::ffff:192.0.2.7"]))
    assert not any(map(allowed.address, ["192.0.3.0", "2001:db9::1", "::1", "198.18.0.2", "::ffff:10.0.0.1"]))
    assert not allowed.name("a.example") and Allowed(["any"]).name("x") and Allowed(["any"]).address("::1")


def test_the_command_line():
    options = parse("exporter", ["--allow", "a,192.0.2.0/24", "--allow=b", "--listen", "[::1]:0", "--listen", ":9", "--probes", "7",
                                 "--targets", "x", "--file-sd", "y.json", "-i", "0.5", "--web.config.file", "w.yml", "--no-host"])
    assert options.allow == ("a", "192.0.2.0/24", "b") and options.listen == (("::1", 0), ("::", 9)) and options.at_once == 7
    assert options.files == (("targets", "x"), ("file-sd", "y.json")) and options.web == "w.yml" and not options.host
    assert parse("exporter", []).listen == (("127.0.0.1", 9427),) and parse("exporter", []).allow == ()


@pytest.mark.parametrize("words", [
    ["x"], ["--listen", "a:1"], ["--listen", "127.0.0.1"], ["--listen", "127.0.0.1:65536"], ["--listen", ""], ["--probes", "0"],
    ["--probes", "1.5"], ["--rate", "-1"], ["-i", "nan"], ["--allow", "1.2.3.4/99"], ["--nothing"], ["--interval"]])
def test_wrong_command_lines(words):
    with pytest.raises(UsageError) as told:
        parse("exporter", words)
    assert told.value.status == 2 and (told.value.text.endswith(USAGE) or told.value.text.count("\n") == 1)


def run(*words: str, files=None):
    """Status, output and errors of a program in memory."""
    world = SimulatedEnvironment(words[0], chain(1), "client")
    if files:
        world.read_file = lambda path: files[path].encode() if path in files else missing(path)
    status = execute(words[0], list(words[1:]), world)
    return status, world.out.text, world.err.text


def missing(path):
    raise FileNotFoundError(2, "No such file or directory", path)


def test_sd_is_every_target_from_every_vantage_point():
    status, out, err = run("sd", "--vantage", "a=192.0.2.1:9427,b=192.0.2.2:9427", "--targets", "t", "--module", "icmp", "--module",
                           "mtu", "x.example", files={"t": "198.18.0.1\n\n# no\n198.18.0.2 # two\n"})
    groups = json.loads(out)
    assert (status, err, len(groups)) == (0, "", 4)
    assert {(group["labels"]["vantage"], group["labels"]["__param_module"], group["labels"][AGENT]) for group in groups} == {
        (name, module, address) for name, address in (("a", "192.0.2.1:9427"), ("b", "192.0.2.2:9427")) for module in ("icmp", "mtu")}
    assert all(group["targets"] == ["x.example", "198.18.0.1", "198.18.0.2"] for group in groups)
    assert [target.host for target in read_file_sd(out, False)] == ["x.example", "198.18.0.1", "198.18.0.2"] * 2


@pytest.mark.parametrize("words", [
    [], ["a"], ["--vantage", "x:1"], ["--vantage", "x", "a"], ["--vantage", "x:0", "a"], ["--vantage", "a=x:1,a=y:1", "t"],
    ["--vantage", "x:1", "a b"], ["--vantage", "x:1", "--targets", "nowhere"], ["--vantage", "x:1", "--module", "smtp", "a"],
    ["--vantage", "x:1\x1b", "a"], ["--vantage", "x:" + "9" * 5000, "a"], ["--other"]])
def test_sd_refuses_in_a_line(words):
    status, out, err = run("sd", *words, files={"t": "x"})
    assert (status, out) == (2, "") and err and "\x1b" not in err and "internal" not in err and "set_int" not in err


def test_what_the_library_lacks_is_a_line(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "h11", None)
    assert run("exporter") == (2, "", "exporter: netlite exporter needs h11 (pip install h11)\n")


def watched(seconds: float, targets, topology=None):
    """The samples of watched targets in a network in memory after some real seconds, in which much time passes there."""
    async def main():
        world = SimulatedEnvironment("exporter", topology or chain(2), "client")
        failures = []
        async with aio.Prober(lasting=True, world=world) as prober, Rounds(lasting=True, world=world) as rounds:
            names, budget = Names(world), Budget(0.0)
            probes = Probes(prober, asyncio.get_running_loop(), world)
            watches = Watches(names, rounds, probes, budget, Pace(1.0, 1.0, 0.0), failures.append)
            watches.choose(targets)
            await asyncio.sleep(seconds)
            first = next(iter(watches._watches.values()))
            await first._trace_once("198.18.3.2", probes, budget, 1e18)
            samples = Samples()
            watches.add(samples)
            watches.choose(targets[:1])
            fewer = Samples()
            watches.add(fewer)
            await watches.close()
        assert failures == []
        return values(render(samples, "")[0]), values(render(fewer, "")[0])

    return asyncio.run(main())


def test_watched_targets():
    labels = {"target": "server", "site": "here"}
    found, fewer = watched(1.5, [Target("server", (("site", "here"),)), Target("198.18.3.77"), Target("nowhere.example")])

    def value(name, **more):
        return found[name, frozenset({**labels, **more}.items())]

    sent, received, lost = (value(f"netlite_ping_{word}_total") for word in ("sent", "received", "lost"))
    assert sent >= 1 and 0 <= sent - received <= 1 and lost == 0
    assert value("netlite_ping_rtt_seconds_bucket", le="+Inf") == value("netlite_ping_rtt_seconds_count")
    assert received == value("netlite_ping_rtt_seconds_count")
    assert len([1 for name, _ in found if name == "netlite_ping_rtt_seconds_bucket"]) == 3 * (len(BUCKETS_S) + 1)
    assert value("netlite_path_hops") == 3 and value("netlite_path_mtu_bytes") == 1500 and value("netlite_path_traces_total") == 1
    assert value("netlite_hop_sent_total", hop="2") == 3 and value("netlite_hop_lost_total", hop="2") == 0
    dead = frozenset({"target": "198.18.3.77"}.items())
    assert found["netlite_ping_received_total", dead] == 0
    assert found["netlite_target_known", frozenset({"target": "nowhere.example"}.items())] == 0
    assert {dict(labels)["target"] for _, labels in fewer} == {"server"}


@pytest.mark.parametrize(("targets", "interval_s", "pause_s"), [
    (500, 1.0, 0.02), (95, 0.5, 0.5 * 8 / 95), (10, 1.0, 0.1), (1, 600.0, 0.1), (0, 1.0, 0.1), (1, 0.01, 0.005), (100000, 1.0, 0.02)])
def test_requests_are_gathered_but_none_misses_its_turn(targets, interval_s, pause_s):
    async def main():
        async with Rounds(lasting=True, world=SimulatedEnvironment("exporter", chain(2), "client")) as rounds:
            rounds.expect(targets, interval_s)
            assert rounds.pause_s == pytest.approx(pause_s) and rounds.pause_s <= interval_s / 2

    asyncio.run(main())


def test_a_path_is_another_one():
    assert not is_other_path(["a", "b"], ["a", "b"], True) and not is_other_path(["a", "", "c"], ["a", "b", ""], True)
    assert is_other_path(["a", "b"], ["a", "b", "c"], True) and not is_other_path(["a", "b"], ["a"], False)
