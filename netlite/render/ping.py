"""The lines of a plain run of ping, from records; bytes as iputils 20221126 writes them.

The text of a line may depend on nothing but the record and the `style`.
"""

from __future__ import annotations

from _struct import pack, unpack

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.family import Family
    from ..records.ping import Answer, Summary
    from ..records.ping_mishaps import WrongByte

DUMP_BYTES = 32
DUMP_START = 16


class PingStyle(Record):
    """What the options change in the text.

    `identifier` is shown by -v where it was chosen by us; `audible` rings the bell; `columns` is
    the width of the terminal, which limits the dots of a flood.
    """

    family: Family
    program: str = "ping"
    audible: bool = False
    flood: bool = False
    verbose: bool = False
    identifier: int | None = None
    columns: int | None = None


def render_header(style: PingStyle, name: str, address: str, size_bytes: int, option_bytes: int = 0,
                  source: str | None = None, device: str | None = None, flow_label: int = 0) -> str:
    """The first line; `address` may be ``name (address)`` for IPv6, `source` is shown with -I and -B."""
    version6 = style.family.version == 6
    line = f"PING {name}({address}) " if version6 else f"PING {name} ({address}) "
    if flow_label:
        line += f", flow 0x{flow_label:05x}, "
    if source is not None:
        line += f"from {source} {device or ''}: "
    if version6:
        return f"{line}{size_bytes} data bytes\n"
    return f"{line}{size_bytes}({size_bytes + 8 + option_bytes + 20}) bytes of data.\n"


def host(address: str, names: tuple[tuple[str, str], ...]) -> str:
    """``name (address)`` where the name was looked up, else the address.

    >>> host("::1", (("::1", "localhost"),)), host("::1", ())
    ('localhost (::1)', '::1')
    """
    for known, name in names:
        if known == address:
            return f"{name} ({address})"
    return address


def milliseconds(rtt_us: int) -> str:
    """A round-trip time with the digits that iputils gives it.

    >>> milliseconds(53), milliseconds(1890), milliseconds(20_849), milliseconds(153_600)
    ('0.053', '1.89', '20.8', '154')
    """
    if rtt_us >= 100_000 - 50:
        return f"{(rtt_us + 500) // 1000}"
    if rtt_us >= 10_000 - 5:
        return f"{(rtt_us + 50) // 1000}.{(rtt_us + 50) % 1000 // 100}"
    if rtt_us >= 1000:
        return f"{(rtt_us + 5) // 1000}.{(rtt_us + 5) % 1000 // 10:02d}"
    return f"{rtt_us // 1000}.{rtt_us % 1000:03d}"


def render_answer(style: PingStyle, answer: Answer, stamp: str = "") -> str:
    """The line of an answer; `stamp` is what -D puts before it (``[1795349733.586292] ``), else empty."""
    line = f"{stamp}{answer.size_bytes} bytes from {host(answer.source, answer.names)}:"
    if answer.node is None:
        line += f" icmp_seq={answer.sequence}"
    else:
        from .node_information import render_node_reply

        line += render_node_reply(answer.node)
    if style.verbose and style.identifier is not None:
        line += f" ident={style.identifier}"
    if answer.ttl is not None:
        line += f" ttl={answer.ttl}"
    if answer.truncated:
        return line + " (truncated)\n"
    if answer.rtt_ns is not None:
        line += f" time={milliseconds(answer.rtt_ns // 1000)} ms"
    line += " (DUP!)" * answer.duplicate + " (BAD CHECKSUM!)" * answer.bad_checksum
    line += " (DIFFERENT ADDRESS!)" * answer.different_address
    if answer.wrong_byte is not None:
        line += _wrong_data(answer.wrong_byte, answer.payload)
    line += "\a" * style.audible
    if answer.options:
        from .ip_options import render_ip_options

        line += render_ip_options(answer.options, answer.same_route,
                                  lambda address: host(address, answer.names))
    return line + "\n"


def _wrong_data(wrong: WrongByte, payload: bytes) -> str:
    text = f"\nwrong data byte #{wrong.offset} should be 0x{wrong.expected:x} but was 0x{wrong.found:x}"
    for place in range(DUMP_START, len(payload), DUMP_BYTES):
        text += f"\n#{place}\t" + "".join(f"{byte:x} " for byte in payload[place:place + DUMP_BYTES])
    return text


def render_summary(name: str, summary: Summary) -> str:
    """The lines at the end, with the empty line before them; the last line is there even when empty."""
    text = f"\n--- {name} ping statistics ---\n"
    text += f"{summary.transmitted} packets transmitted, {summary.received} received"
    for count, what in ((summary.duplicates, "duplicates"), (summary.corrupted, "corrupted"),
                        (summary.errors, "errors")):
        if count:
            text += f", +{count} {what}"
    if summary.transmitted:
        text += f", {loss_percent(summary.transmitted, summary.received)}% packet loss"
        text += f", time {(summary.elapsed_ns + 500_000) // 1_000_000}ms"
    parts, trips = [], summary.round_trips
    if trips is not None:
        taken = times(trips.minimum_us, trips.average_us, trips.maximum_us, trips.deviation_us)
        parts.append(f"rtt min/avg/max/mdev = {taken}")
    if summary.pipe > 1:
        parts.append(f"pipe {summary.pipe}")
    if summary.gap_us is not None:
        parts.append(f"ipg/ewma {times(summary.gap_us, summary.weighted_us)}")
    return f"{text}\n{', '.join(parts)}\n"


def loss_percent(transmitted: int, received: int) -> str:
    """Lost probes in percent: a 32-bit float, six digits, as C's ``%g`` of a float.

    >>> loss_percent(18, 17), loss_percent(3, 2), loss_percent(4, 4)
    ('5.55556', '33.3333', '0')
    """
    return "%g" % unpack("f", pack("f", (transmitted - received) * 100.0 / transmitted))[0]


def times(*times_us: int) -> str:
    """Milliseconds and their thousandths, as iputils sets them side by side."""
    return "/".join(["%d.%03d" % divmod(time_us, 1000) for time_us in times_us]) + " ms"
