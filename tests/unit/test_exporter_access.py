"""TLS, client certificates and passwords, as the web configuration of Prometheus' exporters says."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from asyncio.sslproto import SSLProtocol
from base64 import b64encode
from contextlib import ExitStack

import pytest

pytest.importorskip("prometheus_client")
pytest.importorskip("h11")
pytest.importorskip("yaml")
bcrypt = pytest.importorskip("bcrypt")
from exporter_clients import Serving, descriptors, get, until  # noqa: E402

from netlite.programs.exporter import process, server as serving  # noqa: E402
from netlite.programs.exporter.access import AT_ONCE, NOBODY, read_access  # noqa: E402
from netlite.programs.exporter.requests import text_response  # noqa: E402

HASH = bcrypt.hashpw(b"s3cret", bcrypt.gensalt(4)).decode()


async def hello(request):
    return text_response(200, "hello")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A folder with the certificates of an authority (ca), a server and a client, and their keys."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    folder = tmp_path_factory.mktemp("keys")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=ca",
            "-addext", "keyUsage=critical,keyCertSign")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("server", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-out", f"{name}.pem", "-extfile", "names")
    return folder


def tls_get(place, folder, client: bool) -> bytes:
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    if client:
        context.load_cert_chain(str(folder / "client.pem"), str(folder / "client.key"))
    with socket.create_connection(place, 60) as plain, context.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped:
        wrapped.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while part := wrapped.recv(4096):
            data += part
        return data


SERVER = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"


def test_tls(keys):
    access = read_access(SERVER.encode(), str(keys))
    before = descriptors()
    with Serving(hello, access) as running:
        for _ in range(3):
            assert b"200 OK" in tls_get(running.place, keys, False)
        assert b"HTTP" not in plain(running.place)
        assert b"200 OK" in tls_get(running.place, keys, False)
    assert descriptors() == before


def plain(place) -> bytes:
    with socket.create_connection(place, 60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            return client.recv(4096)
        except ConnectionResetError:
            return b""


def test_a_client_certificate_is_asked_for(keys):
    access = read_access((SERVER + "  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n").encode(), str(keys))
    with Serving(hello, access) as running:
        assert b"200 OK" in tls_get(running.place, keys, True)
        try:
            assert tls_get(running.place, keys, False) == b""
        except (ssl.SSLError, ConnectionResetError):
            pass
        assert b"200 OK" in tls_get(running.place, keys, True)


def test_who_never_shakes_hands_is_cut_off(keys, monkeypatch):
    monkeypatch.setattr(serving, "HANDSHAKE_S", 0.2)
    before = descriptors()
    with Serving(hello, read_access(SERVER.encode(), str(keys))) as running:
        with socket.create_connection(running.place, 60) as client:
            try:
                assert client.recv(100) == b""
            except ConnectionResetError:
                pass
    assert descriptors() == before


def test_who_only_connects_costs_little(keys, monkeypatch):
    monkeypatch.setattr(SSLProtocol, "max_size", SSLProtocol.max_size)
    process.limit_tls_buffers()
    before = connections([])
    with Serving(hello, read_access(SERVER.encode(), str(keys))) as running, ExitStack() as held:
        for _ in range(20):
            held.enter_context(socket.create_connection(running.place, 60))
        until(lambda: running.server.connections == 20 and len(connections(before)) == 20)
        assert max(len(each._ssl_buffer) for each in connections(before)) <= 1 << 15
        assert b"200 OK" in tls_get(running.place, keys, False)


def connections(others: list) -> list:
    """The TLS connections that asyncio has, without others."""
    return [each for each in gc.get_objects() if isinstance(each, SSLProtocol) and not any(each is other for other in others)]


def basic(name: str, password: str) -> str:
    return "Authorization: Basic " + b64encode(f"{name}:{password}".encode()).decode()


def test_passwords():
    access = read_access(f"basic_auth_users:\n  alice: {HASH}\n".encode(), ".")
    with Serving(hello, access) as running:
        for headers, status in (((), 401), ((basic("alice", "s3cret"),), 200), ((basic("alice", "s3cret"),), 200),
                                ((basic("alice", "S3cret"),), 401), ((basic("alice", ""),), 401), ((basic("bob", "s3cret"),), 401),
                                ((basic("bob", "nobody at all"),), 401), ((basic("alice", "s3cret" + "x" * 100),), 401),
                                (("Authorization: Basic !!!",), 401), (("Authorization: Bearer x",), 401),
                                ((basic("alice", "s3cret\0"),), 401)):
            answer = get(running.place, "/", *headers)
            assert answer[0] == status, headers
            assert (answer[1].get("www-authenticate", "").startswith("Basic ")) == (status == 401)


def test_who_is_nobody_takes_as_long():
    """Names that are none are checked against a hash of the usual cost, which no password fits."""
    assert NOBODY.startswith("$2b$10$") and not bcrypt.checkpw(b"", NOBODY.encode())


def test_headers_that_every_answer_has():
    access = read_access(b"http_server_config: {http2: true, headers: {X-Frame-Options: deny}}\n", ".")
    with Serving(hello, access) as running:
        assert get(running.place, "/")[1]["x-frame-options"] == "deny"


@pytest.mark.parametrize("text, complaint", [
    ("- a", "no mapping"), ("a: [", "while parsing"), ("tls: {}", "does not know"), ("tls_server_config: []\nx: 1", "does not know"),
    ("tls_server_config: {cert_file: a}", "needs cert_file and key_file"), ("tls_server_config: {cert_file: a, key_file: b, x: 1}", "x"),
    ("tls_server_config: {cert_file: 1, key_file: b}", "no text"), ("tls_server_config: abc", "no mapping"),
    ("tls_server_config: {cert_file: a, key_file: b, client_auth_type: Some}", "is one of"),
    ("tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}", "needs client_ca_file"),
    ("tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}", "TLS12 or TLS13"),
    ("tls_server_config: {on: a}", "has True"), ("tls_server_config:\n  &a b_file: c", "does not know"), ("tls_server_config: {null: a}", "has None"),
    ("basic_auth_users: {alice: secret}", "no bcrypt hash"), ("basic_auth_users: {1: x}", "no name"),
    ("http_server_config: {headers: {X-Other: a}}", "does not know"), ("http_server_config: {headers: {Cache-Control: \"a\\nb\"}}", "no header"),
    ("http_server_config: {headers: {Cache-Control: [a]}}", "no text"), ("basic_auth_users: {alice: !!int ''}", "its tag"),
    ("http_server_config: {headers: !!bool x}", "its tag"), ("tls_server_config: {cert_file: !!timestamp x}", "its tag"),
    ("\xff", ""), ("{" * 1000, "maximum recursion depth")])
def test_a_wrong_configuration_is_a_line(text, complaint):
    with pytest.raises(ValueError) as told:
        read_access(text.encode("latin-1"), ".")
    assert complaint in str(told.value) and "\n" not in str(told.value)


def test_a_file_that_is_missing_or_no_key(tmp_path):
    text = b"tls_server_config: {cert_file: a.pem, key_file: a.pem}"
    with pytest.raises(FileNotFoundError):
        read_access(text, str(tmp_path))
    (tmp_path / "a.pem").write_text("nothing")
    with pytest.raises(ValueError, match="tls_server_config"):
        read_access(text, str(tmp_path))


def test_an_empty_file_lets_everybody_in():
    assert asyncio.run(read_access(b"", ".").admits(""))


@pytest.mark.parametrize("kind", ["pipe", "endless", "folder", "missing"])
def test_what_is_no_plain_file_holds_nobody_up(tmp_path, kind):
    from netlite.environment import Environment
    from netlite.programs.exporter.running import Exporter
    from netlite.programs.exporter.words import Options

    os.mkfifo(tmp_path / "pipe")
    path = {"pipe": tmp_path / "pipe", "endless": "/dev/zero", "folder": tmp_path, "missing": tmp_path / "x"}[kind]
    exporter = Exporter(Options(files=(("targets", str(path)),)), Environment("exporter"))
    (complaint,) = exporter.read_files()
    assert complaint == f"{path}: {'No such file or directory' if kind == 'missing' else 'Is no plain file'}"


@pytest.mark.parametrize("key", ["cert_file", "key_file", "client_ca_file"])
def test_a_certificate_that_is_a_pipe_holds_nobody_up(keys, key):
    os.mkfifo(keys / f"pipe-{key}")
    files = {"cert_file": "server.pem", "key_file": "server.key", "client_ca_file": "ca.pem", key: f"pipe-{key}"}
    with pytest.raises(ValueError, match=f"{key}: .* is no plain file"):
        read_access(f"tls_server_config: {files}".encode(), str(keys))


def test_a_certificate_that_is_renewed_is_read_again(keys, tmp_path):
    from netlite.environment import Environment
    from netlite.programs.exporter.running import Exporter
    from netlite.programs.exporter.words import Options

    for name in ("server.pem", "server.key"):
        shutil.copy(keys / name, tmp_path / name)
    (tmp_path / "web.yml").write_text(SERVER)
    exporter = Exporter(Options(web=str(tmp_path / "web.yml")), Environment("exporter"))
    assert exporter.read_files() == []
    first = exporter._access
    assert exporter.read_files(changed_only=True) == [] and exporter._access is first
    shutil.copy(keys / "client.pem", tmp_path / "server.pem")
    (complaint,) = exporter.read_files(changed_only=True)  # it does not go with the key
    assert "tls_server_config" in complaint and exporter._access is first
    assert exporter.read_files(changed_only=True) == []  # and is told once
    shutil.copy(keys / "client.key", tmp_path / "server.key")
    assert exporter.read_files(changed_only=True) == [] and exporter._access is not first


def test_a_password_that_is_taken_back_is_so_for_who_is_here_already():
    """A connection that was let in stays open, and is asked anew."""
    rules = [read_access(f"basic_auth_users:\n  alice: {HASH}\n".encode(), ".")]
    asked = f"GET / HTTP/1.1\r\nHost: x\r\n{basic('alice', 's3cret')}\r\n\r\n".encode()
    with Serving(hello, lambda: rules[-1]) as running, socket.create_connection(running.place, 60) as client:
        for status in (b"200", b"401", b"401"):
            client.sendall(asked)
            assert client.recv(65536).split()[1] == status
            rules.append(read_access(f"basic_auth_users:\n  bob: {HASH}\n".encode(), "."))


def test_who_hangs_up_makes_no_room_for_more_hashes(monkeypatch):
    """A thread that computes one cannot be stopped, so it keeps its turn."""
    goes_on, begun = threading.Event(), []

    def check(password, hashed):
        begun.append(password)
        return not goes_on.wait(60)

    async def attack(access):
        for _ in range(10):
            clients = [asyncio.create_task(access.admits("Basic " + b64encode(b"alice:x").decode())) for _ in range(5)]
            while len(begun) < AT_ONCE:
                await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            for client in clients:
                client.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
        assert len(begun) == AT_ONCE
        goes_on.set()
        assert not await access.admits("Basic " + b64encode(b"alice:x").decode())
        assert len(begun) == AT_ONCE + 1

    monkeypatch.setattr(bcrypt, "checkpw", check)
    try:
        asyncio.run(attack(read_access(f"basic_auth_users:\n  alice: {HASH}\n".encode(), ".")))
    finally:
        goes_on.set()


@pytest.mark.parametrize("costs", [(4,), (4, 12), (31, 5), ()])
def test_who_is_nobody_costs_as_much_as_the_dearest_password(monkeypatch, costs):
    """Else the time tells which names there are."""
    checked = []
    monkeypatch.setattr(bcrypt, "checkpw", lambda password, hashed: bool(checked.append(hashed.decode())))
    users = {f"user{number}": HASH.replace("$04$", f"${cost:02}$") for number, cost in enumerate(costs)} or {"a": HASH}
    text = "basic_auth_users:\n" + "".join(f"  {name}: {hashed}\n" for name, hashed in users.items())
    access = read_access(text.encode(), ".")
    assert not asyncio.run(access.admits("Basic " + b64encode(b"nobody:x").decode()))
    assert [int(hashed[4:6]) for hashed in checked] == [max(costs, default=4)] and checked[0] not in users.values()


@pytest.mark.parametrize("hashed", [HASH[:4] + "99" + HASH[6:], HASH[:4] + "03" + HASH[6:], HASH[:-1] + "!", "$2b$" + "x" * 56], ids=range(4))
def test_a_hash_that_no_password_could_fit_is_refused(hashed):
    with pytest.raises(ValueError, match="no bcrypt hash"):
        read_access(f"basic_auth_users: {{alice: '{hashed}'}}".encode(), ".")


RELOADED_EARLY = """
import os, signal, sys
from netlite.environment import Environment
from netlite.programs.exporter import metrics, running
from netlite.programs.registry import execute

def need_library():                       # one of the first things, before the files are read
    os.kill(os.getpid(), signal.SIGHUP)

def read_files(exporter, changed_only=False):
    print("read all" if not changed_only else "looked", flush=True)
    if not changed_only:
        reads.append(1)
    if len(reads) == 2:
        os.kill(os.getpid(), signal.SIGTERM)
    return []

reads = []
metrics.need_library, running.Exporter.read_files = need_library, read_files
environment = Environment("exporter")
environment.owns_process = True
sys.exit(execute("exporter", ["--listen", "127.0.0.1:0", "--no-host"], environment))
"""


def test_a_reload_before_it_listens_is_one_when_it_does():
    done = subprocess.run([sys.executable, "-I", "-c", RELOADED_EARLY], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.replace("looked\n", "")) == (0, "read all\nread all\n"), done
