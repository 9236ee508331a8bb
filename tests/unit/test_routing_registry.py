"""Routing registries: their answers, and asking one on loopback."""

import socket
from errno import EMFILE
from struct import pack
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.sockets.clock import Clock
from netlite.sockets import routing_registry
from netlite.sockets.routing_registry import Origins, RegistryLookups


def origins_of(text: str) -> str:
    """Heard in one piece."""
    origins = Origins()
    origins.hear(text)
    return origins.text()


@pytest.mark.parametrize("text, origins", [
    ("", "*"), ("%  No entries found\n", "*"), ("origin: AS1\n", "AS1"), ("route: 10.0.0.0/8\norigin:   AS1\n", "AS1"),
    ("route: 10.0.0.0/8\norigin: AS1\nroute: 10.0.0.0/8\norigin: AS2\n", "AS1/AS2"),
    ("route: 10.0.0.0/8\norigin: AS1\nroute: 10.0.0.0/8\norigin: AS1\n", "AS1"),
    ("route: 10.0.0.0/16\norigin: AS1 # note\nroute: 10.0.0.0/8\norigin: AS2\n", "AS1"),
    ("route6: 2001:db8::/32\r\norigin: AS1\r\nroute6: 2001:db8::/48\r\norigin: AS2\r\n", "AS2"),
    ("route: nonsense\norigin:\n", ""), ("route: 10.0.0.0/" + "9" * 5000 + "\norigin: AS1\n", "*"),
    ("route: 10.0.0.0/-1\norigin: AS1\n", "*"), ("route: 10.0.0.0/4294967304\norigin: AS1\nroute: 10/8\norigin: AS2", "AS1/AS2"),
    ("route: 10.0.0.0/8\norigin: AS12\norigin: AS1\norigin: AS1\n", "AS12/AS1/AS1"),
    ("route: 10.0.0.0/8\norigin: AS1\x1b[31m\x85\r\norigin: a\0b\n", "AS1.[31m./a"),
    ("x" * 1023 + "route: 10.0.0.0/8\norigin: AS5\n", "AS5"), ("x" * 1022 + "route: 10.0.0.0/8\norigin: AS5\n", "AS5"),
    ("route: 10.0.0.0/8\norigin: " + "7" * 600 + "\norigin: AS2\n", "7" * 510 + "/"),
    ("".join(f"origin: AS{number}\n" for number in range(100_000)), "/".join(f"AS{number}" for number in range(200))[:510] + "/")])
def test_answers(text, origins):
    """What the original says of them, but for the dots: it shows what steers a terminal too."""
    assert origins_of(text) == origins


@given(st.lists(st.text(st.characters(max_codepoint=255)) | st.sampled_from(
    ["route:", "route6:", " 10.0.0.0/8", "/16", "\n", "\r\n", "origin:", " AS1", "AS12", "x" * 1000])), st.integers(1, 50))
def test_any_answer_in_any_pieces(words, size):
    answer, pieces = "".join(words), Origins()
    for start in range(0, len(answer), size):
        pieces.hear(answer[start:start + size])
    found = pieces.text()
    assert found == origins_of(answer)
    assert len(found) <= 511 and found.isascii() and found.isprintable()


class Names:
    def look_up(self, address):
        return "router.example", True


def ask(lookups, address: str):
    with lookups:
        lookups.ask(address)
        while True:
            Clock.wait([lookups], Clock.now_ns() + 5_000_000_000)
            for event in lookups.receive(0):
                return event.name, event.as_path


def serve_once(server, answer: bytes, questions: list) -> None:
    connection, _ = server.accept()
    with connection:
        questions.append(connection.recv(100))
        connection.sendall(answer)


def test_one_question_a_connection():
    questions: list = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve_once, args=(server, b"route: 192.0.2.0/24\norigin: AS64500\n", questions))
        thread.start()
        found = ask(RegistryLookups(Names(), "127.0.0.1", str(server.getsockname()[1])), "192.0.2.1")
        thread.join()
    assert found == ("router.example", "AS64500")
    assert questions == [b"192.0.2.1\r\n"]


def asked(serve) -> tuple:
    """What is found where `serve(connection)` answers."""
    def serve_one() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(100)
            serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve_one)
        thread.start()
        found = ask(RegistryLookups(None, "127.0.0.1", str(server.getsockname()[1])), "192.0.2.1")
        thread.join()
    return found


@pytest.mark.parametrize("more", [b"x" * 65536, b"origin: AS64501\n" * 4096, b"\n" * 65536])
def test_an_answer_without_an_end(more):
    sent = []

    def serve(connection) -> None:
        connection.sendall(b"route: 192.0.2.0/24\norigin: AS64500\n")
        try:
            while True:
                sent.append(connection.send(more))
        except OSError:
            pass

    name, path = asked(serve)
    assert name is None and path in ("AS64500", "AS64500/AS64501")
    assert sum(sent) < 64 * routing_registry.ANSWER_BYTES  # most of it in the kernel's buffers


@pytest.mark.parametrize("first, path", [(b"", "!!"), (b"route: 192.0.2.0/24\norigin: AS64500\nx", "AS64500")])
def test_an_answer_that_stops_in_the_middle(first, path, monkeypatch):
    monkeypatch.setattr(routing_registry, "PATIENCE_S", 0.2)

    def serve(connection) -> None:
        connection.sendall(first)
        connection.settimeout(30)
        connection.recv(1)  # until the other side hangs up

    assert asked(serve) == (None, path)


def test_a_connection_that_breaks():
    def serve(connection) -> None:
        connection.sendall(b"route: 192.0.2.0/24\norigin: AS64500\n")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))  # ends with a reset

    assert asked(serve)[1] in ("AS64500", "*")  # a reset may overtake what was sent


def test_no_socket(monkeypatch):
    def refuse(*_):
        raise OSError(EMFILE, "Too many open files")

    monkeypatch.setattr(routing_registry._socket, "socket", refuse)
    lookups = RegistryLookups(None, "127.0.0.1", "43")
    lookups._targets = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 43))]
    assert ask(lookups, "192.0.2.1") == (None, "!!")


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    assert ask(RegistryLookups(None, "127.0.0.1", port), "192.0.2.1") == (None, "!!")


def test_no_such_service():
    for service in ("no-such-service", "été", "\udcff", "9" * 30):
        lookups = RegistryLookups(None, "127.0.0.1", service)
        assert ask(lookups, "192.0.2.1") == (None, None)
        assert lookups.failure.startswith(f"127.0.0.1/{service}: ")
