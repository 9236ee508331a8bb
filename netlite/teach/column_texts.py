"""The columns of the classic tables: what each means and which /proc file or netlink attribute it is from.

A block is a table: its title and the command that shows the same, then a line a column:
``name | meaning | source``; what is indented goes on with the line above.
"""

from __future__ import annotations

TEXT = """\
Internet sockets | ss -tuwane
Proto | The protocol: tcp, udp, raw and so on; a 6 at the end means IPv6. | which table it is from: sock_diag,
  /proc/net/raw, /proc/net/udplite
Recv-Q | Bytes that came and that the program has not read yet; of a listening TCP socket: connections not yet
  accepted. | idiag_rqueue, /proc/net/tcp rx_queue
Send-Q | Bytes sent that the other side has not acknowledged; of a listening TCP socket: how many may wait to be
  accepted. | idiag_wqueue, /proc/net/tcp tx_queue
Local Address | Address and port at this end; 0.0.0.0 or * means all addresses of this host. | idiag_src,
  idiag_sport, /proc/net/tcp local_address
Foreign Address | Address and port at the other end; * while there is none. | idiag_dst, idiag_dport,
  /proc/net/tcp rem_address
State | How far the connection is: LISTEN waits for connections, ESTABLISHED can carry data, TIME_WAIT is over
  and waits for late packets. UDP has no connections, so mostly nothing stands here. | idiag_state,
  /proc/net/tcp st
User | The owner of the socket. | idiag_uid, /proc/net/tcp uid, names from /etc/passwd
Inode | The number of the socket; with it the program that has it open is found. | idiag_inode, /proc/net/tcp
  inode
PID/Program name | The process that has the socket open; - where none is found or may be looked at. | links in
  /proc/PID/fd, name in /proc/PID/cmdline
Security Context | The SELinux label of that process. | /proc/PID/attr/current
Timer | What the socket waits for (seconds left/retransmissions/probes): on: retransmission, keepalive: a check
  whether the other side lives, timewait: the end. | /proc/net/tcp tr, tm->when, retrnsmt, timeout

Unix sockets | ss -xa
Proto | unix: between programs on this host. | /proc/net/unix Protocol
RefCnt | How many users the socket has in the kernel. | /proc/net/unix RefCount
Flags | ACC: it waits for connections; W: it waits for data; N: it has no room. | /proc/net/unix Flags
Type | STREAM: a stream of bytes; DGRAM: messages; SEQPACKET: messages in order. | /proc/net/unix Type
State | LISTENING, CONNECTED and so on; empty for sockets that talk to anybody. | /proc/net/unix St
I-Node | The number of the socket. | /proc/net/unix Inode
PID/Program name | The process that has the socket open. | links in /proc/PID/fd, name in /proc/PID/cmdline
Security Context | The SELinux label of that process. | /proc/PID/attr/current
Path | Its name in the file system; @ at the start means that it has a name but no file. | /proc/net/unix Path

interfaces | ip -s link
Iface | The name of the interface. | IFLA_IFNAME, /proc/net/dev
MTU | The largest packet that the interface takes, in bytes. | IFLA_MTU
RX-OK | Packets received. | IFLA_STATS64 rx_packets, /proc/net/dev
RX-ERR | Packets received damaged. | IFLA_STATS64 rx_errors, /proc/net/dev
RX-DRP | Packets received and dropped, for want of room, or of somebody who wants them. | IFLA_STATS64
  rx_dropped, /proc/net/dev
RX-OVR | Packets lost as the device had no room for them. | IFLA_STATS64 rx_fifo_errors, /proc/net/dev
TX-OK | Packets sent. | IFLA_STATS64 tx_packets, /proc/net/dev
TX-ERR | Packets that could not be sent. | IFLA_STATS64 tx_errors, /proc/net/dev
TX-DRP | Packets dropped before they were sent. | IFLA_STATS64 tx_dropped, /proc/net/dev
TX-OVR | Packets lost as the device was not fed quickly enough. | IFLA_STATS64 tx_fifo_errors, /proc/net/dev
Flg | U up (switched on), R running (ready), B broadcast, M multicast, L loopback, P promiscuous or
  point-to-point, A hears all groups, O no ARP, m master and s slave (of several that work as one), d dynamic
  address, D debugging, N no trailers. | ifi_flags

IPv4 routes | ip route
Destination | The network, or host, that the row is for; 0.0.0.0 or default fits everything. | RTA_DST,
  /proc/net/route Destination
Gateway | The router that packets are handed to; 0.0.0.0 or *: the network is on this wire. | RTA_GATEWAY,
  /proc/net/route Gateway
Genmask | Which bits of an address must agree with the destination. | rtm_dst_len, /proc/net/route Mask
Flags | U: it is up; G: by a router; H: to one host; !: refused; D, M: made or changed by a redirect; R:
  reinstated; u, w, i: an MTU, a window, a round-trip time is set. | rtm_type and rtm_flags, /proc/net/route
  Flags
MSS | The TCP segment size that the row sets, plus 40 for headers; 0: none. | RTAX_ADVMSS, /proc/net/route MTU
Window | The largest TCP window over this route; 0: no limit. | RTAX_WINDOW, /proc/net/route Window
irtt | The round-trip time TCP begins with, in milliseconds; 0: as usual. | RTAX_RTT, /proc/net/route IRTT
Metric | Of rows for the same network, the one with the smallest is taken. | RTA_PRIORITY, /proc/net/route
  Metric
Ref | How many users the row has; Linux does not count them. | /proc/net/route RefCnt
Use | How often the row was looked up; Linux does not count that. | /proc/net/route Use
Iface | The interface that packets leave by. | RTA_OIF, /proc/net/route Iface

IPv4 routing cache | ip route get ADDRESS
Source | The sender the entry is for. | /proc/net/rt_cache Source
Destination | The receiver the entry is for. | /proc/net/rt_cache Destination
Gateway | The router that packets are handed to. | /proc/net/rt_cache Gateway
Flags | Nothing stands here. | -
MSS | The largest TCP segment over this entry. | /proc/net/rt_cache MTU
Window | The largest TCP window. | /proc/net/rt_cache Window
irtt | The round-trip time TCP begins with. | /proc/net/rt_cache IRTT
Metric | The metric of the route it was made from. | /proc/net/rt_cache Metric
Ref | How many users the entry has. | /proc/net/rt_cache RefCnt
Use | How many packets it was used for. | /proc/net/rt_cache Use
Iface | The interface that packets leave by. | /proc/net/rt_cache Iface
TOS | The type of service the entry is for. | /proc/net/rt_cache TOS
HHRef | How many entries share the ready-made hardware header. | /proc/net/rt_cache HHRef
HHUptod | Whether that header is up to date. | /proc/net/rt_cache HHUptod
SpecDst | The address of this host that answers carry.  Linux has had no such cache since 3.6, so the table is
  empty. | /proc/net/rt_cache SpecDst

IPv6 routes | ip -6 route show table all
Destination | The network, or host, that the row is for; [::]/0 fits everything. | /proc/net/ipv6_route, columns
  1 and 2
Next Hop | The router that packets are handed to; [::]: the network is on this wire. | /proc/net/ipv6_route,
  column 5
Flag | U: up; G: by a router; H: to one host; A: learned from a router; D: default; e: it expires; a: all
  addresses are on this wire; m: changed by a redirect; f: for one flow; C: from the cache; !: refused; n: no
  next hop, as of the addresses of this host (Un) and of what is refused (!n). | /proc/net/ipv6_route, column 9
Met | Of rows for the same network, the one with the smallest is taken. | /proc/net/ipv6_route, column 6
Ref | How many users the row has. | /proc/net/ipv6_route, column 7
Use | How often it was looked up by who keeps the result; packets are not counted. | /proc/net/ipv6_route,
  column 8
If | The interface that packets leave by. | /proc/net/ipv6_route, column 10

multicast groups | ip maddress
Interface | The interface on which this host listens to the group. | /proc/net/igmp, /proc/net/igmp6
RefCnt | How many asked for it: programs, and the kernel itself, which joins some groups without being asked. |
  /proc/net/igmp Users, /proc/net/igmp6
Group | The address of the group. | /proc/net/igmp Group, /proc/net/igmp6

masqueraded connections | conntrack -L
prot | The protocol. | /proc/net/ip_masquerade
expire | When the entry is forgotten, in minutes and seconds. | /proc/net/ip_masquerade
initseq | The first sequence number that was shifted. | /proc/net/ip_masquerade
delta | By how much sequence numbers are shifted. | /proc/net/ip_masquerade
prevd | By how much before. | /proc/net/ip_masquerade
source | Who opened the connection. | /proc/net/ip_masquerade
destination | To whom. | /proc/net/ip_masquerade
ports | Its ports, and in brackets the one it is given outside. | /proc/net/ip_masquerade

neighbours | ip neighbour
Address | The IP address of the neighbour, or its name. | NDA_DST, /proc/net/arp IP address
HWtype | The kind of hardware: ether is Ethernet. | ifi_type of its device, /proc/net/arp HW type
HWaddress | Its hardware (MAC) address, asked for with ARP; (incomplete): nobody answered. | NDA_LLADDR,
  /proc/net/arp HW address
Flags | C: known; M: entered by hand, stays; P: this host answers for it; !: nobody does. | ndm_state and
  ndm_flags, /proc/net/arp Flags
Mask | The netmask of an entry that stands for a whole network. | /proc/net/arp Mask
Iface | The interface it is behind. | ndm_ifindex, /proc/net/arp Device

neighbours, BSD style | ip neighbour
NAME (ADDRESS) | The name of the neighbour, ? where it has none, and its IP address. | NDA_DST, /proc/net/arp IP
  address
at HWADDRESS | Its hardware (MAC) address, asked for with ARP; <incomplete>: nobody answered. | NDA_LLADDR,
  /proc/net/arp HW address
[KIND] | The kind of hardware: ether is Ethernet. | ifi_type of its device, /proc/net/arp HW type
PERM, PUB | PERM: entered by hand, stays; PUB: this host answers for it. | ndm_state and ndm_flags,
  /proc/net/arp Flags
on IFACE | The interface it is behind. | ndm_ifindex, /proc/net/arp Device

blocks of interfaces | ip -s address
flags | UP: switched on; RUNNING: the device says that it is ready (a card: the cable is in and the other end is
  on; lo and tunnels have none); BROADCAST, MULTICAST: it can send to all, or to a group; LOOPBACK: to this host
  itself; POINTOPOINT: there is one other end; NOARP: it asks for no hardware addresses; PROMISC: it hears
  everything; ALLMULTI: it hears all groups; MASTER, SLAVE: of several that work as one; DYNAMIC: its address
  changes; DEBUG, NOTRAILERS: of old hardware. | ifi_flags, SIOCGIFFLAGS
mtu | The largest packet that the interface takes, in bytes. | IFLA_MTU, SIOCGIFMTU
inet | Its IPv4 address. | IFA_LOCAL, SIOCGIFADDR
netmask | Which bits of it name the network. | ifa_prefixlen, SIOCGIFNETMASK
broadcast | The address of all hosts of that network. | IFA_BROADCAST, SIOCGIFBRDADDR
destination | The other end of a point-to-point link. | IFA_ADDRESS, SIOCGIFDSTADDR
inet6 | Its IPv6 addresses; those beginning with fe80 are for this wire alone. | /proc/net/if_inet6
prefixlen | How many leading bits name the network. | /proc/net/if_inet6, column 3
scopeid | How far the address means anything: host, link, global. | /proc/net/if_inet6, column 4
ether, loop | The kind of hardware and its (MAC) address. | ifi_type, IFLA_ADDRESS, SIOCGIFHWADDR
unspec | Hardware that ifconfig does not know. | ifi_type, SIOCGIFHWADDR
txqueuelen | How many packets may wait to be sent. | IFLA_TXQLEN, SIOCGIFTXQLEN
RX packets | Packets received, and their bytes. | IFLA_STATS64 rx_packets, rx_bytes
RX errors | Packets received damaged. | IFLA_STATS64 rx_errors
TX packets | Packets sent, and their bytes. | IFLA_STATS64 tx_packets, tx_bytes
TX errors | Packets that could not be sent. | IFLA_STATS64 tx_errors
bytes | All bytes of those packets, hardware headers included where there are some (on Ethernet; not in a tunnel
  for IP). | IFLA_STATS64 rx_bytes, tx_bytes
dropped | Packets dropped for want of room, or of somebody who wants them. | IFLA_STATS64 rx_dropped, tx_dropped
overruns | Packets lost as device or memory was too slow. | IFLA_STATS64 rx_fifo_errors, tx_fifo_errors
frame | Packets whose length was no whole number of bytes, or wrong. | IFLA_STATS64 rx_frame_errors
carrier | Times the signal was lost while sending. | IFLA_STATS64 tx_carrier_errors
collisions | Times two hosts sent at once, on old shared wires. | IFLA_STATS64 collisions
compressed | Packets compressed on serial lines. | IFLA_STATS64 rx_compressed, tx_compressed
media | The socket in use of a card that has several. | IFLA_MAP port, SIOCGIFMAP
device | The hardware's place in this machine: interrupt, base, memory, dma. | IFLA_MAP, SIOCGIFMAP

protocol counters | nstat -a
Ip: | What the Internet protocol counted since the start of this machine or namespace: received, forwarded,
  discarded. | /proc/net/snmp Ip
Icmp: | ICMP messages, by type. | /proc/net/snmp Icmp and IcmpMsg
Tcp: | Connections opened, failed and reset; segments received, sent and sent again. | /proc/net/snmp Tcp
Udp: | Datagrams received and sent; to unknown port: nobody listened. | /proc/net/snmp Udp
UdpLite: | The same of UDP-Lite. | /proc/net/snmp UdpLite
TcpExt: | What Linux counts of TCP beyond the standard. | /proc/net/netstat TcpExt
IpExt: | What Linux counts of IP beyond the standard. | /proc/net/netstat IpExt
"""
