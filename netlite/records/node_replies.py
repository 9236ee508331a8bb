"""What comes back to a node information query."""

from __future__ import annotations

from .echo_links import EchoReply


class NodeReply(EchoReply):
    """An answer to a node information query (RFC 4620), told as an answer to an echo is.

    `entries` are names (the fully qualified ones end in a dot) or addresses; `problem` says what is
    wrong with the rest ("too short", "truncated").
    """

    code: int = 0
    qtype: int = 0
    flags: int = 0
    entries: tuple[str, ...] = ()
    problem: str | None = None
