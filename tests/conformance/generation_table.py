"""The differences between the originals of Debian 12 and of Debian 13, and which of the two netlite follows."""

from __future__ import annotations

from generations import NEWER, OLDER, Asked, Conduct, Wording

from netlite.programs.ping.words import usage

PING, TRACEPATH, TRACEROUTE = ("ping",), ("tracepath",), ("traceroute", "traceroute6")
WORDS_ONLY = "other words for the same"
FEATURE = "new in Debian 13 and no bug of Debian 12"
KNOWN = "scripts know it; a captured case"


def chain(program: str, *words: str) -> tuple:
    return tuple(f"chain: {program} {each}".rstrip() for each in words)


def both_sockets(*words: str) -> tuple:
    return chain("ping", *(each + kind for each in words for kind in ("", " (raw)")))


LARGE = "odd: ping -c12 -i0.01 -W0.3 198.51.100.44", "odd: ping -c12 -i0.01 -W0.3 -q 198.51.100.44", \
    "odd: ping -c12 -i0.01 -W0.3 -s 0 198.51.100.44", "odd: ping -c12 -i0.01 -W0.3 -p a5 198.51.100.44", \
    "odd: ping -c12 -i0.01 -W0.3 -s 1200 198.51.100.44", "odd: ping -c12 -f -W0.3 198.51.100.44", \
    "odd: ping -c12 -f -q -W0.3 198.51.100.44"

MARK_REFUSED = r"(ping: WARNING: failed to set mark: 7: Operation not permitted\n)"
MISSING = r"ping: => missing cap_net_admin\+p or cap_net_raw\+p \(since Linux 5\.17\) capability\?\n"

