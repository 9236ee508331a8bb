"""ping beside the original: texts, statuses and packets; raw and datagram sockets, root and user."""

from signal import SIGALRM, SIGINT, SIGQUIT, SIGTERM

from harness import After, Case
from masks import flood_masks

RANGE = "/proc/sys/net/ipv4/ping_group_range"
RAW = {"before": (f"echo 1 0 > {RANGE}",), "undo": (f"echo 0 0 > {RANGE}",)}
EVERYBODY = {"before": (f"echo 0 2147483647 > {RANGE}",), "undo": (f"echo 0 0 > {RANGE}",)}
USER = {"user": "nobody", **EVERYBODY}

H2 = "10.77.4.2", "fd77:4::2"


def cases(lines: str, **more) -> list[Case]:
    return [Case(f"ping {line.strip()}", masks=flood_masks(line), **more) for line in lines.strip().splitlines()]


def words(*arguments: str, **more) -> Case:
    return Case(["ping", *arguments], **more)


PLAIN = """
    -c2 -i0.01 10.77.4.2
    -c1 h2.lab
    -c1 -6 h2.lab
    -c1 -n -6 h2.lab
    -c1 fd77:4::2
    -c1 -I eth0 10.77.4.2
    -c1 -I 10.77.1.1 10.77.4.2
    -c1 -I eth0 -I 10.77.1.1 10.77.4.2
    -c1 -I eth0 fd77:4::2
    -c1 -I fd77:1::1 fd77:4::2
    -c1 -I fd77:1::1%eth0 fd77:4::2
    -c1 -I eth0 -4 10.77.4.2
    -c1 -B 10.77.4.2
    -c1 -B fd77:4::2
    -c1 -s 0 10.77.4.2
    -c1 -s 15 10.77.4.2
    -c1 -s 16 10.77.4.2
    -c1 -s 0 fd77:4::2
    -c1 -s 1000 fd77:4::2
    -c1 -s 65507 127.0.0.1
    -c1 -s 65508 127.0.0.1
    -c1 -s 65527 ::1
    -c1 -W 1 -s 65528 ::1
    -c1 -W0.1 -s 100000 127.0.0.1
    -c2 -i0.01 -q 10.77.4.2
    -c2 -i0.01 -D 10.77.4.2
    -c1 -v 10.77.4.2
    -c1 -v h2.lab
    -c1 -4 -v 10.77.4.2
    -c1 -6 -v fd77:4::2
    -c1 -U 10.77.4.2
    -c1 -a 10.77.4.2
    -c1 -p ff 10.77.4.2
    -c1 -q -p 0abc 10.77.4.2
    -c1 -p 00112233445566778899aabbccddeeff00 fd77:4::2
    -c1 -p abc 10.77.4.2
    -c3 -A 10.77.4.2
    -c3 -i 0.02 fd77:4::2
    -c3 -i 0 10.77.4.2
    -c3 -l 3 10.77.4.2
    -f -c5 10.77.4.2
    -f -q -c5 10.77.4.2
    -f -q -c40 fd77:4::2
    -f -q -c40 -s 8 10.77.4.2
    -f -q -c3 -W0.1 203.0.113.3
    -f -q -c3 -t1 10.77.4.2
    -f -q -c2 -R 10.77.4.2
    -f -a -c5 10.77.4.2
    -f -c5 h2.lab
    -f -i 0.02 -c3 fd77:4::2
    -c1 -e 4660 -v 10.77.4.2
    -c1 -e 4660 -v fd77:4::2
    -c1 -t 64 10.77.4.2
    -c1 -t 9 fd77:4::2
    -c1 0
    -c1 127.1
    -c1 0x7f000001
    -c1 localhost
    -c1 -F 5 10.77.4.2
    -c1 -Q 0x10 10.77.4.2
    -c1 -Q 255 10.77.4.2
    -c1 -Q 0x10 fd77:4::2
    -c1 -Q -1 127.0.0.1
    -c1 -m 5 10.77.4.2
    -c1 -r 10.77.1.2
    -c1 -r -W0.1 10.77.4.2
    -c1 -W0.1 -L 224.0.0.1
    -c1 -W0.1 224.0.0.1
    -c1 -W0.1 -I eth0 224.0.0.1
    -c1 -W0.1 -t 3 224.0.0.1
    -c1 -d 127.0.0.1
    -c1 -S 1 127.0.0.1
    -c1 -S 100000 127.0.0.1
    -c1 10.77.4.2 -q
    -c1 -- 10.77.4.2
    -nqc1 10.77.4.2
    -c1 -M do 10.77.4.2
    -c1 -M dont 10.77.4.2
    -c1 -M want fd77:4::2
    -c1 ::
    -c1 -b 127.0.0.1
    -b -c1 -W0.1 10.77.1.255
    -c1 -W0.1 ff02::1%eth0
    -c1 -W0.1 -I eth0 ff02::1
    -c1 -C 10.77.4.2
    -c2 -i0.05 -R 10.77.4.2
    -c2 -i0.05 -R -q 10.77.4.2
    -c2 -i0.05 -R -D -O 10.77.4.2
    -c2 -i0.05 -R -f 10.77.4.2
    -c2 -i0.05 -R -t 2 10.77.4.2
    -c1 -R -s 65500 10.77.4.2
    -c1 -R fd77:4::2
    -c2 -i0.05 -T tsonly 10.77.4.2
    -c2 -i0.05 -T tsandaddr 10.77.4.2
    -c2 -i0.05 -T tsprespec 10.77.2.2 10.77.4.2
    -c1 -T tsprespec 10.77.4.2
    -c1 -T tsprespec 10.77.1.2 10.77.2.2 10.77.3.2 10.77.4.2 10.77.4.2
"""

