"""Random routes, tables and rules in this network namespace: does `route get` pick the kernel's route?

Run as a program in a node of its own: ``route_choice_trial.py ROUNDS``.  Prints how many look-ups were
compared, how many of them found a way, and each that differs.
"""

from __future__ import annotations

import ipaddress
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from netlite.engines.route_choice import candidates
from netlite.system.routes.all_tables import ask_kernel, holds, read_all_routes, read_rules
from netlite.world import World

SET_UP = ("link set lo up", "link add d0 type veth peer name d1", "link set d0 up", "link set d1 up",
          "addr add 10.0.0.1/24 dev d0", "addr add 10.9.0.1/24 dev d1", "-6 addr add fd00::1/64 dev d0 nodad",
          "-6 addr add fd01::1/64 dev d1 nodad")
TABLES = (254, 254, 77, 78)
KINDS = ("", "", "", "", "throw", "blackhole", "unreachable", "prohibit")
FORMS = (  # option of ip, lengths of prefixes, ways, what rules look at
    ("", (0, 7, 8, 15, 16, 23, 24, 25, 26, 32), ("dev d0", "dev d1", "via 10.0.0.9", "via 10.9.0.9"),
     ("", "to 20.0.0.0/16", "to 20.1.0.0/16", "from 9.0.0.0/8", "iif lo", "iif d0", "fwmark 3"), 15),
    ("-6 ", (0, 32, 48, 62, 64, 66, 128), ("dev d0", "dev d1", "via fd00::9", "via fd01::9"),
     ("", "to 2001:db8::/48", "iif lo", "iif d0"), 50),
)
IPV6_START = int(ipaddress.ip_address("2001:db8::"))
FAILING = ("blackhole", "unreachable", "prohibit")


def ip(lines) -> None:
    """Run lines of ip, refused ones too."""
    subprocess.run(["ip", "-force", "-batch", "-"], input="\n".join(lines), text=True, capture_output=True, check=False)


def address(dice: random.Random, option: str) -> str:
    if option:
        return str(ipaddress.ip_address(IPV6_START + (dice.randrange(3) << 80) + (dice.randrange(4) << 62)
                                        + dice.randrange(4)))
    return f"20.{dice.randrange(2)}.{dice.randrange(3)}.{dice.randrange(4) * 64}"


def furnish(dice: random.Random) -> None:
    lines = []
    for option, lengths, ways, selectors, least in FORMS:
        for _ in range(120):
            prefix = ipaddress.ip_network((address(dice, option), dice.choice(lengths)), strict=False)
            kind = dice.choice(KINDS)
            way = "" if kind else dice.choice(ways)
            lines.append(f"{option}route add {kind} {prefix} metric {1 + dice.randrange(4)} "
                         f"table {dice.choice(TABLES)} {way}")
        lines += [f"{option}rule add pref {dice.randrange(100, 200)} {dice.choice(selectors)} table {table} "
                  + dice.choice(("", f"suppress_prefixlength {least}")) for table in (77, 78)]
    ip(lines)


def clear() -> None:
    ip([f"{option}{line}" for option in ("", "-6 ") for line in (
        "route flush table 77", "route flush table 78", "rule del table 77", "rule del table 78")])
    ip(("route flush root 16.0.0.0/4", "route flush exact 0.0.0.0/0", "-6 route flush root 2001:db8::/32",
        "-6 route flush exact ::/0"))


def compare(word: str, world) -> tuple[bool, str]:
    """Whether there is a way to an address, and how our choice differs from the kernel's."""
    af = 10 if ":" in word else 2
    answer, taken = ask_kernel(world, af, word)
    found, _ = candidates(read_rules(world, af), read_all_routes(world, af), word, None, holds)
    ours = next((each.route for each in found if each.wins), None)
    if taken is None:
        return False, "" if ours is None or ours.kind in FAILING else f"{word}: {answer} but {ours}"
    same = ours is not None and all(getattr(ours, field) == getattr(taken, field) for field in (
        "table", "kind", "destination", "prefix_length", "metric"))
    return not answer.errno, "" if same else f"{word}: {taken} but {ours}"


def main() -> None:
    world, compared, ways = World(), 0, 0
    ip(SET_UP)
    for seed in range(int(sys.argv[1])):
        dice = random.Random(seed)
        furnish(dice)
        for option in ("", "-6 ") * 30:
            found, complaint = compare(address(dice, option), world)
            compared, ways = compared + 1, ways + found
            if complaint:
                print(f"round {seed}: {complaint}")
        clear()
    print(compared, ways)


if __name__ == "__main__":
    main()
