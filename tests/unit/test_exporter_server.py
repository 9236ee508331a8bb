"""The exporter's HTTP: malformed requests, slow clients, many clients, and nothing left of any of them."""

from __future__ import annotations

import asyncio
import socket

import pytest

pytest.importorskip("prometheus_client")
pytest.importorskip("h11")
from exporter_clients import Serving, descriptors, get, send, until  # noqa: E402

from netlite.programs.exporter import conversation, requests, server as serving  # noqa: E402
from netlite.programs.exporter.requests import Response, text_response  # noqa: E402


async def hello(request):
    return text_response(200, f"{request.method} {request.path} {request.query}")


@pytest.fixture
def place():
    before = descriptors()
    with Serving(hello) as running:
        yield running.place
    assert descriptors() == before


MALFORMED = [
    b"\r\n\r\n\r\n", b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"G\xc3\x84T / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /" + b"a" * 40000, b"GET / HTTP/1.1\r\nA: " + b"b" * 40000,
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 20000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]


@pytest.mark.parametrize("data", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_request_gets_a_4xx_and_the_next_one_is_served(place, data):
    answer = send(place, data)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501"))
    assert b"Traceback" not in answer and answer.count(b"HTTP/1.1") <= 1
    assert get(place, "/a?b")[::2] == (200, b"GET /a b\n")


def test_a_long_head_is_431(place):
    assert send(place, b"GET / HTTP/1.1\r\nA: " + b"b" * 40000).startswith(b"HTTP/1.1 431")


def test_other_methods_and_bodies(place):
    assert send(place, b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 405")
    assert send(place, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").startswith(b"HTTP/1.1 405")
    assert send(place, b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").startswith(b"HTTP/1.1 200")
    assert send(place, b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + b"a" * 200000).startswith(b"HTTP/1.1 413")


def test_head_has_no_body_and_old_clients_are_served(place):
    head = send(place, b"HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and head.endswith(b"\r\n\r\n") and b"content-length: 9" in head.lower()
    assert send(place, b"GET /x HTTP/1.0\r\n\r\n").endswith(b"GET /x \n")


def test_one_connection_serves_many_requests_also_at_once(place):
    answer = send(place, b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
    assert answer.count(b"HTTP/1.1 200 OK") == 5 and answer.count(b"GET /1 \n") == 5


def test_a_head_is_known_again_and_a_body_never_is(place):
    """What a head promises may differ although the head does not: only heads that are the whole request are remembered."""
    for _ in range(3):
        assert send(place, b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"GET /1 \n")
        chunked = b"GET /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert send(place, chunked + b"0\r\n\r\n").count(b"HTTP/1.1") == 1
        smuggled = b"GET /3 HTTP/1.1\r\nHost: x\r\n\r\n"
        answer = send(place, chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(smuggled), smuggled))
        assert answer.count(b"HTTP/1.1") == 1 and b"/3" not in answer
        closing = b"GET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert send(place, closing + smuggled).count(b"HTTP/1.1") == 1


def test_what_is_known_is_bounded_and_what_failed_is_not_known():
    known = requests.Known()
    for number in range(requests.KNOWN + 10):
        reader = requests.Reader(known)
        reader.feed(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number)
        request = reader.next()
        known.remember(reader.head, request)
    heads = [b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(requests.KNOWN + 10)]
    assert [known.get(head) is None for head in heads] == [True] * 10 + [False] * requests.KNOWN
    reader = requests.Reader(known)
    reader.feed(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * requests.KNOWN_BYTES + b"\r\n\r\n")
    assert reader.next().path == "/" and reader.head == b""


def test_who_still_sends_a_body_gets_the_answer(place):
    """A socket that is closed while something is unread takes back what was written."""
    with socket.create_connection(place, 60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + b"a" * 70000)
        assert client.recv(12) == b"HTTP/1.1 413"
        client.sendall(b"a" * 100000)
        rest = b""
        while part := client.recv(65536):
            rest += part
        assert rest.endswith(b"a request has no such body here\n")


def test_clients_that_send_nothing_or_half_are_cut_off(monkeypatch):
    monkeypatch.setattr(conversation, "HEAD_S", 0.2)
    monkeypatch.setattr(conversation, "IDLE_S", 0.3)
    before = descriptors()
    with Serving(hello) as running:
        silent = socket.create_connection(running.place, 60)
        half = socket.create_connection(running.place, 60)
        half.sendall(b"GET / HT")
        assert silent.recv(100) == b""
        assert half.recv(100).startswith(b"HTTP/1.1 408")
        silent.close()
        half.close()
    assert descriptors() == before


def test_a_client_that_does_not_read_is_cut_off(monkeypatch):
    monkeypatch.setattr(conversation, "WRITE_S", 0.2)

    async def much(request):
        return Response(200, b"a" * 50_000_000)

    before = descriptors()
    with Serving(much) as running:
        client = socket.create_connection(running.place, 60)
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: running.server.by_status)
        until(lambda: not running.server.connections)
        client.close()
    assert descriptors() == before


def test_who_hangs_up_ends_what_was_done_for_him():
    ended = []

    async def slow(request):
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            ended.append(request.path)
            raise

    before = descriptors()
    with Serving(slow) as running:
        with socket.create_connection(running.place, 60) as client:
            client.sendall(b"GET /gone HTTP/1.1\r\nHost: x\r\n\r\n")
            until(lambda: running.server.connections)
        until(lambda: not running.server.connections)
        assert ended == ["/gone"]
    assert descriptors() == before


def test_connections_are_bounded_and_silent_ones_give_way(monkeypatch):
    """Young ones do not: then the next client is turned away with 503."""
    before = descriptors()
    with Serving(hello, most=20) as running:
        clients = [socket.create_connection(running.place, 60) for _ in range(20)]
        until(lambda: running.server.connections == 20)
        assert send(running.place, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith((b"HTTP/1.1 503", b""))
        until(lambda: running.server.refused)
        monkeypatch.setattr(serving, "GRACE_S", 0.0)
        assert get(running.place, "/now")[::2] == (200, b"GET /now \n")
        assert running.server.connections <= 20
        for client in clients:
            client.close()
    assert descriptors() == before


def test_hundreds_of_clients_that_say_nothing(monkeypatch):
    monkeypatch.setattr(conversation, "HEAD_S", 0.5)
    before = descriptors()
    with Serving(hello, most=100) as running:
        clients = []
        for _ in range(300):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(running.place)
            clients.append(client)
        assert running.server.connections <= 100
        for client in clients:
            client.close()
        until(lambda: not running.server.connections)
        until(lambda: answers(running.place))  # those that wait in the kernel's queue are refused beyond the limit, too
    assert descriptors() == before


def answers(place) -> bool:
    try:
        return get(place, "/well")[0] == 200
    except ConnectionError:
        return False


def test_a_fault_of_ours_is_a_500_and_not_the_end():
    async def broken(request):
        raise ZeroDivisionError("nothing")

    with Serving(broken) as running:
        for _ in range(2):
            status, _, body = get(running.place, "/")
            assert (status, body) == (500, b"internal error: ZeroDivisionError: nothing\n")


def test_the_end_of_the_server_is_the_end_of_its_clients():
    async def slow(request):
        await asyncio.sleep(3600)

    before = descriptors()
    with Serving(slow) as running:
        clients = [socket.create_connection(running.place, 60) for _ in range(10)]
        for client in clients[:5]:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: running.server.connections == 10)
    for client in clients:
        assert client.recv(10) == b""
        client.close()
    assert descriptors() == before
