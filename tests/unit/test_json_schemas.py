"""What --json and --jsonl write is as the schemas in the package say, whatever comes of the run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import replay
from json_schemas import FILES, document_problems, line_problems, problems
from test_replay_cases import FOLDER

from netlite.engines.ping import Ping
from netlite.lab.scene.scene import load, names
from netlite.programs.simulate import simulate

pytest.importorskip("jsonschema")

ROOT = Path(__file__).parent.parent.parent
PROBES = ("ping -4 -c2 SERVER", "ping -6 -c2 -D -n SERVER", "ping -4 -c3 -O -i 0.3 SERVER", "ping -4 -q -c2 SERVER", "ping -4 -f -c20 SERVER",
          "ping -4 -R -c1 SERVER", "ping -4 -T tsandaddr -c1 SERVER", "ping -4 -v -c2 -t1 SERVER", "ping -4 -M do -s 1472 -c2 SERVER", "ping -4 -M do -s 4000 -c1 SERVER",
          "ping -6 -N name -c1 SERVER", "ping -4 -p ff -c1 SERVER", "ping --multi -c2 -i0.1 SERVER nosuch", "ping nosuch", "ping -zz", "ping --multi",
          "traceroute -4 SERVER", "traceroute -6 -e -n SERVER", "traceroute -4 -T SERVER", "traceroute -4 -I -q1 SERVER", "traceroute -4 --mtu SERVER",
          "traceroute -4 --paris SERVER", "traceroute --help", "traceroute nosuch", "traceroute --mda -4 SERVER", "traceroute --mda nosuch",
          "tcptraceroute SERVER", "tracepath -4 SERVER", "tracepath -6 -n SERVER", "tracepath -m1 SERVER", "tracepath nosuch", "tracepath",
          "mtu -4 SERVER", "mtu -4 -U -W 0.2 SERVER", "mtu nosuch", "mtu -zz")
TABLES = ("netstat -tuwxanp", "netstat -tuwxan --more", "netstat -San", "netstat -rn", "netstat -6rn", "netstat -ia", "netstat -gn", "netstat -s", "netstat -M",
          "ifconfig -a", "ifconfig lo nope0", "ifconfig -a --more", "route -n", "route -6n", "route --more", "route get nosuch", "route add x", "arp -n", "arp -an",
          "arp nosuch", "arp --inet6", "hostname", "hostname -y", "hostname -I", "hostname -a", "hostname -zz", "netstat -zz", "netstat --netns /nonexistent")
SNAPSHOTS = sorted(path.stem for path in Path(FOLDER).glob("*.snapshot"))


def schema_of(text: str) -> str:
    """The one that a document or its first line names."""
    return json.loads(text.splitlines()[0])["schema"].partition("/")[0]


@pytest.mark.parametrize("name", names())
def test_runs(name):
    """Each program in each scene: losses, black holes, labels, equal ways, rewriting routers, filters."""
    scene = load(name)
    target = next(reversed(scene.topology.nodes))
    for command in PROBES:
        words = command.replace("SERVER", target)
        document, lines = simulate(f"{words} --json", scene.topology), simulate(f"{words} --jsonl", scene.topology)
        assert not document_problems(schema_of(document.stdout), document.stdout), words
        assert not line_problems(schema_of(lines.stdout), lines.stdout), words


@pytest.mark.parametrize("snapshot", SNAPSHOTS)
def test_tables(snapshot, tmp_path):
    replay.unpack(str(FOLDER / f"{snapshot}.snapshot"), str(tmp_path))
    for command in TABLES:
        program, *words = command.split()
        out, _, _ = replay.replay(str(tmp_path), [program, "--json", *words])
        assert not document_problems(program, out.decode()), command
        out, _, _ = replay.replay(str(tmp_path), [program, "--jsonl", *words])
        assert not line_problems(program, out.decode()), command


@pytest.mark.parametrize("command", ["route get 127.0.0.1", "route get ::1", "route --more", "route -6 --more", "ifconfig -a --more", "arp --more", "netstat -tuxanp --more",
                                     "netstat -s", "ifconfig -a", "netlite lab list"])
def test_tables_of_this_machine(command):
    """Those that no recording has."""
    program, *words = command.split()
    schema = "lab-list" if program == "netlite" else program
    for form, check in (("--json", document_problems), ("--jsonl", line_problems)):
        done = subprocess.run([sys.executable, "-I", ROOT / "bin" / program, *words, form], capture_output=True, text=True, timeout=300)
        assert not check(schema, done.stdout), done.stdout


@pytest.mark.parametrize("name", FILES)
def test_schemas_are_schemas(name):
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(FILES[name])
    assert name == "shared" or "line" in FILES[name]["$defs"]


@pytest.mark.parametrize("command", ["ping -4 -c2 server", "traceroute -4 server", "tracepath -4 server", "mtu -4 server"])
def test_a_key_too_many_or_too_few_is_no_document(command):
    """The schemas say all, and hold all."""
    document = json.loads(simulate(f"{command} --json", load("chain").topology).stdout)
    name = document["schema"].partition("/")[0]
    assert not problems(name, document)
    for key in document:
        assert problems(name, {other: document[other] for other in document if other != key}), key
        if isinstance(document[key], list) and document[key]:
            first = document[key][0]
            assert problems(name, {**document, key: [{**first, "nonsense": 1}]}) if isinstance(first, dict) else True
    assert problems(name, {**document, "nonsense": None}) and problems(name, {**document, "status": "0"})


@pytest.mark.parametrize("command, records", [("ping -4 -c1 server", [("LocalError", (90, 1400)), ("SendRefused", (1,)), ("ReceiveRefused", (12,))])])
def test_what_kernels_refuse(command, records, monkeypatch):
    """Records that only a kernel that refuses gives."""
    from netlite.engines.actions import Report
    from netlite.records import ping_mishaps

    feed = Ping.feed
    refusals = [Report(getattr(ping_mishaps, name)(*values)) for name, values in records]

    def refused(self, event):
        told, refusals[:] = refusals[:], []
        return told + feed(self, event)

    monkeypatch.setattr(Ping, "feed", refused)
    text = simulate(f"{command} --json", load("chain").topology).stdout
    assert not document_problems("ping", text)
    assert [each["type"] for each in json.loads(text)["responses"]] == ["local_error", "send_refused", "receive_refused", "reply"]
