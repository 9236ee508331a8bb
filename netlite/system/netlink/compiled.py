"""Netlink layouts, numbers and requests.

Written by ``python3 -m netlite.system.netlink.generate`` from the message classes of pyroute2 that
`messages` names; do not edit.  Fields in network byte order are bytes ("2s", "16s").
"""

from _struct import Struct

AF_INET = 2
AF_INET6 = 10
RT_TABLE_MAIN = 254
NTF_PROXY = 8
RTM_NEWLINK = 16
RTM_GETLINK = 18
RTM_NEWADDR = 20
RTM_GETADDR = 22
RTM_NEWROUTE = 24
RTM_GETROUTE = 26
RTM_NEWNEIGH = 28
RTM_GETNEIGH = 30
RTM_GETRULE = 34
RTN_BROADCAST = 3
RTN_MULTICAST = 5
RTN_UNREACHABLE = 7
RTN_PROHIBIT = 8
SOCK_DIAG_BY_FAMILY = 20

ROUTE_TYPES = {
    0: "unspec", 1: "unicast", 2: "local", 3: "broadcast", 4: "anycast", 5: "multicast", 6: "blackhole",
    7: "unreachable", 8: "prohibit", 9: "throw", 10: "nat", 11: "xresolve",
}

ROUTE_PROTOCOLS = {
    0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt",
    11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp",
}

# struct ifinfomsg, <linux/rtnetlink.h>: family, ifi_type, index, flags, change
LINK = Struct("=BxHiII")

# struct rtnl_link_ifmap, <linux/if_link.h>: mem_start, mem_end, base_addr, irq, dma, port
LINK_MAP = Struct("=QQQHBB")

# struct rtnl_link_stats64, <linux/if_link.h>: rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors,
#   tx_errors, rx_dropped, tx_dropped, multicast, collisions, rx_length_errors, rx_over_errors,
#   rx_crc_errors, rx_frame_errors, rx_fifo_errors, rx_missed_errors, tx_aborted_errors,
#   tx_carrier_errors, tx_fifo_errors, tx_heartbeat_errors, tx_window_errors, rx_compressed,
#   tx_compressed
LINK_STATS64 = Struct("=QQQQQQQQQQQQQQQQQQQQQQQ")

# struct ifaddrmsg, <linux/if_addr.h>: family, prefixlen, flags, scope, index
ADDRESS = Struct("=BBBBI")

# struct rtmsg, <linux/rtnetlink.h>: family, dst_len, src_len, tos, table, proto, scope, type, flags
ROUTE = Struct("=BBBBBBBBI")

# struct rtnexthop after its length, <linux/rtnetlink.h>: flags, hops, oif
NEXT_HOP = Struct("=BBi")

# struct ndmsg, <linux/neighbour.h>: family, ifindex, state, flags, ndm_type
NEIGHBOUR = Struct("=B3xiHBB")

# struct fib_rule_hdr, <linux/fib_rules.h>: family, dst_len, src_len, tos, table, res1, res2, action,
#   flags
RULE = Struct("=BBBBBBBBI")

# struct ifa_cacheinfo, <linux/if_addr.h>: ifa_preferred, ifa_valid, cstamp, tstamp
ADDRESS_CACHE = Struct("=IIII")

# struct nda_cacheinfo, <linux/neighbour.h>: ndm_confirmed, ndm_used, ndm_updated, ndm_refcnt
NEIGHBOUR_CACHE = Struct("=IIII")

# struct rta_cacheinfo, <linux/rtnetlink.h>: rta_clntref, rta_lastuse, rta_expires, rta_error, rta_used,
#   rta_id, rta_ts, rta_tsage
ROUTE_CACHE = Struct("=IIiIIIII")

# struct inet_diag_req_v2, <linux/inet_diag.h>: sdiag_family, sdiag_protocol, idiag_ext, idiag_states,
#   idiag_sport, idiag_dport, idiag_src, idiag_dst, idiag_if, idiag_cookie
INET_DIAG_REQUEST = Struct("=BBB1xI2s2s16s16sIQ")

# struct inet_diag_msg, <linux/inet_diag.h>: idiag_family, idiag_state, idiag_timer, idiag_retrans,
#   idiag_sport, idiag_dport, idiag_src, idiag_dst, idiag_if, idiag_cookie, idiag_expires, idiag_rqueue,
#   idiag_wqueue, idiag_uid, idiag_inode
INET_DIAG = Struct("=BBBB2s2s16s16sIQIIIII")

# struct unix_diag_req, <linux/unix_diag.h>: sdiag_family, sdiag_protocol, udiag_states, udiag_ino,
#   udiag_show, udiag_cookie
UNIX_DIAG_REQUEST = Struct("=BB2xIIIQ")

# struct unix_diag_msg, <linux/unix_diag.h>: udiag_family, udiag_type, udiag_state, udiag_ino,
#   udiag_cookie
UNIX_DIAG = Struct("=BBB1xIQ")

IFLA_ADDRESS = 1
IFLA_IFNAME = 3
IFLA_MTU = 4
IFLA_TXQLEN = 13
IFLA_MAP = 14
IFLA_STATS64 = 23

IFA_ADDRESS = 1
IFA_LOCAL = 2
IFA_LABEL = 3
IFA_BROADCAST = 4
IFA_FLAGS = 8
IFA_CACHEINFO = 6

RTA_DST = 1
RTA_OIF = 4
RTA_GATEWAY = 5
RTA_PRIORITY = 6
RTA_PREFSRC = 7
RTA_METRICS = 8
RTA_MULTIPATH = 9
RTA_CACHEINFO = 12
RTA_TABLE = 15
RTA_VIA = 18

RTAX_MTU = 2
RTAX_WINDOW = 3
RTAX_RTT = 4
RTAX_ADVMSS = 8

NDA_DST = 1
NDA_LLADDR = 2
NDA_CACHEINFO = 3
NDA_PROBES = 4

FRA_DST = 1
FRA_SRC = 2
FRA_IIFNAME = 3
FRA_PRIORITY = 6
FRA_FWMARK = 10
FRA_SUPPRESS_PREFIXLEN = 14
FRA_TABLE = 15
FRA_OIFNAME = 17
FRA_PROTOCOL = 21

INET_DIAG_SKV6ONLY = 11
INET_DIAG_CGROUP_ID = 21

UNIX_DIAG_NAME = 0
UNIX_DIAG_PEER = 2
UNIX_DIAG_RQLEN = 4

LINKS_REQUEST = bytes.fromhex("00000000000000000000000000000000")
ADDRESSES4_REQUEST = bytes.fromhex("0200000000000000")
ADDRESSES6_REQUEST = bytes.fromhex("0a00000000000000")
ROUTES4_REQUEST = bytes.fromhex("02000000000000000000000008000f00fe000000")
NEIGHBOURS4_REQUEST = bytes.fromhex("020000000000000000000000")
PROXIES4_REQUEST = bytes.fromhex("020000000000000000000800")
NEIGHBOURS6_REQUEST = bytes.fromhex("0a0000000000000000000000")
PROXIES6_REQUEST = bytes.fromhex("0a0000000000000000000800")
