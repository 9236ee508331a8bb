"""The TCP segment of -T: its flags and options, from -O and the kernel's own settings."""

from __future__ import annotations

from posix import urandom

from .methods import TCP_FLAG_BITS, Keywords

SYN = TCP_FLAG_BITS["syn"]
WINDOW_SCALE = 2
HEADER_BYTES = 20


def segment_fields(keywords: Keywords, proc: str) -> dict:
    """Fields of TcpLinkSettings.

    When no flag and no option is named, the options are those the kernel would use itself
    (`proc`/sys/net/ipv4/tcp_*), as with the keyword sysctl.
    """
    flags, options = keywords.tcp_flags, set(keywords.tcp_options)
    if keywords.sysctl or not (flags or options or keywords.exact_flags):
        options |= {name for name in ("ecn", "sack", "timestamps", "window_scaling") if is_on(proc, name)}
    if not flags and not keywords.exact_flags:
        flags = SYN
        if "ecn" in options:
            flags |= TCP_FLAG_BITS["ece"] | TCP_FLAG_BITS["cwr"]
    return {"flags": flags, "mss_bytes": keywords.mss or None, "sack": "sack" in options,
            "timestamp": int.from_bytes(urandom(4), "big") if "timestamps" in options else None,
            "window_scale": WINDOW_SCALE if "window_scaling" in options else None, "reuse": keywords.reuse}


def segment_bytes(fields: dict) -> int:
    """Header and options; each option, with what pads it, is a multiple of four bytes."""
    size = HEADER_BYTES + (4 if fields["flags"] & SYN else 0)
    if fields["timestamp"] is not None:
        size += 12  # SACK permitted takes the place of its padding
    elif fields["sack"]:
        size += 4
    return size + (4 if fields["window_scale"] is not None else 0)


def is_on(proc: str, name: str) -> bool:
    """Whether the kernel's own connections use a TCP option; 2 means: only when asked to."""
    try:
        with open(f"{proc}/sys/net/ipv4/tcp_{name}", "rb") as file:
            return file.read(1) == b"1"
    except OSError:
        return False
