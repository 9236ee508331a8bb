"""traceroute beside the original.

The window runs ahead, so what is sent beyond the target varies: packets are compared one probe at a time
(-N1) and with a first and last hop.  Waits are multiples of round-trip times, a few milliseconds here: the
original, when it has to wait for the processor, gives up answers that lie in its socket.  So the cases wait
for a fixed time (-w 5,0,0), and those with the usual waits do not compare which answers were in time.
"""

from __future__ import annotations

import re

from harness import Case


ANY_LOST = {"masks": ("traceroute_lost",)}
ALONE = {"scene": "alone", **ANY_LOST}


def patient(words: str) -> str:
    """The command line with a wait that is no multiple of round-trip times, unless it has waits of that kind."""
    if " -w " in f" {words}":
        return re.sub(r"(-w [\d.]+)(?= )", r"\1,0,0", words)
    return f"-w 5,0,0 {words}"


# The command line alone: nothing is sent, or only over the loopback.
PARSING = (
    "", "--help", "-h", "-V", "--version", "-Z 127.0.0.1", "--foo 127.0.0.1", "--fo=3 127.0.0.1",
    "-m 127.0.0.1",
    "-m", "--max-hops", "--max-hops 5 -n 127.0.0.1", "--max-hops=5 -n 127.0.0.1", "--max=5 -n 127.0.0.1",
    "--dont -n 127.0.0.1", "--ext -n 127.0.0.1", "--d -n 127.0.0.1", "--icmp=1 127.0.0.1", "---x", "-", "-n -",
    "-m 0 127.0.0.1", "-m 256 127.0.0.1", "-m 255 -n 127.0.0.1", "-m abc 127.0.0.1", "-m 5x 127.0.0.1",
    "-m -1 127.0.0.1", "-m 0x10 -n 127.0.0.1", "-m 010 -n 127.0.0.1", "-m 99999999999999999999 127.0.0.1",
    "-f 0 127.0.0.1", "-f 31 127.0.0.1", "-q 0 127.0.0.1", "-q 11 127.0.0.1", "-q 1e1 127.0.0.1",
    "-N 0 -n 127.0.0.1", "-N x 127.0.0.1", "-w -1 127.0.0.1", "-w abc 127.0.0.1", "-w 0 -n -q1 127.0.0.1",
    "-w 1,2,3,4 127.0.0.1", "-w 1/2/3 -n 127.0.0.1", "-w 1,-2 127.0.0.1", "-w 1, 127.0.0.1",
    "-w .5e1x2 -n 127.0.0.1",
    "-w 1.5,2.25,-0.125 127.0.0.1", "-w inf -n 127.0.0.1", "-z -1 127.0.0.1", "-z 1x 127.0.0.1",
    "-z -1.5e3 127.0.0.1",
    "-p abc 127.0.0.1", "-p 70000 -n 127.0.0.1", "-p 99x -n 127.0.0.1", "-p http -n 127.0.0.1",
    "-s nosuch 127.0.0.1", "-s ::1 127.0.0.1", "-s 192.0.2.77 127.0.0.1", "-i nosuch 127.0.0.1",
    "-g nosuch 127.0.0.1",
    "-g 1.1.1.1,2.2.2.2,3.3.3.3,4.4.4.4,5.5.5.5,6.6.6.6,7.7.7.7,8.8.8.8,9.9.9.9 127.0.0.1",
    "-g ::1 127.0.0.1", "-g ::1 ::1", "-g 2,::1 ::1", "-M nosuch 127.0.0.1", "-M ICMP -n 127.0.0.1",
    "-M DEFAULT -n 127.0.0.1",
    "-M tcp -O foo 127.0.0.1", "-M tcp -O help", "-M icmp -O help", "-M udplite -O help", "-M raw -O help",
    "-M dccp -O help", "-M udp -O help", "-O help", "-T -O mss 127.0.0.1", "-T -O fastopen 127.0.0.1", "-T -O mss=abc 127.0.0.1",
    "-T -O flags=zz 127.0.0.1", "-T -O fla=zz 127.0.0.1", "-T -O -x 127.0.0.1", "-T -O --x 127.0.0.1",
    "-T -O foo=1 127.0.0.1", "-T -O syn,,foo 127.0.0.1", "-I -O raw,dgram -n 127.0.0.1",
    "-I -O raw -O dgram -n 127.0.0.1", "-U -O foo -n 127.0.0.1", "-P", "-M", "-O", "--options", "--fwmark",
    "-4 ::1", "-6 127.0.0.1", "-4 -6 -n localhost", "-6 -4 -n localhost", "-4 v6only.lab", "-6 v4only.lab",
    "-n ::ffff:127.0.0.1", "-6 ::ffff:127.0.0.1", "nosuch.lab", "-n 127.0.0.1 abc", "-n 127.0.0.1 65001",
    "-n 127.0.0.1 65000", "-n 127.0.0.1 -5", "-n -- 127.0.0.1 -5", "-n 127.0.0.1 60 60", "-n 127.0.0.1 0x50",
    "-n 127.0.0.1 60x", "-n -- 127.0.0.1", "127.0.0.1 -n", "-nq1 127.0.0.1", "-nq 1 127.0.0.1",
    "-q1n 127.0.0.1",
    "-nz", "-Zn 127.0.0.1", "-nZ 127.0.0.1", "-UL -n 127.0.0.1", "-UN 127.0.0.1", "--UL 127.0.0.1",
    "-n -w1 -q1 127.0.0.1",
    "-n 10.250.1.1", "-n 224.0.0.1", "-n 255.255.255.255", "-n fe80::1", "-n --fwmark=5 127.0.0.1",
    "-n -d 127.0.0.1",
    "--source=127.0.0.1 -n 127.0.0.1", "-n -l 5 ::1", "-n -t 300 127.0.0.1", "-n -t 0x10 ::1",
)
CASES = [Case(f"traceroute {words}".strip(), packets="ignored", **ALONE) for words in PARSING]
CASES += [Case(["traceroute", ""], scene="alone"),
          Case("traceroute 127.0.0.1 -n", **ALONE, environment={"POSIXLY_CORRECT": "1"}),
          Case("traceroute -nm 1 127.0.0.1", **ALONE, environment={"POSIXLY_CORRECT": "1"})]

