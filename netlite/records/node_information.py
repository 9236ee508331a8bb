"""The numbers of node information queries and replies (RFC 4620), and a query."""

from __future__ import annotations

from .record import Record


class NodeQtype:
    """What is asked for (RFC 4620 section 6)."""

    NAME = 2
    ADDRESSES6 = 3
    ADDRESSES4 = 4


class NodeSubject:
    """The code of a query: whom it asks about (RFC 4620 section 4)."""

    ADDRESS6 = 0
    NAME = 1
    ADDRESS4 = 2


class NodeCode:
    """The code of a reply (RFC 4620 section 4)."""

    SUCCESS = 0
    REFUSED = 1
    UNKNOWN = 2


class NodeQuery(Record):
    """A node information query (RFC 4620): what is asked (`qtype`, None: nothing), the flags in network
    order's value, and about whom: the code `subject_kind` and its bytes, None for the destination."""

    qtype: int | None = None
    flags: int = 0
    subject_kind: int = 0
    subject: bytes | None = None
