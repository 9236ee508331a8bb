"""What ping writes about IPv4 headers: options of an answer (-R, -T), and the quoted header (-v)."""

from __future__ import annotations

from _struct import Struct

from ..records.ip_options import NOP, RECORD_ROUTE, STRICT_ROUTE, RouteOption, TimestampOption, parse_ip_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

NOT_STANDARD = 0x80000000
HEADER = Struct("=BBHHHBBH")  # the start of struct iphdr
HEADER_BYTES = 20


def render_ip_options(options: bytes, same_route: bool, host: Callable[[str], str]) -> str:
    """`host(address)` gives the text for an address; `same_route`: the recorded route was shown before."""
    text = ""
    for option in parse_ip_options(options):
        if isinstance(option, TimestampOption):
            text += _timestamps(option, host)
        elif not isinstance(option, RouteOption):
            text += "\nNOP" if option.kind == NOP else f"\nunknown option {option.kind:x}"
        elif option.kind == RECORD_ROUTE and same_route:
            text += "\t(same route)"
        elif option.kind == RECORD_ROUTE:
            text += _addresses("RR", option, host) if option.addresses else ""
        else:
            text += _addresses("SSRR" if option.kind == STRICT_ROUTE else "LSRR", option, host)
    return text


def render_ip_header(header: bytes, host: Callable[[str], str]) -> str:
    """The dump of a quoted IPv4 header, 16-bit fields in the order of the machine as iputils has it."""
    first, tos, length, identification, place, ttl, protocol, checksum = HEADER.unpack_from(header)
    source, destination = (".".join(map(str, header[start:start + 4])) for start in (12, 16))
    return ("Vr HL TOS  Len   ID Flg  off TTL Pro  cks      Src      Dst Data\n"
            f" {first >> 4:1x}  {first & 15:1x}  {tos:02x} {length:04x} {identification:04x}"
            f"   {(place & 0xE000) >> 13:1x} {place & 0x1FFF:04x}"
            f"  {ttl:02x}  {protocol:02x} {checksum:04x} {source}  {destination} \n"
            + render_ip_options(header[HEADER_BYTES:], False, host))


def _addresses(what: str, option: RouteOption, host: Callable[[str], str]) -> str:
    return f"\n{what}: " + "".join(f"\t{_shown(address, host)}\n" for address in option.addresses)


def _shown(address: str, host: Callable[[str], str]) -> str:
    return address if address == "0.0.0.0" else host(address)


def _timestamps(option: TimestampOption, host: Callable[[str], str]) -> str:
    if not option.entries:
        return ""
    text, before = "\nTS: ", {False: 0, True: 0}
    for address, time in option.entries:
        if address is not None:
            text += f"\t{_shown(address, host)}"
        if time is None:
            break
        odd = bool(time & NOT_STANDARD)
        time &= NOT_STANDARD - 1
        mark = " not-standard" if odd else ""
        text += f"\t{time - before[odd]}{mark}\n" if before[odd] else f"\t{time} absolute{mark}\n"
        before[odd] = time
    return text + (f"Unrecorded hops: {option.overflow}\n" if option.overflow else "")
