"""The order of questions, from top to bottom: each step names what is worth asking then.

What costs nothing comes first, what is near before what is far, and what splits the rest in halves before details.
A case whose rules have an end is asked about no more.
"""

from __future__ import annotations

from ...records.record import Record
from . import first_questions as first
from . import loss_questions as loss
from . import path_questions as path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...records.questions import Question
    from .facts import Facts


class Step(Record):
    """What is done, in words for who waits; what it wants to know, for who reads about it; and what it asks."""

    words: str
    wants: str
    ask: Callable[[Facts], Iterator[Question]]


STEPS = (
    Step("looking at this machine", "Is this machine itself fit to send?", first.machine),
    Step("looking the name up", "Which addresses are meant?", first.name),
    Step("finding the way out", "Does this machine know a way there?", first.way),
    Step("looking at own sockets", "Does this machine talk to the host already?", first.sockets),
    Step("asking the host for echoes", "Is it there at all?", first.few),
    Step("connecting", "Does the service answer?", first.port),
    Step("asking the gateway", "Is at least the first router there?", first.gateway),
    Step("looking at this machine again",
         "Has a carrier or a neighbour gone meanwhile? They show late.", first.look_again),
    Step("asking from another own address", "Is it the address that packets leave with?", path.other_source),
    Step("tracing where packets get lost", "How far do packets like those get?", path.trace),
    Step("trying other packets", "Does the host get other flows, and other packets?", path.flows_of_silent),
    Step("tracing a lost flow", "Where does a flow end that does not arrive?", path.flow_trace),
    Step("tracing with other packets", "Do other packets get further?", path.other_trace),
    Step("tracing connections", "Where do connections end?", path.port_trace),
    Step("tracing with other packets", "Do other packets get further?", path.first_hop),
    Step("sending packets of full size", "Do big packets arrive?", path.full),
    Step("counting losses", "Do all packets arrive?", loss.many),
    Step("counting again", "One or two were lost: by chance?", loss.again),
    Step("tracing the way to the host",
         "How many hops away is the host itself, where something is wrong?", path.place_host),
    Step("tracing the way to the host again",
         "How many, where the trace lost packets near the host?", path.place_host_again),
    Step("tracing the way to the host once more",
         "How many, where the trace lost packets near the host?", path.place_host_last),
    Step("looking at this machine again",
         "Has a carrier or a neighbour gone meanwhile? They show late.", loss.look_after_loss),
    Step("looking at own sockets again", "Is that still so a second later?", loss.sockets_again),
    Step("tracing the way", "Which routers are on the way of what gets lost, or is slow?", loss.poor_trace),
    Step("asking each router", "From which router on are packets lost, or slow?", loss.routers),
    Step("asking some routers again", "Which of those between lose something, and which nothing?", loss.routers_again),
    Step("asking them once more", "With more packets: which of them?", loss.routers_last),
    Step("searching the path MTU", "How big may packets be, and where?", path.mtu),
    Step("trying other flows", "Do all flows arrive?", path.flows),
    Step("trying more flows", "The connection was not answered, other flows are: is it alone?", path.more_flows),
    Step("tracing a lost flow", "Where does a flow end that does not arrive?", path.flow_trace),
)
