"""Options of an IPv4 header (RFC 791 section 3.1), parsed with iputils' tolerance."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False

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
    found: list[Option] = []
    place = 0
    while place < len(options) and options[place] != END:
        kind = options[place]
        if kind == NOP:
            found.append(OtherOption(kind))
            place += 1
            continue
        length = options[place + 1] if place + 1 < len(options) else 0
        if length < 2 or place + length > len(options):
            break
        found.append(_parse_one(kind, options[place:place + length]))
        place += length
    return tuple(found)


def recorded_route(options: bytes) -> tuple[str, ...]:
    """The addresses of the record-route option, () when there is none or it is empty."""
    for option in parse_ip_options(options):
        if type(option) is RouteOption and option.kind == RECORD_ROUTE:
            return option.addresses
    return ()


def mentioned_addresses(options: bytes) -> tuple[str, ...]:
    """Every address in the options, in order."""
    found: list[str] = []
    for option in parse_ip_options(options):
        if type(option) is RouteOption:
            found += option.addresses
        elif type(option) is TimestampOption:
            found += [address for address, _ in option.entries if address]
    return tuple(found)


def _parse_one(kind: int, option: bytes) -> Option:
    if kind in ROUTES and len(option) >= 3:
        # A recorded route is filled up to its pointer; a source route is shown whole.
        words = _words(option, 3) if kind == RECORD_ROUTE else len(option) // 4
        return RouteOption(kind, tuple(_address(option, 3 + 4 * index) for index in range(words)))
    if kind == TIMESTAMP and len(option) >= 4:
        return _parse_timestamps(option)
    return OtherOption(kind)


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
