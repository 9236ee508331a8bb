"""The words of ``--explain=WORD``.

A paragraph begins with the words it explains, the first of which is its title.
"""

from __future__ import annotations

TEXT = """\
ttl, hop-limit, time-to-live: A number in the IP header (8 bits). The sender sets it, usually to 64, 128 or
255. Every router takes 1 off before it passes the packet on. At 0 the packet is dropped, and the router
reports that with ICMP time exceeded. So no packet can go round for ever. IPv6 calls it hop limit. (RFC 791
3.1, RFC 8200 3)

hop: One step of a packet from a machine to the next one. A path over 3 routers has 4 hops. traceroute shows
a line a hop.

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

mdev, jitter, deviation: How much round-trip times differ; ping shows their standard deviation as mdev. A
large one says that something on the way varies: queues, a busy host, a radio. (RFC 3393)

dup, duplicate: A second answer to one probe. Several hosts may have answered (broadcast), or a packet was
doubled on the way.

icmp: Internet Control Message Protocol: what hosts and routers tell each other about packets. Errors
(unreachable, time exceeded, too big) quote the packet they are about; echo is what ping uses. Each message
has a type and a code. (RFC 792, RFC 4443)

type, code: The first two bytes of an ICMP message: what kind it is, and which one of that kind. Type 3 is
destination unreachable; code 3 of it: port unreachable.

echo, ping: ICMP echo request (type 8, IPv6 128) asks a host to send the same bytes back as echo reply (type
0, IPv6 129). (RFC 792, RFC 4443 4)

quote: What an ICMP error contains of the packet it is about: its IP header and at least 8 bytes more. With
that the sender knows which of its packets died. (RFC 792, RFC 1812 4.3.2.3)

udp: User Datagram Protocol: IP with ports and a checksum, and nothing more. No promise that a datagram
arrives. (RFC 768)

tcp: Transmission Control Protocol: a stream of bytes between two ports, in order and complete. It begins
with SYN, SYN+ACK, ACK. (RFC 9293)

tos, dscp, traffic-class: A byte in the IP header that asks for a better or a cheaper service (DSCP, 6 bits)
and tells of full queues (ECN, 2 bits). Many routers ignore it. (RFC 2474, RFC 3168)

flow-label, flow: 20 bits in the IPv6 header. Packets with the same addresses and label take the same way
where load is shared. (RFC 6437)

asymmetric, asymm: The way back need not be the way there: each router chooses by its own table. The TTL of
an answer tells how many routers it probably crossed; if that differs from the hop's number, the ways
probably differ.

mpls, label: Multiprotocol Label Switching: routers of a provider carry packets in tunnels marked by labels.
Routers may tell the labels in an extension of their ICMP errors; traceroute -e shows them. (RFC 3032, RFC
4950)

netmask, prefix, prefix-length: How many leading bits of an address name the network; the rest names the
host. /24 and 255.255.255.0 are the same. (RFC 4632)

loss, lost, packet-loss: Probes that got no answer in the time waited. The probe may have been lost, or its
answer, or somebody filters them, or nobody is there. Dropping packets is also how a router says that a wire
is full. (RFC 2680)

rtt, time, round-trip: Round-trip time: from sending a probe to receiving its answer. It is the way there,
the way back and what the other host needed. How much each took cannot be told from it. A long one may be
distance, a slow wire, a queue, or a busy host. (RFC 2681)

syn, handshake, three-way-handshake: A TCP connection begins with three segments: SYN (may I?), SYN+ACK
(yes; may I too?), ACK (yes). SYN is the first. An answer SYN+ACK says that the port is open, RST that
nobody listens. (RFC 9293 3.5)

packet, datagram: A row of bytes that the network carries as one: headers first (from whom, to whom, how
far), then what it carries. Each finds its way by itself; none is promised to arrive. (RFC 791)

frame: What one wire or radio carries: a packet with the hardware addresses of its two ends before it and a
checksum behind. At each router the frame ends, and the packet goes on in a new one.

header: The first bytes of a packet, for those who carry it: version, length, addresses, TTL. Each layer has
one of its own: Ethernet, IP, then TCP, UDP or ICMP. --explain=fields shows them.

payload, data: What a packet carries behind its headers.

interface, device, nic: Where a host meets a wire: a card (eth0, wlan0), or one made by software (lo,
docker0, tun0). ifconfig shows them. Each has addresses of its own.

host, node: Any machine with an IP address: a computer, a phone, a router.

ip, internet-protocol: The Internet Protocol: what brings packets from host to host over any number of
wires. Version 4 has addresses of 32 bits (192.0.2.1), version 6 of 128 bits (2001:db8::1). (RFC 791, RFC
8200)

ipv4: The Internet Protocol with addresses of 32 bits. There are fewer of them than hosts, so many hosts
share one (NAT). (RFC 791)

ipv6: The Internet Protocol with addresses of 128 bits, written in hexadecimal with colons; :: stands for
zeros. Routers never cut its packets. (RFC 8200)

address, ip-address: The number by which a host is found: 32 bits in IPv4, 128 in IPv6. It belongs to an
interface, and its first bits name the network, so it changes when you go to another network (another wifi).

public, public-address, global: An address that exists once on the whole Internet, so that all can send to
it. Your host may have none itself: then its router has one for all (NAT), and sites see that.

private, private-address: 10.x.x.x, 172.16 to 172.31, 192.168.x.x; in IPv6 fd…: for use inside a network.
The same ones exist in many networks, and the Internet has no way to them. (RFC 1918, RFC 4193)

link-local: Addresses for one wire alone: fe80… (always there in IPv6), 169.254.x.x (made up when DHCP does
not answer). No router passes them on. (RFC 3927, RFC 4291)

zone, scope: The interface that a link-local address is meant on, behind a percent sign: fe80::1%eth0. (RFC
4007)

loopback, lo, localhost, 127.0.0.1: The interface to this host itself, 127.0.0.1 and ::1, called localhost.
What is sent there never leaves the host. (RFC 1122 3.2.1.3)

mac, mac-address, hardware-address, ether, hwaddr: 48 bits that name a card on its wire, as
02:00:00:00:00:01. Frames carry them; they go no further than the next router, so sites do not see yours
(unless an IPv6 address is made of it).

ethernet: The usual kind of wire, and of frames: up to 1500 bytes of packet behind a header of 14. Wifi
frames are turned into it.

network, subnet, cidr: All addresses with the same first bits, as 192.168.1.0/24: they are on one wire, and
reach each other without a router. (RFC 4632)

lan: A local network: the wires, switches and radios of a house or an office, up to the first router.

wan: The network beyond: what joins local networks to each other and to the Internet.

switch: A box that joins wires to one network: it sends each frame out where its hardware address was last
seen. It takes nothing off the TTL, so traceroute does not show it.

bridge, br0, br-: A switch in software. docker0 and br-… are bridges that join containers; virbr0 joins
virtual machines.

router, gateway, default-gateway: A machine that passes on packets that are not for itself. It looks up the
destination in its routing table, takes 1 off the TTL, and sends the packet out by one of its interfaces.
The gateway of a host is its next router. (RFC 1812)

docker0: The bridge that Docker made on this host: containers are joined to it, and leave through it with
the address of the host (NAT). While none runs it has no link.

veth: A virtual cable: two interfaces, and what goes into one comes out of the other. One end is on the
host, the other usually inside a container.

tun, tap: Interfaces whose other end is a program, usually a VPN: tun carries packets, tap frames. (Linux
tun/tap)

wg, wireguard, vpn: A tunnel: packets to the other network travel encrypted inside packets to its end. wg0
is one of WireGuard. Its MTU is smaller, as the packet outside needs room.

tunnel: Packets carried inside other packets, from one end to the other. Inside, the way looks like one hop.

container, namespace: A network namespace has interfaces, routes and sockets of its own. Containers are
processes in one; a veth joins it to the host. --netns shows another.

dns, name-server, nameserver, resolver: Who turns names into addresses (and back). Programs ask the resolver
of the host; it looks into /etc/hosts and asks the name server in /etc/resolv.conf, which asks others. (RFC
1034)

name, hostname, domain: What people write instead of an address. Packets carry addresses alone, so a name is
looked up first (DNS). hostname shows what this host calls itself.

reverse-lookup, ptr: From an address back to a name. Whoever has the address chooses the name, and it need
not be the name you asked for. -n does without. (RFC 1035)

hosts, /etc/hosts: A file with names and addresses, looked into before any name server is asked.

ttl-of-a-name, cache: Answers of name servers are kept for a while (their own TTL, in seconds), so that a
change is seen only after that.

lease, t1, t2: The time for which an address is lent (DHCP). After half of it (T1) the host asks its server for
more, after seven eighths (T2) any server; when it is over the address is not the host's any more. (RFC 2131 4.4.5)

offer, discover, dhcp-request: A host without an address asks all on its wire (DISCOVER), servers answer with
an address each (OFFER), the host names one of them to all (REQUEST), and that one confirms it (ACK) or not (NAK).
(RFC 2131 3.1)

relay, relay-agent, giaddr: What goes to all stays on its wire. A relay on the router carries what a host asks to a
DHCP server elsewhere, and writes its own address (giaddr) into it, so that the server knows the network. (RFC 1542)

dhcp: How a host gets its address, netmask, gateway and name server when it joins a network: it asks
all (broadcast), a server offers, for a time (the lease). In another network it gets others. (RFC 2131)

slaac, router-advertisement: How IPv6 hosts get addresses: a router says which prefix the network has, and
each host adds the rest itself. (RFC 4862)

arp, neighbour, neighbor: Finds the hardware address of a neighbour, a host on the same wire: "who has this
IP address?" goes to all there. IPv6 does it with ICMPv6 neighbour discovery. (RFC 826, RFC 4861)

ndp, neighbour-discovery, solicitation: What ARP is in IPv6: a solicitation asks for the hardware address,
an advertisement tells it. (RFC 4861)

incomplete: Of a neighbour: asked for, and no answer (yet). Nobody there has the address, or the request or
answer was lost. After three requests packets to it fail: Destination Host Unreachable, !H.

stale, reachable: States of a neighbour: reachable was heard of lately; stale was not, and is asked again
when it is used.

route, routing-table: A row that says: packets to this network go out by that interface, by way of that
router. The row with the longest prefix that fits wins; 0.0.0.0/0 fits everything and is the default. route
shows them. (RFC 1812 5.2.4)

default, default-route, 0.0.0.0: The row of the routing table that fits when no other does: to the gateway.
As an address of a socket, 0.0.0.0 means: all addresses of this host.

metric: Of routes to the same network, the one with the smallest metric is taken.

genmask: The netmask of a row of the routing table: 255.255.255.0 is /24, 0.0.0.0 fits everything.

redirect: A router says by ICMP that another router on the same wire is nearer to a destination. The packet
itself was passed on. (RFC 792)

hop-count, path: The way of packets: all routers up to the target. It may change, and the way back may be
another one.

broadcast: To all hosts of one wire: 255.255.255.255, or the last address of a network. IPv4 alone has it;
ping needs -b for it. (RFC 919)

multicast, group: To all that asked for it: 224.0.0.0 to 239.255.255.255, ff00::/8. A group is never the
sender of a packet. (RFC 1112, RFC 4291)

unicast, anycast: Unicast is to one host. Anycast is one address that several hosts in several places have:
packets go to the nearest. (RFC 4786)

nat, masquerade, snat: Network address translation: a router rewrites addresses and ports, so that many
hosts share one public address. The other end sees the router's address; a host behind it cannot be reached
unless it began. A quote in an ICMP error may show the rewritten ones. (RFC 3022)

port-forwarding, dnat: A translation the other way: the router hands what comes to one of its ports to a
host behind it.

cgnat, carrier-grade-nat: A provider's NAT for many customers. Addresses 100.64.0.0 to 100.127.255.255 lie
between it and them. (RFC 6598)

firewall, filter, prohibited: Rules that drop or refuse packets. A dropped one gets no answer at all; a
refused one gets an ICMP error or a TCP reset. Silence in traceroute may be a filter, a loss, or a router
that makes no reports.

port: A number from 0 to 65535 that says which program on a host a UDP or TCP packet is for. "Port
unreachable" means that no program has it, or that a filter says so. traceroute takes high ports on which
probably nobody listens. (RFC 768, RFC 9293)

well-known-port, service: The port that a service usually has, listed in /etc/services: 22 ssh, 53 domain,
80 http, 443 https. Nothing forces a program to keep to it.

ephemeral-port: A port that the kernel gives to a client for one connection, on Linux 32768 to 60999. By it
the answers find back. (RFC 6056)

socket: What a program opens to send and receive: a protocol, an address and port here, and (once connected)
an address and port there. netstat lists them.

connection: Two sockets that know each other: the protocol, and address and port of both ends. Of TCP it has
a beginning and an end; netstat shows its state.

client: The end that opened a connection; it has a port that was given out for a while.

server: The end that waited for it; its port is known beforehand.

daemon, process: A program in the background, such as a server. netstat -p shows which process has a socket.

listen, listening: A TCP socket that waits for connections. Its address says from where: 0.0.0.0 or :: from
everywhere, 127.0.0.1 from this host alone. (RFC 9293 3.3.2)

established: A TCP connection after its handshake: data can go both ways. (RFC 9293 3.3.2)

syn_sent: A TCP connection was asked for, and no answer has come yet. If it stays so, nobody is there or a
filter drops it. (RFC 9293 3.3.2)

syn_recv: A TCP connection was asked for and agreed to; the last word of the handshake has not come. Very
many of these are a flood of SYNs. (RFC 9293 3.3.2)

fin_wait1, fin_wait2, fin_wait: This end has closed the connection; 1: the other end has not acknowledged
that, 2: it has, and may still send. (RFC 9293 3.3.2)

close_wait: The other end has closed the connection, the program here has not. Many of these are a program
that forgets to close. (RFC 9293 3.3.2)

last_ack, closing: Both ends have closed, and the last acknowledgement is awaited. (RFC 9293 3.3.2)

time_wait: The connection is over. The end that closed first keeps the pair of ports for a while (a minute
on Linux), so that late packets do not get into a new connection. It costs nearly nothing. (RFC 9293 3.3.2)

fin: The TCP flag that says: I have no more to send.

rst, reset, connection-refused: The TCP flag that ends a connection at once. As the answer to SYN: nobody
listens on that port ("Connection refused"), or a filter says so. (RFC 9293 3.5.2)

ack, acknowledgement: How TCP says which bytes have come; what is not acknowledged in time is sent again.
(RFC 9293 3.4)

window: How many bytes a TCP end takes before they must be acknowledged; 0 means: wait. (RFC 9293 3.8.6)

keepalive: TCP's look whether a silent other end still lives. (RFC 9293 3.8.4)

recv-q, receive-queue: In netstat: bytes that came and that the program has not read yet; of a listening
socket, connections not yet accepted.

send-q, send-queue: In netstat: bytes sent that the other end has not acknowledged; of a listening socket,
how many connections may wait.

inode: The number of a file or socket in the kernel; by it netstat -p finds the program.

unix-socket: A socket between programs of one host, with the name of a file instead of address and port. It
never meets the network.

http, https: How browsers speak with web servers: TCP port 80, and encrypted port 443.

ssh: A shell on another host, encrypted: TCP port 22.

latency, delay: How long a packet takes. Distance alone makes 5 microseconds a kilometre of glass; wires,
queues and hosts add to it.

bandwidth, throughput: How many bits a second a wire takes. It is another thing than latency: a wide way may
be long.

queue, buffer, bufferbloat: Packets that wait for a wire that is busy. A full queue drops what comes; a long
one makes everything late.

timeout, *: No answer in the time waited. In traceroute a star a probe, in tracepath "no reply": lost,
filtered, or a router that makes no reports. Later hops that answer say that packets get on.

no-reply: In tracepath what * is in traceroute: nobody answered probes with this TTL in the time
waited.

!h, host-unreachable, destination-host-unreachable: In traceroute: somebody says that the host cannot be
reached. Nobody has the address there (no answer to ARP), or a rule or a route refuses. (RFC 792, ICMP type
3 code 1)

!n, network-unreachable: In traceroute: somebody knows no way to that network, or a rule says so. "Network
is unreachable" without a probe: your own routing table has no row that fits. (RFC 792, ICMP type 3 code 0)

!p, protocol-unreachable: In traceroute: the target does not speak the protocol of the probe, or a rule says
so. (RFC 792, ICMP type 3 code 2)

!x, administratively-prohibited, packet-filtered: In traceroute: a rule refuses the probe (a filter, or a
route that prohibits). It names who refuses, and is not the target. (RFC 1812, ICMP type 3 code 13)

!f, fragmentation-needed: In traceroute: the probe is too large for the next wire and may not be cut; the
number is what fits. (RFC 1191, ICMP type 3 code 4)

!a, !c, !s, !v, !z, !q, !u: Rarer signs of traceroute: !A prohibited network, !Z prohibited host, !C and !V
precedence, !S source route failed, !U network unknown, !Q network for this type of service.

unreachable: An ICMP error: the packet could not be delivered. The code says why, the source who says it; it
need not be the target. (RFC 792, RFC 4443)

time-exceeded: The ICMP error of a router that took the TTL to 0; traceroute lives on it. With code 1: a
receiver waited in vain for the rest of the fragments. (RFC 792)

pmtu-black-hole, black-hole: A path that loses large packets without a word: a wire takes less, and the
report about that is filtered. Small pings pass, large ones do not. netlite mtu finds it. (RFC 2923)

up, running: Flags of an interface. UP: switched on. RUNNING: the device says that it has a link. UP without
RUNNING: no cable, or nothing at the other end.

promisc, promiscuous: An interface that hears all frames on its wire, not only its own, for a capture or a
bridge.

flags: Letters for what holds of a row. Of a route: U up, G by a router, H one host, ! refused. Of an
interface: U up, R running, B broadcast, M multicast, L loopback.

rx, tx: Received and transmitted, as counted for an interface.

overruns, dropped, frame-errors, carrier, collisions: Counters of trouble of an interface; only their growth
between two looks says something. ifconfig --explain tells what each means.

wifi, wlan: A wireless network. Frames are lost and sent again there, so times vary more than on a wire.

provider, isp, autonomous-system, as: Who runs a part of the Internet under rules of its own. Its networks
have a number (AS); traceroute -A asks which.

whois: A service that tells to whom an address or a name is registered.

capture, pcap, tcpdump, wireshark: Packets written down as they pass. --pcap FILE writes those of a run;
Wireshark and tcpdump read it.

request, reply: A packet that asks, and the one that answers. ping sends echo requests; a reply shows that
the way there and the way back work, to that host or to who answers in its place.
"""
