"""SCTP sockets in the table of Internet sockets: one line for each pair of addresses."""

from __future__ import annotations

from itertools import zip_longest

from ..records.sctp import SctpSocket
from .byte_widths import padded
from .connections import TCP_STATES, Columns, render_owner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def render_sctp(socket: SctpSocket, hosts: Mapping[bytes, str], ports: Mapping[int, str], columns: Columns) -> str:
    """The lines of an endpoint or association.

    Nothing is cut.  State stands on the first line, columns that were asked for end the last one
    (an empty one for the timer, which the kernel does not tell).
    """
    users = columns.users
    tail = f" {padded(users[socket.user_id], 10)} {socket.inode:<10}" if users is not None else ""
    tail += render_owner(socket.inode, columns) + (" " if columns.timers else "")
    lines = _endpoint_lines if socket.listening else _association_lines
    return "\n".join(lines(socket, hosts, ports)) + f"{tail}\n"


def _endpoint_lines(socket: SctpSocket, hosts: Mapping[bytes, str], ports: Mapping[int, str]) -> list[str]:
    places = [f"{hosts[address]}{ports[socket.local_port]}" for address in socket.local_addresses] or [""]
    return ([f"sctp{'':16}{padded(places[0], 47)} {TCP_STATES[socket.state]}"]
            + [f"{'':20}{padded(place, 47)} {'':11}" for place in places[1:]])


def _association_lines(socket: SctpSocket, hosts: Mapping[bytes, str], ports: Mapping[int, str]) -> list[str]:
    lines: list[str] = []
    for local, remote in zip_longest(socket.local_addresses, socket.remote_addresses):
        sides = [(hosts[local] if local else ""), (hosts[remote] if remote else "")]
        if lines:
            lines.append(f"{'':20}{padded(sides[0], 23)} {padded(sides[1], 23)} {'':11}")
            continue
        lines.append(f"sctp  {socket.receive_queue_bytes:6} {socket.send_queue_bytes:6} "
                     f"{padded(f'{sides[0]}{ports[socket.local_port]}', 23)} "
                     f"{padded(f'{sides[1]}{ports[socket.remote_port]}', 23)} {TCP_STATES[socket.state]}")
    return lines
