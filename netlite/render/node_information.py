"""What ping -N says of a reply."""

from __future__ import annotations

from ..records.node_information import NodeCode, NodeQtype
from ..records.node_replies import NodeReply

TRUNCATED = 0x0001
KNOWN = (NodeQtype.NAME, NodeQtype.ADDRESSES6, NodeQtype.ADDRESSES4)


def render_node_reply(reply: NodeReply) -> str:
    """The part of an answer's line behind its colon, up to the sequence number."""
    if reply.code == NodeCode.SUCCESS and reply.qtype not in KNOWN:
        text = f" unknown qtype(0x{reply.qtype:02x})"
    elif reply.code == NodeCode.SUCCESS:
        text = ",".join(f" {entry}" for entry in reply.entries)
        if reply.problem is not None:
            text += "," * bool(reply.entries) + f" parse error ({reply.problem})"
        if reply.qtype != NodeQtype.NAME and reply.flags & TRUNCATED:
            text += " (truncated)"
    elif reply.code in (NodeCode.REFUSED, NodeCode.UNKNOWN):
        text = " refused" if reply.code == NodeCode.REFUSED else " unknown"
    else:
        text = f" unknown code({reply.code << 8:02x})"  # iputils swaps the bytes of this single byte
    return f"{text}; seq={reply.sequence};"
