"""What misbehaves, as nftables rules: silence, black holes, drops and rejects of a node.

Rules are sent by pyroute2, the nft program is not needed.  Each node gets one table "lab" a
family, with the chains prerouting (what its wires lose), input and forward (its rules), output
(what it keeps quiet about, and may not send) and postrouting (masquerading).
"""

from __future__ import annotations

from ipaddress import ip_network

from ...records.family import IpProtocol
from ...records.icmp import Icmp, Icmp6
from ...records.icmp_errors import TOO_BIG
from ..scene.parts import Action, Node
from ..scene.topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Expression = dict[str, Any]
    """An expression of nftables as pyroute2 sends it."""

NF_DROP, NF_ACCEPT = 0, 1  # <linux/netfilter.h>
NFPROTO = {4: 2, 6: 10}
NETWORK_HEADER, TRANSPORT_HEADER = 1, 2  # enum nft_payload_bases
META_L4PROTO = 16  # enum nft_meta_keys
REJECT_WITH_ICMP = 0  # enum nft_reject_types: destination unreachable, our code
DESTINATION = {4: (16, 4), 6: (24, 16)}  # offset and length in the IP header
ICMP = {4: IpProtocol.ICMP, 6: IpProtocol.ICMP6}
ERRORS = {4: Icmp.EXTENDED, 6: Icmp6.ERRORS}  # what a silent node leaves out
DISCOVERY = bytes([Icmp6.ROUTER_SOLICITATION, Icmp6.REDIRECT])  # and all between: RFC 4861
KINDS = {"prerouting": ("filter", -300), "postrouting": ("nat", 100)}  # before and after all else
META_IIFNAME, META_OIFNAME = 6, 7
EQUAL, LESS, AT_MOST, AT_LEAST = 0, 2, 3, 5  # enum nft_cmp_ops
NG_RANDOM, MILLION = 1, 1_000_000


def install(topology: Topology, node: Node) -> None:
    """Install the rules of `node` in the network namespace we are in, in place of those of before."""
    from pyroute2.nftables.main import NFTables

    for version in (4, 6):
        tables = NFTables(nfgen_family=NFPROTO[version])
        tables.begin()
        tables.table("add", name="lab")  # so that there is one to delete
        tables.table("del", name="lab")
        tables.table("add", name="lab")
        for hook, rules in _chains(topology, node, version).items():
            kind, priority = KINDS.get(hook, ("filter", 0))
            if rules:
                tables.chain("add", table="lab", name=hook, hook=hook, type=kind,
                             policy=NF_ACCEPT, priority=priority)
            for expressions in rules:
                tables.rule("add", table="lab", chain=hook, expressions=(expressions,))
        tables.commit()
        tables.close()


def unplayed(topology: Topology, played: tuple[int, ...]) -> Topology:
    """What is left to filters: the wires of these numbers (from 0) lose packets by themselves (wires.py)."""
    if not played:
        return topology
    wires = [wire.replace(loss=0.0, down=False) if number in played else wire
             for number, wire in enumerate(topology.wires)]
    return Topology(topology.nodes.values(), wires, topology.name)


def rules_of(topology: Topology, node: Node) -> tuple[list[list[Expression]], ...]:
    """All that `install` makes of a node; empty lists where there is nothing to install."""
    return tuple(rules for version in (4, 6) for rules in _chains(topology, node, version).values())


def _chains(topology: Topology, node: Node, version: int) -> dict[str, list[list[Expression]]]:
    filters = _filter(topology, node, version, False)
    own = _quiet(node, version) + _filter(topology, node, version, True)
    return {"prerouting": _losses(topology, node, version), "input": filters, "forward": filters, "output": own,
            "postrouting": _masquerading(topology, node)}


def _losses(topology: Topology, node: Node, version: int) -> list[list[Expression]]:
    """Rules for what comes in: the packets that the wires lose; never neighbour discovery."""
    rules: list[list[Expression]] = []
    for port in topology.interfaces(node.name):
        share = 1.0 if port.wire.down else port.wire.loss
        if share:
            chance = [_expression("numgen", "NG", DREG=1, MODULUS=MILLION, TYPE=NG_RANDOM, OFFSET=0),
                      _expression("byteorder", "BYTEORDER", SREG=1, DREG=1, OP=1, LEN=4, SIZE=4),
                      _compare(LESS, round(share * MILLION).to_bytes(4, "big"))]
            rules.append([*_device(META_IIFNAME, port.device), *(chance if share < 1 else ()), _verdict(NF_DROP)])
    if rules and version == 6:
        rules.insert(0, [*_protocol(ICMP[6]), _load(TRANSPORT_HEADER, 0, 1), _compare(AT_LEAST, DISCOVERY[:1]),
                         _compare(AT_MOST, DISCOVERY[1:]), _verdict(NF_ACCEPT)])
    return rules


