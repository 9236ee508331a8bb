"""Who is let in, as the web configuration of Prometheus' exporters says: TLS, client certificates, names and passwords.

``--web.config.file`` is YAML with ``tls_server_config`` (cert_file, key_file, client_ca_file, client_auth_type,
min_version, max_version), ``basic_auth_users`` (name: bcrypt hash) and ``http_server_config`` (headers); files are
named from its folder on.  What is not understood is refused: a key that is skipped could be the one that keeps somebody
out.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from hashlib import sha256
from ssl import CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED, PROTOCOL_TLS_SERVER, SSLContext, SSLError, TLSVersion

from ...aio.threads import in_thread
from ...feature_errors import LibraryMissing
from .process import is_plain
from .yaml_text import read_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TOP = {"tls_server_config": dict, "basic_auth_users": dict, "http_server_config": dict}
TLS_KEYS = {"cert_file", "key_file", "client_ca_file", "client_auth_type", "min_version", "max_version"}
HTTP_KEYS = {"http2", "headers"}      # http2 is accepted: who offers it gets HTTP/1.1
CLIENTS = {"NoClientCert": CERT_NONE, "VerifyClientCertIfGiven": CERT_OPTIONAL,
           "RequireAndVerifyClientCert": CERT_REQUIRED}
VERSIONS = {"TLS12": TLSVersion.TLSv1_2, "TLS13": TLSVersion.TLSv1_3}
HASH = re.compile(r"\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")
REMEMBERED = 64
LONGEST_PASSWORD = 72                 # bytes that bcrypt looks at
NOBODY = "$2b$10$7EqJtq98hPqEX7fNZaFWoOhi5m2HG9ZbJSJFB7ZGb5tKq0dXbYVdK"  # which no password fits
COST = slice(4, 6)                    # of a hash: its two digits
AT_ONCE = 2                           # hashes that are computed side by side, in threads


class Access:
    """Rules for clients: `tls` a context or None, `headers` that every answer has, `files` the certificates and keys
    that were read.  `admits` checks a password."""

    def __init__(self, tls: SSLContext | None = None, users: dict[str, str] | None = None,
                 headers: tuple[tuple[str, str], ...] = (), files: tuple[str, ...] = ()):
        self.tls, self.headers, self.files = tls, headers, files
        self._users = users or {}
        cost = max((hashed[COST] for hashed in self._users.values()), default=NOBODY[COST])
        self._nobody = f"{NOBODY[:COST.start]}{cost}{NOBODY[COST.stop:]}"  # for names that are none: takes as long
        self._known: set[bytes] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def admits(self, authorization: str) -> bool:
        """Whether the value of an Authorization header lets its client in."""
        if not self._users:
            return True
        name, password = _credentials(authorization)
        if password is None:
            return False
        proof = sha256(sha256(name.encode()).digest() + password).digest()
        if proof in self._known:
            return True
        from bcrypt import checkpw

        await self._turns.acquire()
        hashed = self._users.get(name, self._nobody)
        work = in_thread(lambda: _is_right(checkpw, password, hashed))
        work.add_done_callback(lambda _: self._turns.release())  # not when its client hangs up: a thread goes on
        if not await asyncio.shield(work) or name not in self._users:
            return False
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known.add(proof)
        return True


def _is_right(check: Callable[[bytes, bytes], bool], password: bytes, hashed: str) -> bool:
    try:
        return len(password) <= LONGEST_PASSWORD and check(password, hashed.encode())
    except ValueError:  # a NUL in the password
        return False


def _credentials(authorization: str) -> tuple[str, bytes | None]:
    kind, _, word = authorization.partition(" ")
    if kind.lower() != "basic":
        return "", None
    try:
        name, colon, password = b64decode(word.strip(), validate=True).partition(b":")
        return name.decode(), password if colon else None
    except ValueError:
        return "", None


def read_access(text: bytes, folder: str) -> Access:
    """Of the text of a web configuration file in `folder`.  Raises ValueError (one line), OSError, LibraryMissing."""
    try:
        import bcrypt  # noqa: F401

        found = read_yaml(text.decode("utf-8"))
    except ImportError as missing:
        raise LibraryMissing({"yaml": "pyyaml"}.get(missing.name or "", "bcrypt"), "--web.config.file") from None
    if found is None:
        return Access()
    _check(found, "the file", set(TOP))
    for key, kind in TOP.items():
        if not isinstance(found.get(key) or kind(), kind):
            raise ValueError(f"{key} is no mapping")
    http = found.get("http_server_config") or {}
    _check(http, "http_server_config", HTTP_KEYS)
    tls = found.get("tls_server_config") or {}
    _check(tls, "tls_server_config", TLS_KEYS)
    files = [path if path.startswith("/") else f"{folder}/{path}"
             for key, path in tls.items() if key.endswith("_file") and isinstance(path, str)]
    return Access(_context(tls, folder), _users(found.get("basic_auth_users") or {}),
                  _headers(http.get("headers") or {}), tuple(files))


def _check(found: object, where: str, known: set[str]) -> None:
    if not isinstance(found, dict):
        raise ValueError(f"{where} is no mapping")
    strange = [str(key) for key in found if key not in known]
    if strange:
        raise ValueError(f"{where} has {', '.join(strange)}, which netlite does not know")


def _users(found: dict[Any, Any]) -> dict[str, str]:
    for name, hashed in found.items():
        if not isinstance(name, str) or not name or ":" in name:
            raise ValueError(f"basic_auth_users: {name!r} is no name")
        if not isinstance(hashed, str) or not HASH.fullmatch(hashed):
            raise ValueError(f"basic_auth_users: the value of {name} is no bcrypt hash")
    return dict(found)


def _headers(found: object) -> tuple[tuple[str, str], ...]:
    _check(found, "headers", {"X-Frame-Options", "X-Content-Type-Options", "X-XSS-Protection",
                              "Content-Security-Policy", "Strict-Transport-Security", "Cache-Control"})
    if any(isinstance(value, dict | list | set) for value in found.values()):  # type: ignore[attr-defined]
        raise ValueError("headers: a value is no text")
    rows = [(str(name).lower(), str(value)) for name, value in found.items()]  # type: ignore[attr-defined]
    if not all(value.isprintable() and value.isascii() for _, value in rows):
        raise ValueError("headers: a value has characters that no header has")
    return tuple(rows)


def _context(found: dict[str, Any], folder: str) -> SSLContext | None:
    if not found:
        return None

    def word(key: str, default: str = "") -> str:
        value = found.get(key, default)
        if not isinstance(value, str):
            raise ValueError(f"{key} is no text")
        return value

    def file(key: str) -> str:
        path = word(key) if word(key).startswith("/") else f"{folder}/{word(key)}"
        if not is_plain(path):
            raise ValueError(f"{key}: {path} is no plain file")
        return path

    if not word("cert_file") or not word("key_file"):
        raise ValueError("tls_server_config needs cert_file and key_file")
    client = word("client_auth_type", "RequireAndVerifyClientCert" if word("client_ca_file") else "NoClientCert")
    if client not in CLIENTS:
        raise ValueError(f"client_auth_type is one of {', '.join(CLIENTS)}, not {client}")
    if CLIENTS[client] != CERT_NONE and not word("client_ca_file"):
        raise ValueError(f"client_auth_type {client} needs client_ca_file")
    context = SSLContext(PROTOCOL_TLS_SERVER)
    for key, default in (("min_version", "TLS12"), ("max_version", "TLS13")):
        if word(key, default) not in VERSIONS:
            raise ValueError(f"{key} is TLS12 or TLS13, not {word(key)}")
    context.minimum_version = VERSIONS[word("min_version", "TLS12")]
    context.maximum_version = VERSIONS[word("max_version", "TLS13")]
    try:
        context.load_cert_chain(file("cert_file"), file("key_file"), password=_no_password)
        if word("client_ca_file"):
            context.load_verify_locations(file("client_ca_file"))
    except SSLError as wrong:
        raise ValueError(f"tls_server_config: {wrong.reason or wrong}") from None
    context.verify_mode = CLIENTS[client]
    return context


def _no_password() -> str:
    raise ValueError("tls_server_config: the key wants a password")