CASES += [Case("traceroute -n -A 127.0.0.1", packets="ignored", **ALONE),
          Case("traceroute -A -q1 ::1", packets="ignored", **ALONE),
          Case("traceroute -n -A 127.0.0.1", packets="ignored", **ALONE, note="no such registry",
               environment={"RA_SERVER": "127.0.0.1", "RA_SERVICE": "4343"})]

# Whole traces: the text.
TRACES = (
    "h2.lab", "-6 h2.lab", "-n h2.lab", "fd77:4::2", "-n 10.77.4.2 100", "-n 10.77.4.2 27", "-n 10.77.4.2 0",
    "-n 10.77.4.2 1500", "-n -6 h2.lab 1500", "-n -q 1 10.77.4.2", "-n -q 5 10.77.4.2", "-n -f 3 10.77.4.2",
    "-n -m 2 10.77.4.2", "-n -m 2 -f 2 10.77.4.2", "-n -U 10.77.4.2", "-n -U -p 9999 10.77.4.2",
    "-n -UL 10.77.4.2",
    "-n -F 10.77.4.2 1500", "-n -F -6 h2.lab 1500", "-n -F 10.77.4.2 9000", "-n -F -6 h2.lab 9000",
    "-n --mtu 10.77.4.2",
    "-n --mtu -6 h2.lab", "-n --mtu 10.77.4.2 1450", "-n --back 10.77.4.2", "-n --sport=5000 10.77.4.2",
    "-n -s 10.77.1.1 10.77.4.2", "-n -i eth0 10.77.4.2", "-n -i lo -m 2 -w 0.2 10.77.4.2", "-n -t 16 10.77.4.2",
    "-n -l 5 -6 h2.lab", "-n -l 5 -t 0xb8 -6 h2.lab", "-n -g 10.77.2.2 -w 0.3 10.77.4.2", "-n -r 10.77.1.2",
    "-n -r 10.77.4.2", "-n -z 20 -q1 10.77.4.2", "-n -z 0.02 -q1 10.77.4.2", "-n -N 1 -q1 10.77.4.2",
    "-n -e 10.77.4.2",
    "-n fe80::99%eth0 -w 0.2 -m 1", "-n -m 3 -w 0.3 203.0.113.3",
)
CASES += [Case(f"traceroute {patient(words)}", packets="ignored", attempts=3) for words in TRACES]
# With the waits that nobody chose, the original gives a probe up when it takes longer than a few times an earlier answer, and on a
# datagram socket -I takes the error of an earlier probe for its own: which probes of a hop have times and which stars may vary (on a
# busy machine every second one is lost), who answers at each hop may not.
CASES += [Case(f"traceroute {words}", packets="ignored", attempts=3, **ANY_LOST)
          for words in ("h2.lab", "-6 h2.lab", "-n 10.77.4.2", "-I h2.lab", "-n -T -6 h2.lab", "-n -M tcpconn 10.77.4.2")]
