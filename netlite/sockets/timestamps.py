"""Kernel time stamps: asked for on a socket, read from ancillary data, told as monotonic time.

The kernel stamps packets with the wall clock (CLOCK_REALTIME); netlite's times are monotonic.
"""

from __future__ import annotations

import _socket
from _socket import SOL_SOCKET
from _struct import Struct
from time import monotonic_ns, time_ns

SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING = 29, 35, 37  # also the types of their messages

# <linux/net_tstamp.h>: stamp what leaves in software; report it; number what is sent; send back
# the stamp alone, without the packet.
TRANSMIT_SOFTWARE, SOFTWARE, OPT_ID, OPT_TSONLY = 1 << 1, 1 << 4, 1 << 7, 1 << 11
TRANSMIT_STAMPS = TRANSMIT_SOFTWARE | SOFTWARE | OPT_ID | OPT_TSONLY

TIME = Struct("@ll")  # struct timespec and struct timeval have this shape
seconds_and_part = TIME.unpack_from


def ask_receive_stamps(socket: _socket.socket) -> bool:
    """Have every received packet carry its arrival time (SO_TIMESTAMPNS); False when refused."""
    try:
        socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
    except OSError:
        return False
    return True


def ask_transmit_stamps(socket: _socket.socket) -> bool:
    """Have the kernel report on the error queue when each packet left; False when refused.

    Reports are numbered from 0, one a send.  Asking again starts the numbers anew.
    """
    try:
        socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, 0)
        socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, TRANSMIT_STAMPS)
    except OSError:
        return False
    return True


class _Kept:
    """A socket that is closed when another one takes its place."""

    def __init__(self, socket: _socket.socket):
        self._socket = socket
        self.fileno = socket.fileno

    def __del__(self) -> None:
        self._socket.close()


def keep_stamping() -> None:
    """Have the kernel stamp whatever arrives on this machine, until the end of the process.

    It does so while any socket asks for it, and begins some milliseconds after the first one does
    (net_enable_timestamp, net/core/dev.c).  Until then a packet's stamp is that of its reading, which is late in
    a program that has other things to do.  So one socket that asks stays open from a run to the next ones; it is
    one of the network namespace of the latest run, as it keeps that alive.
    """
    try:
        asking = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
    except OSError:  # no room for one more descriptor, or no IPv4: stamps are as they come
        return
    ask_receive_stamps(asking)
    _kept[:] = [_Kept(asking)]            # at once: a lock would stay locked in a child of fork(2)


def no_transmit_stamps(socket: _socket.socket) -> None:
    """Stop the reports."""
    socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, 0)


def wall_ns(kind: int, data: bytes) -> int:
    """The wall-clock nanoseconds in a SOL_SOCKET time stamp message of type `kind`; 0 if none."""
    if len(data) < TIME.size:
        return 0
    seconds: int
    part: int
    seconds, part = seconds_and_part(data)
    if kind == SO_TIMESTAMP:
        part *= 1000
    return seconds * 1_000_000_000 + part


def monotonic_from_wall(stamp_ns: int) -> int:
    """The monotonic time of a wall-clock stamp taken a moment ago.

    Both clocks run at one speed, so their difference stays until somebody sets the wall clock.  Two
    looks at one clock around a look at the other tell whether it did, however long they took.
    """
    global _difference_ns
    before = monotonic_ns()
    wall = time_ns()
    if not before - wall <= _difference_ns <= monotonic_ns() - wall:
        _difference_ns = _measure_difference()
    return stamp_ns + _difference_ns


def _measure_difference() -> int:
    """Monotonic minus wall clock, from the quickest of a few looks: others were interrupted."""
    looks = []
    for _ in range(5):
        before = monotonic_ns()
        wall = time_ns()
        after = monotonic_ns()
        looks.append((after - before, (before + after) // 2 - wall))
    return min(looks)[1]


_difference_ns = 0
_kept: list[_Kept] = []  # the socket of keep_stamping
