"""The BPF programs on identifiers and ports, run by a small machine."""

from __future__ import annotations

import pytest
from bpf_machine import accepts

from netlite.packets.templates import make_echo
from netlite.sockets.filters import echo_program, pass_types
from netlite.sockets.quote_filter import quote_program

REPLIES = {4: 0, 6: 129}
IP_HEADER = bytes.fromhex("46") + bytes(23)  # with four bytes of options


@pytest.mark.parametrize("version, head", [(4, IP_HEADER), (4, b"\x45" + bytes(19)), (6, b"")])
def test_filter_passes_our_replies_and_what_is_no_reply(version, head):
    program = echo_program(version, REPLIES[version], 0x1234, others=True)
    assert accepts(program, head + make_echo(version, 0x1234, 1, b"hello", kind="reply"))
    assert not accepts(program, head + make_echo(version, 0x1235, 1, b"hello", kind="reply"))
    assert accepts(program, head + bytes((3, 1)) + bytes(6))
    assert not accepts(program, head + bytes((REPLIES[version], 0)))


@pytest.mark.parametrize("quoted", [b"\x45" + bytes(19), b"\x4f" + bytes(59)])
@pytest.mark.parametrize("kind", [4, 5])
@pytest.mark.parametrize("head", [IP_HEADER, b"\x45" + bytes(19)])
def test_filter_passes_hints_about_our_probes_alone(head, kind, quoted):
    program = echo_program(4, REPLIES[4], 0x1234, others=False)
    assert not accepts(program, head + bytes((40, 1)) + bytes(6))
    hint = head + bytes((kind, 1)) + bytes(6) + quoted
    assert accepts(program, hint + make_echo(4, 0x1234, 1, b"hello"))
    assert not accepts(program, hint + make_echo(4, 0x1235, 1, b"hello"))
    assert not accepts(program, hint) and not accepts(program, head + bytes((kind, 1)))


class Socket:
    def setsockopt(self, level, option, value):
        self.value = value


def test_filter_of_types():
    socket = Socket()
    pass_types(socket, 4, (0, 4, 5))
    assert int.from_bytes(socket.value, "little") == 0xFFFFFFFF & ~0b110001
    pass_types(socket, 6, (129,))
    assert socket.value == b"\xff" * 16 + b"\xfd" + b"\xff" * 15  # as ping of iputils sets it


V6 = {"fragment": bytes((17, 0, 0, 1)) + bytes(4), "options": bytes((17, 0)) + bytes(6)}
NEXT_HEADERS = {"": 17, "fragment": 44, "options": 60}


def error(version, port, protocol=17, options=b"", head=b"\x45" + bytes(19), header=""):
    """A time exceeded that quotes a probe from `port`, as a raw socket sees it."""
    ports = port.to_bytes(2, "big") + bytes(6)
    if version == 4:
        quoted = bytes((0x45 + len(options) // 4,)) + bytes(8) + bytes((protocol,)) + bytes(10) + options
        return head + bytes((11, 0)) + bytes(6) + quoted + ports
    quoted = b"\x60" + bytes(5) + bytes((NEXT_HEADERS[header] if protocol == 17 else protocol,)) + bytes(33)
    return bytes((3, 0)) + bytes(6) + quoted + V6.get(header, b"") + ports


@pytest.mark.parametrize("version, form", [
    (4, {}), (4, {"head": IP_HEADER}), (4, {"options": bytes(40)}), (6, {}), (6, {"header": "fragment"})])
def test_filter_passes_errors_that_quote_our_ports_alone(version, form):
    program = quote_program(version, 17, range(40000, 40064), headers=False)
    for port in (40000, 40031, 40063):
        assert accepts(program, error(version, port, **form))
        assert not accepts(program, error(version, port, protocol=6, **form))
        assert not accepts(program, error(version, port, **form)[:-8])
    for port in (0, 39999, 40064, 65535):
        assert not accepts(program, error(version, port, **form))
    assert not accepts(program, b"") and not accepts(program, error(version, 40000, **form)[:30])


@pytest.mark.parametrize("headers", [True, False])
def test_filter_passes_quotes_of_extension_headers_where_probes_have_some(headers):
    program = quote_program(6, 17, range(40000, 40064), headers)
    assert accepts(program, error(6, 40001, header="options")) is headers
    assert accepts(program, error(6, 40001)) and not accepts(program, error(6, 39999))