CASES += [Case(f"traceroute -n -m 4 -w 2,0,0 {prefix}{number}", packets="ignored", attempts=3)
          for number in (1, 2, 4, 5, 6, 7, 8) for prefix in ("203.0.113.", "2001:db8:113::")]

# Packets, one probe after the other.
PROBES = (
    "10.77.4.2", "-6 h2.lab", "-U 10.77.4.2", "-UL 10.77.4.2", "-UL -O coverage=20 10.77.4.2",
    "-p 40000 10.77.4.2",
    "-p 65535 10.77.4.2", "-p 70000 10.77.4.2", "10.77.4.2 1450", "10.77.4.2 28", "-F 10.77.4.2",
    "-t 0xb8 10.77.4.2",
    "-6 -t 0xb8 h2.lab", "-6 -F h2.lab", "--mtu 10.77.4.2", "-6 --mtu h2.lab", "-g 10.77.2.2 -w 0.2 10.77.4.2",
)
CASES += [Case(f"traceroute -n -N1 -q2 -f2 -m4 {patient(words)}", attempts=3) for words in PROBES]
CASES += [Case("traceroute -n -N1 -q1 --sport=5000 10.77.4.2", unmask=["source_port"]),
          Case("traceroute -n -N1 -q1 -6 -l 5 h2.lab", unmask=["flow"]),
          Case("traceroute -n -N1 -q1 -6 -l 0x12345678 -t 8 h2.lab", unmask=["flow"])]

# Without privilege.
UNPRIVILEGED = ("-n 10.77.4.2", "-n -U 10.77.4.2", "-n -UL 10.77.4.2", "-n -6 h2.lab", "-n --mtu 10.77.4.2",
                "-n --fwmark=5 10.77.4.2", "-n -i eth0 10.77.4.2", "-n -g 10.77.2.2 10.77.4.2", "-n -t 0xe0 10.77.4.2",
                "-n -l 5 -6 h2.lab", "-n --sport=80 10.77.4.2", "-n -d 10.77.4.2")
CASES += [Case(f"traceroute {patient(words)}", user="nobody", packets="ignored", attempts=3) for words in UNPRIVILEGED]

