"""A small file in MaxMind's format, written from its specification (MaxMind DB file format 2.0): prefixes of IPv4 to maps."""

from __future__ import annotations

from ipaddress import ip_network

MARKER = b"\xab\xcd\xefMaxMind.com"
MAP, TEXT, ARRAY, UINT16, UINT32, UINT64 = 7, 2, 11, 5, 6, 9
RECORD_BITS = 24


def encoded(value, kind: int = UINT32) -> bytes:
    """A value of the data section: text, a number, a list or a map."""
    if isinstance(value, str):
        data = value.encode()
        return _control(TEXT, len(data)) + data
    if isinstance(value, dict):
        return _control(MAP, len(value)) + b"".join(encoded(key) + encoded(item) for key, item in value.items())
    if isinstance(value, list):
        return _control(ARRAY, len(value)) + b"".join(map(encoded, value))
    data = value.to_bytes(8, "big").lstrip(b"\0")
    return _control(kind, len(data)) + data


def _control(kind: int, size: int) -> bytes:
    head, more = (kind << 5, b"") if kind <= 7 else (0, bytes([kind - 7]))
    if size < 29:
        return bytes([head | size]) + more
    for code, least, size_bytes in ((29, 29, 1), (30, 285, 2), (31, 65821, 3)):
        if size - least < 256 ** size_bytes:
            return bytes([head | code]) + more + (size - least).to_bytes(size_bytes, "big")
    raise ValueError("too large")


def mmdb(prefixes: dict[str, dict]) -> bytes:
    """The file: a binary tree over the bits of addresses, the data, and what says how to read both."""
    nodes: list[list] = [[None, None]]
    for prefix, record in prefixes.items():
        network = ip_network(prefix)
        bits = f"{int(network.network_address):032b}"[:network.prefixlen]
        at = 0
        for bit in bits[:-1]:
            if nodes[at][int(bit)] is None:
                nodes.append([None, None])
                nodes[at][int(bit)] = len(nodes) - 1
            at = nodes[at][int(bit)]
        nodes[at][int(bits[-1])] = record
    data, tree = b"", b""
    for node in nodes:
        for branch in node:
            value = len(nodes)  # nothing there
            if isinstance(branch, int):
                value = branch
            elif branch is not None:
                value = len(nodes) + 16 + len(data)
                data += encoded(branch)
            tree += value.to_bytes(RECORD_BITS // 8, "big")
    about = {"binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1_700_000_000,
             "database_type": "Test-ASN", "description": {"en": "a test"}, "ip_version": 4, "languages": ["en"],
             "node_count": len(nodes), "record_size": RECORD_BITS}
    return tree + bytes(16) + data + MARKER + encoded(about)
