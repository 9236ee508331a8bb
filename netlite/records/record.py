"""`Record`: a frozen value with named fields, cheap to define and cheap to make.

A record class lists its fields as annotations, as a ``typing.NamedTuple`` does, and costs
neither the 8 ms of importing ``typing`` nor the 12 ms of ``dataclasses``; type checkers see a frozen
data class::

    class EchoReply(Record):
        source: str
        ttl: int | None = None

    reply = EchoReply("192.0.2.1", ttl=64)
    reply.ttl               # 64
    reply.replace(ttl=63)   # a new record
"""

from __future__ import annotations

from _collections import _tuplegetter  # type: ignore[import-not-found]  # what reads the fields of a named tuple

TYPE_CHECKING = False  # type checkers take it for true, so what stands under it is read by them alone
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Self, dataclass_transform

    Values = tuple[Any, ...]
else:
    Values = tuple

    def dataclass_transform(**_):
        return lambda cls: cls

_new = tuple.__new__
_readers: list[Any] = []  # what reads the field of a place: one for all records


@dataclass_transform(frozen_default=True)
class Record(Values):
    """Base of all records: a tuple whose items have names.

    Two records are equal when they are of the same class and hold equal values.
    """

    __slots__ = ()
    fields: tuple[str, ...] = ()
    _fields: tuple[str, ...] = ()  # the same, as named tuples call it: pandas, csv and others ask for it
    defaults: dict[str, Any] = {}
    _size = 0  # how many fields there are
    _tail: tuple[Any, ...] | None = ()  # the defaults of the last fields, as far as these have any; None: not known yet

    if TYPE_CHECKING:
        count: Any  # of a tuple these are methods; a record may have fields of their names
        index: Any

    def __init_subclass__(cls) -> None:
        space = cls.__dict__
        own = tuple(space.get("__annotations__", ()))
        if not own:
            return
        size = cls._size
        given = {name: space[name] for name in own if name in space}
        if given:
            cls.defaults = {**cls.defaults, **given}
        for name in own:
            if size == len(_readers):
                _readers.append(_tuplegetter(size, None))
            setattr(cls, name, _readers[size])
            size += 1
        cls.fields = cls._fields = fields = cls.fields + own
        if not TYPE_CHECKING:
            cls.__match_args__ = fields
        cls._size = size
        cls._tail = None

    def __new__(cls, *values: Any, **named: Any) -> Self:
        missing = cls._size - len(values)
        if named or missing:
            if not named and missing > 0:
                tail = cls._tail
                if tail is None:
                    tail = cls._find_tail()
                if missing <= len(tail):
                    return _new(cls, values + tail[-missing:])
            if missing < 0:
                raise TypeError(f"{cls.__name__} has {len(cls.fields)} fields, {len(values)} values given")
            return _new(cls, cls._completed(list(values), named))
        return _new(cls, values)

    @classmethod
    def _find_tail(cls) -> tuple[Any, ...]:
        """Most records of a short run are never made, so this waits for the first that is."""
        fields, defaults, size = cls.fields, cls.defaults, cls._size
        while size and fields[size - 1] in defaults:
            size -= 1
        cls._tail = tail = tuple([defaults[name] for name in fields[size:]])
        return tail

    # Record.of(values): from a tuple of all values, unchecked; for the path of every packet, where it
    # takes a third of the time of a call by position.
    if TYPE_CHECKING:
        @classmethod
        def of(cls, values: Iterable[Any]) -> Self: ...
    else:
        of = classmethod(_new)

    @classmethod
    def _completed(cls, values: list[Any], named: dict[str, Any]) -> list[Any]:
        names = cls.fields[len(values):]
        try:
            values.extend(map({**cls.defaults, **named}.__getitem__, names))
        except KeyError as missing:
            raise TypeError(f"{cls.__name__} lacks the field {missing.args[0]}") from None
        unknown = named.keys() - names
        if unknown:
            raise TypeError(f"{cls.__name__} got an unknown or repeated field: {', '.join(sorted(unknown))}")
        return values

    def replace(self, **changes: Any) -> Self:
        """The same record with some fields changed."""
        values, fields = list(self), self.fields
        for name, value in changes.items():
            try:
                values[fields.index(name)] = value
            except ValueError:
                raise TypeError(f"{type(self).__name__} has no field {name}") from None
        return _new(type(self), values)

    def as_dict(self) -> dict[str, Any]:
        """Field names and values, in the order of the fields."""
        return dict(zip(self.fields, self))

    _asdict = as_dict  # as named tuples call it

    def as_json(self) -> dict[str, Any]:
        """The same with nothing but what JSON has, all the way down: records are objects, bytes hexadecimal text."""
        return {name: _plain(value) for name, value in self.as_dict().items()}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in zip(self.fields, self))})"

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), tuple(self)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.as_json()
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value.hex() if isinstance(value, bytes) else value