TROUBLES = """
    -c2 -i0.05 -t 2 10.77.4.2
    -c2 -i0.05 -t 2 fd77:4::2
    -c2 -i0.05 -t 1 -D 10.77.4.2
    -c2 -i0.05 -t 1 -q 10.77.4.2
    -c3 -i0.05 -t 1 -f 10.77.4.2
    -c3 -i0.05 -t 1 -f fd77:4::2
    -w 1 -i0.05 -t 1 10.77.4.2
    -c1 203.0.113.1
    -c1 203.0.113.2
    -c1 -W0.1 203.0.113.3
    -c1 203.0.113.4
    -c1 203.0.113.5
    -c1 203.0.113.6
    -c1 203.0.113.7
    -c1 203.0.113.8
    -c1 2001:db8:113::1
    -c1 2001:db8:113::2
    -c1 -W0.1 2001:db8:113::3
    -c1 2001:db8:113::4
    -c1 2001:db8:113::5
    -c3 -i0.05 -O -W0.1 203.0.113.3
    -c2 -i0.05 -O -D -W0.1 203.0.113.3
    -c2 -i0.05 -O -q -W0.1 203.0.113.3
    -c3 -f -W0.1 203.0.113.3
    -c3 -f -O -W0.1 203.0.113.3
    -c3 -w 1 -i0.5 203.0.113.3
    -w 1 -i0.4 10.77.4.2
    -c2 -w 5 -i0.05 10.77.4.2
    -c5 -w 1 -i0.5 10.77.4.2
    -c2 -W0.2 -i0.1 203.0.113.3
    -M do -s 1472 -c3 -i0.2 10.77.4.2
    -M do -s 1473 -c2 -i0.2 10.77.4.2
    -M do -s 8000 -c2 -i0.2 fd77:4::2
    -M do -f -s 8000 -c2 -i0.2 10.77.4.2
    -M dont -s 8000 -c2 -i0.2 10.77.4.2
    -M want -s 1472 -c3 -i0.2 10.77.4.2
    -s 1472 -c3 -i0.2 10.77.4.2
    -s 1472 -c4 -i0.2 -w 3 10.77.4.2
    -M do -s 1452 -c3 -i0.2 fd77:4::2
    -s 1452 -c3 -i0.2 fd77:4::2
    -M dont -s 1452 -c3 -i0.2 fd77:4::2
"""

