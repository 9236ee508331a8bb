"""What a scene file can say: every table, every key, what it is and what it means.

The reader complains by this table, the documentation (docs, "Scene files") and the JSON Schema are made from it, and
tests hold that the reader asks for just these keys.
"""

from __future__ import annotations

from ...records.record import Record
from .manners import MANNERS, NAME_MANNERS
from .parts import PROTOCOLS, REJECT_CODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TEXT, TEXTS, NUMBER, WHOLE, WHOLES, FLAG, TABLES, TABLE = (
    "a text", "a list of texts", "a number", "a whole number", "a list of whole numbers", "true or false", "tables",
    "a table")


class Key(Record):
    """A key: its name, what its value is, what it means; `choices` where only these are allowed, `table` the kind of
    table behind TABLE and TABLES."""

    name: str
    kind: str
    says: str
    required: bool = False
    choices: tuple[Any, ...] = ()
    most: float | None = None
    table: str = ""


BACKENDS = "namespaces", "userspace", "memory"

ALTERATIONS = (
    Key("silent", TEXTS, "nodes that send no ICMP errors; they still answer pings"),
    Key("black_holes", TEXTS, "routers that do not report packets too big"),
    Key("nodes", TABLES, "what is special about nodes", table="nodes"),
    Key("rules", TABLES, "firewall rules; the first that matches decides", table="rules"),
    Key("routes", TABLES, "routes beside those that are computed", table="routes"),
    Key("dhcp", TABLES, "DHCP servers, and what they give; not in userspace", table="dhcp"))
ALTERED_WIRES = Key("wires", TABLES, "wires that change, by their ends", table="wires")
OBSERVED = (
    Key("node", TEXT, "where; the first host unless given"),
    Key("command", TEXT, "what is typed", True),
    Key("see", TEXT, "what to look at, one sentence", True),
    Key("expect", TEXTS, "texts that the output holds, in this order"),
    Key("lacks", TEXTS, "texts that it does not hold"),
    Key("hops", TEXTS, "who answers a traceroute, hop by hop: a node, \"*\", \"node !X\", or one of several, \"a|b\""),
    Key("status", WHOLE, "the exit status; 0 unless given"),
    Key("broken", TEXTS, "faults that are on meanwhile"),
    Key("needs", TEXTS, "what a machine must have for it, where no lab is: \"icmp\", \"ipv6\""),
    Key("varies", FLAG, "chance has a say in the text beyond that"),
    Key("ask", TEXT, "a question about it, for who is to predict what will come"),
    Key("choices", TEXTS, "what may be answered"),
    Key("right", TEXT, "which of these is right"))

