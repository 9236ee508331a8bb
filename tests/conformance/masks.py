"""What truly varies from run to run, as named regular expressions over text and packet lines."""

from __future__ import annotations

import re

MASKS = {
    # texts of ping
    "ping_time": (r"time[=<][\d.]+ ms", "time=# ms"),
    "ping_total": (r", time \d+ms", ", time #ms"),
    "ping_rtt": (r"(rtt|round-trip) ([a-z/]+) = [\d./-]+ ms", r"\1 \2 = # ms"),
    "ping_pipe": (r"(?m)^pipe \d+(, |$)|, pipe \d+", ""),  # how many probes were under way at once
    "ping_flood": (r"(?m)^[.\a\b E]*[.\b][.\a\b E]*", "#"),  # whether an answer comes before the next probe leaves
    "ping_ipg": (r"(, )?ipg/ewma [\d./]+ ms", r"\1ipg/ewma # ms"),
    "ping_status": (r"min/avg/ewma/max = [\d./]+ ms", "min/avg/ewma/max = # ms"),
    "ping_date": (r"(?m)^\[\d+\.\d{6}\] ", "[#] "),
    "ping_fds": (r"(sock[46])\.fd: -?\d+", r"\1.fd: #"),
    "ping_ident": (r"ident(=| )(0x)?[0-9a-f]+", r"ident\1#"),
    "ping_stamp": (r"data=[0-9a-f]{32}", "data=#"),
    "ping_nonce": (r"(icmp 139/\d .*data=[0-9a-f]{4})[0-9a-f]{12}", r"\1#"),
    "ping_ip_stamps": (r"(?m)\t-?\d+( absolute)?( not-standard)?$", r"\t#\1\2"),
    "ping_quoted": (r"(?m)^( 4  5  \w\w \w{4}) \w{4} (.*) \w{4} (?=[\d.]+  )", r"\1 # \2 # "),  # numbers and sums of headers
    # texts of traceroute and tracepath
    "traceroute_time": (r"  ?-?[\d.]+ ms", " # ms"),
    "traceroute_lost": (r" # ms| \*(?![^ \n])", ""),  # which probes of a hop were answered in time
    "tracepath_time": (r" +-?[\d.-]+ms", " #ms"),
    "tracepath_stamp": (r"data=([0-9a-f]{16})[0-9a-f]{1,32}", r"data=\1#"),
    # texts of netstat and ifconfig
    "counters": (r"(packets|bytes|errors|dropped|overruns|frame|carrier|collisions) \d+( \([^)]*\))?", r"\1 #"),
    "short_counters": (r"(?m)^(\S+ +\d+)(?: +\d+){8} ", r"\1 # "),
    "route6_use": (r"(?m)^(\S+ +\S+ +U\S* +\d+ +)\d+ +\d+ (?=\S+$)", r"\1# # "),  # held and used by the kernel's own multicast
    # what changes when the kernel sends something again
    "sent_again": (r"\d+(?= (total packets received|incoming packets delivered|requests sent out|segments received|"
                   r"segments sent out|segments retransmitted)\n)", "#"),
    "sent_again_too": (r"(?m)(?<=^    )(InNoECTPkts|InOctets|OutOctets|OutMcastOctets|OutMcastPkts|OutTransmits|"
                       r"TCPDSACKOldSent|TCPLostRetransmit|TCPSynRetrans|TCPTimeouts|TcpTimeoutRehash): \d+", r"\1: #"),
    "quick_acks": (r"(Quick ack mode was activated) \d+", r"\1 #"),
    "timers": (r"(keepalive|on|on1|timewait|probe|unkn-\d+) \([\d./]+\)", r"\1 (#)"),
    "program_path": (r"/\S*/(\w+)", r"\1"),
    # packet lines
    "icmp_id": (r"(icmp \S+) id=\d+", r"\1 id=#"),
    "source_port": (r"(udp|udplite|tcp) (?:32[7-9]\d\d|3[3-9]\d{3}|[456]\d{4}) >", r"\1 # >"),
    "flow_label": (r"flow 0x(?!0001[0-9a-f])[0-9a-f]+", "flow #"),
    "flow": (r"flow=0x[0-9a-f]+", "flow=#"),
    "tcp_seq": (r"seq=\d{4,}", "seq=#"),
}

PACKETS = ("icmp_id", "source_port", "flow", "tcp_seq")

OF_PROGRAM = {
    "ping": ("ping_time", "ping_total", "ping_rtt", "ping_pipe", "ping_ipg", "ping_status", "ping_date", "ping_fds",
             "ping_ident", "ping_stamp", "ping_nonce", "ping_ip_stamps"),
    "traceroute": ("traceroute_time",),
    "traceroute6": ("traceroute_time",),
    "tcptraceroute": ("traceroute_time",),
    "tracepath": ("tracepath_time", "tracepath_stamp"),
    "netstat": (),
    "ifconfig": (),
    "route": (),
    "arp": (),
    "hostname": (),
}


def flood_masks(line: str) -> tuple:
    """The masks that a command line of ping needs when it is a flood that is answered."""
    return ("ping_flood",) if "-f" in line.split() and "203.0.113.3" not in line else ()


def masks_for(program: str, more=(), without=()):
    """A function that masks a text with the masks of a program, of packets, and `more`."""
    names = [name for name in (*OF_PROGRAM[program], *PACKETS, *more) if name not in without]
    rules = [(re.compile(MASKS[name][0]), MASKS[name][1]) for name in names]

    def masked(text: str) -> str:
        for pattern, replacement in rules:
            text = pattern.sub(replacement, text)
        return text

    return masked