# The methods that need a raw socket.
RAW_TRACES = (
    "-I h2.lab", "-I -6 h2.lab", "-n -I 10.77.4.2 20", "-n -I 10.77.4.2 1500", "-n -T 10.77.4.2",
    "-n -T -6 h2.lab",
    "-n -T -O info 10.77.4.2", "-n -T -O info -6 h2.lab", "-n -T -O fin,info 10.77.4.2",
    "-n -T -O flags=0x12,info 10.77.4.2",
    "-n -T -p 443 -O info,mss=500,ack 10.77.4.2",
    "-n -T -O syn,ecn,sack,timestamps,window_scaling,info 10.77.4.2",
    "-n -I -F 10.77.4.2 1500", "-n -I -F -6 h2.lab 1500", "-n -I -F -w 0.3 10.77.4.2 9000",
    "-n -I -F -w 0.3 -6 h2.lab 9000",
    "-n -I --mtu 10.77.4.2", "-n -I --mtu -6 h2.lab", "-n -T --mtu 10.77.4.2",
    "-n -I -g 10.77.2.2 -w 0.3 10.77.4.2",
    "-n -T -g 10.77.2.2 -w 0.3 10.77.4.2", "-n -I --back 10.77.4.2", "-n -I -r 10.77.4.2", "-n -T -r 10.77.4.2",
    "-n -I -i nosuch 10.77.4.2", "-n -T -i nosuch 10.77.4.2", "-n -I -s 192.0.2.77 10.77.4.2",
    "-n -I --sport=5000 10.77.4.2",
    "-n -T --sport=5000 10.77.4.2", "-n -T -O reuse 10.77.4.2", "-n -I -m 4 -w 0.4 203.0.113.1",
    "-n -T -m 4 -w 0.4 203.0.113.2",
)
CASES += [Case(f"traceroute {patient(words)}", packets="ignored", attempts=3) for words in RAW_TRACES]
RAW_PROBES = (
    "-I 10.77.4.2", "-I -6 h2.lab", "-I -p 7 10.77.4.2", "-I 10.77.4.2 100", "-I -t 0xb8 10.77.4.2",
    "-I -F 10.77.4.2",
    "-I -g 10.77.2.2 -w 0.2 10.77.4.2", "-T 10.77.4.2", "-T -6 h2.lab", "-T -p 443 10.77.4.2",
    "-T -t 0xb8 -6 h2.lab",
    "-T -F 10.77.4.2", "-T -O ack 10.77.4.2", "-T -O fin,psh,urg 10.77.4.2", "-T -O flags=0 10.77.4.2",
    "-T -O ecn 10.77.4.2", "-T -O sack 10.77.4.2", "-T -O timestamps 10.77.4.2",
    "-T -O window_scaling 10.77.4.2",
    "-T -O mss=700 10.77.4.2", "-T -O mss=70000 10.77.4.2", "-T -O syn,sysctl 10.77.4.2",
    "-T -O sack,window_scaling 10.77.4.2",
    "-T -O ack,sack,timestamps -6 h2.lab", "-T 10.77.4.2 1000",
)
CASES += [Case(f"traceroute -n -N1 -q2 -f2 -m4 {patient(words)}", attempts=3) for words in RAW_PROBES]
CASES += [Case("traceroute -n -N1 -q1 -T --sport=5000 10.77.4.2", unmask=["source_port"])]
CASES += [Case(f"traceroute -n -q2 -m3 -w 0.4,0,0 --sport=500{number} {words}", unmask=["source_port"], note="lost probes")
          for number, words in enumerate(("203.0.113.3", "-T 203.0.113.3", "-UL 203.0.113.3", "-M tcpconn 203.0.113.3",
                                          "2001:db8:113::3", "-T 2001:db8:113::3", "-T -O reuse 203.0.113.3"))]
CASES += [Case(f"traceroute {words}", user="nobody", packets="ignored")
          for words in ("-n -I 10.77.4.2", "-n -I -O raw 10.77.4.2", "-n -I -O dgram 10.77.4.2", "-n -T 10.77.4.2",
                        "-n -I -d 10.77.4.2", "-n -I nosuch.lab")]

# ICMP datagram sockets: an error that waits makes the original's next send fail, and it loses that probe; netlite
# loses none.  When an error comes, before the next send or after it, is for the machine to say.
RANGE = "/proc/sys/net/ipv4/ping_group_range"
USER = {"user": "nobody", "before": (f"echo 0 2147483647 > {RANGE}",), "undo": (f"echo 0 0 > {RANGE}",)}
CASES += [Case(f"traceroute -n -I {words}", packets="ignored", attempts=3, **ANY_LOST, **USER)
          for words in ("10.77.4.2", "-6 h2.lab")]
