"""The methods of traceroute (-M and its short forms), and what can be said of them (-O, `keywords`)."""

from __future__ import annotations

from ...engines.traceroute_settings import Method
from ...records.family import IpProtocol
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...world import World

TCP_FLAG_BITS = {"fin": 0x01, "syn": 0x02, "rst": 0x04, "psh": 0x08, "ack": 0x10, "urg": 0x20, "ece": 0x40, "cwr": 0x80}


class LinkKind:
    """What sends the probes of a method."""

    UDP = "udp"  # a socket a probe
    FLOWS = "flows"  # UDP with --paris or --mda
    ECHO = "echo"
    TCP = "tcp"  # segments from a raw socket
    CONNECTIONS = "connections"  # attempts to connect; the kernel makes the segments
    RAW = "raw"
    DCCP = "dccp"  # nothing does

    ONE_SOCKET = (ECHO, RAW)
    """Those that open all they need before the first probe."""


class MethodRow(Record):
    """One method: `link` is a value of `LinkKind`, `method` one of the engine's.

    `header_bytes` is the part of the 40 bytes behind the IP header that is not data; `port` the
    default port, sequence number or protocol, `port_step` what each probe adds to it; `alone`: one probe
    at a time.
    """

    name: str
    link: str
    method: str
    header_bytes: int
    port: int
    port_step: int = 0
    alone: bool = False


class Keywords:
    """What was said with -O; None where nothing was."""

    def __init__(self, world: World):
        self.world = world
        self.kind: str | None = None  # of the sockets for ICMP: "raw" or "datagram"
        self.coverage = 0
        self.protocol: int | None = None
        self.tcp_flags = 0
        self.exact_flags = False
        self.tcp_options: set[str] = set()
        self.sysctl = self.reuse = self.info = False
        self.mss = 0


METHODS = {row.name: row for row in (
    MethodRow("default", LinkKind.UDP, Method.UDP, 8, 33434, 1),
    MethodRow("udp", LinkKind.UDP, Method.UDP, 8, 53),
    MethodRow("udplite", LinkKind.UDP, Method.UDP, 8, 53),
    MethodRow("icmp", LinkKind.ECHO, Method.ICMP, 8, 1, 1),
    MethodRow("tcp", LinkKind.TCP, Method.TCP, 0, 80),
    MethodRow("tcpconn", LinkKind.CONNECTIONS, Method.TCP, 0, 80),
    MethodRow("dccp", LinkKind.DCCP, Method.UDP, 20, 33434),
    MethodRow("raw", LinkKind.RAW, Method.RAW, 0, IpProtocol.EXPERIMENT, alone=True),
)}
