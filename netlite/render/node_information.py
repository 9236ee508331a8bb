"""What ping -N says of a reply."""

from __future__ import annotations

from ..records.replies import NodeReply

SUCCESS, REFUSED, UNKNOWN = 0, 1, 2
TRUNCATED = 0x0001
KNOWN = {2: "name", 3: "IPv6 addresses", 4: "IPv4 addresses"}


def render_node_reply(reply: NodeReply) -> str:
    """The part of an answer's line behind its colon, up to the sequence number."""
    if reply.code == SUCCESS and reply.qtype not in KNOWN:
        text = f" unknown qtype(0x{reply.qtype:02x})"
    elif reply.code == SUCCESS:
        text = ",".join(f" {entry}" for entry in reply.entries)
        if reply.problem is not None:
            text += "," * bool(reply.entries) + f" parse error ({reply.problem})"
        if reply.qtype != 2 and reply.flags & TRUNCATED:
            text += " (truncated)"
    elif reply.code in (REFUSED, UNKNOWN):
        text = " refused" if reply.code == REFUSED else " unknown"
    else:
        text = f" unknown code({reply.code << 8:02x})"  # iputils swaps the bytes of this single byte
    return f"{text}; seq={reply.sequence};"
