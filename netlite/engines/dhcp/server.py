"""The DHCP server: which address whom, and what it says to each message (RFC 2131 section 4.3)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from ...records.dhcp import FOREVER_S, NOBODY, DhcpKind, DhcpMessage
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECOND_NS = 1_000_000_000
OFFER_NS = 60 * SECOND_NS  # an address is kept so long for who was offered it
DECLINED_NS = 3600 * SECOND_NS  # and so long from all when a client found it in use
NOT_HERE = "that address is not of this network"
NOT_YOURS = "that address is somebody else's, or not of the pool"


class Pool(Record):
    """The addresses `first` to `last` of `network` ("198.18.1.0/24"), given for `lease_s`; and what goes with them."""

    network: str
    first: str
    last: str
    lease_s: int = 3600
    routers: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and \
            IPv4Address(self.first) <= IPv4Address(address) <= IPv4Address(self.last)

    def has(self, address: str) -> bool:
        """Whether an address is of its network, in the pool or not."""
        return IPv4Address(address) in IPv4Network(self.network)

    @property
    def addresses(self) -> Iterator[str]:
        """All that can be given, in their order."""
        for number in range(int(IPv4Address(self.first)), int(IPv4Address(self.last)) + 1):
            yield str(IPv4Address(number))


class Binding(Record):
    """Whose an address is, until `until_ns`; only offered as long as it is not `held`."""

    hardware: str
    until_ns: int
    held: bool


class DhcpServer:
    """Messages in, messages out; `pools` may be exchanged, bindings stay."""

    def __init__(self, pools: Sequence[Pool]):
        self.pools = tuple(pools)
        self.bindings: dict[str, Binding] = {}

    def hear(self, at_ns: int, message: DhcpMessage, own: str) -> DhcpMessage | None:
        """What it answers to a message that came by the interface with the address `own`; None for silence."""
        if not message.is_request:
            return None
        self.bindings = {address: each for address, each in self.bindings.items() if each.until_ns > at_ns}
        pool = next((each for each in self.pools if each.has(self._place(message, own))), None)
        if message.kind == DhcpKind.RELEASE:
            self._free(message.client, message)
        if pool is None:
            return None
        if message.kind == DhcpKind.DISCOVER:
            return self._offer(at_ns, message, pool, own)
        if message.kind == DhcpKind.REQUEST:
            return self._request(at_ns, message, pool, own)
        if message.kind == DhcpKind.DECLINE and message.requested in self.bindings:
            if self.bindings[message.requested].hardware == message.hardware:
                self.bindings[message.requested] = Binding("", at_ns + DECLINED_NS, True)
        return None

    @staticmethod
    def _place(message: DhcpMessage, own: str) -> str:
        """An address of the network that the client is on: of the relay, its own when it renews, else ours."""
        return message.relay if message.relay != NOBODY else message.client if message.client != NOBODY else own

    def _offer(self, at_ns: int, message: DhcpMessage, pool: Pool, own: str) -> DhcpMessage | None:
        """What the client has or would like, else the first that is free; nothing where none is."""
        owned = [address for address, each in self.bindings.items() if each.hardware == message.hardware]
        wished = [message.requested] if message.requested else []
        address = next((each for each in (*owned, *wished, *pool.addresses)
                        if each in pool and each != own and self._is_free(each, message.hardware)), None)
        if address is None:
            return None
        before = self.bindings.get(address)
        if before is None or not before.held:
            self.bindings[address] = Binding(message.hardware, at_ns + OFFER_NS, False)
        return self._answer(DhcpKind.OFFER, message, pool, own, address)

    def _request(self, at_ns: int, message: DhcpMessage, pool: Pool, own: str) -> DhcpMessage | None:
        address = message.requested if message.client == NOBODY else message.client
        if address is None:
            return None
        if message.server not in (None, own):  # it takes another server's offer: ours is withdrawn
            self.bindings = {key: each for key, each in self.bindings.items()
                             if each.hardware != message.hardware or each.held}
            return None
        if not pool.has(address):
            return self._deny(message, own, NOT_HERE)
        binding = self.bindings.get(address)
        mine = binding is not None and binding.hardware == message.hardware
        if mine and address in pool:
            until_ns = at_ns + pool.lease_s * SECOND_NS
            self.bindings[address] = Binding(message.hardware, until_ns, True)
            return self._answer(DhcpKind.ACK, message, pool, own, address)
        if binding is not None or message.server == own or self._knows(message.hardware):
            return self._deny(message, own, NOT_YOURS)
        return None  # a client that it knows nothing of is another server's business (section 4.3.2)

    def _knows(self, hardware: str) -> bool:
        return any(each.hardware == hardware for each in self.bindings.values())

    def _free(self, address: str, message: DhcpMessage) -> None:
        binding = self.bindings.get(address)
        if binding is not None and binding.hardware == message.hardware:
            del self.bindings[address]

    def _is_free(self, address: str, hardware: str) -> bool:
        binding = self.bindings.get(address)
        return binding is None or binding.hardware == hardware

    @staticmethod
    def _answer(kind: int, message: DhcpMessage, pool: Pool, own: str, address: str) -> DhcpMessage:
        endless = pool.lease_s >= FOREVER_S
        return DhcpMessage(
            kind, message.transaction, message.hardware, message.client if kind == DhcpKind.ACK else NOBODY, address,
            message.relay, broadcast=message.broadcast, netmask=str(IPv4Network(pool.network).netmask),
            routers=pool.routers, name_servers=pool.name_servers, lease_s=pool.lease_s, server=own,
            renew_s=None if endless else pool.lease_s // 2, rebind_s=None if endless else pool.lease_s * 7 // 8)

    @staticmethod
    def _deny(message: DhcpMessage, own: str, why: str) -> DhcpMessage:
        return DhcpMessage(DhcpKind.NAK, message.transaction, message.hardware, relay=message.relay,
                           broadcast=message.relay != NOBODY, server=own, said=why)
