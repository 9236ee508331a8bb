"""Runs as JSON: what the notations of ping, traceroute, tracepath and mtu have in common.

A notation makes objects of the records that an engine reports, in their order.  With ``--jsonl`` each is a line;
with ``--json`` it is `keep`-ed, and all of them are one `document`.  docs/json.rst lists every key.
"""

from __future__ import annotations

from ..records.record import Record
from ..records.extensions import IcmpObject, InterfaceInformation, MplsLabel
from ..records.replies import IcmpError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Object = dict[str, Any]

ORIGINS = {Origin.LOCAL: "local", Origin.ICMP: "icmp", Origin.ICMP6: "icmp6"}


class Notation:
    """Base of the notations.

    `schema` names the file in netlite/schemas; `start` is the first object, which says what the run is about.
    `arrays` says under which key of the document an object of a type is kept; the fields of other types are
    those of the document itself, but for `passing` types, which are told as they happen and not kept.  `complete`:
    the run came to its end, well or not.
    """

    schema = ""
    arrays: dict[str, str] = {}
    passing: tuple[str, ...] = ()
    empty: Object = {}  # what the last object would have said, where none came

    def __init__(self, start: Object):
        self.start = start
        self.complete = False
        self._kept: Object = {**start, **self.empty, **{key: [] for key in self.arrays.values()}}

    def objects(self, record: Record, stamp: str = "") -> Iterable[Object]:
        """What is to be told of a record, each with its "type".  `stamp` is the time of ping's -D."""
        raise NotImplementedError

    def keep(self, told: Object) -> None:
        """Put an object where it belongs in the document."""
        kind = told["type"]
        if kind in self.arrays:
            self._kept[self.arrays[kind]].append(self.within(told))
        elif kind not in self.passing:
            self._kept.update(without_type(told))

    def within(self, told: Object) -> Object:
        """An object as an item of its array."""
        return without_type(told)

    def document(self) -> Object:
        """All that was kept."""
        return self._kept


def without_type(told: Object) -> Object:
    """The fields of an object."""
    return {key: value for key, value in told.items() if key != "type"}


def milliseconds(time_ns: int | None) -> float | None:
    """Milliseconds with three digits, as most texts have them.

    >>> milliseconds(1_234_567), milliseconds(None)
    (1.235, None)
    """
    return None if time_ns is None else float(f"{time_ns / 1e6:.3f}")


def name_of(address: str | None, names: tuple[tuple[str, str], ...]) -> str | None:
    """The host name that was found for an address."""
    return None if address is None else dict(names).get(address)


def error_object(error: IcmpError | None) -> Object | None:
    """An ICMP error, or what our own kernel said in place of one."""
    if error is None:
        return None
    return {"origin": ORIGINS.get(error.origin), "source": error.source, "icmp_type": error.type,
            "icmp_code": error.code, "info": error.info, "gateway": error.gateway, "errno": error.errno,
            "extensions": extension_objects(error.extensions)}


def extension_objects(extensions: tuple[IcmpObject, ...]) -> list[Object]:
    """The objects of RFC 4884; `payload` are hexadecimal digits, `mpls` and `interface` what they mean."""
    found = []
    for each in extensions:
        about = each.decoded
        interface = about if isinstance(about, InterfaceInformation) else None
        labels = about if isinstance(about, tuple) and not isinstance(about, Record) else None
        found.append({"class": each.class_number, "type": each.class_type, "payload": each.payload.hex(),
                      "mpls": None if labels is None else [_label(label) for label in labels],
                      "interface": None if interface is None else dict(zip(interface.fields, interface))})
    return found


def _label(label: MplsLabel) -> Object:
    return {**dict(zip(label.fields, label)), "bottom": bool(label.bottom)}


def reason_of(errno: int | None) -> str | None:
    """An errno in words."""
    from posix import strerror

    return strerror(errno) if errno else None
