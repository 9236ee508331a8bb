"""Closed sets of the library's tables as enumerations of words, which are text too."""

from __future__ import annotations

from enum import StrEnum


class SocketState(StrEnum):
    """Of TCP as RFC 9293 section 3.3.2 has them, in netstat's spelling; of Unix sockets the last three, too."""

    ESTABLISHED = "ESTABLISHED"
    SYN_SENT = "SYN_SENT"
    SYN_RECV = "SYN_RECV"
    FIN_WAIT1 = "FIN_WAIT1"
    FIN_WAIT2 = "FIN_WAIT2"
    TIME_WAIT = "TIME_WAIT"
    CLOSE = "CLOSE"
    CLOSE_WAIT = "CLOSE_WAIT"
    LAST_ACK = "LAST_ACK"
    LISTEN = "LISTEN"
    CLOSING = "CLOSING"
    NONE = "NONE"
    UNCONNECTED = "UNCONNECTED"
    CONNECTING = "CONNECTING"
    CONNECTED = "CONNECTED"
    DISCONNECTING = "DISCONNECTING"


class NeighbourState(StrEnum):
    """NUD_* of <linux/neighbour.h>; RFC 4861 section 7.3.2 names most of them."""

    NONE = "NONE"
    INCOMPLETE = "INCOMPLETE"
    REACHABLE = "REACHABLE"
    STALE = "STALE"
    DELAY = "DELAY"
    PROBE = "PROBE"
    FAILED = "FAILED"
    NOARP = "NOARP"
    PERMANENT = "PERMANENT"


class ChangeKind(StrEnum):
    """What a change is about: groups of rtnetlink."""

    LINK = "link"
    ADDRESS = "address"
    ROUTE = "route"
    NEIGHBOUR = "neighbour"
