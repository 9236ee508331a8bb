"""Whom the C library asks: /etc/nsswitch.conf; and what of the environment it would die of."""

from __future__ import annotations

SEARCHED, SEARCHED_BYTES = 6, 256  # MAXDNSRCH and defdname of struct __res_state, <resolv.h>
TAKEN_BYTES = 56  # sizeof dnsrch, which glibc compares with what defdname holds

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


def is_searchable(domains: bytes) -> bool:
    """Whether the C library works with so many `domains` in LOCALDOMAIN (resolver(5)).

    glibc (resolv/resolv_conf.c) leaves out those that it has no room for, then takes its own list for one that
    somebody else has changed, and aborts, unless enough of the room was taken.
    """
    first, *others = domains.partition(b"\n")[0].replace(b"\t", b" ").split(b" ")
    taken = 0
    for domain in [first, *filter(None, others)][:SEARCHED]:  # the first is one even where it is empty
        taken += len(domain) + 1
        if taken > SEARCHED_BYTES:
            return taken - len(domain) - 1 > TAKEN_BYTES
    return True
