"""``--explain=WORD``: the words of the trade, each in a few sentences.

A paragraph of the text begins with the words it explains, the first of which is its title.
"""

from __future__ import annotations

import textwrap

WIDTH = 88
TEXT = """\
ttl, hop-limit, time-to-live: A number in the IP header (8 bits). The sender sets it, usually to 64, 128 or
255. Every router takes 1 off before it passes the packet on. At 0 the packet is dropped, and the router
reports that with ICMP time exceeded. So no packet can go round for ever. IPv6 calls it hop limit. (RFC 791
3.1, RFC 8200 3)

hop: One step of a packet from a machine to the next one. A path over 3 routers has 4 hops. traceroute shows
a line a hop.

router, gateway: A machine that passes on packets that are not for itself. It looks up the destination in
its routing table, takes 1 off the TTL, and sends the packet out by one of its interfaces. (RFC 1812)

checksum: 16 bits from which the receiver can tell whether bytes were damaged: all 16-bit words are added up
in one's complement. That of IPv4 covers the IP header alone; that of ICMP the ICMP message; those of UDP,
TCP and ICMPv6 the message and the addresses. It guards against accidents, not against people. (RFC 1071)

id, identifier, identification: Two fields have this name. In the ICMP echo header it tells one ping from
another that runs at the same time. In the IPv4 header it is the same in all fragments of one packet, so
that they can be put together again. (RFC 792, RFC 6864)

seq, sequence, icmp_seq: In ICMP echo: the number of the probe within its ping, counted from 1. A gap means
loss, a number twice a duplicate, a wrong order that packets overtook each other. In TCP: the place of a
byte in the stream. (RFC 792, RFC 9293 3.4)

df, dont-fragment: "Don't fragment", a bit in the IPv4 header. A router that cannot pass such a packet on
uncut drops it and reports the size that fits. That is how hosts learn the path MTU. IPv6 routers never cut
packets. (RFC 791 3.1, RFC 1191)

mf, fragment, fragments, fragmentation: A packet too large for a wire can be cut into fragments, each with
an IP header of its own. MF (more fragments) is set in all but the last. The receiver puts them together; if
one is lost, all is lost. (RFC 791 3.2, RFC 8200 4.5)

mtu, pmtu, path-mtu: Maximum transmission unit: the largest packet a wire takes, IP header included; 1500
bytes on Ethernet. The path MTU is the smallest MTU on the way to a host. tracepath finds it. (RFC 1191, RFC
8201)

mss: Maximum segment size: how much data a TCP segment may carry: the MTU less 40 bytes of headers (60 with
IPv6). (RFC 9293 3.7.1)

rtt, time, round-trip: Round-trip time: from sending a probe to receiving its answer. It is the way there,
the way back and what the other host needed. How much each took cannot be told from it. A long one is far
away, or has queues on the way. (RFC 2681)

mdev, jitter, deviation: How much round-trip times differ; ping shows their standard deviation as mdev. A
large one means that queues on the way fill and empty. (RFC 3393)

loss, lost: Probes that got no answer in the time waited. The probe may have been lost, or its answer, or
somebody filters them. Some loss is normal where a wire is full: dropping packets is how routers say so.
(RFC 2680)

dup, duplicate: A second answer to one probe. Several hosts may have answered (broadcast), or a packet was
doubled on the way.

icmp: Internet Control Message Protocol: what hosts and routers tell each other about packets. Errors
(unreachable, time exceeded, too big) quote the packet they are about; echo is what ping uses. Each message
has a type and a code. (RFC 792, RFC 4443)

type, code: The first two bytes of an ICMP message: what kind it is, and which one of that kind. Type 3 is
destination unreachable; code 3 of it says: no program listens on that port.

echo, ping: ICMP echo request (type 8, IPv6 128) asks a host to send the same bytes back as echo reply (type
0, IPv6 129). (RFC 792, RFC 4443 4)

quote: What an ICMP error contains of the packet it is about: its IP header and at least 8 bytes more. With
that the sender knows which of its packets died. (RFC 792, RFC 1812 4.3.2.3)

port: A number from 0 to 65535 that says which program on a host a UDP or TCP packet is for. "Port
unreachable" means that no program has it. traceroute takes high ports on which probably nobody listens.
(RFC 768, RFC 9293)

udp: User Datagram Protocol: IP with ports and a checksum, and nothing more. No promise that a datagram
arrives. (RFC 768)

tcp: Transmission Control Protocol: a stream of bytes between two ports, in order and complete. It begins
with SYN, SYN+ACK, ACK. (RFC 9293)

syn: The first segment of a TCP connection. An answer SYN+ACK says that the port is open, RST that nobody
listens. (RFC 9293 3.5)

tos, dscp, traffic-class: A byte in the IP header that asks for a better or a cheaper service (DSCP, 6 bits)
and tells of full queues (ECN, 2 bits). Many routers ignore it. (RFC 2474, RFC 3168)

flow-label, flow: 20 bits in the IPv6 header. Packets with the same addresses and label take the same way
where load is shared. (RFC 6437)

nat: Network address translation: a router rewrites addresses and ports, so that many hosts share one public
address. A quote in an ICMP error may show the rewritten ones. (RFC 3022)

asymmetric, asymm: The way back need not be the way there: each router chooses by its own table. The TTL of
an answer tells how many routers it probably crossed; if that differs from the hop's number, the ways
probably differ.

mpls, label: Multiprotocol Label Switching: routers of a provider carry packets in tunnels marked by labels.
Routers may tell the labels in an extension of their ICMP errors; traceroute -e shows them. (RFC 3032, RFC
4950)

loopback, lo: The interface to this host itself, 127.0.0.1 and ::1. What is sent there never leaves the
host. (RFC 1122 3.2.1.3)

arp, neighbour, neighbor: Finds the hardware address of a neighbour: "who has this IP address?" goes to all
on the wire. IPv6 does it with ICMPv6 neighbour discovery. (RFC 826, RFC 4861)

route, routing-table: A row that says: packets to this network go out by that interface, by way of that
router. The row with the longest prefix that fits wins; 0.0.0.0/0 fits everything and is the default. (RFC
1812 5.2.4)

netmask, prefix, prefix-length: How many leading bits of an address name the network; the rest names the
host. /24 and 255.255.255.0 are the same. (RFC 4632)

firewall, filter, prohibited: A rule that drops or refuses packets. A dropped one gets no answer at all; a
refused one gets an ICMP error or a TCP reset. Silence in traceroute is often a filter.

broadcast, multicast: A packet to all hosts of a network (broadcast, IPv4 alone), or to all that asked for
it (multicast). (RFC 919, RFC 1112)
"""


def _read() -> dict[str, tuple[str, str]]:
    found = {}
    for paragraph in TEXT.split("\n\n"):
        title, _, text = paragraph.strip().partition(": ")
        names = title.split(", ")
        for name in names:
            found[name] = names[0], text
    return found


def define(word: str) -> str | None:
    """The explanation of a word, wrapped, or None.  Case, spaces and underscores do not matter."""
    known = _read()
    key = word.lower().replace(" ", "-")
    key = key if key in known else key.replace("_", "-")
    if key not in known:
        return None
    title, text = known[key]
    return f"{title}\n" + textwrap.fill(text, WIDTH, initial_indent="    ", subsequent_indent="    ") + "\n"


def words() -> list[str]:
    """The title words, in the order of the alphabet."""
    return sorted({title for title, _ in _read().values()})
