"""The numbers of node information queries and replies (RFC 4620); the records are in links and replies."""

from __future__ import annotations


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
