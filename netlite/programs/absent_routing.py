"""Address families without a routing table here, each refused in its own words."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..environment import Environment

MISSING = "No such file or directory\n"

# family: what goes to stderr, then to stdout
ABSENT = {
    "ax25": (f"/proc/net/ax25_route: {MISSING}", "AX.25 not configured in this system.\n"),
    "ipx": (MISSING, "IPX routing not in file /proc/net/ipx/route or /proc/net/ipx_route found.\n"),
    "x25": ("", "X.25 not configured in this system.\n"),
    "netrom": (f"/proc/net/nr_nodes: {MISSING}/proc/net/nr_neigh: Invalid argument\n",
               "NET/ROM not configured in this system.\n"),
    "rose": (f"/proc/net/rose_nodes: {MISSING}ROSE not configured in this system.\n", ""),
    "ddp": (f"Error opening /proc/net/atalk_route: {MISSING}DDP (AppleTalk) not configured on this system.\n", ""),
}


def refuse(env: Environment, family: str) -> int:
    """Say that `family` has no routing table; returns the exit status.

    Linux has dropped IPX and AppleTalk; netlite does not read the tables of the others.
    """
    if family == "bluetooth":
        env.err.write(f"Address family `{family}' not supported.\n")
        return 3
    if family not in ABSENT:
        env.err.write(f"No routing for address family `{family}'.\n")
        return 3
    to_stderr, to_stdout = ABSENT[family]
    env.out.write(to_stdout)
    env.err.write(to_stderr)
    return 1