TABLES_OF: dict[str, tuple[Key, ...]] = {
    "scene": (
        Key("title", TEXT, "what the scene is called", True),
        Key("goal", TEXT, "what it teaches, in a few sentences", True),
        Key("hosts", TEXTS, "the hosts; commands run on the first unless they say otherwise"),
        Key("routers", TEXTS, "the routers"),
        Key("switches", TEXTS, "they join their wires to one network; not in userspace"),
        Key("tree", WHOLE, "instead of hosts, routers and wires: a tree of so many routers", most=9000),
        Key("wires", TABLES, "what is wired to what", table="wires"),
        Key("backends", TEXTS, "what it is true on, best first: namespaces, userspace, memory; all unless given"),
        *ALTERATIONS,
        Key("connections", TABLES, "TCP connections that stand while the scene is played", table="connections"),
        Key("faults", TABLES, "what can be switched on and off: netlite lab break NAME, fix NAME", table="faults"),
        Key("try", TABLES, "commands to try, and what is then seen", table="try"),
        Key("why", TABLES, "what netlite why must find", table="why"),
        Key("exercise", TABLE, "what somebody is to mend (netlite lab exercise)", table="exercise")),
    "wires": (
        Key("ends", TEXTS, "the two nodes at its ends", True),
        Key("mtu_bytes", WHOLE, "the largest packet that it takes, 1280 to 65535; 1500 unless given"),
        Key("delay_ms", NUMBER, "how long a packet takes, one way"),
        Key("jitter_ms", NUMBER, "chance adds up to this to the delay"),
        Key("loss_percent", NUMBER, "so many packets in a hundred get lost", most=100),
        Key("duplicates_percent", NUMBER, "so many arrive twice", most=100),
        Key("reordering_percent", NUMBER, "so many take three times as long", most=100),
        Key("down", FLAG, "nothing passes, and all routes avoid it"),
        Key("private", FLAG, "only its two ends know a way to its addresses"),
        Key("ipv4", TEXT, "its IPv4 prefix, \"192.0.2.0/24\"; 198.18.N.0/24 for wire N unless given"),
        Key("ipv6", TEXT, "its IPv6 prefix; 2001:db8:N::/64 for wire N unless given"),
        Key("dhcp", TEXTS, "hosts at its ends that have no IPv4 address there and ask for one: netlite dhcp eth0")),
    "nodes": (
        Key("name", TEXT, "which node", True),
        Key("icmp_interval_ms", NUMBER, "one ICMP error in this time to each destination, after six"),
        Key("masquerades", TEXTS, "what it forwards to these neighbours leaves with its own address; not in userspace"),
        Key("labels", WHOLES, "MPLS labels of packets that reach it; not in namespaces"),
        Key("services", TEXTS, f"TCP ports, \"80\" or \"22 silent\": a port and one of {', '.join(MANNERS)}"),
        Key("names", TEXT, "it is a name server, and how good a one", choices=tuple(NAME_MANNERS)),
        Key("relay", TEXT, "the DHCP server on another network that it carries broadcasts of clients to; \"\": none")),
    "rules": (
        Key("node", TEXT, "whose rule it is", True),
        Key("action", TEXT, "what becomes of a packet", True, ("drop", "reject")),
        Key("code", TEXT, "what a reject says; port-unreachable unless given", choices=tuple(REJECT_CODES)),
        Key("protocol", TEXT, "all unless given", choices=tuple(PROTOCOLS)),
        Key("port", WHOLE, "the destination port; with protocol tcp or udp"),
        Key("destination", TEXT, "a node or a prefix; all unless given"),
        Key("outgoing", FLAG, "for what the node sends itself; else for what it gets and passes on")),
    "routes": (
        Key("node", TEXT, "whose route it is", True),
        Key("destination", TEXT, "a node, a prefix or \"default\"; several to one destination share the flows", True),
        Key("via", TEXT, "a node next to it", True)),
    "dhcp": (
        Key("node", TEXT, "who gives the addresses", True),
        Key("pool", TEXTS, "the first and the last address that it gives, of the prefix of a wire", True),
        Key("lease_s", WHOLE, "for how many seconds; 3600 unless given"),
        Key("router", TEXT, "the default route that it tells, a node or an address, \"\" for none; the router on that "
                            "wire unless given"),
        Key("name_server", TEXT, "the name server that it tells, likewise; the scene's unless given")),
    "connections": (
        Key("client", TEXT, "who opened it", True), Key("server", TEXT, "who listens", True),
        Key("port", WHOLE, "the port of the server; 0: any", True),
        Key("stuck", TEXT, "of [[why]] alone, and needed there: who does not read what the other sends",
            choices=("unread", "untaken", "unanswered"))),
    "faults": (
        Key("name", TEXT, "what break and fix call it", True),
        Key("see", TEXT, "what then happens, one sentence", True), *ALTERATIONS, ALTERED_WIRES),
    "try": OBSERVED,
    "why": (
        Key("name", TEXT, "what the row of the matrix is called", True),
        Key("ask", TEXT, "what is asked for: \"server:80\", or \"\" for the machine's own net", True),
        Key("finds", TEXTS, "causes and hops, the nearest first: \"lost-behind 2\", \"well\", \"loss 1|reordering 1\"",
            True),
        Key("done", TEXTS, "commands before it, \"NODE: COMMAND\""),
        Key("broken", TEXTS, "faults that are on"),
        Key("backends", TEXTS, "where it is true; as the scene unless given"),
        Key("connections", TABLES, "TCP connections that stood before", table="connections"),
        Key("packets", WHOLE, "how many packets it may cost, 50 to 10000"),
        *ALTERATIONS, ALTERED_WIRES),
    "exercise": (
        Key("level", WHOLE, "1 easy, 2 middling, 3 hard; 1 unless given", choices=(1, 2, 3)),
        Key("done", TEXTS, "commands that break the network, \"NODE: COMMAND\", in this order"),
        Key("broken", TEXTS, "faults that are on at the beginning"),
        Key("mends", WHOLE, "how many faults others may mend (fix NAME); 0 unless given", most=100),
        Key("goals", TABLES, "what is to be so at the end", True, table="goals"),
        Key("hints", TEXTS, "hints; each says more than the one before"),
        Key("solution", TEXTS, "what mends it: \"NODE: COMMAND\" or \"fix FAULT\", in this order", True),
        Key("explained", TEXT, "what was wrong, and why that mends it", True),
        Key("wrong", TEXTS, "what does not mend it, for tests: steps as in a solution, with ; between them")),
    "goals": (
        *OBSERVED, Key("not_yet", TEXT, "the sentence for as long as it is not so", True)),
}


def key_of(table: str, name: str) -> Key | None:
    """What a kind of table says about a key; None for one that it has not."""
    return next((key for key in TABLES_OF[table] if key.name == name), None)


def schema() -> dict[str, Any]:
    """A JSON Schema of scene files, for editors and other tools."""
    definitions = {name: _table_schema(keys) for name, keys in TABLES_OF.items() if name != "scene"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A scene of netlite",
            **_table_schema(TABLES_OF["scene"]), "$defs": definitions}


def _table_schema(keys: tuple[Key, ...]) -> dict[str, Any]:
    return {"type": "object", "properties": {key.name: _value_schema(key) for key in keys},
            "required": [key.name for key in keys if key.required], "additionalProperties": False}


def _value_schema(key: Key) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        TEXT: {"type": "string"}, TEXTS: {"type": "array", "items": {"type": "string"}},
        NUMBER: {"type": "number", "minimum": 0}, WHOLE: {"type": "integer"},
        WHOLES: {"type": "array", "items": {"type": "integer"}}, FLAG: {"type": "boolean"},
        TABLES: {"type": "array", "items": {"$ref": f"#/$defs/{key.table}"}}, TABLE: {"$ref": f"#/$defs/{key.table}"},
    }
    found = dict(kinds[key.kind])
    if key.choices:
        found["enum"] = list(key.choices)
    if key.most is not None:
        found |= {"minimum": 0, "maximum": key.most}
    return {**found, "description": key.says}