REFUSALS = """
    -c 0 127.0.0.1
    -c -1 127.0.0.1
    -c abc 127.0.0.1
    -c 99999999999999999999 127.0.0.1
    -c 3x 127.0.0.1
    -e 65536 127.0.0.1
    -e -1 127.0.0.1
    -e 0x10 127.0.0.1
    -e 0 -c1 -v 127.0.0.1
    -F 0x100000 ::1
    -F zz ::1
    -F -1 ::1
    -c2 -i abc 127.0.0.1
    -i -1 -c1 127.0.0.1
    -i -0.0001 -c1 127.0.0.1
    -i -1x -c1 127.0.0.1
    -i -0 -c1 127.0.0.1
    -i 1x -c1 127.0.0.1
    -i 0,5 -c1 127.0.0.1
    -c1 -i 9999999 127.0.0.1
    -c1 -i nan 127.0.0.1
    -c1 -i inf 127.0.0.1
    -c1 -i -inf 127.0.0.1
    -c1 -i 1e400 127.0.0.1
    -c1 -i 1e-310 127.0.0.1
    -c1 -i 1e-400 127.0.0.1
    -c1 -i 0x1 127.0.0.1
    -c1 -i 1e-1z 127.0.0.1
    -I nosuch 127.0.0.1
    -I nosuch ::1
    -I 192.0.2.77 10.77.4.2
    -I 2001:db8::77 fd77:4::2
    -I zz:zz ::1
    -I lo -c1 -W0.1 10.77.4.2
    -I eth0 -c1 -W0.1 fd77:9::9
    -l 0 127.0.0.1
    -l 65537 127.0.0.1
    -c1 -l 65536 -i 60 127.0.0.1
    -c1 -l 60000 127.0.0.1
    -c1 -l 900 ::1
    -m abc 127.0.0.1
    -m 4294967296 127.0.0.1
    -m 0x10 127.0.0.1
    -M maybe 127.0.0.1
    -M probe -c1 127.0.0.1
    -M probe -s 1472 -c3 -i0.2 10.77.4.2
    -M probe -s 1452 -c3 -i0.2 fd77:4::2
    -N 127.0.0.1
    -N help
    -N name,foo ::1
    -p xyz 127.0.0.1
    -p 12xy 127.0.0.1
    -p xyz
    -Q 256 127.0.0.1
    -Q 0x1ff 127.0.0.1
    -Q zz 127.0.0.1
    -Q -5 -c1 127.0.0.1
    -4 -Q -5 -c1 127.0.0.1
    -c1 127.1 127.0.0.1
    -R -T tsonly 127.0.0.1
    -T tsonly -R 127.0.0.1
    -T foo 127.0.0.1
    -s -1 127.0.0.1
    -s abc 127.0.0.1
    -s 2147483648 127.0.0.1
    -4 -c1 -s 65508 localhost
    -6 -c1 -s 65528 localhost
    -c1 -s 65528 localhost
    -c1 -R -s 65468 10.77.4.2
    -c1 -R -s 65467 -W0.1 203.0.113.3
    -c1 -T tsonly -s 65468 127.0.0.1
    -c1 -s 65508 ::1
    -S 0 127.0.0.1
    -t 256 127.0.0.1
    -t -1 127.0.0.1
    -t 0 -c1 127.0.0.1
    -t 0 -c1 -W0.1 ::1
    -w -1 127.0.0.1
    -w 1.5 127.0.0.1
    -w 0 -c1 127.0.0.1
    -W -1 127.0.0.1
    -c1 -W abc 127.0.0.1
    -c1 -W 99999999 127.0.0.1
    -4 -6 localhost
    -6 -4 localhost
    -4 ::1
    -6 127.0.0.1
    -Z 127.0.0.1
    --help
    -h
    -?
    -V
    -V -Z
    -c
    -H -c1 127.0.0.1
    -3 -c1 127.0.0.1
    -j 127.0.0.1
    nosuch.lab
    -v nosuch.lab
    a.b.c.d.e
    256.1.1.1
    1.2.3.4.5
    -c1 -W0.1 fe80::1%nosuch
    -c1 10.77.1.255
    -c1 255.255.255.255
    -R 127.0.0.1 127.0.0.1
    -6 -c1 ::1 ::1
    -c1 127.0.0.1 127.0.0.1
    -c1 127.0.0.1 nosuch.lab 127.0.0.1
    -r -c1 10.77.1.2 10.77.4.2
    -T tsprespec 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 127.0.0.1
    -c1 -I 127.0.0.1 -I nosuch 127.0.0.1
    -c1 -I ::1 -I nosuch ::1
    -T tsonly 127.0.0.1 127.0.0.1
"""

