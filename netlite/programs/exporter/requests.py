"""Bytes to requests: h11 reads HTTP/1.1, and what it has read once is known by its bytes.

A scraper sends the same bytes again and again.  A head without a body that was answered with 200 is remembered, up to
`KNOWN` of them; it is the same request whoever sends it, for it is compared whole.
"""

from __future__ import annotations

from http import HTTPStatus

import h11

from ...records.record import Record

HEAD_BYTES, BODY_BYTES = 16384, 65536
KNOWN, KNOWN_BYTES = 4096, 1024       # heads that are remembered, and the longest of them
TEXT = "text/plain; charset=utf-8"


class Request(Record):
    """`method`, `path` and `query` as they were asked for, `headers` by names in small letters (the last of each)."""

    method: str
    path: str
    query: str
    headers: dict[str, str]


class Response(Record):
    """An answer."""

    status: int
    body: bytes
    content_type: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()


def text_response(status: int, text: str, *headers: tuple[str, str]) -> Response:
    """A line of text."""
    return Response(status, f"{text}\n".encode("utf-8", "replace"), TEXT, headers)


class Known:
    """Heads, and the requests that they are."""

    def __init__(self) -> None:
        self._requests: dict[bytes, Request] = {}
        self.get = self._requests.get

    def remember(self, head: bytes, request: Request) -> None:
        """The oldest gives way."""
        if head and head not in self._requests:
            if len(self._requests) >= KNOWN:
                del self._requests[next(iter(self._requests))]
            self._requests[head] = request


class Reader:
    """The requests of one connection, one after the other.

    `keeps`: the connection may serve another request after the last one.  `head` is what the last one was, where it may
    be remembered.
    """

    def __init__(self, known: Known):
        self._known = known
        self._data = b""
        self._connection: h11.Connection | None = None  # that reads a request that is not known
        self._request: h11.Request | None = None
        self._given_bytes = self._body_bytes = 0
        self._ended = False
        self.head, self.keeps = b"", True

    @property
    def waits(self) -> bool:
        """Whether a request has begun, or another may be there already."""
        return bool(self._data) or self._connection is not None

    @property
    def held_bytes(self) -> int:
        """How much waits for `next`."""
        return len(self._data)

    def feed(self, data: bytes) -> None:
        """What has come."""
        if self._connection is None:
            self._data = self._data + data if self._data else data
        else:
            self._connection.receive_data(data)

    def end(self) -> None:
        """Nothing more comes."""
        self._ended = True
        if self._connection is not None:
            self._connection.receive_data(b"")

    def next(self) -> Request | Response | None:
        """The next request, or the answer to what is none; None where more is to come."""
        if self._connection is None:
            if not self._data:
                return None
            end = self._data.find(b"\r\n\r\n") + 4
            head = self._data[:end] if end >= 4 else b""
            known = self._known.get(head)
            if known is not None:
                self._data, self.head, self.keeps = self._data[end:], head, True
                return known
            self._begin(head)
        try:
            return self._read()
        except h11.RemoteProtocolError as wrong:
            self.keeps, self.head = False, b""
            status = wrong.error_status_hint or 400
            return text_response(status, f"this is no request: {HTTPStatus(status).phrase}")

    def _begin(self, head: bytes) -> None:
        self.head = head if len(head) <= KNOWN_BYTES else b""
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self._given_bytes = len(self._data)
        self._connection.receive_data(self._data)
        if self._ended:
            self._connection.receive_data(b"")
        self._data, self._request, self._body_bytes = b"", None, 0

    def _read(self) -> Request | Response | None:
        """Raises RemoteProtocolError for what is no request."""
        assert self._connection is not None
        while True:
            event = self._connection.next_event()
            if event is h11.NEED_DATA:
                return None
            if isinstance(event, h11.Request):
                self._request = event
            elif isinstance(event, h11.Data):
                self._body_bytes += len(event.data)
                if self._body_bytes > BODY_BYTES:
                    self.keeps = False
                    return text_response(413, "a request has no such body here")
            elif isinstance(event, h11.EndOfMessage) and self._request is not None:
                return self._finish(self._connection, self._request)
            else:
                raise h11.RemoteProtocolError("the connection ended")

    def _finish(self, connection: h11.Connection, found: h11.Request) -> Request:
        self._data, self._connection = connection.trailing_data[0], None
        self.keeps = connection.their_state is h11.DONE
        headers = {name.decode("ascii", "replace"): value.decode("latin-1") for name, value in found.headers}
        whole = self._given_bytes - len(self._data) == len(self.head)  # the head was the request, byte for byte
        if not whole or not self.keeps or "content-length" in headers or "transfer-encoding" in headers:
            self.head = b""
        path, _, query = found.target.decode("ascii", "replace").partition("?")
        return Request(found.method.decode("ascii", "replace"), path, query, headers)
