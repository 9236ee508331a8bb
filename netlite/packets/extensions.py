"""Extensions behind the quote of an ICMP error (RFC 4884), MPLS labels (RFC 4950), interfaces (RFC 5837)."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop

from ..records.extensions import IcmpObject, InterfaceInformation, MplsLabel
from .checksum import is_valid

VERSION = 2
HEADER_BYTES, OBJECT_BYTES = 4, 4
QUOTE_BYTES = 128  # a quote in front of extensions is padded to this (RFC 4884 section 3)
MPLS_STACK = 1, 1  # class and type
INTERFACE_CLASS = 2
HAS_INDEX, HAS_ADDRESS, HAS_NAME, HAS_MTU = 8, 4, 2, 1  # RFC 5837 section 4.1
STEP_BYTES = {4: 4, 6: 8}  # the unit of the length field, and of the search


def read_structure(data: bytes) -> tuple[IcmpObject, ...] | None:
    """The objects of an extension structure that fills `data` exactly; None when it is not one.

    A checksum of zero is not checked (RFC 4884 section 7).
    """
    if len(data) < HEADER_BYTES or data[0] >> 4 != VERSION:
        return None
    if data[2:4] != b"\0\0" and not is_valid(data):
        return None
    objects = []
    offset = HEADER_BYTES
    while offset < len(data):
        length = int.from_bytes(data[offset:offset + 2], "big")
        if length < OBJECT_BYTES or length % 4 or offset + length > len(data):
            return None
        class_number, class_type = data[offset + 2], data[offset + 3]
        payload = bytes(data[offset + OBJECT_BYTES:offset + length])
        decoded = read_object(class_number, class_type, payload)
        objects.append(IcmpObject(class_number, class_type, payload, decoded))
        offset += length
    return tuple(objects)


def split_by_length(version: int, length: int, body: bytes) -> tuple[bytes, tuple[IcmpObject, ...]]:
    """The quote and the objects of an error whose header told the quote's `length` (0: it did not).

    Without a length the structure is searched behind 128 bytes, as old routers put it there
    (RFC 4884 section 5.5).
    """
    if not length and len(body) < QUOTE_BYTES:
        return bytes(body), ()
    step = STEP_BYTES[version]
    if length:
        end = length * step
        return bytes(body[:end]), read_structure(body[end:]) or ()
    found = search(body, 0, None, step)
    if found is None:
        return bytes(body), ()
    return bytes(body[:found[0]]), found[1]


def search(data: bytes, skipped_bytes: int, sent_bytes: int | None,
           step: int) -> tuple[int, tuple[IcmpObject, ...]] | None:
    """Look for a structure where the length field is not known, the way traceroute does.

    `data` is what follows the first `skipped_bytes` of the quote (IP and transport header, on an
    error queue); `sent_bytes` is how much data we sent behind those.  A quote longer than that was
    padded, and the structure is at 128 exactly; otherwise every `step` bytes from 128 on are tried.
    Returns (offset in data, objects) or None.
    """
    start = QUOTE_BYTES - skipped_bytes
    if start < 0 or len(data) < start + HEADER_BYTES + OBJECT_BYTES:
        return None
    padded = sent_bytes is not None and len(data) > sent_bytes
    last = start if padded else len(data) - HEADER_BYTES - OBJECT_BYTES
    places: set[int] | None = None
    for offset in range(start, last + 1, step):
        if data[offset] >> 4 != VERSION:
            continue
        if places is None:
            places = _places_of_objects(data, offset)
        objects = read_structure(data[offset:]) if offset + HEADER_BYTES in places else None
        if objects is not None:
            return offset, objects
    return None


def _places_of_objects(data: bytes, first: int) -> set[int]:
    """From where on objects fill `data` to its end, in words from `first` on.

    From the end backwards, which takes one pass: every word may look like the start of a structure.
    """
    places = {len(data)}
    for place in range(len(data) - OBJECT_BYTES, first, -4):
        length = int.from_bytes(data[place:place + 2], "big")
        if length >= OBJECT_BYTES and not length % 4 and place + length in places:
            places.add(place)
    return places


def read_object(class_number: int, class_type: int,
                payload: bytes) -> tuple[MplsLabel, ...] | InterfaceInformation | None:
    """What an object says: a tuple of MplsLabel, an InterfaceInformation, or None for other classes."""
    if (class_number, class_type) == MPLS_STACK:
        return read_labels(payload)
    if class_number == INTERFACE_CLASS:
        return read_interface(class_type, payload)
    return None


def read_labels(payload: bytes) -> tuple[MplsLabel, ...]:
    """The label stack, top first (RFC 4950 section 3, RFC 3032 section 2.1).

    >>> read_labels(bytes.fromhex("05dc2bfe"))
    (MplsLabel(label=24002, traffic_class=5, bottom=1, ttl=254),)
    """
    labels = []
    for offset in range(0, len(payload) - 3, 4):
        entry = int.from_bytes(payload[offset:offset + 4], "big")
        labels.append(MplsLabel(entry >> 12, entry >> 9 & 7, entry >> 8 & 1, entry & 0xFF))
    return tuple(labels)


def read_interface(class_type: int, payload: bytes) -> InterfaceInformation | None:
    """Index, address, name and MTU, in this order, each if its bit is set (RFC 5837 section 4.1)."""
    index = address = name = mtu_bytes = None
    rest = payload
    if class_type & HAS_INDEX:
        if len(rest) < 4:
            return None
        index, rest = int.from_bytes(rest[:4], "big"), rest[4:]
    if class_type & HAS_ADDRESS:
        size, af = {1: (4, AF_INET), 2: (16, AF_INET6)}.get(int.from_bytes(rest[:2], "big"), (0, 0))
        if not size or len(rest) < 4 + size:
            return None
        address, rest = inet_ntop(af, rest[4:4 + size]), rest[4 + size:]
    if class_type & HAS_NAME:
        length = rest[0] if rest else 0
        if length % 4 or not 4 <= length <= min(64, len(rest)):
            return None
        name, rest = rest[1:length].rstrip(b"\0").decode("utf-8", "replace"), rest[length:]
    if class_type & HAS_MTU:
        if len(rest) < 4:
            return None
        mtu_bytes = int.from_bytes(rest[:4], "big")
    return InterfaceInformation(class_type >> 6, index, address, name, mtu_bytes)
