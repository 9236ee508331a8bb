"""Targets among kernel tables: netlink messages, and the texts under /proc/net.

A message of a kernel that is newer, or not Linux', may lack what this one always sends.
"""

from __future__ import annotations

from pathlib import Path

from targets import Target

from netlite.errors import NetliteError
from netlite.system.interfaces import address_details, links, own_addresses
from netlite.system.netlink import channel, compiled, watching
from netlite.system.neighbours import dump
from netlite.system.neighbours.details import dump_neighbours
from netlite.system.routes import all_tables, main_table
from netlite.system.sockets import details, sock_diag, unix_diag

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def recorded(*names: str) -> list[bytes]:
    """The recorded chunks of these kinds (record_netlink.py)."""
    rows = [line.split(" ") for line in (FIXTURES / "fuzz" / "netlink.txt").read_text().splitlines()]
    return [bytes.fromhex(data) for name, data in rows if name in names]


class Replayed:
    """A world and a netlink channel at once: every dump gives the same chunk."""

    def __init__(self, chunk: bytes):
        self.chunk = memoryview(chunk)

    def netlink(self, _protocol: int):
        return self

    def dump(self, *_):
        yield self.chunk

    def ask(self, *_):
        return self.chunk

    def device_name(self, index: int) -> str:
        if index % 7 == 0:
            raise OSError(6, "No such device or address")
        return f"d{index}"

    @property
    def ioctls(self):
        return self

    def call(self, *_):
        raise OSError(19, "No such device")

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        """Nothing is open."""


def attribute_walk(data: bytes) -> None:
    """Headers and attributes: no step goes back or beyond the end."""
    last = 0
    for start, end in channel.split_messages(data):
        assert last <= start < end <= len(data)
        last = end
        assert sum(map(len, channel.attributes(data, start + 16, end).values())) <= end - start
    length = channel.uniform_length(data)
    assert not length or len(data) % length == 0


def link_messages(data: bytes) -> None:
    """RTM_NEWLINK, whose chunks are also taken for RTM_NEWADDR."""
    links.read_links(Replayed(data), {})


def address_messages(data: bytes) -> None:
    """RTM_NEWADDR."""
    address_details.read_address_details(Replayed(data))
    own_addresses.read_own_addresses(Replayed(data))


def route_messages(data: bytes) -> None:
    """RTM_NEWROUTE, as the classic table and as all tables read it."""
    list(main_table.dump_routes4(Replayed(data), lambda route: route, Replayed(b"").device_name))
    for af in (2, 10):
        all_tables.read_all_routes(Replayed(data), af)
        all_tables.read_rules(Replayed(data), af)


def neighbour_messages(data: bytes) -> None:
    """RTM_NEWNEIGH."""
    list(dump.dump_arp(Replayed(data)))
    dump_neighbours(Replayed(data), 10)


def socket_messages(data: bytes) -> None:
    """inet_diag, in columns and one by one."""
    for address_bytes in (4, 16):
        found = sock_diag.parse_chunk(memoryview(data), address_bytes)
        assert len({len(column) for column in found.columns}) <= 1 if hasattr(found, "columns") else True
        for start, end in channel.split_messages(data):
            if end - start >= 16 + compiled.INET_DIAG.size:
                details.parse_details(data, start, end, address_bytes, True)


def unix_messages(data: bytes) -> None:
    """unix_diag: whatever a socket is called, it is one row."""
    for socket in unix_diag.read_unix_sockets(Replayed(data)):
        assert isinstance(socket.path, str)


def changes(data: bytes) -> None:
    """What rtnetlink tells unasked."""
    for change in watching.ChangeReader(Replayed(b"")).read(data):
        assert change.kind


class Answering:
    """The socket of a channel: gives this chunk, then the end of the dump."""

    def __init__(self, chunk: bytes):
        self.chunks = [channel.HEADER.pack(20, channel.NLMSG_DONE, 2, 1, 0) + bytes(4), chunk]

    def send(self, data: bytes) -> int:
        return len(data)

    def recv(self, *_) -> bytes:
        return self.chunks.pop()


def dumps(data: bytes) -> None:
    """The headers of a dump as the channel reads them: it ends, and what it gives are whole messages."""
    asked = channel.Channel.__new__(channel.Channel)
    asked._socket, asked._sequence = Answering(data), 0
    try:
        for chunk in asked.dump(1, b""):
            assert 0 < len(chunk) <= len(data)
    except channel.DumpInterrupted:
        pass


def _unix() -> list[bytes]:
    """Bound, abstract and nameless sockets, as unix_diag tells of them."""
    from struct import pack

    def message(kind: int, state: int, *parts: bytes) -> bytes:
        body = pack("=BBBBIII", 1, kind, state, 0, 4711, 1, 0) + b"".join(parts)
        return channel.HEADER.pack(16 + len(body), 20, 2, 1, 0) + body

    return [message(1, 10, channel.attribute(0, b"/run/x\0")), message(2, 7, channel.attribute(0, b"\0abstract")),
            message(1, 1, channel.attribute(2, b"\x11\0\0\0")) + message(5, 1)]


TARGETS = (
    Target("netlink", attribute_walk, recorded("links", "routes4", "sockets4")),
    Target("link-messages", link_messages, recorded("links"), (NetliteError,)),
    Target("address-messages", address_messages, recorded("addresses", "addresses4"), (NetliteError,)),
    Target("route-messages", route_messages, recorded("routes4", "all4", "all6"), (NetliteError,)),
    Target("neighbour-messages", neighbour_messages, recorded("neighbours4", "neighbours6", "proxies4"), (NetliteError,)),
    Target("socket-messages", socket_messages, recorded("sockets4", "sockets6"), (NetliteError,)),
    Target("unix-messages", unix_messages, _unix(), (NetliteError,)),
    Target("change-messages", changes, recorded("links", "addresses", "addresses4", "routes4", "all6", "neighbours4", "neighbours6")),
    Target("dumps", dumps, [*recorded("links", "routes4", "sockets4"), *_unix()], (NetliteError,)),
)
