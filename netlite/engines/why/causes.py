"""All causes there are, nearest first: what each says, what else would fit, and what to do next.

The words in braces are those of `case.Found` and of the case: {host}, {device}, {gateway}, {place}, {hop}, {port}, {ip}
("IPv4" or "IPv6"), {detail}.
"""

from __future__ import annotations

from ...records.diagnosis import Doubt
from ...records.record import Record


class Cause(Record):
    """A cause by its identifier; `doubts` are (another identifier or a few words, what tells them apart)."""

    name: str
    sentence: str
    next_step: str = ""
    doubts: tuple[tuple[str, str], ...] = ()
    who: str = ""


OWNER = "whoever runs {place}"
FILTER_OR_WIRE = (("a filter at {place}", "ask by another protocol and port: netlite traceroute -T -p 443 {host}"),
                  ("a broken wire or router behind it", "other hosts behind {place} are lost too"))

CAUSES = {each.name: each for each in (
    Cause("well", "Nothing wrong was found with {host}."),

    # this machine
    Cause("wrong-zone", "{host} is an address of one link, and it is not said of which: {detail}.",
          "netlite why {place}%{device}"),
    Cause("no-host", "{host} is no address of a host: {detail}, and need not answer.",
          "netlite why, and the address of a host"),
    Cause("interface-down", "The interface {device} of this machine is down.", "ifconfig {device} up"),
    Cause("no-carrier", "The interface {device} is up, but has no carrier: cable, switch or the other end is dead.",
          "ifconfig {device}", (("the other end is switched off", "look at its lamp, or at the switch's port"),),
          "whoever is at the other end of the cable"),
    Cause("duplicate-address", "Another host claims the address {detail} of {device}, too.",
          "ip address show dev {device}", (("a router that answers ARP for all addresses (proxy ARP)",
                                            "it answers for addresses that nobody has, too"),),
          "who has the other card: the switch knows its port"),
    Cause("mtu-too-small", "{device} takes packets of {detail} bytes only, too few for {ip}.",
          "ifconfig {device} mtu 1500"),
    Cause("no-address", "{device} is up, but has no {ip} address.", "ifconfig {device}",
          (("no answer of a DHCP server or router", "the log of the DHCP client"),)),
    Cause("wrong-address", "The address {detail} of this machine is not in the network of its gateway {gateway}.",
          "ifconfig {device}; route -n", (("a wrong netmask", "compare with another host on the same wire"),)),
    Cause("no-route", "This machine has no {ip} route to {host}.", "route -n"),
    Cause("policy-rule", "A policy rule of this machine decides about {host}: {detail}.", "ip rule show"),
    Cause("route-refuses", "A route of this machine refuses {host}: {detail}.", "netlite route get {host}"),
    Cause("local-firewall", "A firewall on this machine itself {detail}.", "nft list ruleset (as root)",
          (), "root on this machine"),
    Cause("wrong-route", "This machine sends packets for {host} to {gateway}, where nobody takes them; its default "
          "gateway would be another one.", "netlite route get {host}"),
    Cause("wrong-source", "This machine sends from {detail}, which is no address of {device}.",
          "netlite route get {host}"),
    Cause("neighbour-failed", "Nobody on the wire of {device} answers for {place}.", "arp -n",
          (("it is off, or has another address", "ask another host on the same wire"),
           ("another VLAN or Wi-Fi", "arp -n shows no other neighbour either")), "whoever runs {place}"),
    Cause("backlog-full", "The program on port {detail} of this machine accepts no more connections: its queue is "
          "full.", "netstat -tlnp", (("a flood of connections", "netstat -tn shows from where"),)),
    Cause("receive-queue-full", "A program on this machine (port {detail}) does not read what came from {host}.",
          "netstat -tnp"),
    Cause("retransmissions", "What this machine sent to {host} was sent again {detail} times, and nobody acknowledges "
          "it.", "netstat -tno", (("a firewall on the way has forgotten the connection", "new connections work"),
                           ("the host was started anew", "its answer would be a reset: a firewall eats that"))),
    Cause("send-queue-full", "The program on port {detail} of {host} does not read what this machine sent to it.",
          "netstat -tno", (("it is busy", "its queue gets shorter"),), "whoever runs {host}"),

    # names
    Cause("name-no-server", "This machine knows no name server.", "cat /etc/resolv.conf"),
    Cause("name-servers-silent", "No name server answers: {detail}.", "netlite why {detail}",
          (("the way to it is broken", "netlite why {detail}"),), "whoever runs the name server"),
    Cause("name-server-silent", "The name server {detail} does not answer; another one does.",
          "netlite why {detail}", (), "whoever runs the name server"),
    Cause("name-server-refuses", "The name server {detail}.", "cat /etc/resolv.conf",
          (("it serves other clients only", "ask it from another network"),), "whoever runs the name server"),
    Cause("name-no-address", "{host} has no {detail} address.", "netlite why {host}"),
    Cause("name-unknown", "Nobody who was asked knows the name {host}.", "hostname -i {host}",
          (("a typing error", "spell it"), ("a name of another network", "ask inside of it"))),
    Cause("name-split", "The name servers disagree about {host}: {detail}.", "cat /etc/resolv.conf",
          (("each is right for its own network", "ask which of them is yours"),), "whoever runs the name servers"),
    Cause("name-family-silent", "The name server {detail}, so programs wait.", "cat /etc/resolv.conf", (),
          "whoever runs the name server"),

    # the way
    Cause("gateway-silent", "Packets leave for the gateway {place}, but nothing comes back, neither through it nor "
          "from it.",
          "netlite ping {place}", (("a wrong hardware address, set by hand", "arp -n shows CM"),
                                   ("a filter at {place}", "ask another host on the same wire"),
                                   ("this machine's address is not allowed", "whoever runs {place}")), OWNER),
    Cause("host-silent", "Packets leave by {device} for {place}, and nothing comes back.", "arp -n",
          (("a wrong hardware address, set by hand", "arp -n shows CM"), ("a filter on it", "its owner")), OWNER),
    Cause("loop", "Packets to {host} go round in a circle: {detail}.", "netlite traceroute {host}", (), OWNER),
    Cause("prohibited", "{place} forbids it{detail}.", "netlite traceroute {host}", (), OWNER),
    Cause("no-route-there", "The router {place} says that it has no route to {host}.", "netlite traceroute {host}",
          (("a filter that says so", "other addresses of that network answer"),), OWNER),
    Cause("host-unreachable", "{place} says that {host} is unreachable: a last router says so when nobody answers it "
          "there.",
          "netlite traceroute {host}",
          (("the host is off", "its owner"), ("a filter that says so", "its owner")), OWNER),
    Cause("lost-behind", "Packets to {host} get as far as {place} (hop {hop}); from behind it nothing comes back.",
          "netlite traceroute {host}",
          (*FILTER_OR_WIRE, ("the host is off, where that is the last router", "its owner"),
           ("answers are lost on their way back", "a traceroute from the other end")), OWNER),
    Cause("one-way-broken", "The same flows are lost each time behind {place} (hop {hop}), as when one of several "
          "equal ways is broken: {detail}.",
          "netlite traceroute --mda {host}", (("a filter of single ports", "the same ports fail every time"),), OWNER),
    Cause("flows-refused", "{place} refuses some flows to {host}, {detail}, and others are answered.",
          "netlite traceroute --mda {host}", (("a filter of single ports", "the same ports fail every time"),
                                              ("a limit of what passes", "fewer at once pass")), OWNER),
    Cause("loss", "Packets get lost behind {place} (hop {hop}): {detail}.", "netlite ping -c 100 -i 0.2 {host}",
          (("on the way back", "a traceroute from the other end"),
           ("a full queue", "the loss goes with the round trip time")), OWNER),
    Cause("loss-unplaced", "Packets to {host} get lost, {detail}; that is too little to tell where by so few packets.",
          "netlite why --packets {count} {host}", (("on the way back", "a traceroute from the other end"),),
          "whoever runs the networks on the way"),
    Cause("delay", "Packets are slow behind {place} (hop {hop}): {detail}.", "netlite ping {host}",
          (("a full queue", "it varies during the day"), ("a long wire", "it never varies")), OWNER),
    Cause("black-hole", "Packets of more than {detail} bytes vanish behind {place} (hop {hop}), and no report of that "
          "comes.",
          "netlite mtu {host}", (("reports are filtered on the way back", "a capture at {place}"),), OWNER),

    # the other end
    Cause("echo-filtered", "Other packets to {host} are answered, echo requests are not: those get as far as {place} "
          "(hop {hop}).",
          "netlite traceroute {host}", (("the host does not answer ping", "its owner"),), OWNER),
    Cause("port-refused", "Connections to port {port} of {host} are reset, as where nothing listens.",
          "netstat -tln, on {host}", (("a firewall that resets", "its owner"),), "whoever runs {host}"),
    Cause("port-prohibited", "{place} forbids connections to port {port}{detail}.",
          "netlite tcptraceroute {host} {port}", (), OWNER),
    Cause("port-filtered", "Connections to port {port} of {host} get as far as {place} (hop {hop}), and nothing comes "
          "back; other packets are answered.",
          "netlite tcptraceroute {host} {port}", (), OWNER),
    Cause("port-silent", "{host} is there, but its port {port} says neither yes nor no.", "netstat -tln, on {host}",
          (("a filter before it", "a connection from its own network"),
           ("its queue is full", "netstat -s, on {host}: listen queue of a socket overflowed")), "whoever runs {host}"),
    Cause("port-unsteady", "Two connections to port {port} of {host} were not answered; {detail} were.",
          "netlite why {host}:{port}", (("their packets were lost by chance", "once more they are answered"),
                                        ("one of several equal ways is broken", "netlite traceroute --mda {host}"),
                                        ("a queue that is full at times", "netstat -s, on {host}")),
          "whoever runs {host}"),
    Cause("service-silent", "The service on port {port} of {host} accepts connections and says nothing.",
          "the log of the service", (("it waits for something else", "a client of that service"),),
          "whoever runs {host}"),
    Cause("not-finished", "What is wrong with {host}, if anything, was not found out: {detail}.",
          "netlite why -w 60 {host}"),
    Cause("cannot-tell", "Why {host} does not answer cannot be told from here; {detail} would tell more.", "{detail}",
          (), "root on this machine"),
)}
"""By identifier, in the order of nearness."""

ORDER = {name: place for place, name in enumerate(CAUSES)}


def told(name: str, words: dict[str, str]) -> tuple[str, tuple[Doubt, ...], str, str]:
    """Sentence, doubts, next step and who can tell, with their words filled in."""
    cause = CAUSES[name]
    doubts = tuple([Doubt(fits.format(**words), apart.format(**words)) for fits, apart in cause.doubts])
    return cause.sentence.format(**words), doubts, cause.next_step.format(**words), cause.who.format(**words)
