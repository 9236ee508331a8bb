"""What stands in no table that a program parses with: purposes, synopses, keywords, and the options netlite adds.

tests/repo/test_manual.py holds that no program takes an option of its own that is not listed here.
"""

from __future__ import annotations

PURPOSES = {
    "ping": "ask a host for an answer, again and again",
    "traceroute": "show the routers on the way to a host",
    "tcptraceroute": "traceroute with TCP, by the old program's options",
    "tracepath": "show the routers on the way to a host, and the path MTU",
    "netstat": "show connections, routes, interfaces and counters",
    "ifconfig": "show and change network interfaces",
    "route": "show and change the routing table",
    "arp": "show and change the neighbours' hardware addresses",
    "hostname": "show and set the host's name",
    "mtu": "find the path MTU to a host, and where the way narrows",
    "why": "say what is wrong with the way to a host, and who can mend it",
    "watch": "watch the path to hosts, hop by hop: loss, round trips, changes",
    "dhcp": "in a lab: ask for an address, and see every message of it",
    "exporter": "probes and this host's tables as metrics of Prometheus",
    "sd": "service discovery files for Prometheus: targets from vantage points",
    "lab": "networks of virtual routers on this machine, to look at and to break",
    "learn": "lessons about packets and paths, played in memory",
    "explain": "explain a word, or every packet of a capture file",
    "netlite": "the programs by one name, and what helps with them",
}

SYNOPSES: dict[str, tuple[str, ...]] = {
    "ping": ("ping [OPTION]... HOST", "ping --multi [OPTION]... HOST..."),
    "traceroute": ("traceroute [OPTION]... HOST [PACKETLEN]",),
    "tcptraceroute": ("tcptraceroute [OPTION]... HOST [PORT [LENGTH]]",),
    "tracepath": ("tracepath [OPTION]... HOST[/PORT]",),
    "netstat": ("netstat [OPTION]...",),
    "ifconfig": ("ifconfig [-a] [-s] [-v] [INTERFACE]", "ifconfig INTERFACE [FAMILY] [ADDRESS] WORD..."),
    "route": ("route [OPTION]...", "route [OPTION]... add|del [-net|-host] TARGET [WORD...]", "route get ADDRESS"),
    "arp": ("arp [OPTION]... [HOST]", "arp [OPTION]... -s HOST ADDRESS [temp] [pub]", "arp [OPTION]... -d HOST [pub]",
            "arp [OPTION]... -f [FILE]"),
    "hostname": ("hostname [OPTION]...", "hostname NAME", "hostname [-b] -F FILE"),
    "mtu": ("netlite mtu [OPTION]... HOST",),
    "why": ("netlite why [OPTION]... [HOST[:PORT]]",),
    "watch": ("netlite watch [OPTION]... HOST...",),
    "dhcp": ("netlite dhcp [OPTION]... INTERFACE",),
    "exporter": ("netlite exporter [OPTION]...",),
    "sd": ("netlite sd [OPTION]... [TARGET]...",),
    "lab": ("netlite lab VERB [WORD...]",),
    "learn": ("netlite learn [LESSON]",),
    "explain": ("netlite explain WORD", "netlite explain FILE [--fields] [--html PAGE]"),
    "netlite": ("netlite PROGRAM [ARGUMENT...]", "netlite WORD [ARGUMENT...]"),
}

EXPLAIN = ("--explain", "", "say below the output what it means")
EXPLAIN_WORD = ("--explain=", "WORD", "explain a word of the trade; nothing is sent")
FIELDS = ("--explain=fields", "", "show every packet, field by field")
HTML = ("--html", "FILE", "write a page about this run, for a browser")
PCAP = ("--pcap", "FILE", "write every packet of this run to a file for packet analysers")
MORE = ("--more", "", "show what the classic columns leave out")
JSON = ("--json", "", "one JSON document instead of the table")
JSON_ROWS = ("--jsonl", "", "one JSON object a line, a row each")
JSON_RUN = ("--json", "", "one JSON document instead of the text, at the end")
JSON_LINES = ("--jsonl", "", "one JSON object a line instead of the text, as it happens")