WORDINGS = (
    Wording("IPv6 header with a name", PING, OLDER, ((r"^PING (h2\.lab|localhost) \((\S+)\) ", r"PING \1(\1 (\2)) "),),
            "the name of the address in place of its number, as IPv4 has it; nothing in it is wrong",
            cases=both_sockets("-c1 h2.lab", "-c1 -6 h2.lab", "-c1 -v h2.lab", "-c1 localhost")),
    Wording("IPv6 header", PING, OLDER, ((r"^PING (\S+) \(([^() ]+)\) (?=.*\d data bytes$|.*# data bytes$)", r"PING \1(\2) "),),
            "a blank; programs read this line", examples=chain("ping", "-c1 fd77:4::2", "-c1 -I eth0 fd77:4::2")),
    Wording("ping's usage", PING, OLDER, (
        (r"^  <destination>      DNS name or IP address$", "  <destination>      dns name or ip address"),
        (r"^  -3                 RTT precision .*\n", ""),
        (r"^  -H                 force reverse DNS .*\n                     destinations or for -f\), override -n\n", ""),
        (r"define path MTU discovery, can be one of <do\|dont\|want\|probe>$",
         "define mtu discovery, can be one of <do|dont|want>"),
        (r"^  -n                 no reverse DNS name resolution, override -H$", "  -n                 no dns name resolution"),
        (r"use IPv6 node info query, try", "use icmp6 node info query, try")), WORDS_ONLY + ", and options that are not there",
        part="stderr", examples=("alone: ping --no-such-option", *chain("ping", "-h"))),
    Wording("tracepath's usage", TRACEPATH, OLDER, (
        (r"^  -b             print both name and IP$", "  -b             print both name and ip"),
        (r"^  -n             no reverse DNS name resolution$", "  -n             no dns name resolution"),
        (r"^  <destination>  DNS name or IP address$", "  <destination>  dns name or ip address")), WORDS_ONLY,
        part="stderr", examples=("alone: tracepath -h",)),
    Wording("version of iputils", PING + TRACEPATH, OLDER, ((r"from iputils 20240905$", "from iputils 20221126"),),
            "the behaviour is that of the older", examples=("alone: tracepath -V", *chain("ping", "-V"))),
    Wording("version of traceroute", TRACEROUTE, OLDER, ((r"for Linux, version 2\.1\.6$", "for Linux, version 2.1.2"),),
            "the behaviour is that of the older", part="stderr", examples=("alone: traceroute -V",)),
    Wording("version of hostname", ("hostname",), OLDER, ((r"^hostname 3\.25$", "hostname 3.23"),),
            "the behaviour is that of the older"),
    Wording("too short an interval", PING, OLDER, (
        (r"cannot flood, minimal interval for user must be >= 2 ms, use -i 0\.002 \(or higher\)$",
         "cannot flood; minimal interval allowed for user is 2ms"),), WORDS_ONLY, part="stderr",
        examples=chain("ping", "-c1 -i 0.001 10.77.4.2 as nobody", "-f -c2 10.77.4.2 as nobody")),
    Wording("too short an interval for many", PING, OLDER, (
        (r"minimal interval for (broad|multi)cast ping for user must be >= 1000 ms, use -i 1 \(or higher\)$",
         r"\1cast ping with too short interval: 500"),), WORDS_ONLY, part="stderr",
        cases=chain("ping", "-b -i 0.5 -c1 10.77.1.255 as nobody", "-i 0.5 -c1 224.0.0.1 as nobody",
                    "-i 0.5 -c1 ff02::1%eth0 as nobody")),
    Wording("what is wrong first", PING, OLDER, (
        (r"patterns must be specified as hex digits: xyz$", "usage error: Destination address required"),),
        "both are wrong", part="stderr", cases=chain("ping", "-p xyz")),
    Wording("tcp's options", TRACEROUTE, OLDER, (
        (r"the tcp options above and ecn\. Always set by\n +default \(with \"syn\"\) if nothing else specified$",
         "the tcp options and ecn. Always set by default\n                              (with \"syn\") if nothing else specified"),
        (r"^  fastopen  .*\n +negotiation only\)\n", ""),
        (r"^  mss\[=NUM\]  .*\n.*\n.*along the path being traced$",
         "  mss=NUM                     Use value of NUM for maxseg tcp option (when syn)"),
        (r"^  info  .*\n.*\n.*whether an application listens the port etc\.$",
         "  info                        Print tcp flags of final tcp replies when target\n"
         "                              host is reached. Useful to determine whether an\n"
         "                              application listens the port etc.")), FEATURE, part="stderr",
        cases=("alone: traceroute -M tcp -O help",)),
    Wording("clamped mss", TRACEROUTE, OLDER, ((r" M=\d+", ""),), FEATURE,
            cases=chain("traceroute", "-n -N1 -q2 -f2 -m4 -w 5,0,0 -T -O mss=70000 10.77.4.2")),
    Wording("options of the answer", TRACEROUTE, OLDER, ((r"<syn,ack,mss=.*>", "<syn,ack>"),), FEATURE,
            cases=("sockets: traceroute -n -T -O info -p 80 127.0.0.1",)),
    Wording("path MTU beside an error", TRACEROUTE, OLDER, ((r"^( 4  10\.77\.4\.2 # ms) F=1300!P", r"\1 !P"),),
            KNOWN, cases=chain("traceroute", "-n -w 0.5,0,0 --mtu -P 253 10.77.4.2")),
    Wording("codes of RFC 4443", PING, OLDER, (
        ("Destination unreachable: Source address failed ingress/egress policy$", "Destination unreachable: Unknown code 5"),
        ("Destination unreachable: Reject route to destination$", "Destination unreachable: Unknown code 6")),
        KNOWN, cases=("odd: ping -c1 -W0.3 2001:db8:77::15", "odd: ping -c1 -W0.3 2001:db8:77::16",
        "odd: ping -c18 -i0.01 -W0.3 2001:db8:77::41", "odd: ping -c18 -i0.01 -W0.3 -v 2001:db8:77::41")),
    Wording("mark refused", PING, OLDER, (
        (rf"^{MARK_REFUSED}{MISSING}", r"\1\1"),),
        KNOWN, part="stderr",
        cases=chain("ping", *(f"-m 7 -c1 {address} as nobody" for address in ("10.77.4.2", "fd77:4::2", "10.99.9.9", "fd99::1")))),
    Wording("mark refused once", PING, OLDER, (
        (rf"^{MARK_REFUSED}{MISSING}(WARNING: pinging broadcast address\n)", r"\1\2\1"),
        (rf"^{MARK_REFUSED}{MISSING}(ping: Warning: source address might .*\n)", r"\1\2\1"),
        (rf"^{MARK_REFUSED}{MISSING}", r"\1")), KNOWN, part="stderr",
        cases=chain("ping", *(f"-m 7 -c1 {rest} as nobody" for rest in (
            "10.77.2.2 10.77.4.2", "10.77.1.255", "-b 10.77.1.255", "-I 10.77.1.1 10.77.4.2", "-I eth0 ff02::1",
            "-i 0.001 fd77:4::2")))),
    *(Wording("name of a later address", PING, NEWER, ((r"^PING  \(", f"PING {name} ("), ("^---  ping", f"--- {name} ping")),
              "the older has no name for an address that is not the first of the list; netlite 0.1.0 had it", cases=chain("ping", *cases))
      for name, cases in (("h2.lab", ("-4 -c2 -i0.05 -R h2.lab", "-c1 -4 h2.lab")), ("localhost", ("-4 -c1 -s 65508 localhost",)))),
    Wording("false checksums", PING, OLDER, (
        (r"^(\d+ bytes from \S+ icmp_seq=\d+ ttl=\d+(?: time=# ms)?) \(BAD CHECKSUM!\)$", r"\1"),
        (r"^#[.\a\b EC]*$", "#"),
        (r"(?:8 received, \+4|5 received, \+7) corrupted, [\d.]+% packet loss", "12 received, 0% packet loss")),
        "the newer sums up what is left of a reply that its buffer cut: the sum was right", cases=tuple(
            case + kind for case in LARGE for kind in ("", " (raw socket)"))),
)