CASES += [Case(f"traceroute -n -I -N1 -q2 -f2 -m4 -w 5,0,0 {words}", attempts=3, **USER)
          for words in ("10.77.4.2", "-6 h2.lab", "-O dgram -p 7 10.77.4.2")]

# Any IP protocol.
PROTOCOLS = ("-P 253", "-P 47x", "-P 47 -p 50", "-P icmp", "-P -1", "-P 0", "-P 255", "-P 256", "-P 300",
             "-P nosuch", "-M raw", "-M raw -O prot=50", "-M raw -O protocol", "-P udp", "-P 47 --sport=9")
CASES += [Case(f"traceroute -n -q1 -m1 -w 0.1 {words} 127.0.0.1", packets="ignored", **ALONE)
          for words in PROTOCOLS]
CASES += [Case(f"traceroute -n -w 0.5,0,0 {words}", attempts=3, packets="ignored")
          for words in ("-P 253 10.77.4.2", "-6 -P 253 h2.lab", "-M raw -O protocol=47 10.77.4.2", "-P udp -m 5 10.77.4.2",
                        "-F -P 253 10.77.4.2 1500", "--mtu -P 253 10.77.4.2", "-P 253 -m 3 10.77.4.2 5")]
CASES += [Case(f"traceroute -n -q2 -f2 -m4 -w 0.3,0,0 -P {words}", attempts=3)
          for words in ("253 10.77.4.2", "47 -6 h2.lab", "253 -6 h2.lab 100", "17 10.77.4.2 33", "253 -g 10.77.2.2 10.77.4.2")]
CASES += [Case("traceroute -n -P 253 10.77.4.2", user="nobody")]
CASES += [Case("traceroute -n -T -O info -p 80 127.0.0.1", scene="sockets", packets="ignored", **ANY_LOST)]

# Ordinary connections: the original listens for errors on a raw ICMP socket, netlite on the error queue.
CASES += [Case(f"traceroute -n -M tcpconn {patient(words)}", packets="ignored", attempts=3)
          for words in ("10.77.4.2", "-6 h2.lab", "-p 443 10.77.4.2", "-m 4 -w 0.4 203.0.113.1", "-m 2 -w 0.4 203.0.113.2",
                        "-m 4 -w 0.4 2001:db8:113::1", "-r 10.77.4.2", "-i nosuch 10.77.4.2", "-O foo 10.77.4.2")]
CASES += [Case(f"traceroute -n -N1 -q1 -f2 -m4 -M tcpconn {patient(words)}", attempts=3)
          for words in ("10.77.4.2", "-6 h2.lab", "-p 443 -t 0xb8 10.77.4.2", "-F 10.77.4.2")]
CASES += [Case("traceroute -n -M tcpconn 10.77.4.2", user="nobody", packets="ignored", differs={
    part: "the error queue needs no privilege" for part in ("stdout", "stderr", "status")})]

CASES += [Case(f"traceroute {words}", packets="ignored", **ALONE) for words in
          ("-D 127.0.0.1", "-D -i nosuchdev 127.0.0.1", "-D -s 192.0.2.9 127.0.0.1", "-D fe80::1", "-D 255.255.255.255", "-n -D -6 ::1",
           *(f"-n -q1 -w0.1 -m1 {method} {words}" for method in ("", "-I", "-T", "-M tcpconn", "-P 6")
             for words in ("-t 300 ::1", "-t 255 ::1", "-t -1 ::1", "-t 300 127.0.0.1")),
           "-M tcpconn -i nosuchdev 127.0.0.1", "-M tcpconn -s 192.0.2.9 127.0.0.1", "-D -O service=7 127.0.0.1", "-D -q1 127.0.0.1 100", "-M dccp 127.0.0.1")]
CASES.append(Case("traceroute -D 127.0.0.1", **ALONE, user="nobody"))