Rows = tuple[tuple[str, str, str], ...]

OWN: dict[str, Rows] = {
    "ping": (
        ("--multi", "", "ping many hosts at once: a line a host, and totals"),
        ("--targets", "FILE", "with --multi: read the hosts from a file, - for stdin"),
        ("--rate", "N", "with --multi: at most so many probes a second; 0: no bound"),
        ("--stats", "", "at the end percentiles, jitter and runs of losses"),
        ("--until-up", "", "end with status 0 once the host has answered"),
        ("--until-down", "", "end with status 0 once three probes in a row have no answer"),
        ("--graph", "", "at the end a graph of the round trips"),
        ("--svg", "FILE", "write such a graph as a picture"),
        JSON_RUN, JSON_LINES, EXPLAIN, FIELDS, EXPLAIN_WORD, HTML, PCAP),
    "traceroute": (
        ("--paris", "", "keep all probes to one flow, so that balancers send them one way"),
        ("--mda", "", "find all ways that flows take"),
        JSON_RUN, JSON_LINES, EXPLAIN, FIELDS, EXPLAIN_WORD, HTML, PCAP),
    "tcptraceroute": (JSON_RUN, JSON_LINES, EXPLAIN, FIELDS, EXPLAIN_WORD, HTML, PCAP),
    "tracepath": (JSON_RUN, JSON_LINES, EXPLAIN, FIELDS, EXPLAIN_WORD, HTML, PCAP),
    "netstat": (
        MORE, JSON, JSON_ROWS,
        ("--state", "STATE", "only sockets in this state (several with commas)"),
        ("--interval", "SECONDS", "again and again, so many seconds apart"),
        ("--netns", "NAME", "in this network namespace"),
        EXPLAIN, EXPLAIN_WORD, HTML),
    "ifconfig": (
        MORE, ("--all-addresses", "", "every address of an interface"), JSON, JSON_ROWS, EXPLAIN, EXPLAIN_WORD, HTML),
    "route": (MORE, JSON, JSON_ROWS, EXPLAIN, EXPLAIN_WORD, HTML),
    "arp": (MORE, ("--inet6", "", "the neighbours of IPv6"), JSON, JSON_ROWS, EXPLAIN, EXPLAIN_WORD, HTML),
    "hostname": (JSON, JSON_ROWS, EXPLAIN, EXPLAIN_WORD, HTML),
    "mtu": (
        ("-4", "", "use IPv4"), ("-6", "", "use IPv6"), ("-n", "", "no dns name resolution"),
        ("-q", "", "say the size alone"), ("-U", "", "probe with UDP instead of ICMP echo"),
        ("-I", "INTERFACE", "send through this interface"),
        ("-m", "HOPS", "look for the narrow place so far away at most (30)"),
        ("-w --deadline", "SECONDS", "end after this time, whatever was found"),
        ("-W --timeout", "SECONDS", "wait so long for an answer (1)"),
        JSON_RUN, JSON_LINES, EXPLAIN, FIELDS, EXPLAIN_WORD, HTML, PCAP,
        ("-h --help", "", "print help and exit")),
    "why": (
        ("-4", "", "look at IPv4 alone"), ("-6", "", "look at IPv6 alone"), ("-q", "", "say the sentences alone"),
        ("-w --deadline", "SECONDS", "end after this time, whatever was found (15)"),
        ("--packets", "NUMBER", "send so many at most (200): a smaller loss is found and placed"),
        ("--html", "FILE", "write a page about it, for a browser"),
        JSON_RUN, JSON_LINES, EXPLAIN, EXPLAIN_WORD,
        ("-h --help", "", "print help and exit")),
    "watch": (JSON_RUN, JSON_LINES, EXPLAIN, FIELDS, EXPLAIN_WORD, HTML, PCAP),
    "dhcp": (
        ("-t --tries", "NUMBER", "ask so often before giving up (3)"),
        ("--keep", "SECONDS", "stay so long, and renew the lease meanwhile"),
        ("--release", "", "give the address back at the end"),
        JSON_RUN, JSON_LINES, EXPLAIN, FIELDS, EXPLAIN_WORD, PCAP,
        ("-h --help", "", "print help and exit")),
    "exporter": (
        ("--allow", "WORDS", "what may be probed: names, *.domains, prefixes, or any"),
        ("--listen", "HOST:PORT", "answer there (127.0.0.1:9427)"),
        ("--web.config.file", "FILE", "TLS and passwords, as Prometheus' exporters have them"),
        ("--targets", "FILE", "targets that are probed all the time, one a line"),
        ("--file-sd", "FILE", "the same, from service discovery of Prometheus"),
        ("-i --interval", "SECONDS", "between two pings of such a target (1)"),
        ("-W --timeout", "SECONDS", "until a ping of one is lost (1)"),
        ("--trace-interval", "SECONDS", "between two looks at its path (300); 0: none"),
        ("--rate", "N", "packets a second, of each kind of probing (1000)"),
        ("--probes", "N", "probes at once (256)"),
        ("--queue", "N", "probes that wait, beyond which 503 is answered (1024)"),
        ("--connections", "N", "connections of clients (1024)"),
        ("--patience", "SECONDS", "until a probe is lost (5)"),
        ("--timeout-offset", "SECONDS", "answer so long before Prometheus gives up (0.5)"),
        ("--no-host", "", "leave this host's own tables out of /metrics"),
        EXPLAIN_WORD, ("-h --help", "", "print help and exit")),
    "sd": (
        ("--vantage", "WORDS", "name=host:port of exporters"),
        ("--vantages", "FILE", "the same, one a line"),
        ("--targets", "FILE", "a target a line"),
        ("--module", "NAME", "icmp, tcp, traceroute, mtu or why"),
        ("--print-config", "", "write the scrape configuration instead"),
        ("--file", "FILE", "where that finds the targets"),
        EXPLAIN_WORD, ("-h --help", "", "print help and exit")),
    "lab": (
        ("--backend", "namespaces|userspace|memory", "what the scene runs on"),
        ("--only", "LABEL[,LABEL...]", "with why: these faults alone"),
        ("--json", "", "with list: one JSON document"), ("--jsonl", "", "with list: one JSON object a line"),
        ("--html", "FILE", "with run: a page that replays every packet"),
        ("--result", "FILE", "with exercise: keep what was done, to hand it in"),
        ("--student", "NAME", "with exercise: whose result it is"),
        ("--seed", "WORD", "with exercise: what the teacher gave, for the seal"),
        ("--csv", "FILE", "with grade: write the table to a file"),
        ("--seeds", "FILE", "with grade: the students' seeds (student,seed a line)"),
        ("--exercise", "FILE", "with grade: an exercise of one's own"),
        ("--scene", "SCENE", "with capture: what this scene sends in memory"),
        ("--count", "N", "with capture: end after so many packets"),
        ("-h --help", "", "print help and exit")),
    "learn": (("-h --help", "", "print help and exit"),),
    "explain": (
        ("--fields", "", "every field of the first packets"),
        ("--html", "FILE", "write a page about the capture, for a browser"), ("-h --help", "", "print help and exit")),
    "netlite": (("-h --help", "", "print help and exit"), ("-V --version", "", "print netlite's own version")),
}