TOO_LONG = {  # the MTU as the older tells it: cases
    "mtu=1400": (*both_sockets("-M do -s 1472 -c3 -i0.2 10.77.4.2"), "odd: ping -c2 -i0.2 -W0.3 -s 1400 -M do 198.51.100.42"),
    "mtu=1500": (*both_sockets("-M do -s 1473 -c2 -i0.2 10.77.4.2"), *chain("ping", "-M do -s 8000 -c2 -i0.05 10.77.4.2 as nobody")),
    "mtu: 1400": (*both_sockets("-M do -s 1452 -c3 -i0.2 fd77:4::2"), "odd: ping -c2 -i0.2 -W0.3 -s 1400 -M do 2001:db8:77::42"),
    "mtu: 1500": both_sockets("-M do -s 8000 -c2 -i0.2 fd77:4::2"),
}
WORDINGS += tuple(
    Wording(f"message too long, {text}", PING, OLDER, ((r"sendmsg: Message too long$", f"local error: message too long, {text}"),),
            "the newer no longer tells the MTU", part="stderr", cases=cases) for text, cases in TOO_LONG.items())


REFUSED_SIZES = {  # case: (the header, how it counts and tells that nothing was sent, the size that the newer refuses, its largest)
    **dict.fromkeys(chain("ping", "-c1 -s 65508 127.0.0.1", "-c1 -s 65508 127.0.0.1 (raw)", "-s 65508 -c1 127.0.0.1 as nobody"),
                    ("PING 127.0.0.1 (127.0.0.1) 65508(65536) bytes of data.", "mtu=65535", 65508, 65507)),
    **dict.fromkeys(chain("ping", "-4 -c1 -s 65508 localhost"),
                    ("PING localhost (127.0.0.1) 65508(65536) bytes of data.", "mtu=65535", 65508, 65507)),
    **dict.fromkeys(both_sockets("-c1 -W0.1 -s 100000 127.0.0.1"),
                    ("PING 127.0.0.1 (127.0.0.1) 100000(100028) bytes of data.", "", 100000, 65507)),
    **dict.fromkeys(both_sockets("-c1 -R -s 65500 10.77.4.2"),
                    ("PING 10.77.4.2 (10.77.4.2) 65500(65568) bytes of data.", "mtu=1460", 65500, 65467)),
    **dict.fromkeys(chain("ping", "-c1 -R -s 65468 10.77.4.2"),
                    ("PING 10.77.4.2 (10.77.4.2) 65468(65536) bytes of data.", "mtu=1460", 65468, 65467)),
    **dict.fromkeys(chain("ping", "-c1 -T tsonly -s 65468 127.0.0.1"),
                    ("PING 127.0.0.1 (127.0.0.1) 65468(65536) bytes of data.", "mtu=65495", 65468, 65467)),
    **dict.fromkeys(chain("ping", "-c1 -W 1 -s 65528 ::1"), ("PING ::1(::1) 65528 data bytes", "", 65528, 65527)),
    **dict.fromkeys(chain("ping", "-c1 -W 1 -s 65528 ::1 (raw)"),
                    ("PING ::1(::1) 65528 data bytes", "mtu: 65536", 65528, 65527)),
    **dict.fromkeys(chain("ping", "-6 -c1 -s 65528 localhost", "-c1 -s 65528 localhost"),
                    ("PING localhost(localhost (::1)) 65528 data bytes", "", 65528, 65527)),
}


