"""DHCP: messages, leases, and what a client tells of its work (RFC 2131, RFC 2132).

Addresses are IPv4 in text, "0.0.0.0" where a field is empty; times of the protocol are seconds.
"""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

NOBODY, EVERYBODY = "0.0.0.0", "255.255.255.255"
SERVER_PORT, CLIENT_PORT = 67, 68
FOREVER_S: Final = 0xFFFFFFFF  # RFC 2131 section 3.3


class DhcpKind:
    """The message types (RFC 2132 section 9.6)."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8


KIND_NAMES = {1: "DISCOVER", 2: "OFFER", 3: "REQUEST", 4: "DECLINE", 5: "ACK", 6: "NAK", 7: "RELEASE", 8: "INFORM"}


class DhcpMessage(Record):
    """One message.

    `hardware` is the client's ("02:00:00:00:01:01"), `transaction` what an answer repeats.  `client` is the address
    that the client has and uses (ciaddr), `yours` the one that it gets (yiaddr), `relay` that of a relay agent
    (giaddr), which counts `hops`.  The rest are options; None and () where they are not there.
    """

    kind: int
    transaction: int
    hardware: str
    client: str = NOBODY
    yours: str = NOBODY
    relay: str = NOBODY
    hops: int = 0
    seconds: int = 0
    broadcast: bool = False
    netmask: str | None = None
    routers: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    requested: str | None = None
    lease_s: int | None = None
    server: str | None = None
    wanted: tuple[int, ...] = ()
    said: str | None = None
    renew_s: int | None = None
    rebind_s: int | None = None

    @property
    def name(self) -> str:
        """Its type in a word."""
        return KIND_NAMES[self.kind]

    @property
    def is_request(self) -> bool:
        """Whether a client says it (BOOTREQUEST)."""
        return self.kind not in (DhcpKind.OFFER, DhcpKind.ACK, DhcpKind.NAK)


class Lease(Record):
    """An address for a time: until `seconds` after it was asked for; after `renew_s` (T1) the client asks its server
    for more, after `rebind_s` (T2) any server."""

    address: str
    netmask: str
    routers: tuple[str, ...]
    name_servers: tuple[str, ...]
    server: str
    seconds: int
    renew_s: int
    rebind_s: int


class DhcpProbe(Record):
    """A message to be sent from `source` to `destination`, "255.255.255.255" for all on the wire."""

    number: int
    message: DhcpMessage
    source: str
    destination: str


class DhcpReply(Record):
    """A message that came from `source` to `destination`, in the IP packet `packet`."""

    message: DhcpMessage
    source: str
    destination: str
    packet: bytes = b""


class DhcpLinkSettings(Record):
    """The device that a client asks on."""

    device: str


# what a client tells


class DhcpTold(Record):
    """A message that left (`sent`) or came, in the client's `state`; `use` says what the client makes of it: "" it
    asks; "taken"; "left" for an offer that came first; "late" for what answers nothing that it asks now; "odd" for no
    lease that a host could use; "last" for the NAK with which it gives up.  `packet` is the IP packet of one that
    came."""

    at_ns: int
    state: str
    sent: bool
    message: DhcpMessage
    source: str
    destination: str
    use: str = ""
    packet: bytes = b""


class DhcpBound(Record):
    """The address is the client's now, or still (`renewed`)."""

    at_ns: int
    lease: Lease
    renewed: bool = False


class DhcpLost(Record):
    """The client may not use its address any more; `why` is "nak", "expired" or "released"."""

    at_ns: int
    address: str
    why: str


class DhcpSilence(Record):
    """Nobody gave an answer of use in `waited_s`, though `left` others came; the client asks again, or gives up
    (`last`)."""

    at_ns: int
    state: str
    waited_s: float
    last: bool
    left: int = 0


class DhcpFailed(Record):
    """The kernel refused to send, or to receive, with `errno`."""

    at_ns: int
    errno: int


DhcpRecord = DhcpTold | DhcpBound | DhcpLost | DhcpSilence | DhcpFailed


class HostSettings(Record):
    """What a host has of all that DHCP gives; None and () for what it has not."""

    address: str | None
    netmask: str | None
    routers: tuple[str, ...]
    name_servers: tuple[str, ...]