WORDS: dict[str, tuple[tuple[str, Rows], ...]] = {
    "tcptraceroute": (("Options", (
        ("-n", "", "do not resolve addresses"), ("-i", "DEVICE", "send through this interface"),
        ("-f", "HOP", "start from this hop"), ("-l", "LENGTH", "the full packet length"),
        ("-m", "HOPS", "the last hop to try"),
        ("-p", "PORT", "the source port"), ("-q", "N", "probes a hop"), ("-s", "ADDRESS", "the source address"),
        ("-t", "TOS", "type of service"), ("-w", "SECONDS", "how long to wait"), ("-F", "", "do not fragment"),
        ("-S", "", "send SYN"), ("-A", "", "send ACK"), ("-E", "", "send SYN with ECN"), ("-d", "", "debug"),
        ("-N", "", "nothing: accepted as before"), ("-v", "", "print the version"),
        ("-h", "", "print help"))),),
    "ifconfig": (("Options", (
        ("-a", "", "all interfaces, down ones too"), ("-s", "", "a line an interface"),
        ("-v", "", "be verbose"),
        ("-V", "", "print the version and exit"), ("-h", "", "print help and exit"))), ("Words", (
            ("up", "", "switch it on"), ("down", "", "switch it off"), ("[-]arp", "", "use ARP"),
            ("[-]promisc", "", "take frames for others too"), ("[-]allmulti", "", "take all multicast frames"),
            ("[-]multicast", "", "the multicast flag"), ("[-]dynamic", "", "the dynamic flag"),
            ("[-]trailers", "", "nothing today"),
            ("mtu", "BYTES", "the largest packet"), ("txqueuelen", "PACKETS", "the length of the send queue"),
            ("netmask", "ADDRESS", "the mask of the address"),
            ("[-]broadcast", "ADDRESS", "the broadcast address"),
            ("[-]pointopoint", "ADDRESS", "the address of the other end"), ("dstaddr", "ADDRESS", "the same"),
            ("add", "ADDRESS[/LENGTH]", "one more address"),
            ("del", "ADDRESS[/LENGTH]", "take an address away"),
            ("hw", "CLASS ADDRESS", "the hardware address"), ("name", "NAME", "another name"),
            ("tunnel", "ADDRESS", "a tunnel of IPv6 in IPv4"), ("metric", "N", "accepted, as in the original"),
            ("mem_start", "N", "shared memory"), ("io_addr", "N", "the port of the device"),
            ("irq", "N", "its interrupt"),
            ("media", "TYPE", "the connector"), ("keepalive", "SECONDS", "of SLIP"),
            ("outfill", "SECONDS", "of SLIP")))),
    "route": (("Words", (
        ("add", "", "a new route"), ("del", "", "take a route away"),
        ("get", "ADDRESS", "which route a packet to it takes"),
        ("-net", "", "the target is a network"), ("-host", "", "the target is a host"),
        ("netmask", "MASK", "of the network"),
        ("gw", "GATEWAY", "the next router"), ("metric", "N", "among equal routes the lowest wins"),
        ("mss", "BYTES", "the MTU of the route"), ("window", "BYTES", "TCP's window"),
        ("irtt", "MS", "TCP's first round trip"),
        ("reject", "", "refuse packets to it"), ("mod", "", "change a route"), ("dyn", "", "as a daemon would"),
        ("reinstate", "", "as a daemon would"), ("dev", "INTERFACE", "the interface"))),),
    "lab": (("Verbs", (
        ("list", "", "the scenes, and what they run on here"),
        ("run", "SCENE", "build one, and a shell or a command in it"),
        ("check", "[SCENE...]", "is all as described?"),
        ("why", "[SCENE...]", "does netlite why name each labelled fault?"), ("shell", "[NODE]", "a shell on a node"),
        ("exercise", "[NAME]", "broken networks to mend"), ("grade", "DIR", "what a class handed in, as a table"),
        ("capture", "WIRE FILE", "what passes a wire, for packet analysers"),
        ("schema", "", "what scene files may say, as a JSON Schema"),
        ("exec", "NODE COMMAND", "run a command on a node"), ("map", "[SCENE]", "nodes, wires, faults"),
        ("break", "FAULT", "switch a fault on"), ("fix", "FAULT", "and off"), ("down", "", "end the lab"))),),
    "learn": (("Lessons", (("all", "", "all of them, one after the other"),)),),
    "netlite": (("Words", (
        ("help", "[PROGRAM]", "options, with those that netlite adds"),
        ("doctor", "", "what works on this machine, with which right, and how to change it"),
        ("completion", "bash|zsh|fish", "completions for a shell"),
        ("install", "DIR", "links to the programs in a folder, never over anything else"),
        ("uninstall", "DIR", "and takes them away"),
        *((name, "", PURPOSES[name]) for name in ("mtu", "why", "watch", "dhcp", "exporter", "sd", "lab", "learn",
                                                 "explain")))),),
}