def refused_size(case: str, header: str, told: str, size: int, largest: int) -> Conduct:
    target, errors = header.replace("(", " ").split(" ")[1], " +1 errors," if told else ""
    return Conduct(
        "size that no packet holds", OLDER, (case,),
        {"stdout": "", "stderr": f"ping: invalid -s value: '{size}': out of range: 0 <= value <= {largest}\n"}, {
            "stdout": f"{header}\n\n--- {target} ping statistics ---\n1 packets transmitted, 0 received,{errors} "
                      "100% packet loss, time #ms\n\n",
            "stderr": f"ping: local error: message too long, {told}\n" if told else ""}, KNOWN)


def status(program: str, words: str) -> Conduct:
    return Conduct(f"status of {program} {words}".strip(), OLDER, chain(program, words), {"status": 2}, {"status": 1}, KNOWN)


def too_big(header: str, router: str, told: str) -> str:
    """Three probes, none of which the router passes on."""
    errors = "".join(f"From {router} icmp_seq={number} {told}\n" for number in (1, 2, 3))
    target = header.replace("(", " ").split(" ")[0]
    return (f"PING {header}\n{errors}\n--- {target} ping statistics ---\n"
            "3 packets transmitted, 0 received, +3 errors, 100% packet loss, time #ms\n\n")


ECHO = ("64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=# ms\n\n--- 127.0.0.1 ping statistics ---\n"
        "1 packets transmitted, 1 received, 0% packet loss, time #ms\nrtt min/avg/max/mdev = # ms\n")
LOOPED = "PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n" + ECHO
TO_H2 = ("64 bytes from {}: icmp_seq=1 ttl=61 time=# ms\n\n--- h2.lab ping statistics ---\n"
         "1 packets transmitted, 1 received, 0% packet loss, time #ms\nrtt min/avg/max/mdev = # ms\n")
GARBAGE = "ping: option argument contains garbage: x\nping: this will become fatal error in the future\n"
SILENT = {"stdout": "", "packets": ""}
KNOWN_MTU4 = (" 1?: [LOCALHOST]                      pmtu {}\n 1:  10.77.1.2 #ms \n 1:  10.77.1.2 #ms \n 2:  10.77.2.2 #ms \n"
              "{} 3:  10.77.3.2 #ms \n 4:  10.77.3.2 #ms pmtu 1300\n 4:  10.77.4.2 #ms reached\n"
              "     Resume: pmtu 1300 hops 4 back 4 \n")
KNOWN_MTU6 = KNOWN_MTU4.replace("10.77.", "fd77:").replace(".2 #", "::2 #").replace("                      pmtu", " #ms pmtu")

