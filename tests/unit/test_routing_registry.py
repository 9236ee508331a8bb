"""Routing registries: their answers, and asking one on loopback."""

import socket
from threading import Thread

import pytest

from netlite.sockets.clock import Clock
from netlite.sockets.routing_registry import RegistryLookups, parse_origins


@pytest.mark.parametrize("text, origins", [
    ("", "*"), ("%  No entries found\n", "*"), ("origin: AS1\n", "AS1"), ("route: 10.0.0.0/8\norigin:   AS1\n", "AS1"),
    ("route: 10.0.0.0/8\norigin: AS1\nroute: 10.0.0.0/8\norigin: AS2\n", "AS1/AS2"),
    ("route: 10.0.0.0/8\norigin: AS1\nroute: 10.0.0.0/8\norigin: AS1\n", "AS1"),
    ("route: 10.0.0.0/16\norigin: AS1 # note\nroute: 10.0.0.0/8\norigin: AS2\n", "AS1"),
    ("route6: 2001:db8::/32\r\norigin: AS1\r\nroute6: 2001:db8::/48\r\norigin: AS2\r\n", "AS2"),
    ("route: nonsense\norigin:\n", "*")])
def test_answers(text, origins):
    assert parse_origins(text) == origins


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


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    assert ask(RegistryLookups(None, "127.0.0.1", port), "192.0.2.1") == (None, "!!")


def test_no_such_service():
    lookups = RegistryLookups(None, "127.0.0.1", "no-such-service")
    assert ask(lookups, "192.0.2.1") == (None, None)
    assert lookups.failure.startswith("127.0.0.1/no-such-service: ")


def test_a_length_of_many_digits():
    assert parse_origins(f"route: 10.0.0.0/{'9' * 5000}\norigin: AS64500\n") == "AS64500"
