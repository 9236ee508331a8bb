"""What ping writes about the IPv4 options of an answer (-R, -T): after the line, before its newline."""

from __future__ import annotations

from ..records.ip_options import NOP, RECORD_ROUTE, STRICT_ROUTE, RouteOption, TimestampOption, parse_ip_options

NOT_STANDARD = 0x80000000


def render_ip_options(options: bytes, same_route: bool, host) -> str:
    """`host(address)` gives the text for an address; `same_route`: the recorded route was shown before."""
    text = ""
    for option in parse_ip_options(options):
        if type(option) is TimestampOption:
            text += _timestamps(option, host)
        elif type(option) is not RouteOption:
            text += "\nNOP" if option.kind == NOP else f"\nunknown option {option.kind:x}"
        elif option.kind == RECORD_ROUTE:
            text += "\t(same route)" if same_route else _addresses("RR", option, host) if option.addresses else ""
        else:
            text += _addresses("SSRR" if option.kind == STRICT_ROUTE else "LSRR", option, host)
    return text


def _addresses(what: str, option: RouteOption, host) -> str:
    return f"\n{what}: " + "".join(f"\t{_shown(address, host)}\n" for address in option.addresses)


def _shown(address: str, host) -> str:
    return address if address == "0.0.0.0" else host(address)


def _timestamps(option: TimestampOption, host) -> str:
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
