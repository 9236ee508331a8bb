"""Fragments: put together what a host's kernel cut, cut what is too big for its wire.  Pure.

*On the wire*: RFC 791 section 3.2, RFC 8200 section 4.5.
"""

from __future__ import annotations

from struct import pack

from ...feature_errors import MalformedPacket
from ...packets.checksum import checksum

FRAGMENT_HEADER, FRAGMENT_HEADER_BYTES = 44, 8
MORE = {4: 0x2000, 6: 0x0001}
DONT_FRAGMENT = 0x4000
WAITING = 64  # datagrams kept while parts of them are missing; then the oldest goes


class Reassembly:
    """Takes packets as they come and gives whole ones."""

    def __init__(self) -> None:
        self._parts: dict[bytes, dict[int, bytes]] = {}
        self._sizes: dict[bytes, int] = {}

    def add(self, packet: bytes) -> tuple[bytes, int] | None:
        """(the whole packet, its `piece_bytes` as in `transit.Transit`), or None while parts are missing.

        Raises MalformedPacket where its headers are cut off.
        """
        least = 20 if packet[:1] and packet[0] >> 4 == 4 else 40 + FRAGMENT_HEADER_BYTES * (packet[6:7] == b",")
        if len(packet) < least:
            raise MalformedPacket(f"{len(packet)} bytes are no packet")
        if packet[0] >> 4 == 4:
            field = int.from_bytes(packet[6:8], "big")
            if not field & 0x3FFF:
                return packet, len(packet) if field & DONT_FRAGMENT else 0
            start, key = (packet[0] & 15) * 4, packet[4:6] + packet[9:10] + packet[12:20]
            whole = self._add(key, (field & 0x1FFF) * 8, packet[start:], not field & MORE[4])
            return None if whole is None else (_header4(packet[:start], len(whole), 0) + whole, 0)
        if packet[6] != FRAGMENT_HEADER:
            return packet, len(packet)
        field, key = int.from_bytes(packet[42:44], "big"), packet[8:40] + packet[44:48]
        self._sizes[key] = max(len(packet), self._sizes.get(key, 0))
        whole = self._add(key, field & 0xFFF8, packet[48:], not field & MORE[6])
        if whole is None:
            return None
        return packet[:4] + pack("!HB", len(whole), packet[40]) + packet[7:40] + whole, self._sizes.pop(key)

    def _add(self, key: bytes, offset: int, data: bytes, last: bool) -> bytes | None:
        parts = self._parts.setdefault(key, {})
        parts[offset] = data
        if last:
            parts[-1] = b""  # the end is known
        if len(self._parts) > WAITING:
            oldest = next(iter(self._parts))
            del self._parts[oldest]
            self._sizes.pop(oldest, None)
        whole = b""
        for place in sorted(parts):
            if place > len(whole):
                return None
            whole = whole[:max(place, 0)] + parts[place]
        if -1 not in parts:
            return None
        self._parts.pop(key, None)
        return whole


def cut(packet: bytes, mtu_bytes: int, identifier: int) -> list[bytes]:
    """The packet, or the fragments of it that fit into `mtu_bytes`; `identifier` is theirs alone for a while."""
    if len(packet) <= mtu_bytes:
        return [packet]
    version = packet[0] >> 4
    start = (packet[0] & 15) * 4 if version == 4 else 40
    overhead = start if version == 4 else start + FRAGMENT_HEADER_BYTES
    step, fragments = (mtu_bytes - overhead) // 8 * 8, []
    for offset in range(0, len(packet) - start, step):
        data = packet[start + offset:start + offset + step]
        more = MORE[version] if start + offset + step < len(packet) else 0
        if version == 4:
            head = packet[:4] + pack("!H", identifier & 0xFFFF) + packet[6:start]
            fragments.append(_header4(head, len(data), offset >> 3 | more) + data)
        else:
            head = packet[:4] + pack("!HB", FRAGMENT_HEADER_BYTES + len(data), FRAGMENT_HEADER) + packet[7:40]
            fragments.append(head + pack("!BBHI", packet[6], 0, offset | more, identifier) + data)
    return fragments


def _header4(header: bytes, data_bytes: int, field: int) -> bytes:
    """An IPv4 header for so much data, with this fragment field."""
    header = header[:2] + pack("!H", len(header) + data_bytes) + header[4:6] + pack("!H", field) + header[8:10]\
        + b"\0\0" + header[12:]
    return header[:10] + pack("!H", checksum(header)) + header[12:]
