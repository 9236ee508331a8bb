"""Vantage points in namespaces, targets behind a router that loses and drops, and Debian's Prometheus that scrapes all.

``python -m bench.vantages [SECONDS]`` (root or user namespaces, nftables, ``packaging/prometheus-of``): five exporters
with a hundred targets each.  Injected loss is found within three sigma, dead targets are down, a killed agent is, a
target that is added to the service discovery appears, and what Prometheus stored is what was on the wire; then what a
probe costs, beside blackbox_exporter and fping on the same targets.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.registry import netlite_argv

CHECKOUT = Path(__file__).resolve().parents[1]
NET = "198.19.0"                      # the targets: any number of this network answers
PORT = 9427
MANY = 500                            # targets that are watched
LOSS_PERCENT = 20                     # of what the first vantage point sends
WIRE = """
table inet wire {
    counter asked {}
    counter answered {}
    chain out { type filter hook output priority 0; icmp type echo-request counter name asked; }
    chain in { type filter hook input priority 0; icmp type echo-reply counter name answered; }
}
"""
ROUTER = """
table inet trouble {
    chain forward {
        type filter hook forward priority 0
        icmp type echo-request ip daddr { %(dead)s } drop
        icmp type echo-request ip saddr %(lossy)s numgen random mod 100 < %(loss)d drop
    }
}
"""
GET = "import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1], timeout=60).read())"
TICKS = os.sysconf("SC_CLK_TCK")


def find(name: str) -> str | None:
    """A program of Prometheus', installed or from ``packaging/prometheus-of``."""
    folders = [str(CHECKOUT / "build/prometheus/usr/bin"), os.environ.get("PATH", "")]
    return shutil.which(name, path=os.pathsep.join(folders))


