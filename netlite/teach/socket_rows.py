"""What the rows of netstat say: who is at the other end, and what a socket waits for."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address

from ..records.connections import TCP_STATE_NAMES, TcpState
from ..render.visible import visible
from .places import address_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..records.connections import Connection
    from .surroundings import Surroundings

MOST = 6  # rows that are told one by one
FIRST_GIVEN_OUT = 32768  # the least port that Linux gives to who asks for none (ip_local_port_range)
STATES = {
    TcpState.ESTABLISHED: "the handshake is done and data can go both ways",
    TcpState.SYN_SENT: "this host asked for a connection (SYN) and has no answer yet; if it stays so, nobody "
                       "is there or a filter drops it",
    TcpState.SYN_RECV: "somebody asked for a connection, this host agreed, and waits for the last word of the "
                       "handshake",
    TcpState.FIN_WAIT1: "the program here has closed, and the other end has not yet acknowledged that",
    TcpState.FIN_WAIT2: "the program here has closed, and the other end knows it but may still send",
    TcpState.TIME_WAIT: "it is over; this end, which probably closed first, keeps the pair of ports for a minute so "
                        "that late packets do not get into a new connection",
    TcpState.CLOSE: "it is not connected",
    TcpState.CLOSE_WAIT: "the other end has closed and the program here has not; many of these are a program "
                         "that forgets to close",
    TcpState.LAST_ACK: "both ends have closed, and the last acknowledgement is awaited",
    TcpState.LISTEN: "it waits for connections",
    TcpState.CLOSING: "both ends closed at the same time, and one acknowledgement is awaited",
}
TIMERS = {1: "sends again what was not acknowledged", 2: "looks whether the other end still lives (keepalive)",
          3: "ends TIME_WAIT", 4: "asks whether the other end has room again (zero window)"}


def tell_sockets(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """The rows that matter, then how many more there are of each state."""
    rows = [(label, row) for label, block in found for row in block.rows(label)]
    if not rows:
        return ["No socket is shown: of the kinds asked for there is none here now. Next: netstat -a shows "
                "all, those that only wait (servers) too."]
    ordered = sorted(rows, key=lambda each: _rank(*each))
    told = [sentence_of(label, row, around) for label, row in ordered[:MOST]]
    told += _more(ordered[MOST:])
    if any(_is_translated(*each) for each in rows):
        told.append("A private address at this end and a public one at the other: a router on the way "
                    "translates (NAT). The other end sees that router's address, and in another network "
                    "(another wifi) both the one here and the one it sees are others.")
    return told


def _rank(label: str, row: Connection) -> tuple[int, int]:
    """Connections before servers before what is over."""
    if label[:3] != "tcp":
        return (1 if any(row.remote_address) else 3), row.local_port
    order = {TcpState.ESTABLISHED: 0, TcpState.LISTEN: 2, TcpState.TIME_WAIT: 5}
    return order.get(row.state, 1), row.local_port


def _more(rest: list[tuple[str, Connection]]) -> list[str]:
    kinds = Counter((label, row.state if label[:3] == "tcp" else 0) for label, row in rest)
    told = []
    for (label, state), number in kinds.items():
        is_tcp = label[:3] == "tcp"
        told.append(f"{number} more of {label}" + (f" {TCP_STATE_NAMES[state]}: {STATES[state]}." if is_tcp else "."))
    return told


def sentence_of(label: str, row: Connection, around: Surroundings) -> str:
    """One socket."""
    here, there = _text(row.local_address), _text(row.remote_address)
    protocol = "udp" if label.startswith("udp") else label.rstrip("6")
    if label.startswith("raw"):
        return (f"{label}: a program reads all packets of IP protocol {row.local_port} that come to this host, as ping "
                "does while it waits for answers.")
    port = port_name(row.local_port, protocol, around)
    if not any(row.remote_address):
        waits = "for connections" if protocol == "tcp" else "for datagrams"
        told = f"{label} port {port}: a program waits {waits}, {_from_where(row.local_address)}."
        if protocol != "tcp" and row.local_port >= FIRST_GIVEN_OUT:
            told += " Its port was probably given out by the kernel: a client, rather than a server."
        return told + _queues(label, row)
    name, meaning = address_class(there)
    told = f"{label} {here}:{row.local_port} with {there}:{port_name(row.remote_port, protocol, around)}: "
    state = STATES.get(row.state) if protocol == "tcp" else "it sends to and hears that one alone"
    told += f"{TCP_STATE_NAMES[row.state]}, {state}." if protocol == "tcp" else f"{state}."
    told += f" {_direction(row, around, protocol)}"
    told += " The other end is this host itself." if here == there or name == "loopback" else \
        f" The other end is {name}: {meaning}."
    return told + _queues(label, row)


def _direction(row: Connection, around: Surroundings, protocol: str) -> str:
    known = (row.local_port, protocol) in around.services, (row.remote_port, protocol) in around.services
    if row.local_port >= FIRST_GIVEN_OUT > row.remote_port or known == (False, True):
        return ("Probably this host opened it: the port here is one of those given out for a while, that there "
                "a service.")
    if row.remote_port >= FIRST_GIVEN_OUT > row.local_port or known == (True, False):
        return "Probably the other end opened it: the port here is the service."
    return "Who opened it cannot be told from the ports."


def _queues(label: str, row: Connection) -> str:
    told = ""
    listening = label[:3] == "tcp" and row.state == TcpState.LISTEN
    if row.receive_queue_bytes:
        told += f" {row.receive_queue_bytes} connections wait to be accepted." if listening else \
            f" {row.receive_queue_bytes} bytes came that the program has not read yet."
    if row.send_queue_bytes and not listening:
        told += f" {row.send_queue_bytes} bytes were sent and not acknowledged yet."
    if row.timer is not None and row.timer.kind in TIMERS:
        told += f" In {row.timer.ticks / 100:.2f} s it {TIMERS[row.timer.kind]}."
    return told


def _from_where(address: bytes) -> str:
    text = _text(address)
    name = address_class(text)[0]
    if name == "any":
        return "from wherever this host can be reached, unless a filter stops it"
    if name == "loopback":
        return "from this host alone (loopback)"
    if name in ("multicast", "broadcast"):
        return f"sent to the group {text}"
    return f"at its address {text} alone ({name})"


def _is_translated(label: str, row: Connection) -> bool:
    """Whether both ends have heard of each other (of UDP nobody knows), and one address cannot be known over there."""
    if label[:3] != "tcp" or row.state in (TcpState.SYN_SENT, TcpState.CLOSE):
        return False
    return any(row.remote_address) and address_class(_text(row.local_address))[0] == "private" and \
        address_class(_text(row.remote_address))[0] == "public"


def port_name(port: int, protocol: str, around: Surroundings) -> str:
    """A port with the service that usually has it."""
    name = around.services.get((port, protocol))
    return f"{port} ({visible(name)})" if name else str(port)


def _text(packed: bytes) -> str:
    known = ip_address(packed)
    return str(getattr(known, "ipv4_mapped", None) or known)


def tell_unix(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """How many there are, and where some of them can be found."""
    count, paths = 0, []
    for _, block in found:
        for kind, path in zip(block.kinds, block.paths):
            count += 1
            if block.meanings[kind].is_server and path:
                paths.append(path)
    if not count:
        return []
    told = (f"{count} Unix sockets join programs of this host; they never meet the network, and have names of "
            "files instead of ports.")
    if paths:
        told += f" Programs wait at {', '.join(visible(path) for path in paths[:3])}"
        told += f" and {len(paths) - 3} more." if len(paths) > 3 else "."
    return [told]


GROUPS = {"224.0.0.1": "all hosts of the wire, which every host joins by itself",
          "224.0.0.251": "mDNS, names without a server",
          "ff01::1": "all nodes of this host, which the kernel joins by itself",
          "ff02::1": "all nodes of the wire, which the kernel joins by itself", "ff02::2": "all routers of the wire",
          "ff02::fb": "mDNS, names without a server", "ff02::16": "routers that learn who listens (MLD)",
          "ff05::2": "all routers of the site", "ff01::2": "all routers of this host"}


def tell_groups(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """Which groups those are, each once."""
    places: dict[str, list[str]] = {}
    for _, group in found:
        places.setdefault(_text(group.address), []).append(group.interface)
    told = [f"{address} on {_listed(devices)}: {_group(address)}." for address, devices in list(places.items())[:MOST]]
    return told + ([f"{len(places) - MOST} more groups."] if len(places) > MOST else [])


def _group(address: str) -> str:
    if address in GROUPS:
        return GROUPS[address]
    if address.startswith("ff02::1:ff"):
        return ("who asks for an address of this host that ends in the same three bytes asks here (neighbour "
                "discovery)")
    return address_class(address)[1]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(visible(word) for word in dict.fromkeys(words))
