"""What proves that an ICMP message is about a probe of ours, beside the identifier.

    a reply     comes from the address the probe went to, and brings back the token, random bytes that every
                request of a link carries, as far as its payload has room
    an error    quotes the token; where the quote ends before it (RFC 792 asks for eight bytes), the address
                the probe went to

Where many may answer (multicast, broadcast, the unspecified address, the anycast address of an IPv6 subnet), a reply
may come from any address.  16 bits of identifier are soon guessed, and others on this host may have the same.
"""

from __future__ import annotations

from ..records.echo_links import STAMP_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.echo_links import EchoLinkSettings
    from ..records.replies import Quote

TOKEN_BYTES, STEERING_BYTES = 8, 2


class Asked:
    """The probes of a link by their sequence numbers: where each went, and how long it was.

    `token` is TOKEN_BYTES random bytes.  `destinations` has the text of the address that each went to.
    """

    def __init__(self, settings: EchoLinkSettings, token: bytes):
        self._token = token
        self._anyone = settings.broadcast
        self._stamped = settings.stamped
        self._place = STEERING_BYTES if settings.one_flow else 0
        self.destinations: dict[int, str] = {}
        self._usual_bytes = len(settings.payload)
        self._sizes: dict[int, int] = {}  # of those that are longer or shorter

    def with_token(self, payload: bytes) -> bytes:
        """The payload with the token in it, behind what the link itself writes there."""
        place, token = self._token_in(len(payload))
        return payload[:place] + token + payload[place + len(token):]

    def note(self, sequence: int, destination: str, size_bytes: int) -> None:
        """A probe leaves; one with its sequence number that left before is not awaited any more."""
        self.destinations[sequence] = destination
        if size_bytes != self._usual_bytes:
            self._sizes[sequence] = size_bytes
        elif self._sizes:
            self._sizes.pop(sequence, None)

    def note_all(self, destinations: dict[int, str]) -> None:
        """The same for many probes of the link's own size, by their sequence numbers."""
        self.destinations.update(destinations)
        for sequence in self._sizes.keys() & destinations.keys():
            del self._sizes[sequence]

    def is_answer(self, sequence: int, source: str, message: bytes, start: int) -> bool:
        """Whether an echo reply from `source`, with its payload from `start` of `message` on, answers a probe."""
        if not self.went_to(sequence, source):
            return False
        place, token = self._token_in(self._size_of(sequence))
        place += start
        return message[place:place + len(token)] == token

    def went_to(self, sequence: int, source: str) -> bool:
        """Whether there is a probe that `source` may answer."""
        destination = self.destinations.get(sequence)
        if destination is None:
            return False
        return (source == destination or self._anyone or is_same(source, destination)
                or is_answered_by_anyone(destination))

    def is_quoted(self, quote: Quote) -> bool:
        """Whether an error is about a probe, by what it quotes."""
        if quote.sequence is None or quote.sequence not in self.destinations:
            return False
        destination = self.destinations[quote.sequence]
        place, token = self._token_in(self._size_of(quote.sequence))
        if token and len(quote.payload) >= place + len(token):
            return quote.payload[place:place + len(token)] == token
        from .ip import packed

        return quote.destination is not None and (
            is_same(quote.destination, destination) or not any(packed(destination)))

    def _size_of(self, sequence: int) -> int:
        return self._sizes.get(sequence, self._usual_bytes)

    def _token_in(self, size_bytes: int) -> tuple[int, bytes]:
        """(place, token) in a payload of that size."""
        place = STAMP_BYTES if self._stamped and size_bytes >= STAMP_BYTES else self._place
        return place, self._token[:max(0, size_bytes - place)]


def is_same(one: str, other: str) -> bool:
    """Whether two texts are one address; zones are left out, they differ by who names them.

    >>> is_same("fe80::1%eth0", "FE80:0::1%2"), is_same("192.0.2.1", "192.0.2.2")
    (True, False)
    """
    from .ip import packed

    return packed(one) == packed(other)


def is_answered_by_anyone(destination: str) -> bool:
    """Whether what goes to an address may be answered from others, for all that the address itself tells.

    >>> [is_answered_by_anyone(each) for each in ("224.0.0.1", "ff02::1%eth0", "0.0.0.0", "2001:db8::", "2001:db8::1")]
    [True, True, True, True, False]
    """
    from .ip import packed

    address = packed(destination)
    if len(address) == 4:
        return 224 <= address[0] <= 239 or not any(address)
    return address[0] == 0xFF or not any(address[8:])  # RFC 4291 section 2.6.1: the subnet-router anycast address
