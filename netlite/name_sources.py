"""Whom the C library asks: /etc/nsswitch.conf."""

from __future__ import annotations

_asked: set[tuple[str, str]] = set()  # databases that have sources: a table of names asks at each of them

def has_sources(database: str, path: str = "/etc/nsswitch.conf") -> bool:
    """Whether nsswitch.conf(5) says whom to ask about a `database` ("hosts", "passwd", …).

    Where it names the database but nobody to ask, the C library reads behind the end of its list, and crashes where
    there happens to be something.  Once somebody is known, the file is not read again.
    """
    if (database, path) in _asked:
        return True
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
    if not sources or sources.startswith(b"["):  # an action before any source ends the list
        return False
    _asked.add((database, path))
    return True
