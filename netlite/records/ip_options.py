"""Options of an IPv4 header (RFC 791 section 3.1), parsed with iputils' tolerance."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

END, NOP, RECORD_ROUTE, TIMESTAMP, LOOSE_ROUTE, STRICT_ROUTE = 0, 1, 7, 68, 131, 137
ROUTES = (RECORD_ROUTE, LOOSE_ROUTE, STRICT_ROUTE)
TIMES_ONLY, PRESPECIFIED = 0, 3


class RouteOption(Record):
    """A route, recorded or to be taken: `kind` is the option's type."""

    kind: int
    addresses: tuple[str, ...]


class TimestampOption(Record):
    """Internet timestamps: pairs of an address (None in a list of times only) and 32 bits, the
    milliseconds since midnight UTC, with the highest bit set for another scale.  `overflow` counts
    the hosts that found no room."""

    entries: tuple[tuple[str | None, int | None], ...]
    overflow: int


class OtherOption(Record):
    """Any other option; `kind` NOP is a single byte of padding."""

    kind: int


if TYPE_CHECKING:
    Option = RouteOption | TimestampOption | OtherOption


def parse_ip_options(options: bytes) -> tuple[Option, ...]:
    """The options in order; ends at the end mark or where a length is wrong.

    >>> parse_ip_options(bytes([1, 7, 7, 8, 10, 0, 0, 1, 0]))
    (OtherOption(kind=1), RouteOption(kind=7, addresses=('10.0.0.1',)))
    """
    return tuple([_parse_one(kind, options[place:place + length], options[place + length:])
                  for kind, place, length in _places(options)])


def recorded_route(options: bytes) -> bytes:
    """What iputils knows a recorded route by: the pointer and the addresses, but for the last byte, which it forgets;
    empty when there is no record-route option or nothing in it."""
    for kind, place, length in _places(options):
        if kind == RECORD_ROUTE and length >= 3:
            return options[place + 2:place + 2 + _recorded_bytes(options[place:place + length])]
    return b""


def mentioned_addresses(options: bytes) -> tuple[str, ...]:
    """Every address in the options, in order."""
    found: list[str] = []
    for option in parse_ip_options(options):
        if type(option) is RouteOption:
            found += option.addresses
        elif type(option) is TimestampOption:
            found += [address for address, _ in option.entries if address]
    return tuple(found)


def _places(options: bytes) -> Iterator[tuple[int, int, int]]:
    """(type, where it starts, length) of each option."""
    place = 0
    while place < len(options) and options[place] != END:
        kind, length = options[place], 1
        if kind != NOP:
            length = options[place + 1] if place + 1 < len(options) else 0
            if length < 2 or place + length > len(options):
                return
        yield kind, place, length
        place += length


def _parse_one(kind: int, option: bytes, behind: bytes) -> Option:
    if kind in ROUTES and len(option) >= 3:
        # A recorded route is filled up to its pointer, and begun words are shown whole; a source route is shown whole.
        words = -(-_recorded_bytes(option) // 4) if kind == RECORD_ROUTE else len(option) // 4
        data = option + behind[:3] + bytes(3)
        return RouteOption(kind, tuple([_address(data, 3 + 4 * index) for index in range(words)]))
    if kind == TIMESTAMP and len(option) >= 4:
        return _parse_timestamps(option)
    return OtherOption(kind)


def _recorded_bytes(option: bytes) -> int:
    """How much of a recorded route is filled: its pointer counts from 1."""
    return max(0, min(option[2], len(option)) - 4)


def _words(option: bytes, start: int) -> int:
    """How many words of four bytes from `start` are filled; the pointer counts from 1."""
    return max(0, min(option[2] - 1, len(option)) - start) // 4


def _parse_timestamps(option: bytes) -> TimestampOption:
    numbers = [int.from_bytes(option[4 + 4 * index:8 + 4 * index], "big") for index in range(_words(option, 4))]
    if option[3] & 15 == TIMES_ONLY:
        entries: tuple[tuple[str | None, int | None], ...] = tuple((None, number) for number in numbers)
    else:
        addresses = [_address(option, 4 + 4 * index) for index in range(0, len(numbers), 2)]
        entries = tuple(zip(addresses, [*numbers[1::2], None][:len(addresses)]))
    return TimestampOption(entries, option[3] >> 4)


def _address(option: bytes, place: int) -> str:
    return ".".join(map(str, option[place:place + 4]))
