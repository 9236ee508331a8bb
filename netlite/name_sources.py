"""Whom the C library asks: /etc/nsswitch.conf."""

from __future__ import annotations


def has_sources(database: str, path: str = "/etc/nsswitch.conf") -> bool:
    """Whether nsswitch.conf(5) says whom to ask about a `database` ("hosts", "passwd", …).

    Where it names the database but nobody to ask, the C library reads behind the end of its list, and crashes where
    there happens to be something.
    """
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return True
    sources = b"files"
    for line in lines:
        name, *rest = line.replace(b":", b" ", 1).split(maxsplit=1) or [b""]
        if name == database.encode():
            sources = rest[0] if rest else b""
    return bool(sources) and not sources.startswith(b"[")  # an action before any source ends the list
