"""Questions for addresses and their answers, as name servers speak (RFC 1035 section 4, RFC 3596)."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from _struct import Struct
from _struct import error as StructError  # type: ignore[attr-defined]

from ..feature_errors import MalformedPacket
from ..records.record import Record

HEADER, TAIL, RECORD = Struct("!6H"), Struct("!2H"), Struct("!2HIH")
A, AAAA, INTERNET = 1, 28, 1
RECURSION_WANTED, RESPONSE, RECURSION_THERE, TRUNCATED = 0x0100, 0x8000, 0x0080, 0x0200
POINTER, MOST_LABEL, MOST_LABELS, MOST_NAME = 0xC0, 63, 128, 253
TYPES = {4: A, 6: AAAA}
FAMILIES = {A: AF_INET, AAAA: AF_INET6}
TTL_S = 60


class NameQuestion(Record):
    """A question for the addresses of `name` in IP `version`."""

    identifier: int
    name: str
    version: int


class NameAnswer(Record):
    """What came back: the RCODE (`code`), and the addresses in text, whatever name they are of.

    `is_cut`: there is more, which did not fit (TC).  `asked`: the name and the type of what was asked, as the server
    repeats it; None where it does not.
    """

    identifier: int
    code: int
    addresses: tuple[str, ...]
    is_cut: bool = False
    asked: tuple[str, int] | None = None

    def is_about(self, question: NameQuestion) -> bool:
        """Whether it answers a question (RFC 5452 section 9.1); who only complains need not repeat it."""
        if self.asked is None:
            return self.identifier == question.identifier and self.code != 0
        name, kind = self.asked
        return (self.identifier, kind, name.lower()) == (
            question.identifier, TYPES[question.version], question.name.rstrip(".").lower())


def make_question(question: NameQuestion) -> bytes:
    """Its bytes.  Raises ValueError for a name that none can be."""
    return HEADER.pack(question.identifier, RECURSION_WANTED, 1, 0, 0, 0) + _name(question.name) \
        + TAIL.pack(TYPES[question.version], INTERNET)


def read_question(data: bytes) -> NameQuestion:
    """The question of a packet.  Raises MalformedPacket where it is none for addresses."""
    try:
        identifier, flags, count, *_ = HEADER.unpack_from(data)
        name, place = _read_name(data, HEADER.size)
        kind, _ = TAIL.unpack_from(data, place)
    except StructError:
        raise MalformedPacket("a question that is cut off") from None
    version = next((version for version, number in TYPES.items() if number == kind), None)
    if flags & RESPONSE or count != 1 or version is None:
        raise MalformedPacket("no question for addresses")
    return NameQuestion(identifier, name, version)


def make_answer(question: NameQuestion, code: int, addresses: tuple[str, ...] = ()) -> bytes:
    """What a name server says to a question."""
    kind = TYPES[question.version]
    packed = [inet_pton(FAMILIES[kind], each) for each in addresses]
    head = HEADER.pack(question.identifier, RESPONSE | RECURSION_WANTED | RECURSION_THERE | code, 1, len(packed), 0, 0)
    asked = _name(question.name) + TAIL.pack(kind, INTERNET)
    pointer = bytes((POINTER, HEADER.size))
    return head + asked + b"".join([pointer + RECORD.pack(kind, INTERNET, TTL_S, len(each)) + each for each in packed])


def read_answer(data: bytes) -> NameAnswer:
    """What a packet answers.  Raises MalformedPacket where it is no answer, or cut off.

    >>> said = make_answer(NameQuestion(7, "server.lab", 4), 0, ("192.0.2.1",))
    >>> read_answer(said)
    NameAnswer(identifier=7, code=0, addresses=('192.0.2.1',), is_cut=False, asked=('server.lab', 1))
    """
    try:
        identifier, flags, questions, answers, *_ = HEADER.unpack_from(data)
        if not flags & RESPONSE:
            raise MalformedPacket("a question, not an answer")
        place, asked = HEADER.size, None
        for _ in range(questions):
            name, place = _read_name(data, place)
            asked = asked or (name, TAIL.unpack_from(data, place)[0])
            place += TAIL.size
        addresses = []
        for _ in range(answers):
            place = _read_name(data, place)[1]
            kind, _, _, length = RECORD.unpack_from(data, place)
            place += RECORD.size
            value = data[place:place + length]
            place += length
            if kind in FAMILIES and len(value) == (4 if kind == A else 16):
                addresses.append(inet_ntop(FAMILIES[kind], value))
    except StructError:
        raise MalformedPacket("an answer that is cut off") from None
    return NameAnswer(identifier, flags & 0xF, tuple(addresses), bool(flags & TRUNCATED), asked)


def _name(name: str) -> bytes:
    words = name.rstrip(".").split(".") if name.strip(".") else []
    labels = [word.encode("utf-8", "surrogateescape") for word in words]
    if any(not 0 < len(label) <= MOST_LABEL for label in labels) or sum(map(len, labels)) + len(labels) > MOST_NAME + 1:
        raise ValueError("no name of a host")
    return b"".join([bytes((len(label),)) + label for label in labels]) + b"\0"


def _read_name(data: bytes, place: int) -> tuple[str, int]:
    """A name, and where what follows it begins; of a name that points elsewhere no more is read."""
    labels: list[str] = []
    for _ in range(MOST_LABELS):
        if place >= len(data):
            break
        length = data[place]
        if length >= POINTER:
            return ".".join(labels), place + 2
        if not length:
            return ".".join(labels), place + 1
        labels.append(data[place + 1:place + 1 + length].decode("utf-8", "surrogateescape"))
        place += 1 + length
    raise MalformedPacket("a name without end")
