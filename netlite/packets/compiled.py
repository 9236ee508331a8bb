"""Templates: the bytes of each probe as scapy crafts it, and (offset, width) of what varies.

Written by ``python -m netlite.packets.generate``; do not edit.
"""

TEMPLATES = {
    "echo-request-4": (bytes.fromhex(
        "0800000000000000"), {
        "identifier": (4, 2), "sequence": (6, 2), "checksum": (2, 2),
    }),
    "echo-reply-4": (bytes.fromhex(
        "0000000000000000"), {
        "identifier": (4, 2), "sequence": (6, 2), "checksum": (2, 2),
    }),
    "echo-request-6": (bytes.fromhex(
        "8000000000000000"), {
        "identifier": (4, 2), "sequence": (6, 2), "checksum": (2, 2),
    }),
    "echo-reply-6": (bytes.fromhex(
        "8100000000000000"), {
        "identifier": (4, 2), "sequence": (6, 2), "checksum": (2, 2),
    }),
    "udp": (bytes.fromhex(
        "0000000000000000"), {
        "source_port": (0, 2), "destination_port": (2, 2), "size_bytes": (4, 2),
        "checksum": (6, 2),
    }),
    "tcp": (bytes.fromhex(
        "0000000000000000000000005000000000000000"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2),
    }),
    "tcp-mss_bytes": (bytes.fromhex(
        "000000000000000000000000600000000000000002040000"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2),
    }),
    "tcp-sack": (bytes.fromhex(
        "000000000000000000000000600000000000000001010402"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2),
    }),
    "tcp-mss_bytes-sack": (bytes.fromhex(
        "00000000000000000000000070000000000000000204000001010402"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2),
    }),
    "tcp-timestamp": (bytes.fromhex(
        "00000000000000000000000080000000000000000101080a0000000000000000"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "timestamp": (24, 4),
    }),
    "tcp-mss_bytes-timestamp": (bytes.fromhex(
        "0000000000000000000000009000000000000000020400000101080a0000000000000000"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2), "timestamp": (28, 4),
    }),
    "tcp-sack-timestamp": (bytes.fromhex(
        "00000000000000000000000080000000000000000402080a0000000000000000"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "timestamp": (24, 4),
    }),
    "tcp-mss_bytes-sack-timestamp": (bytes.fromhex(
        "0000000000000000000000009000000000000000020400000402080a0000000000000000"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2), "timestamp": (28, 4),
    }),
    "tcp-window_scale": (bytes.fromhex(
        "000000000000000000000000600000000000000001030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "window_scale": (23, 1),
    }),
    "tcp-mss_bytes-window_scale": (bytes.fromhex(
        "00000000000000000000000070000000000000000204000001030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2), "window_scale": (27, 1),
    }),
    "tcp-sack-window_scale": (bytes.fromhex(
        "00000000000000000000000070000000000000000101040201030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "window_scale": (27, 1),
    }),
    "tcp-mss_bytes-sack-window_scale": (bytes.fromhex(
        "0000000000000000000000008000000000000000020400000101040201030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2), "window_scale": (31, 1),
    }),
    "tcp-timestamp-window_scale": (bytes.fromhex(
        "00000000000000000000000090000000000000000101080a000000000000000001030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "timestamp": (24, 4), "window_scale": (35, 1),
    }),
    "tcp-mss_bytes-timestamp-window_scale": (bytes.fromhex(
        "000000000000000000000000a000000000000000020400000101080a000000000000000001030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2), "timestamp": (28, 4),
        "window_scale": (39, 1),
    }),
    "tcp-sack-timestamp-window_scale": (bytes.fromhex(
        "00000000000000000000000090000000000000000402080a000000000000000001030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "timestamp": (24, 4), "window_scale": (35, 1),
    }),
    "tcp-mss_bytes-sack-timestamp-window_scale": (bytes.fromhex(
        "000000000000000000000000a000000000000000020400000402080a000000000000000001030300"), {
        "source_port": (0, 2), "destination_port": (2, 2), "sequence": (4, 4),
        "acknowledgement": (8, 4), "flags": (13, 1), "window": (14, 2),
        "checksum": (16, 2), "mss_bytes": (22, 2), "timestamp": (28, 4),
        "window_scale": (39, 1),
    }),
}