CONDUCTS = (
    *(refused_size(case, *row) for case, row in REFUSED_SIZES.items()),
    *(Conduct(f"negative interval {value}", OLDER, chain("ping", f"-i {value} -c1 127.0.0.1"),
              {**SILENT, "stderr": f"{garbage}ping: bad timing interval: {value}\n", "status": 2},
              {"stdout": LOOPED, "stderr": garbage, "status": 0, "packets": None}, KNOWN)
      for value, garbage in (("-1", ""), ("-0.0001", ""), ("-1x", GARBAGE))),
    status("ping", "-p xyz"),
    status("ping", ""),
    status("ping", "-c1 -N subject-name=a..b fd77:4::2"),
    status("ping", "-c1 -N subject-name=h2%0123456789abcdef fd77:4::2"),
    Conduct("route of a traffic class", NEWER, chain("ping", "-c1 -Q 0x04 fd77:4::2 (a route of the traffic class)"),
            {"stdout": "", "stderr": "ping: connect: No route to host\n", "status": 2, "packets": ""},
            {"stdout": "PING fd77:4::2(fd77:4::2) 56 data bytes\n" + ECHO.replace("127.0.0.1", "fd77:4::2").replace("ttl=64", "ttl=61"),
             "stderr": "", "status": 0, "packets":
             "eth0 IPv6 fd77:1::1 > fd77:4::2 tos=0x4 flow=# ttl=64 length=64 icmp 128/0 id=# seq=1 data=#"
             + bytes(range(16, 56)).hex()}, "the source was looked for without the class, so on another way"),
    *(Conduct("path MTU that is known", OLDER, (f"chain: tracepath -n {target} (a path MTU is known)",),
              {"stdout": text.format(1500, narrow)}, {"stdout": text.format(1400, ""), "packets": None}, KNOWN)
      for target, text, narrow in (("10.77.4.2", KNOWN_MTU4, " 3:  10.77.2.2 #ms pmtu 1400\n"),
                                   ("fd77:4::2", KNOWN_MTU6, " 3:  fd77:2::2 #ms pmtu 1400\n"))),
    Conduct("larger than the loopback", OLDER, ("alone: tracepath -n -l 65536 127.0.0.1",), {
        "stdout": " 1:  127.0.0.1 #ms pmtu 65535\n 1:  127.0.0.1 #ms reached\n 1:  127.0.0.1 #ms reached\n"
                  "     Resume: pmtu 65535 hops 1 back 1 \n"}, {
        "stdout": " 1?: [LOCALHOST]                      pmtu 65535\n 1:  127.0.0.1 #ms reached\n 1:  127.0.0.1 #ms reached\n"
                  "     Resume: pmtu 65535 hops 1 back 1 \n", "packets": None}, KNOWN),
    *(Conduct(f"ping -{letter}", OLDER, chain("ping", f"-{letter} -c1 127.0.0.1"),
              {"stdout": stdout, "stderr": "", "status": 0},
              {**SILENT, "stderr": usage(f"ping: invalid option -- '{letter}'\n").text, "status": 2}, FEATURE)
      for letter, stdout in (("3", LOOPED), ("H", LOOPED.replace("from 127.0.0.1:", "from localhost (127.0.0.1):")))),
    *(Conduct("ping -M probe", NEWER, chain("ping", f"-M probe {words}"),
              {**SILENT, "stderr": "ping: invalid -M argument: probe\n", "status": 2},
              {"stdout": stdout, "stderr": "", "status": status, "packets": None},
              "what the path carries: the older can only ask what the kernel believes, be it forged or out of date")
      for words, stdout, status in (
          ("-c1 127.0.0.1", LOOPED, 0),
          ("-s 1472 -c3 -i0.2 10.77.4.2", too_big("10.77.4.2 (10.77.4.2) 1472(1500) bytes of data.", "10.77.2.2",
                                                  "Frag needed and DF set (mtu = 1400)"), 1),
          ("-s 1452 -c3 -i0.2 fd77:4::2", too_big("fd77:4::2(fd77:4::2) 1452 data bytes", "fd77:2::2",
                                                  "Packet too big: mtu=1400"), 1))),
    Conduct("variable IPUTILS_PING_PTR_LOOKUP", OLDER, chain("ping", "-c1 h2.lab (variable)"), {
        "stdout": "PING h2.lab (fd77:4::2) 56 data bytes\n" + TO_H2.format("fd77:4::2"),
        "stderr": "ping: WARNING: reverse DNS resolution (PTR lookup) disabled, enforce with -H\n"}, {
        "stdout": "PING h2.lab(h2.lab (fd77:4::2)) 56 data bytes\n" + TO_H2.format("h2.lab (fd77:4::2)"), "stderr": ""}, FEATURE),
    Conduct("mss without a number", OLDER, ("alone: traceroute -T -O mss 127.0.0.1",), {
        "stdout": "traceroute to 127.0.0.1 (127.0.0.1), 30 hops max, 60 byte packets\n 1  localhost (127.0.0.1)\n", "stderr": "", "status": 0},
        {"stdout": "", "stderr": "Keyword `mss' (argc 1) requires an argument: `mss=NUM'\n", "status": 2}, FEATURE),
    Conduct("fastopen", OLDER, ("alone: traceroute -T -O fastopen 127.0.0.1",), {
        "stdout": "traceroute to 127.0.0.1 (127.0.0.1), 30 hops max, 64 byte packets\n 1  localhost (127.0.0.1)\n", "stderr": "", "status": 0},
        {"stdout": "", "stderr": "`fastopen' (argc 1): arguments are not allowed\n", "status": 2}, FEATURE),
)

ASKED = (
    Asked("traceroute's IP version", OLDER, chain("traceroute", "-w 5,0,0 h2.lab", "-w 5,0,0 -n h2.lab", "h2.lab", "-I h2.lab",
                                                  "-w 5,0,0 -I h2.lab"), ("h2.lab", "-4 h2.lab"),
          "IPv4 unless told otherwise: a default, and no bug"),
)

ROWS = (*WORDINGS, *CONDUCTS, *ASKED)
