"""The rows of programs that probe, and of the lab that they are tried in."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from bench import loads, timing
from bench.rows import OURS, Bench, Row
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain

PEERS = Path(__file__).with_name("peers")
BARE = f"{sys.executable} -I -S {PEERS}"  # loops of the same system calls, and nothing else
CHAIN_WITH_SILENCE = (("client", "r1"), ("r1", "r2"), ("r2", "r3"), ("r3", "r4"), ("r4", "r5"), ("r5", "server"))


def probes(bench: Bench, lab) -> None:
    """Floods, quiet round trips, storms, many targets."""
    flood, far = "ping -f -q -c50000", lab.addresses("server")[0]
    for where, address in (("loopback", "127.0.0.1"), ("veth", far)):
        bench.row(
            "Probes",
            f"ping -f -q, 50,000 packets, {where}",
            lab,
            f"{flood} {address}",
            {"wall_ms": {"iputils": 1.25}, "cpu_ms": {"iputils": 1.25}},
            beside={"iputils": f"{flood} {address}", "a bare loop": f"{BARE}/bare_flood.py 50000 {address}"},
            rounds=7,
            figures=("wall_ms", "cpu_ms"),
        )
    quiet = f"ping -q -c200 -i0.002 {far}"
    bench.row(
        "Probes",
        "ping, round trip on an idle veth",
        lab,
        quiet,
        {"round_trip_us": {"iputils": 1.0}},
        beside={"iputils": quiet},
        rounds=5,
        measure=timing.round_trip,
        figures=("round_trip_us",),
    )
    paced = f"ping -q -c400 -i0.005 {far}"
    for what, load, goals in (
        ("ping at 200 a second", None, {}),
        ("ping beside a flood of another's answers", loads.storm(lab, "client", far), {"": 3.0}),
    ):
        bench.row(
            "Probes",
            what,
            lab,
            paced,
            {"processor_percent": goals},
            beside={"iputils": paced, "a bare loop": f"{BARE}/bare_paced.py 400 {far}"},
            rounds=3,
            load=load,
            measure=share,
            figures=("processor_percent",),
        )
    with tempfile.NamedTemporaryFile("w", suffix=".targets") as targets:
        targets.writelines(f"127.{count >> 14}.{count >> 7 & 127}.{(count & 127) + 1}\n" for count in range(10_000))
        targets.flush()
        bench.row(
            "Probes",
            "10,000 targets at once",
            lab,
            f"ping --multi --rate 0 --targets {targets.name}",
            {"wall_ms": {"fping": 1.0}, "cpu_ms": {"fping": 1.0}},
            beside={
                "fping": f"fping -q -c1 -i0 -f {targets.name}",
                "a bare loop": f"{BARE}/bare_targets.py {targets.name}",
            },
            rounds=7,
            figures=("wall_ms", "cpu_ms"),
        )


def share(argv: list[str]) -> timing.Measured:
    """How much of a processor a program takes while it runs."""
    used = timing.whole_process(argv)
    return {"processor_percent": 100 * used["cpu_ms"] / used["wall_ms"]}


def paths(bench: Bench) -> None:
    """Traces through ten routers, and through silent ones."""
    with Lab(chain(10)) as lab:
        far = lab.addresses("server")[0]
        bench.row(
            "Paths",
            "traceroute, 10 routers answer",
            lab,
            f"traceroute -n {far}",
            {},
            beside={
                "original": f"traceroute -n {far}",
                "busybox": f"busybox traceroute -n {far}",
                "mtr": f"mtr -n -r -c1 {far}",
                "scapy": f"{sys.executable} {PEERS}/one_trace.py {far}",
            },
            rounds=5,
        )
        bench.row(
            "Paths",
            "tracepath, 10 routers answer",
            lab,
            f"tracepath -n {far}",
            {},
            beside={"original": f"tracepath -n {far}"},
        )
    silent = Topology(
        [
            Node("client"),
            *(Node(f"r{number}", True, silent=number in (2, 4)) for number in range(1, 6)),
            Node("server"),
        ],
        [Wire(ends) for ends in CHAIN_WITH_SILENCE],
    )
    with Lab(silent) as lab:
        far, nobody = lab.addresses("server")[0], "traceroute -n -m14 -w1 203.0.113.1"
        bench.row(
            "Paths",
            "traceroute, 2 of 5 routers silent",
            lab,
            f"traceroute -n {far}",
            {},
            beside={"original": f"traceroute -n {far}"},
        )
        bench.row(
            "Paths",
            "traceroute, silent from hop 6 to 14, -w 1",
            lab,
            nobody,
            {"wall_ms": {"original": 1.0}},
            beside={"original": nobody},
            rounds=3,
        )


def labs(bench: Bench) -> None:
    """The lab itself: networks of namespaces, networks in memory, programs in them."""
    from netlite.lab.scene import scene
    from netlite.programs.simulate import simulate

    def made(what: str, goal_ms: float | None, make) -> None:
        if not bench.wants("Lab", what):
            return
        seen = []
        for _ in range(5):
            begin = time.perf_counter()
            with make():
                seen.append({"wall_ms": (time.perf_counter() - begin) * 1e3})
        goals = {} if goal_ms is None else {"": goal_ms}
        bench.add(Row("Lab", what, "wall_ms", {OURS: timing.middle(seen, "wall_ms")}, goals=goals))

    made("10 routers in namespaces", 300, lambda: Lab(chain(10)))
    made("1,000 routers in memory, read from a scene", 200, lambda: nullcontext(scene.load("thousand")))
    thousand = scene.load("thousand").topology
    made("a ping through these", None, lambda: nullcontext(simulate("ping -c1 -n r1000", thousand)))
    if bench.wants("Lab", "traceroutes in memory"):
        net, begin, count = chain(1), time.process_time(), 0
        while time.process_time() - begin < 3:
            simulate("traceroute -n server", net)
            count += 1
        bench.add(
            Row(
                "Lab",
                "traceroutes in memory, one router, on one processor",
                "traces_per_second",
                {OURS: count / (time.process_time() - begin)},
                goals={"": 1500},
            )
        )
