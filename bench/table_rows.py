"""The rows of programs that show the kernel's tables."""

from __future__ import annotations

from bench import loads
from bench.rows import BARE, Bench


def sockets(bench: Bench, lab) -> None:
    """Tables of programs that show the kernel's, long and short."""
    tcp, unix = loads.sockets, loads.unix_sockets
    for size, goal, rounds in ((10_000, 0.7, 9), (100_000, 0.5, 7)):
        bench.row(
            "Sockets",
            f"netstat -tan, {size:,} sockets",
            lab,
            "netstat -tan",
            {"wall_ms": {"net-tools": goal, "ss": 1.0}},
            beside={"net-tools": "netstat -tan", "ss": "ss -tan", "busybox": "busybox netstat -tan",
                    "a bare loop": f"{BARE}/bare_sockets.py"},
            load=tcp(lab, "client", size),
            rounds=rounds,
        )
    for command, goal, rounds in (("netstat -tln", 0.1, 5), ("netstat -tanp", 0.15, 2), ("netstat -tano", 1.2, 5)):
        bench.row(
            "Sockets",
            f"{command}, 100,000 sockets",
            lab,
            command,
            {"wall_ms": {"net-tools": goal}},
            beside={"net-tools": command, "ss": command.replace("netstat", "ss")},
            load=tcp(lab, "client", 100_000),
            rounds=rounds,
        )
    bare_unix = {"a bare loop": f"{BARE}/bare_unix_sockets.py"}
    for command, what, goal, load, rounds, bare in (
        ("netstat -xa", "50,000 Unix sockets", 0.9, unix(lab, "client", 5, 10_000), 9, bare_unix),
        ("netstat -tanp", "500 processes x 200 sockets", 0.35, unix(lab, "client", 500, 200), 3, {}),
    ):
        bench.row(
            "Sockets",
            f"{command}, {what}",
            lab,
            command,
            {"wall_ms": {"net-tools": goal}},
            beside={"net-tools": command, "ss": command.replace("netstat", "ss"), **bare},
            load=load,
            rounds=rounds,
        )


def rest(bench: Bench, lab) -> None:
    """Interfaces, routes, neighbours."""
    for size, goal in ((100, None), (1_000, 0.06), (3_000, 0.012)):
        bench.row(
            "Interfaces, routes, neighbours",
            f"ifconfig -a, {size:,} interfaces",
            lab,
            "ifconfig -a",
            {"wall_ms": {"net-tools": goal}} if goal else {},
            beside={"net-tools": "ifconfig -a", "ip": "ip -s address"},
            load=loads.interfaces(lab, "client", size),
            rounds=5 if size < 3_000 else 1,
        )
    for size, goal, rounds in ((1_000, None, 9), (100_000, 0.5, 5), (1_000_000, 0.48, 1)):
        bench.row(
            "Interfaces, routes, neighbours",
            f"route -n, {size:,} routes",
            lab,
            "route -n",
            {"wall_ms": {"net-tools": goal}} if goal else {},
            beside={"net-tools": "route -n", "ip": "ip route"},
            load=loads.routes(lab, "client", size),
            rounds=rounds,
        )
    bench.row(
        "Interfaces, routes, neighbours",
        "arp -n, 10,000 neighbours",
        lab,
        "arp -n",
        {"wall_ms": {"net-tools": 0.5}},
        beside={"net-tools": "arp -n", "ip": "ip neighbour"},
        load=loads.neighbours(lab, "client", 10_000),
        rounds=9,
    )
