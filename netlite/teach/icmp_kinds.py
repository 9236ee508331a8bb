"""Every ICMP type and code that IANA lists, for both IP versions, with a sentence each.

*Source*: the registries "ICMP Type Numbers" and "ICMPv6 type Numbers".  A line of the tables is
``type/code | name | RFC | sentence``; without a code it is about the type as a whole.
"""

from __future__ import annotations

from ..records.record import Record

ICMP4 = """\
0       | echo reply | 792 | The answer to an echo request: same identifier, sequence and data come back.
3       | destination unreachable | 792 | The packet could not be delivered; the code says why.
3/0     | network unreachable | 792 | A router knows no way to the network of the destination, or a rule says so.
3/1     | host unreachable | 792 | Nobody has the address there (no answer to ARP), or a rule or a route refuses.
3/2     | protocol unreachable | 792 | The host does not speak the protocol of the packet, or a rule says so.
3/3     | port unreachable | 792 | No program listens on that port, or a rule (a filter) says so in its place.
3/4     | fragmentation needed | 1191 | The packet is larger than the next wire takes, and it may not be cut.
3/5     | source route failed | 792 | A router named in the source route could not be used.
3/6     | destination network unknown | 1122 | The network of the destination is not known at all.
3/7     | destination host unknown | 1122 | The router has been told that the host does not exist.
3/8     | source host isolated | 1122 | The router does not serve the sender; not used any more.
3/9     | network prohibited | 1122 | A rule forbids packets to that network.
3/10    | host prohibited | 1122 | A rule forbids packets to that host.
3/11    | network unreachable for type of service | 1122 | There is a way, but none of the service asked for.
3/12    | host unreachable for type of service | 1122 | The host cannot be reached with the service asked for.
3/13    | communication prohibited | 1812 | A rule refuses the packet: a filter, or a route that prohibits.
3/14    | host precedence violation | 1812 | The precedence of the packet is not allowed there.
3/15    | precedence cutoff | 1812 | The network demands a higher precedence than the packet has.
4       | source quench | 6633 | Once a plea to send more slowly; deprecated, nobody should send it.
5       | redirect | 792 | A router passed the packet on and tells a better first router for the next ones.
5/0     | redirect for the network | 792 | The better router serves the whole network; hosts treat it like code 1.
5/1     | redirect for the host | 792 | Packets to this destination should go to the router that it names.
5/2     | redirect for type of service and network | 792 | As code 0, for one type of service.
5/3     | redirect for type of service and host | 792 | As code 1, for one type of service.
6       | alternate host address | 6918 | Deprecated and never specified.
6/0     | alternate address for host | 6918 | Deprecated and never specified.
8       | echo request | 792 | "Send this back to me": what ping sends.
9       | router advertisement | 1256 | A router says that it is there.
9/0     | normal router advertisement | 1256 | The router passes ordinary traffic on.
9/16    | does not route common traffic | 5944 | The router serves mobile nodes, not ordinary traffic.
10      | router solicitation | 1256 | A host asks which routers there are.
11      | time exceeded | 792 | The packet was given up on the way because its time was over.
11/0    | time to live exceeded in transit | 792 | A router took the TTL from 1 to 0 and dropped the packet.
11/1    | fragment reassembly time exceeded | 792 | Some fragments of a packet came, the others did not come in time.
12      | parameter problem | 792 | Something in the header is wrong; a pointer says at which byte.
12/0    | pointer indicates the error | 792 | The pointer gives the byte that is wrong.
12/1    | missing a required option | 1108 | An option that the network demands is not there.
12/2    | bad length | 792 | A length in the header cannot be right.
13      | timestamp request | 792 | Asks for the time of day of another host.
14      | timestamp reply | 792 | Tells the time of day in milliseconds since midnight UTC.
15      | information request | 6918 | Deprecated: asked for the number of the network.
16      | information reply | 6918 | Deprecated: told the number of the network.
17      | address mask request | 6918 | Deprecated: asked for the netmask.
18      | address mask reply | 6918 | Deprecated: told the netmask.
19      | reserved for security | - | Set aside and never used.
20      | reserved for robustness experiment | - | Set aside for an experiment, as types 21 to 29 are.
30      | traceroute | 6918 | Deprecated: routers would have reported a packet that carries an option.
31      | datagram conversion error | 6918 | Deprecated: a packet could not be converted to another protocol.
32      | mobile host redirect | 6918 | Deprecated.
33      | IPv6 where-are-you | 6918 | Deprecated.
34      | IPv6 I-am-here | 6918 | Deprecated.
35      | mobile registration request | 6918 | Deprecated.
36      | mobile registration reply | 6918 | Deprecated.
37      | domain name request | 6918 | Deprecated: asked for the name of a host.
38      | domain name reply | 6918 | Deprecated: told the name of a host.
39      | SKIP | 6918 | Deprecated: discovery of an early key management protocol.
40      | Photuris | 2521 | Trouble with a security association.
40/0    | bad SPI | 2521 | The security association that the packet names is not known.
40/1    | authentication failed | 2521 | The packet could not be verified.
40/2    | decompression failed | 2521 | The packet could not be decompressed.
40/3    | decryption failed | 2521 | The packet could not be decrypted.
40/4    | need authentication | 2521 | The packet should have been authenticated.
40/5    | need authorization | 2521 | The sender is not allowed to use the association.
41      | experimental mobility | 4065 | For experiments with mobility protocols.
42      | extended echo request | 8335 | Asks a router about one of its interfaces (PROBE).
42/0    | no error | 8335 | The only code of requests.
43      | extended echo reply | 8335 | What a router says about its interface.
43/0    | no error | 8335 | The interface was found; flags tell whether it is active.
43/1    | malformed query | 8335 | The router did not understand the request.
43/2    | no such interface | 8335 | The router has no such interface.
43/3    | no such table entry | 8335 | The address is not in the router's neighbour table.
43/4    | multiple interfaces satisfy query | 8335 | More than one interface fits the request.
253     | experiment 1 | 4727 | For experiments.
254     | experiment 2 | 4727 | For experiments.
255     | reserved | - | Set aside.
"""

