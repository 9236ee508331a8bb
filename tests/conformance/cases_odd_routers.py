"""Answers that no Linux router gives: every ICMP error, odd echo replies, labels, small wires; see odd_routers.py."""

from __future__ import annotations

from harness import Case
from masks import flood_masks

PING = """
    -c10 -i0.01 -W0.3 198.51.100.40
    -c10 -i0.1 -W0.3 -O 198.51.100.40
    -c10 -i0.01 -W0.3 -q 198.51.100.40
    -c10 -i0.01 -W0.3 -a 198.51.100.40
    -c10 -i0.01 -W0.3 -v 198.51.100.40
    -c10 -i0.01 -W0.3 2001:db8:77::40
    -c27 -i0.01 -W0.3 198.51.100.41
    -c27 -i0.01 -W0.3 -v 198.51.100.41
    -c27 -i0.01 -W0.3 -q 198.51.100.41
    -w3 -i0.5 198.51.100.41
    -c3 -i0.01 -W0.3 -D 198.51.100.41
    -c18 -i0.01 -W0.3 2001:db8:77::41
    -c18 -i0.01 -W0.3 -v 2001:db8:77::41
    -c2 -i0.01 -W0.3 198.51.100.43
    -c3 -i0.01 -O -W0.3 2001:db8:77::43
    -c2 -i0.2 -W0.3 -s 1400 -M do 198.51.100.42
    -c2 -i0.2 -W0.3 -s 1400 -M do 2001:db8:77::42
    -c1 -W0.3 198.51.100.28
    -c1 -W0.3 198.51.100.29
    -c1 -t 2 -W0.3 198.51.100.1
    -c1 -t 3 -W0.3 2001:db8:77::1
"""
ODD_ANSWERS = """
    -c12 -i0.01 -W0.3 198.51.100.44
    -c12 -i0.01 -W0.3 -q 198.51.100.44
    -c12 -i0.01 -W0.3 -s 0 198.51.100.44
    -c12 -i0.01 -W0.3 -p a5 198.51.100.44
    -c12 -i0.01 -W0.3 -s 1200 198.51.100.44
    -c12 -i0.01 -W0.3 2001:db8:77::44
    -c12 -i0.01 -W0.3 -s 0 2001:db8:77::44
    -c12 -i0.01 -W0.3 -s 1200 2001:db8:77::44
    -c2 -i0.01 -W0.3 198.51.100.45
    -c2 -i0.01 -W0.3 2001:db8:77::45
    -c2 -i0.01 -W0.3 198.51.100.46
    -c2 -i0.01 -W0.3 198.51.100.50
    -c2 -i0.01 -W0.3 -q 198.51.100.50
    -c2 -f -W0.3 198.51.100.50
    -c12 -f -W0.3 198.51.100.44
    -c12 -f -q -W0.3 198.51.100.44
"""
ON_RAW_SOCKETS = """
    -c18 -i0.01 -W0.3 -R 198.51.100.51
    -c18 -i0.01 -W0.3 -v 198.51.100.51
    -c2 -i0.01 -W0.3 -v 198.51.100.50
"""
TRACEROUTE = """
    -n -w 5,0,0 198.51.100.1
    -n -w 5,0,0 -I 198.51.100.1
    -n -w 5,0,0 -T 198.51.100.1
    -n -w 5,0,0 -U 198.51.100.1
    -n -w 0.5,0,0 198.51.100.2
    -n -w 5,0,0 -e 198.51.100.4
    -n -w 5,0,0 -e -I 198.51.100.4
    -n -w 5,0,0 -e -T 198.51.100.4
    -n -w 5,0,0 -e -6 2001:db8:77::4
    -n -w 5,0,0 --back 198.51.100.5
    -n -w 5,0,0 --back -6 2001:db8:77::5
    -n -w 5,0,0 -T -O info 198.51.100.32
    -n -w 5,0,0 -T -O info 198.51.100.37
    -n -w 5,0,0 -m 40 -q1 198.51.100.33
    -n -w 0.3 -m 3 198.51.100.43
    -n -w 5,0,0 --mtu 198.51.100.42
    -n -w 5,0,0 --mtu -6 2001:db8:77::42
    -n -w 5,0,0 -F 198.51.100.42 1500
    -n -w 0.5,0,0 -N1 -q1 198.51.100.42 1500
    -n -w 0.3,0,0 -m 5 198.51.100.28
    -n -w 0.3,0,0 -m 5 198.51.100.29
    -n -w 5,0,0 -6 2001:db8:77::1
    -n -I -w2,0,0 --back 198.51.100.5
    -n -I -w2,0,0 --back -6 2001:db8:77::5
    -n -I -w2,0,0 -N1 -q1 -O dgram --back 198.51.100.5
    -n -I -w0.3,0,0 -m 7 198.51.100.45
    -n -I -w0.3,0,0 -m 7 2001:db8:77::45
    -n -I -w0.3,0,0 -m 7 198.51.100.46
    -n -I -w0.3,0,0 -m 7 2001:db8:77::46
    -n -I -N1 -q1 -O dgram -w0.3,0,0 -f 5 -m 7 198.51.100.45
    -n -I -N1 -q1 -O dgram -w0.3,0,0 -f 5 -m 7 2001:db8:77::45
    -n -I -N1 -q1 -O dgram -w0.3,0,0 -f 5 -m 7 198.51.100.46
"""
TRACEPATH = """
    -n -m 7 198.51.100.1
    -n -m 7 198.51.100.5
    -n -m 7 198.51.100.33
    -n -m 7 198.51.100.42
    -n -m 5 198.51.100.29
    -n -m 7 2001:db8:77::1
    -n -m 7 2001:db8:77::42
    -n -m 7 198.51.100.49
    -n -m 7 2001:db8:77::49
"""


