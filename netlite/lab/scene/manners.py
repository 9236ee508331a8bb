"""How programs of a scene behave: what services say, and what a name server answers; the same on all back-ends."""

from __future__ import annotations

from ...feature_errors import MalformedPacket
from ...packets.dns import make_answer, read_question
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Service(Record):
    """A program behind TCP `port`: it "answers", is "silent" when connected, or its queue is "full" (no connection)."""

    port: int
    manner: str = "answers"


MANNERS = ("answers", "silent", "full")
NAME_MANNERS = {  # what a name server does
    "answers": "as it should", "silent": "it says nothing", "refuses": "REFUSED", "fails": "SERVFAIL",
    "denies": "NXDOMAIN for all names", "elsewhere": "an address that nobody has",
    "half": "nothing when asked for IPv6"}
ELSEWHERE = {4: "192.0.2.99", 6: "2001:db8:ffff::99"}
SPEAK_FIRST = {21: b"220 ready\r\n", 22: b"SSH-2.0-netlite\r\n", 25: b"220 ready\r\n"}
WORDS = b"HTTP/1.0 200 OK\r\n\r\n"
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME, REFUSED = 0, 2, 3, 5
CODES = {"refuses": REFUSED, "fails": SERVER_FAILURE, "denies": NO_SUCH_NAME}


def answer_to(question: bytes, manner: str, named: Callable[[str, int], str | None]) -> bytes | None:
    """What a name server says to a question in bytes, None for silence; `named(name, version)` knows the addresses."""
    try:
        asked = read_question(question)
    except MalformedPacket:
        return None
    if manner == "silent" or manner == "half" and asked.version == 6:
        return None
    if manner in CODES:
        return make_answer(asked, CODES[manner])
    known = named(asked.name, asked.version)
    if known is None:
        return make_answer(asked, NO_SUCH_NAME if asked.name else NO_ERROR)
    return make_answer(asked, NO_ERROR, (ELSEWHERE[asked.version] if manner == "elsewhere" else known,))