ICMP6 = """\
0       | reserved | - | Set aside.
1       | destination unreachable | 4443 | The packet could not be delivered; the code says why.
1/0     | no route to destination | 4443 | A router knows no way to the destination, or a rule or a route refuses.
1/1     | communication prohibited | 4443 | A rule refuses the packet: a filter, or a route that prohibits.
1/2     | beyond scope of source address | 4443 | The source address means nothing where the packet would have to go.
1/3     | address unreachable | 4443 | Nobody has the address there (no answer to solicitations), or a rule refuses.
1/4     | port unreachable | 4443 | No program listens on that port, or a rule (a filter) says so in its place.
1/5     | source address failed policy | 4443 | By a rule the source address may not come from where it came.
1/6     | reject route | 4443 | The route to the destination, or a rule, says: refuse.
1/7     | error in source routing header | 6554 | The packet could not follow the route it carries.
1/8     | headers too long | 8883 | The headers are longer than the node can look through.
1/9     | error in P-Route | - | The packet could not follow a projected route.
2       | packet too big | 8201 | The packet is larger than the next wire takes; the message tells what fits.
2/0     | packet too big | 8201 | The only code: IPv6 routers never cut packets.
3       | time exceeded | 4443 | The packet was given up on the way because its time was over.
3/0     | hop limit exceeded in transit | 4443 | A router took the hop limit from 1 to 0 and dropped the packet.
3/1     | fragment reassembly time exceeded | 4443 | Some fragments of a packet came, the others did not come in time.
4       | parameter problem | 4443 | Something in the headers is wrong; a pointer says at which byte.
4/0     | erroneous header field | 4443 | A field in a header has a value that it cannot have.
4/1     | unrecognized next header | 4443 | The host does not speak the protocol that the header names.
4/2     | unrecognized IPv6 option | 4443 | An option demands to be understood, and was not.
4/3     | first fragment has incomplete header chain | 7112 | The headers must all be in the first fragment.
4/4     | SR upper-layer header error | 8754 | What follows a segment routing header is not expected there.
4/5     | unrecognized next header at intermediate node | 8883 | A router on the way does not know a header.
4/6     | extension header too big | 8883 | An extension header is larger than the node takes.
4/7     | extension header chain too long | 8883 | The extension headers together are larger than the node takes.
4/8     | too many extension headers | 8883 | There are more extension headers than the node takes.
4/9     | too many options in extension header | 8883 | There are more options than the node takes.
4/10    | option too big | 8883 | An option is larger than the node takes.
100     | private experimentation | 4443 | For experiments, an error message.
101     | private experimentation | 4443 | For experiments, an error message.
127     | reserved for expansion | 4443 | Set aside, should error messages ever run out of numbers.
128     | echo request | 4443 | "Send this back to me": what ping sends.
128/0   | echo request | 4443 | The only code.
129     | echo reply | 4443 | The answer to an echo request: same identifier, sequence and data come back.
129/0   | echo reply | 4443 | The only code.
130     | multicast listener query | 2710 | A router asks who listens to which group.
131     | multicast listener report | 2710 | A host says that it listens to a group.
132     | multicast listener done | 2710 | A host does not listen to a group any more.
133     | router solicitation | 4861 | A host asks which routers there are.
134     | router advertisement | 4861 | A router says that it is there, and which prefixes the network has.
135     | neighbor solicitation | 4861 | "Who has this address?": what ARP is in IPv4.
136     | neighbor advertisement | 4861 | "I have it, and this is my hardware address."
137     | redirect | 4861 | A router tells a better first hop.
138     | router renumbering | 2894 | Changes the prefixes of routers.
138/0   | router renumbering command | 2894 | The order to change.
138/1   | router renumbering result | 2894 | What came of it.
138/255 | sequence number reset | 2894 | Begins the count of orders anew.
139     | node information query | 4620 | Asks a host for its names or addresses.
139/0   | the subject is an IPv6 address | 4620 | The question is about an IPv6 address.
139/1   | the subject is a name | 4620 | The question is about a name, or about nothing.
139/2   | the subject is an IPv4 address | 4620 | The question is about an IPv4 address.
140     | node information response | 4620 | Tells names or addresses.
140/0   | successful reply | 4620 | The answer is here; it may be empty.
140/1   | refused | 4620 | The host will not say.
140/2   | unknown query type | 4620 | The host does not know what it was asked for.
141     | inverse neighbor discovery solicitation | 3122 | Asks for the IP address of a known hardware address.
142     | inverse neighbor discovery advertisement | 3122 | Tells the IP address of a hardware address.
143     | multicast listener report, version 2 | 9777 | A host lists the groups and sources it listens to.
144     | home agent address discovery request | 6275 | A mobile node looks for its home agent.
145     | home agent address discovery reply | 6275 | Lists home agents.
146     | mobile prefix solicitation | 6275 | A mobile node asks for the prefixes of its home.
147     | mobile prefix advertisement | 6275 | Tells the prefixes of the home network.
148     | certification path solicitation | 3971 | Asks for the certificates of a router (SEND).
149     | certification path advertisement | 3971 | Sends certificates of a router.
150     | experimental mobility | 4065 | For experiments with mobility protocols.
151     | multicast router advertisement | 4286 | A router says that it passes multicast on.
152     | multicast router solicitation | 4286 | Asks for multicast routers.
153     | multicast router termination | 4286 | A router stops passing multicast on.
154     | FMIPv6 messages | 5568 | Fast handover of mobile nodes.
155     | RPL control | 6550 | Routing among small, lossy devices.
156     | ILNPv6 locator update | 6743 | A node tells its new place in the network.
157     | duplicate address request | 6775 | Asks whether an address is taken, in low-power networks.
158     | duplicate address confirmation | 6775 | Says whether an address is taken.
159     | MPL control | 7731 | Multicast in low-power networks.
160     | extended echo request | 8335 | Asks a router about one of its interfaces (PROBE).
160/0   | no error | 8335 | The only code of requests.
161     | extended echo reply | 8335 | What a router says about its interface.
161/0   | no error | 8335 | The interface was found; flags tell whether it is active.
161/1   | malformed query | 8335 | The router did not understand the request.
161/2   | no such interface | 8335 | The router has no such interface.
161/3   | no such table entry | 8335 | The address is not in the router's neighbour table.
161/4   | multiple interfaces satisfy query | 8335 | More than one interface fits the request.
200     | private experimentation | 4443 | For experiments, an informational message.
201     | private experimentation | 4443 | For experiments, an informational message.
255     | reserved for expansion | 4443 | Set aside, should informational messages ever run out of numbers.
"""


class IcmpKind(Record):
    """A type, or a type and code: its name, the RFC as "RFC 792" or "", and a sentence."""

    name: str
    rfc: str
    sentence: str


def _read(table: str) -> dict[tuple[int, int | None], IcmpKind]:
    kinds = {}
    for line in table.splitlines():
        numbers, name, rfc, sentence = (part.strip() for part in line.split("|"))
        kind, _, code = numbers.partition("/")
        kinds[int(kind), int(code) if code else None] = IcmpKind(name, "" if rfc == "-" else f"RFC {rfc}", sentence)
    return kinds


KINDS = {4: _read(ICMP4), 6: _read(ICMP6)}
"""By IP version: (type, code, or None for the type as a whole) -> IcmpKind."""
UNASSIGNED = IcmpKind("unassigned", "", "IANA lists no such message.")


def icmp_kind(version: int, kind: int, code: int) -> IcmpKind:
    """What IANA says about a type and code; about the type where the code says no more.

    >>> icmp_kind(4, 11, 0).name
    'time to live exceeded in transit'
    """
    if version == 4 and 20 < kind < 30:
        kind = 20
    known = KINDS[version]
    return known.get((kind, code)) or known.get((kind, None)) or UNASSIGNED
