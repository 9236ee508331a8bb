"""Which netlink messages netlite reads, named by pyroute2's classes: the source of `compiled`.

Only `generate` and the tests import this module: importing pyroute2 takes longer than any of the
programs runs.
"""

from __future__ import annotations

from pyroute2.netlink import diag, rtnl
from pyroute2.netlink.rtnl.fibmsg import fibmsg
from pyroute2.netlink.rtnl.ifaddrmsg import ifaddrmsg
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
from pyroute2.netlink.rtnl.ndmsg import ndmsg
from pyroute2.netlink.rtnl.rtmsg import nh, rtmsg

from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RT_TABLE_MAIN = 254
NTF_PROXY = 0x08


class Layout(Record):
    """A fixed structure: its name in `compiled`, the class that defines it, its source in the kernel."""

    name: str
    definition: Any
    source: str


class Request(Record):
    """The bytes after the netlink header of a dump request: header fields and attributes set in it."""

    name: str
    definition: Any
    header: dict[str, int]
    attributes: tuple[tuple[str, Any], ...] = ()


NUMBERS = (
    ("AF_INET", 2), ("AF_INET6", 10), ("RT_TABLE_MAIN", RT_TABLE_MAIN), ("NTF_PROXY", NTF_PROXY),
    ("RTM_NEWLINK", rtnl.RTM_NEWLINK), ("RTM_GETLINK", rtnl.RTM_GETLINK),
    ("RTM_NEWADDR", rtnl.RTM_NEWADDR), ("RTM_GETADDR", rtnl.RTM_GETADDR),
    ("RTM_NEWROUTE", rtnl.RTM_NEWROUTE), ("RTM_GETROUTE", rtnl.RTM_GETROUTE),
    ("RTM_NEWNEIGH", rtnl.RTM_NEWNEIGH), ("RTM_GETNEIGH", rtnl.RTM_GETNEIGH), ("RTM_GETRULE", rtnl.RTM_GETRULE),
    ("RTN_BLACKHOLE", rtnl.rt_type["blackhole"]), ("RTN_BROADCAST", rtnl.rt_type["broadcast"]),
    ("RTN_MULTICAST", rtnl.rt_type["multicast"]), ("RTN_UNREACHABLE", rtnl.rt_type["unreachable"]),
    ("RTN_PROHIBIT", rtnl.rt_type["prohibit"]),
    ("SOCK_DIAG_BY_FAMILY", diag.SOCK_DIAG_BY_FAMILY),
)

NAMES = (("ROUTE_TYPES", rtnl.rt_type), ("ROUTE_PROTOCOLS", rtnl.rt_proto))
"""Sets whose members have names: written as dictionaries from number to name."""

LAYOUTS = (
    Layout("LINK", ifinfmsg, "struct ifinfomsg, <linux/rtnetlink.h>"),
    Layout("LINK_MAP", ifinfmsg.ifmap, "struct rtnl_link_ifmap, <linux/if_link.h>"),
    Layout("LINK_STATS64", ifinfmsg.ifstats64, "struct rtnl_link_stats64, <linux/if_link.h>"),
    Layout("ADDRESS", ifaddrmsg, "struct ifaddrmsg, <linux/if_addr.h>"),
    Layout("ROUTE", rtmsg, "struct rtmsg, <linux/rtnetlink.h>"),
    Layout("NEXT_HOP", nh, "struct rtnexthop after its length, <linux/rtnetlink.h>"),
    Layout("NEIGHBOUR", ndmsg, "struct ndmsg, <linux/neighbour.h>"),
    Layout("RULE", fibmsg, "struct fib_rule_hdr, <linux/fib_rules.h>"),
    Layout("ADDRESS_CACHE", ifaddrmsg.cacheinfo, "struct ifa_cacheinfo, <linux/if_addr.h>"),
    Layout("NEIGHBOUR_CACHE", ndmsg.cacheinfo, "struct nda_cacheinfo, <linux/neighbour.h>"),
    Layout("ROUTE_CACHE", rtmsg.cacheinfo, "struct rta_cacheinfo, <linux/rtnetlink.h>"),
    Layout("INET_DIAG_REQUEST", diag.inet_diag_req, "struct inet_diag_req_v2, <linux/inet_diag.h>"),
    Layout("INET_DIAG", diag.inet_diag_msg, "struct inet_diag_msg, <linux/inet_diag.h>"),
    Layout("UNIX_DIAG_REQUEST", diag.unix_diag_req, "struct unix_diag_req, <linux/unix_diag.h>"),
    Layout("UNIX_DIAG", diag.unix_diag_msg, "struct unix_diag_msg, <linux/unix_diag.h>"),
)

ATTRIBUTES = (
    (ifinfmsg, ("IFLA_ADDRESS", "IFLA_IFNAME", "IFLA_MTU", "IFLA_TXQLEN", "IFLA_MAP", "IFLA_STATS64")),
    (ifaddrmsg, ("IFA_ADDRESS", "IFA_LOCAL", "IFA_LABEL", "IFA_BROADCAST", "IFA_FLAGS", "IFA_CACHEINFO")),
    (rtmsg, ("RTA_DST", "RTA_OIF", "RTA_GATEWAY", "RTA_PRIORITY", "RTA_PREFSRC", "RTA_METRICS", "RTA_MULTIPATH",
             "RTA_CACHEINFO", "RTA_TABLE", "RTA_VIA", "RTA_SRC", "RTA_ENCAP_TYPE")),
    (rtmsg.metrics, ("RTAX_MTU", "RTAX_WINDOW", "RTAX_RTT", "RTAX_ADVMSS")),
    (ndmsg, ("NDA_DST", "NDA_LLADDR", "NDA_CACHEINFO", "NDA_PROBES")),
    (fibmsg, ("FRA_DST", "FRA_SRC", "FRA_IIFNAME", "FRA_PRIORITY", "FRA_FWMARK", "FRA_SUPPRESS_PREFIXLEN",
              "FRA_TABLE", "FRA_OIFNAME", "FRA_PROTOCOL")),
    (diag.inet_diag_msg, ("INET_DIAG_SKV6ONLY", "INET_DIAG_CGROUP_ID")),
    (diag.unix_diag_msg, ("UNIX_DIAG_NAME", "UNIX_DIAG_PEER", "UNIX_DIAG_RQLEN")),
)

REQUESTS = (
    Request("LINKS_REQUEST", ifinfmsg, {"family": 0}),
    Request("ADDRESSES4_REQUEST", ifaddrmsg, {"family": 2}),
    Request("ADDRESSES6_REQUEST", ifaddrmsg, {"family": 10}),
    Request("ROUTES4_REQUEST", rtmsg, {"family": 2}, (("RTA_TABLE", RT_TABLE_MAIN),)),
    Request("NEIGHBOURS4_REQUEST", ndmsg, {"family": 2}),
    Request("PROXIES4_REQUEST", ndmsg, {"family": 2, "flags": NTF_PROXY}),
    Request("NEIGHBOURS6_REQUEST", ndmsg, {"family": 10}),
    Request("PROXIES6_REQUEST", ndmsg, {"family": 10, "flags": NTF_PROXY}),
)
