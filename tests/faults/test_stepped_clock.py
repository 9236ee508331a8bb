"""Somebody sets the wall clock, forwards and back by an hour, again and again: no time of netlite's is of that clock.

The step is made at the worst places, just before the kernel's stamp of a packet, which is of the wall clock, and between
that stamp and its reading.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from trials import fault_of, ours, run_all

STEPPED = """
import sys, time
sys.path[:] = {path!r}
real, shift_ns = time.time_ns, 0
time.time_ns = lambda: real() + shift_ns
from netlite.sockets import timestamps
read, stamps = timestamps.seconds_and_part, 0
def stepped(data):
    global shift_ns, stamps
    stamps += 1
    before_ns = shift_ns
    if stamps % {every} == 0:
        shift_ns = 0 if shift_ns else {hours} * 3_600_000_000_000
    seconds, part = read(data)
    return seconds + {stamped} // 1_000_000_000, part
timestamps.seconds_and_part = stepped
from netlite.__main__ import run
run({folder!r}, {folder!r}, {words!r})
"""
TIME = re.compile(r"(\d+(?:\.\d+)?) ?ms")
COMMANDS = ("ping -n -c5 -i 0.05 server", "ping -n -c20 -w 30 -A server", "ping -n -f -q -c500 server", "ping --multi -c5 -i 0.05 server r1",
            "traceroute -n server", "traceroute -n -I server", "traceroute -n -T server", "traceroute -n -q1 --mda server", "tracepath -n server",
            "mtu -n server", "ping -n -c3 -i 0.05 --explain server")


@pytest.mark.parametrize("stamped", ["shift_ns", "before_ns"])
@pytest.mark.parametrize("hours", [1, -1])
def test_no_time_is_of_the_wall_clock(start, hours, stamped):
    argvs = [[sys.executable, "-I", "-c", STEPPED.format(path=sys.path, hours=hours, every=300 if "-f" in words else 1, stamped=stamped,
                                                         folder=program, words=words)]
             for program, *words in map(str.split, COMMANDS)]
    for command, done in zip(COMMANDS, run_all(start, argvs)):
        assert not fault_of(done) and done.status in (0, 1), (command, done)
        times = [float(each) for each in TIME.findall(done.out)]
        assert times and max(times) < 60_000, (command, done)  # an hour is 3,600,000
        if "--explain" not in command and command.startswith(("ping -n", "traceroute", "tracepath")):
            assert max(times) > 0, (command, done)


def test_another_boot_clock(start):
    """The monotonic clock itself may begin anywhere: at three years, in a time namespace."""
    try_it = subprocess.run(["unshare", "--time", "--monotonic", "100000000", "true"], capture_output=True, text=True)
    if try_it.returncode:
        pytest.skip(f"no time namespaces here: {try_it.stderr}")
    for command in ("ping -n -c3 -i 0.05 server", "traceroute -n server", "tracepath -n server"):
        done = run_all(start, [["unshare", "--time", "--monotonic", "100000000", *ours(command)]])[0]
        assert done.status == 0 and max(map(float, TIME.findall(done.out))) < 60_000, done
