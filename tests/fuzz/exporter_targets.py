"""What comes to an exporter: requests of any bytes, queries, files of targets, a web configuration."""

from __future__ import annotations

import asyncio
import json
from importlib.util import find_spec

from targets import Target

HERE = all(find_spec(name) for name in ("h11", "prometheus_client", "yaml", "bcrypt"))
REQUEST = b"GET /probe?target=a HTTP/1.1\r\nHost: x\r\nAccept: text/plain;version=0.0.4\r\n\r\n"
WEB = b"""tls_server_config:
  min_version: TLS12
basic_auth_users:
  alice: $2b$10$y3JXJR4OyYIg30PclLlYt.VHn.XqInTCQV73l/x1kiMv4jwE03c3C
http_server_config: {http2: true, headers: {X-Frame-Options: deny}}
"""


def request(data: bytes) -> None:
    """All requests of a connection, to its end: the same in one piece, byte by byte, and when they are known already."""
    from netlite.programs.exporter.requests import Known, Reader, Request

    known = Known()

    def read(pieces: list[bytes]) -> list[object]:
        reader, found = Reader(known), []
        for piece in [*pieces, None]:
            reader.end() if piece is None else reader.feed(piece)
            while (asked := reader.next()) is not None:
                found.append(asked)
                if not isinstance(asked, Request) or not reader.keeps:
                    return found
                assert asked.method.isascii() and (asked.path + asked.query).isascii()
                known.remember(reader.head, asked)
        return found

    first = read([data] if data else [])
    assert first == read([data] if data else []) == read([bytes([byte]) for byte in data[:3000]] + [data[3000:]] * (len(data) > 3000))


def query(data: bytes) -> None:
    """The part of an address behind the ``?``."""
    from netlite.programs.exporter.queries import Refused, read_query

    try:
        found = read_query(data.decode("ascii", "replace"))
    except Refused as refused:
        assert refused.status == 400
        return
    assert 1 <= found.count <= found.module.most and all(target.isprintable() for target in found.targets)


def files(data: bytes) -> None:
    """Files of targets and the words of --allow and --vantage."""
    from netlite.programs.exporter.allowed import Allowed
    from netlite.programs.exporter.target_files import read_file_sd, read_lines
    from netlite.programs.sd.main import read_vantage

    text = data.decode("utf-8", "replace")
    for read in (read_lines, lambda text: read_file_sd(text, False), lambda text: read_file_sd(text, True)):
        try:
            for target in read(text):
                assert target.host.isprintable() and " " not in target.host
        except ValueError as wrong:
            assert "\n" not in str(wrong)
    for word in text.split(",")[:3]:
        for make in (lambda word: Allowed([word]), read_vantage):
            try:
                make(word)
            except ValueError:
                pass


def web(data: bytes) -> None:
    """A web configuration."""
    from netlite.programs.exporter.access import read_access

    try:
        access = read_access(data, "/nowhere")
    except (ValueError, OSError) as wrong:
        assert "\n" not in str(wrong)
        return
    asyncio.run(access.admits("Basic " + data.hex()))


def accepted(data: bytes) -> None:
    """The header Accept: some format, under a name that can stand in a header, and the same samples in it."""
    from netlite.programs.exporter.conversation import response_bytes
    from netlite.programs.exporter.requests import Response
    from netlite.programs.exporter.samples import Samples, render

    samples = Samples()
    samples.add("probe_success", True, target="a")
    accept = data.decode("latin-1")
    body, content_type = render(samples, accept)
    assert b"probe_success" in body and content_type.isprintable() and content_type.isascii()
    head = response_bytes(Response(200, body, content_type), (), False, True)
    assert head.count(b"\r\n\r\n") == 1 and head.endswith(b"\r\n\r\n")


ACCEPT = (b"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5",
          b"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,*/*;q=0.1",
          b"application/openmetrics-text;version=2.0.0;escaping=allow-utf-8;q=0.5")
TARGETS = (
    Target("accept", accepted, ACCEPT, (), (b";q=", b"escaping=", b"version=", b"nan", b"inf", b",", b"=", b"underscores", b"values")),
    Target("http", request, (REQUEST, REQUEST * 2, b"HEAD / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                             b"3\r\nabc\r\n0\r\n\r\n" + REQUEST), (), (b"\r\n", b"Content-Length: 5\r\n", b"Connection: close\r\n", b" HTTP/1.1")),
    Target("probe-query", query, (b"target=a&module=icmp&count=3&ip=4", b"target=%5B2001:db8::1%5D:80&module=tcp", b"target=a&target=b"), (),
           (b"&", b"target=", b"module=why", b"%00", b"+")),
    Target("target-files", files, (json.dumps([{"targets": ["a", "192.0.2.1"], "labels": {"site": "x"}}]).encode(), b"a # b\nc\n",
                                   b"- targets: [a]\n  labels: {b: c}\n", b"192.0.2.0/24,*.example,x=y:1")),
    Target("web-config", web, (WEB,), (), (b"cert_file: a\n", b"&a", b"*a", b"!!python/object:os.system", b"{", b"- ")),
) if HERE else ()
