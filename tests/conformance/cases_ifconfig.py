"""ifconfig, the display: every option, interfaces of all kinds, aliases, names that do not exist."""

from harness import Case
from interface_furniture import KINDS

WORDS = (
    "", "-a", "-s", "-s -a", "-a -s", "-v", "-v -a", "-a -v -s",
    "lo", "e2", "e2:1", "e2:web", "e2:none", "e2:", "e10", "e10:only", "br0", "tun0", "other", "e2b",
    "abcdefghijklmno", "abcdefghijklmn", "abcdefghijklmnop", "e2147483648",
    "-s e2", "-s e2:1", "-a e2", "-v e2", "-s other", "nosuch", "-s nosuch", ":", "é",
    "-V", "-version", "--version", "-h", "-help", "--help", "-?", "-as", "-", "--", "--all", "-a -x", "-x -V",
)
NAMES = ("type7", "type257", "type270", "type768", "type772", "type774", "type780", "type512")


def _case(words: str, user: str | None = None) -> Case:
    return Case(f"ifconfig {words}", scene="interfaces", user=user, masks=("counters", "short_counters"),
                packets="ignored")


CASES = [
    *(_case(words) for words in WORDS),
    *(_case(name) for name in (*NAMES, *KINDS)),
    *(_case(f"-s {name}") for name in ("br-0123456789ab", "veth0a1b2c3d4e5", "vx0", "ifb7")),
    *(_case(words, "nobody") for words in ("", "-a", "-s", "e2", "e2:1", "nosuch")),
    Case(["ifconfig", ""], scene="interfaces", packets="ignored", note="no name"),
    *(Case(f"ifconfig {words}", scene="interfaces", user="nobody", packets="ignored", then=["ip -o -d addr show dev e10"],
           masks=("counters", "short_counters"), note="refused word by word")
      for words in ("e10 10.1.2.3/24 mtu 1400 up", "e10 netmask 255.0.0.0 broadcast 10.255.255.255", "e10 -promisc",
                    "e10 hw ether 02:00:00:00:00:0b promisc txqueuelen 5", "e10 add fd00::1/64 down", "e10:7 10.1.2.3",
                    "e10 10.1.2.3 netmask 255.255.255.0", "-v e10 mtu 5", "e10 del fd00::1/64", "e10 name e11 up",
                    "nosuch 10.1.2.3/24 up", "e10 pointopoint 10.1.1.1 dstaddr 10.1.1.2 -arp", "e10 irq 5 media 10baseT")),
    *(Case(f"ifconfig e10: -{mode}", scene="interfaces", before=[f"ifconfig e10 {mode}"], undo=[f"ifconfig e10 -{mode}"], packets="ignored",
           note="a flag that does not go away; none is told of the one in the sign bit")
      for mode in ("dynamic", "promisc", "allmulti", "multicast", "broadcast")),
    Case("ifconfig", scene="alone", packets="ignored"),
    Case("ifconfig -a", scene="alone", packets="ignored"),
]