class Rig:
    """The lab, the exporters, and Prometheus once it is started.  A context manager."""

    def __init__(self, vantages: int, targets: int, dead: int, every_s: int):
        self.names = [f"v{number}" for number in range(1, vantages + 1)]
        nodes = [Node("core", True), Node("prom"), Node("servers"), *[Node(name) for name in self.names]]
        self.lab = Lab(Topology(nodes, [Wire(("core", node.name)) for node in nodes[1:]], "vantages"))
        self.folder = Path(tempfile.mkdtemp(prefix="netlite-vantages-"))
        self.targets = [f"{NET}.{number}" for number in range(1, targets + 1)]
        self.dead = self.targets[len(self.targets) - dead:]
        self.every_s = every_s
        self.agents: dict[str, subprocess.Popen] = {}
        self.prometheus: subprocess.Popen | None = None
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        self.run("servers", "ip", "route", "add", "local", f"{NET}.0/16", "dev", "lo")
        self.run("core", "ip", "route", "add", f"{NET}.0/16", "via", self.lab.address("servers"))
        for name in self.names:
            self.run(name, "nft", "-f", "-", input=WIRE)
        self.run("core", "nft", "-f", "-", input=ROUTER % {
            "dead": ", ".join(self.dead), "lossy": self.lab.address(self.names[0]), "loss": LOSS_PERCENT})

    def run(self, node: str, *words: str, **options) -> str:
        """What a command of a node says; it must succeed."""
        done = self.lab.run(node, list(words), **options)
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stderr.strip()}")
        return done.stdout

    def get(self, node: str, url: str) -> str:
        """A page, fetched by a node."""
        return self.run(node, sys.executable, "-I", "-S", "-c", GET, url)

    def start_agent(self, name: str, *more: str, said: str = "listening", **options) -> subprocess.Popen:
        """The exporter of a vantage point, once it answers; its first line holds what is `said`."""
        words = ["exporter", "--listen", f"0.0.0.0:{PORT}", "--allow", f"{NET}.0/24", "--patience", "1", *more]
        process = self.agents[name] = self.lab.popen(name, netlite_argv(words), stderr=subprocess.PIPE, text=True,
                                                      **options)
        line = process.stderr.readline()
        if said not in line:
            raise RuntimeError(f"the exporter of {name} says: {line}")
        while "listening" not in line:
            line = process.stderr.readline()
        return process

    def discover(self, targets: list[str]) -> None:
        """Write the service discovery, as ``netlite sd`` writes it."""
        path, new = self.folder / "targets.json", self.folder / "new.json"
        if targets:
            words = [word for name in self.names for word in ("--vantage", f"{name}={self.lab.address(name)}:{PORT}")]
            new.write_text(self._netlite("sd", *words, *targets))
        else:
            new.write_text("[]")
        new.replace(path)

    @staticmethod
    def _netlite(*words: str) -> str:
        return subprocess.run(netlite_argv(list(words)), capture_output=True, text=True, check=True).stdout

    def start_prometheus(self, replace: tuple[tuple[str, str], ...] = (), features: tuple[str, ...] = ()) -> None:
        """Start it, with the configuration that ``netlite sd --print-config`` writes, and `features` of its own."""
        config = self._netlite("sd", "--print-config", "--file", str(self.folder / "targets.json"))
        for old, new in (("scrape_interval: 30s", f"scrape_interval: {self.every_s}s"),
                         ("scrape_timeout: 10s", f"scrape_timeout: {self.every_s}s"), *replace):
            config = config.replace(old, new)
        path = self.folder / "prometheus.yml"
        path.write_text(f"global: {{scrape_interval: {self.every_s}s, scrape_timeout: {self.every_s}s}}\n{config}")
        self.prometheus = self.lab.popen("prom", [
            find("prometheus"), f"--config.file={path}", f"--storage.tsdb.path={self.folder}/data", "--log.level=error",
            "--web.listen-address=127.0.0.1:9090", *[f"--enable-feature={each}" for each in features]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait(lambda: self.ready(), "Prometheus is ready")

    def ready(self) -> bool:
        """Whether Prometheus answers."""
        done = self.lab.run("prom", [sys.executable, "-I", "-S", "-c", GET, "http://127.0.0.1:9090/-/ready"])
        return done.returncode == 0

    def query(self, expression: str) -> dict[str, float]:
        """The values of an instant query, by those of their labels, joined by blanks in the order of their names."""
        answer = json.loads(self.get("prom", f"http://127.0.0.1:9090/api/v1/query?{urlencode({'query': expression})}"))
        return {" ".join(value for _, value in sorted(row["metric"].items())): float(row["value"][1])
                for row in answer["data"]["result"]}

    def wire(self, name: str) -> tuple[int, int]:
        """Echo requests that left a vantage point, and answers that came."""
        found = json.loads(self.run(name, "nft", "-j", "list", "counters"))["nftables"]
        counts = {row["counter"]["name"]: row["counter"]["packets"] for row in found if "counter" in row}
        return counts["asked"], counts["answered"]

    def own(self, name: str) -> dict[str, float]:
        """What an exporter says of itself: echo requests that left, and probes whose client hung up."""
        page = self.get(name, f"http://127.0.0.1:{PORT}/metrics")
        rows = dict(line.rpartition(" ")[::2] for line in page.splitlines() if line.startswith("netlite_exporter_"))
        return {"echo_requests": float(rows["netlite_exporter_echo_requests_total"]),
                "abandoned": float(rows['netlite_exporter_probes_total{module="icmp",outcome="abandoned"}'])}

    @staticmethod
    def wait(condition, what: str, tries: int = 300) -> None:
        """Look again and again."""
        for _ in range(tries):
            if condition():
                return
            time.sleep(0.2)
        raise RuntimeError(f"in vain: {what}")

    def settle(self) -> None:
        """Until nothing is scraped any more, and nothing is on the wire."""
        self.discover([])
        before: list = [None]

        def same() -> bool:
            now = [self.wire(name) for name in self.names]
            time.sleep(2 * self.every_s)
            old, before[0] = before[0], now
            return old == now

        self.wait(same, "nothing more is sent", 30)

    def close(self) -> None:
        """End it all."""
        self.lab.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Rig:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def processor_s(process: subprocess.Popen) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def judge(rig: Rig, killed: str, added: str, sigmas: float) -> dict[str, object]:
    """Ask Prometheus for all that must hold, after `rig.settle`; raises AssertionError."""
    window, lossy = "[1h]", rig.names[0]
    probes = rig.query(f"sum by (vantage) (count_over_time(probe_success{window}))")
    sent = rig.query(f"sum by (vantage) (sum_over_time(probe_icmp_sent_packets{window}))")
    answered = rig.query(f"sum by (vantage) (sum_over_time(probe_icmp_received_packets{window}))")
    scrapes = f'up{{job="netlite"}}{window}'
    failed = rig.query(f"sum by (vantage) (count_over_time({scrapes}) - sum_over_time({scrapes}))")
    unheard = 0.0
    for name in rig.names:
        if name != killed:                # what it did last nobody has heard
            asked, came_back = rig.wire(name)
            own = rig.own(name)
            assert own["echo_requests"] == asked, (name, own, asked)
            assert sent[name] <= probes[name] and answered[name] <= came_back
            most = own["abandoned"] + failed[name]
            assert 0 <= asked - sent[name] <= most, (name, own, failed, asked, sent[name])
            assert came_back - answered[name] <= most, (name, own, failed, came_back, answered[name])
            unheard += asked - sent[name]
    alive = f'{{instance!~"{"|".join(rig.dead)}"}}'.replace(".", "[.]")
    tried = rig.query(f"sum by (vantage) (sum_over_time(probe_icmp_sent_packets{alive}{window}))")
    came = rig.query(f"sum by (vantage) (sum_over_time(probe_icmp_received_packets{alive}{window}))")
    share = LOSS_PERCENT / 100
    late = rig.query(f'sum by (vantage) (count_over_time(probe_failure_info{{reason="timeout"}}{window}))')
    lost, expected = tried[lossy] - came[lossy], tried[lossy] * share
    sigma = (tried[lossy] * share * (1 - share)) ** 0.5
    assert abs(lost - expected) <= sigmas * sigma + late.get(lossy, 0), (lost, expected, sigma, late)
    others = {name: tried[name] - came[name] - late.get(name, 0) for name in rig.names[1:]}
    assert max(others.values()) <= 0, (others, late)
    up = rig.query(f"max by (instance) (max_over_time(probe_success{window}))")
    assert {target for target, value in up.items() if not value} == set(rig.dead), up
    assert added in up
    return {"probes": int(sum(probes.values())), "probes on the wire whose scrape Prometheus broke off": int(unheard),
            "loss": f"{lost:.0f} of {tried[lossy]:.0f}, expected {expected:.0f} +- {sigma:.1f}"}


def campaign(rig: Rig, seconds: float, sigmas: float, tell=print) -> dict[str, object]:
    """The whole of it; returns figures."""
    added, killed = f"{NET}.250", rig.names[-1]
    for name in rig.names:
        rig.start_agent(name)
    rig.discover(rig.targets)
    rig.start_prometheus()
    pairs = len(rig.names) * len(rig.targets)
    rig.wait(lambda: len(rig.query("count by (instance, vantage) (probe_success)")) == pairs,
             "every target was probed from everywhere")
    time.sleep(seconds / 2)
    rig.discover([*rig.targets, added])
    rig.wait(lambda: len(rig.query(f'probe_success{{instance="{added}"}} == 1')) >= len(rig.names) - 1,
             "the added target appears")
    tell(f"a target that was added is probed from {len(rig.names)} vantage points")
    rig.agents[killed].kill()
    rig.agents[killed].wait()
    time.sleep(seconds / 2)
    rig.wait(lambda: set(rig.query(f'up{{vantage="{killed}",job="netlite"}}').values()) == {0.0},
             "the killed agent is down")
    assert rig.query('count(up{job="netlite-exporters"})') == {"": len(rig.names)}  # each once, not once a target
    down = rig.query("count by (vantage) (up{job=\"netlite\"} == 0)")
    assert set(down) == {killed}, down
    tell(f"the killed agent: up is 0 for its {down[killed]:.0f} probes, 1 for all others")
    costs = {name: processor_s(agent) for name, agent in rig.agents.items() if name != killed}
    rig.settle()
    found = judge(rig, killed, added, sigmas)
    sent = {name: rig.wire(name)[0] for name in costs}
    found["ms a probe"] = 1000 * sum(costs.values()) / sum(sent.values())
    return found


def beside(rig: Rig, rounds: int = 12) -> dict[str, float]:
    """Processor time a probe, in ms: netlite, blackbox_exporter and fping on the targets that answer."""
    name = rig.names[1]
    alive = [target for target in rig.targets if target not in rig.dead]
    code = ("import sys, http.client as h\n"
            "for _ in range(int(sys.argv[3])):\n"
            "    c = h.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=30)\n"
            "    for t in sys.argv[4:]:\n"
            "        c.request('GET', sys.argv[2] + t, headers={'X-Prometheus-Scrape-Timeout-Seconds': '5'})\n"
            "        assert b'probe_success 1' in c.getresponse().read()\n")

    def cost(process: subprocess.Popen, port: int, path: str) -> float:
        before = processor_s(process)
        rig.run(name, sys.executable, "-I", "-S", "-c", code, str(port), path, str(rounds), *alive)
        return 1000 * (processor_s(process) - before) / (rounds * len(alive))

    agent = rig.agents.get(name) or rig.start_agent(name)
    found = {"netlite exporter, /probe": cost(agent, PORT, "/probe?module=icmp&target=")}
    blackbox = find("prometheus-blackbox-exporter")
    if blackbox:
        config = rig.folder / "blackbox.yml"
        config.write_text("modules: {icmp: {prober: icmp, timeout: 5s, icmp: {preferred_ip_protocol: ip4}}}\n")
        process = rig.lab.popen(name, [blackbox, f"--config.file={config}", "--web.listen-address=127.0.0.1:9115",
                                       "--log.level=error"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ask = [sys.executable, "-I", "-S", "-c", GET, "http://127.0.0.1:9115/-/healthy"]
        rig.wait(lambda: rig.lab.run(name, ask).returncode == 0, "blackbox_exporter is ready")
        found["blackbox_exporter"] = cost(process, 9115, "/probe?module=icmp&target=")
        process.kill()
        process.wait()
    many = [f"{NET.rpartition('.')[0]}.{1 + number // 250}.{1 + number % 250}" for number in range(MANY)]
    for targets, every_s in ((alive, 0.5), (many, 1.0)):
        title = f"{len(targets)} targets every {every_s:g} s"
        found[f"netlite exporter, {title}"] = watched(rig, name, targets, every_s, rounds)
        if find("fping"):
            found[f"fping, {title}"] = fping(rig, name, targets, rounds, "-p", f"{1000 * every_s:.0f}", "-i", "1")
            found[f"fping as smokeping runs it, {len(targets)} targets"] = fping(
                rig, name, targets, rounds, "-B1", "-r1", "-i10")
    return found


def fping(rig: Rig, name: str, targets: list[str], rounds: int, *how: str) -> float:
    """What a probe of fping's costs: `rounds` of each target."""
    process = rig.lab.popen(name, [find("fping"), "-q", "-C", str(rounds), *how, *targets],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return 1000 * (usage.ru_utime + usage.ru_stime) / (rounds * len(targets))


def watched(rig: Rig, name: str, targets: list[str], every_s: float, rounds: int) -> float:
    """The same by one exporter that has no clients."""
    agent = rig.agents.pop(name)
    agent.terminate()
    agent.wait()
    path = rig.folder / "watched.txt"
    path.write_text("\n".join(targets))
    agent = rig.start_agent(name, "--targets", str(path), "-i", str(every_s), "--trace-interval", "0")
    time.sleep(2 * every_s)
    before, sent = processor_s(agent), rig.wire(name)[0]
    time.sleep(rounds * every_s)
    return 1000 * (processor_s(agent) - before) / (rig.wire(name)[0] - sent)


def main() -> int:
    reason = Lab.unavailable_reason() or (
        None if find("prometheus") else "there is no prometheus: packaging/prometheus-of")
    if reason:
        print(f"vantages: {reason}", file=sys.stderr)
        return 1
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with Rig(vantages=5, targets=100, dead=5, every_s=5) as rig:
        for name, value in campaign(rig, seconds, 3).items():
            print(f"{name}: {value:.2f}" if isinstance(value, float) else f"{name}: {value}", flush=True)
        print("processor time a probe, ms")
        for name, value in beside(rig).items():
            print(f"  {name:50}{value:8.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
