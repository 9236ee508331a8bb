"""SCTP endpoints and associations as the kernel lists them."""

from __future__ import annotations

from .record import Record


class SctpSocket(Record):
    """An SCTP endpoint (`listening`, no remote side) or association, with all its packed addresses."""

    listening: bool
    state: int
    local_port: int
    remote_port: int
    local_addresses: tuple[bytes, ...]
    remote_addresses: tuple[bytes, ...]
    receive_queue_bytes: int
    send_queue_bytes: int
    user_id: int
    inode: int
