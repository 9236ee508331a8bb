"""Where the programs take words, and words of any bytes."""

from __future__ import annotations

WORDS = (b"\xff", b"", b"a\nb", b"x" * 300, "\xe9".encode())
MENDED = {  # netlite differs on purpose: the place, and for which words
    "ifconfig d0 10.1.2.3/{}": (b"",), "ifconfig d0 hw ether {}": (b"",), "arp -s 10.1.2.9 {}": (b"",),
    **dict.fromkeys(("ifconfig d0 add ::{}", "ifconfig d0 add {}::/64", "ifconfig d0 del ::{}"), tuple(word for word in WORDS if word)),
    **dict.fromkeys(("ifconfig d0 tunnel {}", "route -6 add 2001:db8::/64 gw {} dev d0", "ifconfig d0 txqueuelen {}"), WORDS)}

OLDER = {}  # where it differs from Debian 13's original and not from Debian 12's (generation_table.py)

# a command line with {} where the word stands
PLACES = (
    *(f"ping -c1 -W1 {words}" for words in (
        "{}", "-4 {}", "-6 {}", "{} 127.0.0.1", "-I {} 127.0.0.1", "-I {} ::1", "-6 -I {} ::1", "-I :{} ::1", "-I ::1%{} ::1", "::1%{}", "127.0.0.1%{}",
        "-M {} 127.0.0.1", "-T {} 127.0.0.1", "-T tsprespec {} 127.0.0.1", "-N {} ::1", "-N subject-name={} ::1",
        "-N name -N subject-name=a.{} ::1", "-N subject-ipv6={} ::1", "-N subject-ipv4={} ::1", "-p {} 127.0.0.1", "-c {} 127.0.0.1",
        "-i {} 127.0.0.1", "-W {} 127.0.0.1", "-Q {} 127.0.0.1", "-F {} ::1", "-e {} 127.0.0.1", "-m {} 127.0.0.1", "-{} 127.0.0.1")),
    *(f"tracepath {words}" for words in (
        "{}", "-n {}", "-n {} 127.0.0.1", "-n {}/7", "-n 127.0.0.1/{}", "-n -l {} 127.0.0.1", "-n -m {} 127.0.0.1", "-n -p {} 127.0.0.1",
        "-n -{} 127.0.0.1", "-n ::1%{}")),
    *(f"traceroute -n -q1 -m1 {words}" for words in (
        "{}", "-4 {}", "-6 {}", "{} 127.0.0.1", "127.0.0.1 {}", "127.0.0.1 60 {}", "-i {} 127.0.0.1", "-i {} ::1", "-s {} 127.0.0.1",
        "-g {} 127.0.0.1", "-g {},127.0.0.1 127.0.0.1", "-M {} 127.0.0.1", "-O {} 127.0.0.1", "-T -O {} 127.0.0.1", "-T -O syn,{} 127.0.0.1",
        "-T -O mss={} 127.0.0.1", "-P {} 127.0.0.1", "-M raw -O protocol={} 127.0.0.1", "-p {} 127.0.0.1", "--port={} 127.0.0.1",
        "--sport={} 127.0.0.1", "--fwmark={} 127.0.0.1", "-w {} 127.0.0.1", "-z {} 127.0.0.1", "-f {} 127.0.0.1", "--{} 127.0.0.1",
        "--icmp={} 127.0.0.1", "-{} 127.0.0.1", "-I{} 127.0.0.1", "::1%{}", "-g {} ::1")),
    *(f"netstat {words}" for words in ("-A {}", "--protocol={}", "-A inet,{} -t", "-t {}", "--{}", "-{}", "--tcp={}", "-r -A {}", "{}")),
    *(f"ifconfig {words}" for words in (
        "{}", "-s {}", "{}:1", "d0:{}", "{} up", "d0 {}", "d0 inet {}", "d0 inet6 {}", "d0 unix {}", "d0 netmask {}",
        "d0 broadcast {}", "d0 dstaddr {}", "d0 pointopoint {}", "d0 {}/24", "d0 10.1.2.3/{}", "d0 add {}", "d0 add ::{}", "d0 add {}::/64",
        "d0 add fd00::7/{}", "d0 del {}", "d0 del ::{}", "d0 tunnel {}", "d0 hw {} 02:00:00:00:00:01", "d0 hw ether {}", "d0 hw ax25 {}",
        "d0 hw rose {}", "d0 hw x25 {}", "d0 hw ash {}", "d0 media {}", "d0 mtu {}", "d0 txqueuelen {}", "d0 irq {}",
        "{}:{} 10.1.2.5", "d0:{} 10.1.2.5", "-{}", "--{}", "d0 -{}")),
    *(f"route {words}" for words in (
        "{}", "add {}", "add {} dev d0", "add -net {} dev d0", "add -host {} dev d0", "add -net {}/16 dev d0", "add -net 172.20.0.0/{} dev d0",
        "add -net 172.20.0.0/16 {}", "add -net 172.20.0.0/16 dev {}", "add -net 172.20.0.0/16 gw {}", "add -net 172.20.0.0 netmask {} dev d0",
        "add -net 172.20.0.0/16 metric {} dev d0", "add -net 172.20.0.0/16 {} dev d0", "add -net 172.20.0.0/16 mss {} dev d0", "del {}",
        "del -net 172.20.0.0/16 dev {}", "-A {}", "--protocol={} add", "-A {} add x", "-n {}", "--{}", "-{}", "-6 add {}", "-6 add {}/64 dev d0",
        "-6 add 2001:db8::/{} dev d0", "-6 add 2001:db8::/64 gw {} dev d0", "-6 add 2001:db8::/64 dev {}", "-6 add 2001:db8::/64 {}",
        "-6 del {}", "-6 add 2001:db8::/64 metric {}")),
    *(f"arp {words}" for words in (
        "{}", "-n {}", "-a {}", "-e {}", "-d {}", "-d 10.1.2.9 {}", "-d 10.1.2.9 dev {}", "-d 10.1.2.9 netmask {}", "-v -d 10.1.2.9 {}",
        "-s {} 02:00:00:00:ee:01", "-s 10.1.2.9 {}", "-s 10.1.2.9 02:00:00:00:ee:01 {}", "-s 10.1.2.9 02:00:00:00:ee:01 dev {}",
        "-s 10.1.2.9 02:00:00:00:ee:01 netmask {}", "-Ds 10.1.2.9 {}", "-Ds {} d0", "-i {}", "-i {} -a", "-i {} -d 10.1.2.9", "-H {}", "-A {}",
        "-f {}", "-f ETHERS{}", "-H ax25 -s 10.1.2.9 {}", "--{}", "-{}", "--device={}", "-ie {}")),
)
OWN = (  # what only netlite has: no original to be equal to
    *(f"ping {words}" for words in (
        "--multi {}", "--multi -W 0.1 127.0.0.1 {}", "--targets {}", "--targets={}", "--multi --rate {} 127.0.0.1", "--multi -c {} 127.0.0.1",
        "--multi -i {} 127.0.0.1", "--explain={}", "-c1 --explain {}", "-c1 --pcap={} 127.0.0.1", "--multi -t {} ::1")),
    *(f"traceroute -n -q1 {words}" for words in (
        "--paris {}", "--mda {}", "--mda -i {} 127.0.0.1", "--paris -p {} 127.0.0.1", "--mda --sport={} 127.0.0.1", "--paris -s {} 127.0.0.1",
        "--explain={} 127.0.0.1")),
    *(f"netlite mtu -n {words}" for words in ("{}", "-I {} 127.0.0.1", "-I {} ::1", "-m {} 127.0.0.1", "-w {} 127.0.0.1", "-W {} ::1",
                                              "-U -I {} 127.0.0.1", "--{}", "-{}")),
    *(f"netstat -t {words}" for words in ("--netns {}", "--netns={}", "--state {}", "--state={}", "--interval={}", "--json {}", "--explain={}")),
    *(f"route {words}" for words in ("get {}", "-6 get {}", "get {}::", "--more {}", "--json {}", "get --json {}", "-6 get fe80::%{}")),
    *(f"ifconfig {words}" for words in ("--more {}", "--json {}", "--json --more {}", "--more d0 {}")),
    *(f"arp {words}" for words in ("--more {}", "--inet6 {}", "--json {}", "--more -i {}", "--json -i {}", "--json -H {}")),
    *(f"netlite {words}" for words in ("{}", "lab {}", "lab run {}", "lab map {}", "lab check {}", "lab exec {} true", "lab break {}",
                                       "lab run loopback --html ./{}/x", "lab run loopback --backend {}")),
)
