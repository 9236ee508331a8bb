"""What `netlite why` must find in a scene: its ``[[why]]`` tables.

A label is a fault of its own (it says what it alters, as a fault does), or one of the scene's (`broken`), or
what commands do to a node (`done`), or none of that; and the causes that the diagnosis must name, the nearest
first::

    [[why]]
    name = "r2-drops"
    ask = "server:80"                # what is asked for, "" for this machine's own net
    finds = ["lost-behind 2"]        # causes and hops; "loss 1|lost-behind 1": one of them; "well"
    broken = ["silence"]             # faults of the scene that are on
    done = ["client: ifconfig eth0 down"]   # commands on nodes, in this order
    packets = 1000                   # so many may be sent; 200 unless given
    backends = ["memory"]            # unless given those of the scene

and ``silent``, ``black_holes``, ``[[why.nodes]]``, ``[[why.rules]]``, ``[[why.routes]]``, ``[[why.wires]]`` as
in a fault; and connections that stood before that::

    [[why.connections]]
    client = "client"
    server = "server"
    port = 9
    stuck = "unread"                 # the client reads nothing; "untaken": the server reads nothing of what the client
                                     # sends; "unanswered": the client sends when the fault is there
"""

from __future__ import annotations

from ...records.record import Record
from .alterations import Alterations, checked, read_alterations, read_wire_alterations
from .scene_table import Table, read_whole
from .topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.diagnosis import Diagnosis


class Wanted(Record):
    """A cause, and where, None for anywhere."""

    cause: str
    hop: int | None = None

    @property
    def text(self) -> str:
        return self.cause if self.hop is None else f"{self.cause} at {self.hop}"


class Stuck(Record):
    """A TCP connection from `client` to `port` of `server` that does not get on, and in which `manner` of STUCK."""

    client: str
    server: str
    port: int
    manner: str


STUCK = "unread", "untaken", "unanswered"


class Label(Record):
    """One row of the matrix; `finds` are alternatives, one after the other."""

    name: str
    ask: str
    finds: tuple[tuple[Wanted, ...], ...]
    broken: tuple[str, ...]
    done: tuple[tuple[str, str], ...]
    alterations: Alterations
    backends: tuple[str, ...] = ()
    connections: tuple[Stuck, ...] = ()
    packets: int = 0

    @property
    def expected(self) -> str:
        """The causes in a few words."""
        return ", then ".join([" or ".join([each.text for each in wanted]) for wanted in self.finds])

    def named(self, diagnosis: Diagnosis) -> bool:
        """Whether the causes are those that are true, the nearest first, and no others."""
        found = [each.cause for each in diagnosis.verdicts]
        return len(found) == len(self.finds) and all(
            cause in [each.cause for each in wanted] for cause, wanted in zip(found, self.finds))

    def placed(self, diagnosis: Diagnosis) -> bool:
        """Whether they are also placed where they are."""
        return self.named(diagnosis) and all(
            any(verdict.cause == each.cause and each.hop in (None, verdict.hop) for each in wanted)
            for verdict, wanted in zip(diagnosis.verdicts, self.finds))

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong there."""
        return self.finds[0][0].cause == "well"


def read_labels(table: Table, topology: Topology) -> tuple[Label, ...]:
    """The ``[[why]]`` tables.  Raises SceneError."""
    return tuple([_label(row, topology) for row in table.tables("why")])


def _label(row: Table, topology: Topology) -> Label:
    name, ask = row.take("name", str, required=True), row.take("ask", str, required=True)
    _, colon, port = ask.partition(":")
    if colon and ":" not in port and read_whole(port, 1, 65535) is None:
        raise row.wrong(f"{row.place}: {ask!r} is not \"HOST\" or \"HOST:PORT\"", "ask")
    finds = tuple([tuple([_wanted(row, word) for word in text.split("|")])
                   for text in row.texts("finds", required=True)])
    if not finds:
        raise row.wrong(f"{row.place}: it must find something, if only \"well\"", "finds")
    done = tuple([_done(row, text, topology) for text in row.texts("done")])
    broken, backends = row.texts("broken"), row.texts("backends")
    packets = row.take("packets", int, 0)
    if packets and not 50 <= packets <= 10_000:
        raise row.wrong(f"{row.place}: packets are 50 to 10000", "packets")
    connections = tuple([_stuck(each, topology) for each in row.tables("connections")])
    alterations = read_alterations(row, topology).replace(wires=read_wire_alterations(row, topology))
    checked(row, topology, alterations)
    row.finish()
    return Label(name, ask, finds, broken, done, alterations, backends, connections, packets)


def _stuck(row: Table, topology: Topology) -> Stuck:
    ends = [row.take(key, str, required=True) for key in ("client", "server")]
    port, manner = row.take("port", int, required=True), row.take("stuck", str, required=True)
    row.finish()
    if manner not in STUCK or not all(end in topology.nodes for end in ends) or not 0 < port < 65536:
        raise row.wrong(f"{row.place}: two nodes, a port, and stuck is one of {', '.join(STUCK)}")
    return Stuck(ends[0], ends[1], port, manner)


def _wanted(row: Table, text: str) -> Wanted:
    cause, _, hop = text.partition(" ")
    number = read_whole(hop, 0, 255)
    if hop and number is None:
        raise row.wrong(f"{row.place}: {text!r} is not a cause and a hop", "finds")
    return Wanted(cause, number)


def _done(row: Table, text: str, topology: Topology) -> tuple[str, str]:
    node, colon, command = text.partition(": ")
    if not colon or node not in topology.nodes:
        raise row.wrong(f"{row.place}: {text!r} is not \"NODE: COMMAND\"", "done")
    return node, command