AS_USER = """
    -c1 10.77.4.2
    -c1 fd77:4::2
    -c1 -v 10.77.4.2
    -c1 -v -e 4660 10.77.4.2
    -c1 -i 0.001 10.77.4.2
    -c2 -i 0.002 10.77.4.2
    -c2 -i 0 10.77.4.2
    -f -c2 10.77.4.2
    -f -i 0.01 -c2 10.77.4.2
    -A -c3 10.77.4.2
    -l 4 -c4 10.77.4.2
    -l 3 -c3 10.77.4.2
    -b -i 0.5 -c1 10.77.1.255
    -i 0.5 -c1 224.0.0.1
    -i 0.5 -c1 ff02::1%eth0
    -M dont -c1 224.0.0.1
    -M dont -c1 ff02::1%eth0
    -m 7 -c1 10.77.4.2
    -m 7 -c1 fd77:4::2
    -c1 -I 10.99.9.9 10.77.2.2 10.77.4.2
    -c1 -I 10.77.1.1 10.77.2.2 10.77.4.2
    -c1 -t 0 10.77.2.2 10.77.4.2
    -c1 -l 100 -s 1000 10.77.2.2 10.77.4.2
    -m 7 -c1 10.99.9.9
    -m 7 -c1 fd99::1
    -m 7 -c1 10.77.2.2 10.77.4.2
    -m 7 -c1 10.77.1.255
    -m 7 -c1 -b 10.77.1.255
    -m 7 -c1 -I 10.77.1.1 10.77.4.2
    -m 7 -c1 -I nosuchdev 10.77.4.2
    -m 7 -c1 -I eth0 ff02::1
    -m 7 -c1 -i 0.001 fd77:4::2
    -I eth0 -c1 10.77.4.2
    -I eth0 -c1 fd77:4::2
    -c2 -i0.05 -t 2 10.77.4.2
    -c2 -i0.05 -t 2 fd77:4::2
    -c2 -i0.05 -R 10.77.4.2
    -c1 -T tsandaddr 10.77.4.2
    -M do -s 8000 -c2 -i0.05 10.77.4.2
    -s 65508 -c1 127.0.0.1
"""

NODE_INFORMATION = """
    -c2 -i0.05 -W0.1 -N name fd77:4::2
    -c1 -W0.1 -N ipv6 fd77:4::2
    -c1 -W0.1 -N ipv6-all -N ipv6-global -N ipv6-compatible fd77:4::2
    -c1 -W0.1 -N ipv4-all -v fd77:4::2
    -c1 -W0.1 -N name -N subject-name=h2.lab fd77:4::2
    -c1 -W0.1 -N name -N subject-name=h2 fd77:4::2
    -c1 -W0.1 -N name -N subject-fqdn=H2.lab fd77:4::2
    -c1 -W0.1 -N ipv4 -N subject-ipv4=10.77.4.2 fd77:4::2
    -c1 -W0.1 -N ipv6 -N subject-ipv6=h2.lab fd77:4::2
    -c1 -W0.1 -N ipv6 -N subject-ipv6=10.1.1.1 fd77:4::2
    -c1 -W0.1 -N subject-ipv6=::1 fd77:4::2
    -c1 -W0.1 -N name -N ipv6 fd77:4::2
    -c1 -W0.1 -N subject-ipv4=10.77.4.2 -N subject-name=h2 fd77:4::2
    -c1 -N subject-name=a..b fd77:4::2
    -c1 -N subject-name=h2%0123456789abcdef fd77:4::2
    -c1 -N subject-name fd77:4::2
    -c1 -N name,ipv6 fd77:4::2
    -c1 -N name 10.77.4.2
    -c1 -W0.1 -q -N name fd77:4::2
    -c1 -N name -t 2 -W0.1 fd77:4::2
"""

ROUTES = ("ip route add unreachable 10.250.1.1", "ip route add prohibit 10.250.1.2",
          "ip route add blackhole 10.250.1.3", "ip -6 route add unreachable fd77:250::1",
          "ip -6 route add prohibit fd77:250::2", "ip -6 route add blackhole fd77:250::3")
UNDO_ROUTES = tuple(command.replace(" add ", " del ") for command in ROUTES)
NO_ROUTE = ("10.250.1.1", "10.250.1.2", "10.250.1.3", "fd77:250::1", "fd77:250::2", "fd77:250::3")
REJECT = ("nft add table ip f", "nft 'add chain ip f o { type filter hook output priority 0; }'")

BY_CLASS = ("ip -6 route add unreachable fd77:4::2", "ip -6 route add fd77:4::2 via fd77:1::2 table 100",
            "ip -6 rule add dsfield 0x04 table 100")
BY_CLASS4 = ("ip route add unreachable 10.77.4.2", "ip route add 10.77.4.2 via 10.77.1.2 table 100",
             "ip rule add dsfield 0x04 table 100")
UNDO_BY_CLASS, UNDO_BY_CLASS4 = (tuple(command.replace(" add ", " del ") for command in commands)
                                 for commands in (BY_CLASS, BY_CLASS4))

