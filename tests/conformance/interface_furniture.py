"""The interfaces of the scene "interfaces": a shell script for h1, and a tap of every link type.

Run as a program inside h1.  A tap keeps existing without a process (TUNSETPERSIST) and takes any
link type while it is down (TUNSETLINK, <linux/if_tun.h>).
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess

TUNSETIFF, TUNSETPERSIST, TUNSETLINK = 0x400454CA, 0x400454CB, 0x400454CD
IFF_TAP, IFF_NO_PI = 0x2, 0x1000
LINK_TYPES = (7, 15, 24, 27, 32, 256, 257, 258, 259, 264, 270, 271, 280, 512, 513, 516, 768, 770, 772, 774, 776, 780,
              782, 783, 801, 803, 65534)
"""Not here: types whose addresses the original shows longer than they are, with what lay behind them in memory."""

SCRIPT = """
ip link set lo up
ip link add name e2 type veth peer name e10
ip link add name abcdefghijklmno type veth peer name abcdefghijklmn
ip link set e2 up; ip link set e10 up; ip link set abcdefghijklmno up
ip link property add dev e2 altname other
ip link add name br0 type bridge
ip link set abcdefghijklmn master br0; ip link set abcdefghijklmn up; ip link set br0 up
ip link add name e2147483648 type bridge; ip link add name e02 type bridge; ip link add name e2b type bridge
ip addr add 10.88.0.1/24 brd + dev e2
ip addr add 10.88.0.2/24 dev e2
ip addr add 10.88.0.3/16 dev e2 label e2:1
ip addr add 10.88.0.4/28 dev e2 label e2:web
ip addr add 10.89.0.1 peer 10.89.0.2 dev br0
ip addr add 10.90.0.1/24 dev e10 label e10:only
ip addr add 10.91.0.1/31 dev e02
for n in 1 2 3 4 5; do ip -6 addr add fd88::$n/64 dev e2 nodad; done
ip -6 addr add fec0:88::1/64 dev br0 nodad
ip -6 addr add ::10.88.0.1/96 dev br0 nodad
ip tuntap add name tun0 mode tun
ip link set tun0 up mtu 1400 txqueuelen 0; ip addr add 10.92.0.1 peer 10.92.0.2 dev tun0
ip link set e2b promisc on allmulticast on arp off; ip link set e2b up
ip link set e10 address 02:00:00:00:00:0a
ip link add br-0123456789ab type bridge; ip addr add 172.17.0.1/16 brd 172.17.255.255 dev br-0123456789ab
ip link add veth0a1b2c3d4e5 type veth peer name eth0c; ip link set veth0a1b2c3d4e5 master br-0123456789ab
for device in br-0123456789ab veth0a1b2c3d4e5 eth0c; do ip link set $device up; done
ip link add link e10 name mv0 type macvlan mode bridge; ip link set mv0 up; ip addr add 10.93.0.1/24 dev mv0
ip link add link e10 name mv0private type macvlan mode private; ip link add link e10 name tap7 type macvtap
ip link add link e10 name e10.7 type vlan id 7; ip link add link e10 name iv0 type ipvlan; ip link add dm0 type dummy
ip link add vx0 type vxlan id 7 dstport 4789 local 10.88.0.1 remote 10.88.0.9; ip link set vx0 up mtu 1450
ip link add vx1 type vxlan id 8 dstport 4789 group 239.1.1.1 dev e2; ip addr add 10.94.0.1/24 dev vx1 label vx1:a
ip link add ifb7 type ifb; ip link set ifb7 up; ip link add bond7 type bond; ip link add gre7 type gre local 10.88.0.1
ip link add sit7 type sit local 10.88.0.1; ip link add ipip7 type ipip local 10.88.0.1 remote 10.88.0.9
ip link add wg7 type wireguard; ip link add vrf7 type vrf table 10; ip link add team7 type team; ip link add nl7 type nlmon
"""
KINDS = ("br-0123456789ab", "veth0a1b2c3d4e5", "eth0c", "mv0", "mv0private", "tap7", "e10.7", "iv0", "dm0", "vx0", "vx1",
         "vx1:a", "ifb7", "bond7", "gre7", "sit7", "ipip7", "wg7", "vrf7", "team7", "nl7")
"""Interfaces of kinds that not every kernel has: both programs then say that there is none."""


def add_tap(link_type: int) -> None:
    """A tap named after its link type; kernels that refuse the type leave it an Ethernet."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", f"type{link_type}".encode(), IFF_TAP | IFF_NO_PI))
    try:
        fcntl.ioctl(descriptor, TUNSETLINK, link_type)
    except OSError:
        pass
    fcntl.ioctl(descriptor, TUNSETPERSIST, 1)
    os.close(descriptor)


def main() -> None:
    subprocess.run(["sh", "-c", SCRIPT], check=False)
    try:
        for link_type in LINK_TYPES:
            add_tap(link_type)
    except OSError:
        pass  # no /dev/net/tun here


if __name__ == "__main__":
    main()