OVERLAPPING = {"packets": "ignored", "attempts": 3}  # how many probes are under way depends on the answers' pace


def cases(program: str, lines: str, **more) -> list[Case]:
    return [Case(f"{program} {line.strip()}", scene="odd", **{"masks": flood_masks(line) if program == "ping" else (), **more})
            for line in lines.strip().splitlines()]


TCPTRACEROUTE = """
    -n 198.51.100.32
    -n -f 3 -m 6 -q 1 198.51.100.37 443
    -nS -w 1 198.51.100.1 80 100
    -nE -p 4567 -q1 198.51.100.32
    -dF -n -N -A -q 1 -l 60 198.51.100.1
    -h
    -v
    -Z 198.51.100.1
    -i
    nosuchhost
"""

RANGE = "/proc/sys/net/ipv4/ping_group_range"
RAW = {"before": (f"echo 1 0 >{RANGE}",), "undo": (f"echo 0 0 >{RANGE}",), "note": "raw socket"}

CASES = [
    *cases("ping", ODD_ANSWERS), *cases("ping", ODD_ANSWERS, **RAW),
    *cases("ping", ON_RAW_SOCKETS, **RAW, masks=("ping_quoted",)),  # on a datagram socket the original reads on behind the options
    *cases("tcptraceroute", TCPTRACEROUTE, **OVERLAPPING, masks=("traceroute_time", "traceroute_lost", "program_path")),
    Case("tcptraceroute", scene="odd", masks=("program_path",)),
    Case("traceroute6 -n -w 5,0,0 2001:db8:77::1", scene="odd", **OVERLAPPING),
    *cases("ping", PING), *cases("traceroute", TRACEROUTE, **OVERLAPPING), *cases("tracepath", TRACEPATH),
    *(Case(f"{program} 198.51.100.{10 + code}", scene="odd")
      for code in range(16) for program in ("traceroute -n -w0.3,0,0 -m5 -q1", "tracepath -n -m5", "ping -c1 -W0.3")),
    *(Case(f"{program} 2001:db8:77::{0x10 + code:x}", scene="odd")
      for code in range(9) for program in ("traceroute -n -w0.3,0,0 -m5 -q1", "tracepath -n -m5", "ping -c1 -W0.3")),
]