def _masquerading(topology: Topology, node: Node) -> list[list[Expression]]:
    return [[*_device(META_OIFNAME, port.device), _expression("masq", "MASQ")]
            for port in topology.interfaces(node.name) if port.peer in node.masquerades]


def _quiet(node: Node, version: int) -> list[list[Expression]]:
    """Rules for output: the errors that the node does not send."""
    starts = []
    if node.silent:
        starts = [bytes([kind]) for kind in ERRORS[version]]
    elif node.black_hole:
        starts = [bytes(TOO_BIG.in_version(version))]
    return [[*_protocol(ICMP[version]), *_payload(TRANSPORT_HEADER, 0, start), _verdict(NF_DROP)]
            for start in starts]


def _filter(topology: Topology, node: Node, version: int, outgoing: bool) -> list[list[Expression]]:
    """Rules for input and forward, or for output; a destination that is several prefixes makes several rules.

    Neighbour discovery is part of the wire, as ARP is: of what is for all packets it is no part.
    """
    rules: list[list[Expression]] = []
    if version == 6 and any(rule.protocol is None or rule.protocol == IpProtocol.ICMP for rule in node.rules):
        rules.append([*_protocol(ICMP[6]), _load(TRANSPORT_HEADER, 0, 1), _compare(AT_LEAST, DISCOVERY[:1]),
                      _compare(AT_MOST, DISCOVERY[1:]), _verdict(NF_ACCEPT)])
    for rule in [rule for rule in node.rules if rule.outgoing == outgoing]:
        matches: list[Expression] = []
        if rule.protocol is not None:
            matches += _protocol(ICMP[version] if rule.protocol == IpProtocol.ICMP else rule.protocol)
        if rule.port is not None:
            matches += _payload(TRANSPORT_HEADER, 2, rule.port.to_bytes(2, "big"))
        if rule.action == Action.DROP:
            end = _verdict(NF_DROP)
        else:
            end = _expression("reject", "REJECT", TYPE=REJECT_WITH_ICMP, ICMP_CODE=rule.codes[version == 6])
        if rule.destination is None:
            rules.append([*matches, end])
        else:
            rules += [[*matches, *_destination(prefix, version), end]
                      for prefix in topology.prefixes(rule.destination, version)]
    return rules


def _expression(name: str, prefix: str, **attributes: object) -> Expression:
    named = [(f"NFTA_{prefix}_{key}", value) for key, value in attributes.items()]
    return {"attrs": [("NFTA_EXPR_NAME", name), ("NFTA_EXPR_DATA", {"attrs": named})]}


def _data(value: bytes) -> Expression:
    return {"attrs": [("NFTA_DATA_VALUE", value)]}


def _equals(value: bytes) -> Expression:
    return _compare(EQUAL, value)


def _compare(operation: int, value: bytes) -> Expression:
    return _expression("cmp", "CMP", SREG=1, OP=operation, DATA=_data(value))


def _device(key: int, name: str) -> list[Expression]:
    """Match: the packet comes by, or leaves by, this device."""
    return [_expression("meta", "META", DREG=1, KEY=key), _equals(name.encode().ljust(16, b"\0"))]


def _protocol(number: int) -> list[Expression]:
    return [_expression("meta", "META", DREG=1, KEY=META_L4PROTO), _equals(bytes([number]))]


def _payload(base: int, offset: int, value: bytes) -> list[Expression]:
    """Match: the bytes at `offset` of a header are `value`."""
    return [_load(base, offset, len(value)), _equals(value)]


def _load(base: int, offset: int, length: int) -> Expression:
    return _expression("payload", "PAYLOAD", DREG=1, BASE=base, OFFSET=offset, LEN=length)


def _destination(prefix: str, version: int) -> list[Expression]:
    """Match: the destination address is in `prefix`."""
    network = ip_network(prefix)
    offset, length = DESTINATION[version]
    masked = _expression("bitwise", "BITWISE", SREG=1, DREG=1, LEN=length,
                         MASK=_data(network.netmask.packed), XOR=_data(bytes(length)))
    return [_load(NETWORK_HEADER, offset, length), masked, _equals(network.network_address.packed)]


def _verdict(code: int) -> Expression:
    verdict = {"attrs": [("NFTA_DATA_VERDICT", {"attrs": [("NFTA_VERDICT_CODE", code)]})]}
    return _expression("immediate", "IMMEDIATE", DREG=0, DATA=verdict)
