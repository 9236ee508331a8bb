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

SLEWED_NS = 1_000_000  # more than that between two looks is a clock that was set

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
    """The monotonic time of a wall-clock stamp taken a moment ago; never one that is yet to come.

    Where somebody has set the wall clock meanwhile, the stamp may be of the clock as it was: that is the case where it
    would else be of the future, or much older than the setting.
    """
    difference_ns, now_ns = _look()
    found_ns = stamp_ns + difference_ns
    before_ns = stamp_ns + _difference_before_ns
    if before_ns <= _set_ns and (found_ns < before_ns or found_ns > now_ns):
        return before_ns
    return min(found_ns, now_ns)


def monotonic_less_wall() -> int:
    """What to add to stamps that are about to be taken."""
    return _look()[0]


def _look() -> tuple[int, int]:
    """Monotonic minus wall clock, and the monotonic time.

    Both clocks run at one speed, so their difference stays until somebody sets the wall clock.  Two
    looks at one clock around a look at the other tell whether it did, however long they took.
    """
    global _difference_ns, _difference_before_ns, _set_ns
    before = monotonic_ns()
    wall = time_ns()
    after = monotonic_ns()
    if not before - wall <= _difference_ns <= after - wall:
        found = _measure_difference()
        if abs(found - _difference_ns) > SLEWED_NS:
            _difference_before_ns, _set_ns = _difference_ns, after
        _difference_ns = found
    return _difference_ns, after


def _measure_difference() -> int:
    """Monotonic minus wall clock, from the quickest of a few looks: others were interrupted."""
    looks = []
    for _ in range(5):
        before = monotonic_ns()
        wall = time_ns()
        after = monotonic_ns()
        looks.append((after - before, (before + after) // 2 - wall))
    return min(looks)[1]


_difference_ns = _measure_difference()
_difference_before_ns = _set_ns = 0  # before the wall clock was set, and when that was seen
_kept: list[_Kept] = []  # the socket of keep_stamping