NO_NEIGHBOUR = """
    -c1 -W0.1 fe80::1
    -c1 -W0.1 fe80::1%eth0
    -c1 -I nosuch fe80::1
    -c1 -B -W0.1 fe80::1%eth0
"""

SPECIAL = [
    Case("ping -c3 -l3 -W0.1 203.0.113.3", unmask=("ping_pipe",), note="three probes under way"),
    Case("ping -c3 -l3 -W0.1 203.0.113.3", unmask=("ping_pipe",), note="three probes under way, raw", **RAW),
    *cases(NO_NEIGHBOUR, changes=True), *cases(NO_NEIGHBOUR, changes=True, **USER),
    words("-c", "", "127.0.0.1"), words("-i", "", "127.0.0.1"), words("-p", "", "-c1", "-s0", "127.0.0.1"), words(""),
    words("-F", "", "-c1", "127.0.0.1"),
    Case("ping"),
    Case("ping host -q", environment={"POSIXLY_CORRECT": "1"}),
    Case("ping -c1 -F 0x12345 fd77:4::2", unmask=("flow",), changes=True),
    Case("ping -c1 -F 5 -I eth0 fd77:4::2", unmask=("flow",), changes=True),
    *(Case(f"ping -c1 {target}", before=ROUTES, undo=UNDO_ROUTES) for target in NO_ROUTE),
    Case("ping -c1 192.0.2.1", scene="alone"), Case("ping -c1 2001:db8::1", scene="alone"),
    Case("ping -4 -c2 -i0.05 -R h2.lab"),
    Case("ping -c1 -R v4only.lab", before=("echo 10.77.4.2 v4only.lab >> /etc/hosts",), changes=True),
    Case("ping -c1 -4 h2.lab"),
    Case("ping -c1 h2.lab", environment={"IPUTILS_PING_PTR_LOOKUP": "0"}, note="variable"),
    Case("ping -c1 -Q 0x04 fd77:4::2", note="a route of the traffic class", before=BY_CLASS, undo=UNDO_BY_CLASS),
    Case("ping -c1 -Q 0x04 10.77.4.2", note="a route of the traffic class", before=BY_CLASS4, undo=UNDO_BY_CLASS4),
    Case("ping -c2 -i0.05 -W0.1 10.77.4.2", note="a firewall rejects", undo=("nft delete table ip f",),
         before=(*REJECT, "nft add rule ip f o ip protocol icmp ip daddr 10.77.4.2 reject")),
    Case("ping -f -c2 -i0.05 -W0.1 10.77.4.2", note="a firewall rejects", undo=("nft delete table ip f",),
         before=(*REJECT, "nft add rule ip f o ip protocol icmp ip daddr 10.77.4.2 reject")),
    Case("ping -c2 -i0.05 -W0.1 10.77.4.2", note="a firewall drops", undo=("nft delete table ip f",),
         before=(*REJECT, "nft add rule ip f o ip protocol icmp ip daddr 10.77.4.2 drop")),
    Case("ping -c2 -i0.1 10.77.1.99", note="no neighbour"), Case("ping -c1 fd77:1::99", note="no neighbour"),
]

SIGNALS = [
    Case("ping -i0.5 10.77.4.2", signals=(After(b"icmp_seq=2", SIGQUIT), After(b"icmp_seq=3", SIGINT)), packets="ignored"),
    Case("ping -i10 203.0.113.3", signals=(After(b"PING", SIGQUIT, 2), After(b"packets", SIGINT)), packets="ignored",
         timeout_s=45),
    Case("ping -i0.5 10.77.4.2", signals=(After(b"icmp_seq=2", SIGALRM),), packets="ignored", note="SIGALRM"),
    Case("ping -i0.5 10.77.4.2", signals=(After(b"icmp_seq=2", SIGTERM),), packets="ignored", note="SIGTERM"),
    Case("ping -s8 -i0.5 10.77.4.2", signals=(After(b"icmp_seq=2", SIGQUIT), After(b"packets", SIGINT)), packets="ignored"),
]

CASES = [
    *cases(PLAIN), *cases(PLAIN, note="raw", **RAW), *cases(TROUBLES), *cases(TROUBLES, note="raw", **RAW),
    *cases(REFUSALS), *cases(AS_USER, **USER), *cases(NODE_INFORMATION), *SPECIAL,
    *(case.replace(attempts=4) for case in SIGNALS),  # a late look at the output sends a signal late
]
