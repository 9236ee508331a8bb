"""Names beyond ASCII, and words that are none, in the encoding of each locale; name servers that are slow or dead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import originals
import pytest
from originals import ORIGINALS_PATH
from quick_lab import Lab

from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.registry import netlite_argv

SERVER = Path(__file__).resolve().parents[1] / "name_server.py"
NOBODY, SOMEBODY = "127.0.0.98", "127.0.0.53"
NAMES = ["münchen.test".encode(), b"xn--mnchen-3ya.test", b"m\xfcnchen.test", "m\u00fc\u200dnchen.test".encode(),
         b"\xff\xfe.test", b"m\xc3.test"]
VARYING = re.compile(rb"\d+\.\d+ ?ms|time=\S+ ms|time \d+ms|rtt [^\n]*")
# In the file system of the lab, or of the run alone: name servers, and no other source of names.
PLACES = ('for each in resolv.conf nsswitch.conf hosts; do mount --bind "$0/$each" "/etc/$each" || exit 97; done; '
          'exec "$@"')


@pytest.fixture(scope="module")
def lab(place):
    reason = Lab.unavailable_reason()
    if reason:
        pytest.skip(reason)
    with Lab(Topology([Node("a"), Node("b")], [Wire(("a", "b"))], "names")) as built:
        if built.run("a", ["sh", "-c", PLACES, str(place), "true"]).returncode == 97:
            pytest.skip("nothing can be mounted here")
        yield built


@pytest.fixture(scope="module")
def latin(tmp_path_factory):
    """A folder of locales with one that is not UTF-8."""
    folder = tmp_path_factory.mktemp("locales")
    try:
        done = subprocess.run(["localedef", "-i", "de_DE", "-f", "ISO-8859-1", str(folder / "de_DE.ISO-8859-1")],
                              capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no localedef here")
    if not (folder / "de_DE.ISO-8859-1").exists():
        pytest.skip(f"localedef: {done.stderr.strip()}")
    return str(folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("etc")
    (folder / "resolv.conf").write_text(f"nameserver {SOMEBODY}\n")
    (folder / "nsswitch.conf").write_text("hosts: dns\n")
    (folder / "hosts").write_text("")
    return folder


@contextmanager
def name_server(lab, where: str, delay_s: float):
    """Delayed by so much; for ever: it takes questions and answers none."""
    argv = [sys.executable, str(SERVER), where, str(delay_s), lab.address("b")]
    with lab.popen("a", argv, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline() == "ready\n"
            yield
        finally:
            server.kill()


def both(lab, words: list[bytes], inside: Sequence[str] = (), **variables) -> list[tuple]:
    """What the original and netlite say, `inside` of what runs them: status, output, errors."""
    program = words[0].decode()
    originals.need(program)
    told = []
    for argv in ([words[0]], [word.encode() for word in netlite_argv([program])]):
        done = lab.run("a", [*inside, *argv, *words[1:]], env={"PATH": f"{ORIGINALS_PATH}:{os.environ['PATH']}", **variables}, text=False, timeout=300)
        told.append((done.returncode, VARYING.sub(b"#", done.stdout), done.stderr))
    return told


LOCALES = [{"LC_ALL": "C.UTF-8"}, {"LANG": "C.UTF-8"}, {"LC_ALL": "C"}, {}, {"LC_CTYPE": "xx_XX.none"},
           {"LC_CTYPE": "de_DE.ISO-8859-1"}, {"LANG": "C", "LC_CTYPE": "de_DE.ISO-8859-1"}]


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: ",".join(map("=".join, locale.items())) or "none")
@pytest.mark.parametrize("words", [[b"ping", b"-n", b"-c1"], [b"tracepath", b"-n", b"-m2"], [b"traceroute", b"-n", b"-q1", b"-m2"]],
                         ids=lambda words: words[0].decode())
def test_names_are_in_the_encoding_of_the_locale(lab, latin, words, locale, record_property):
    record_property("compared", (originals.generation(words[0].decode()), len(NAMES)))
    with name_server(lab, SOMEBODY, 0):
        for name in NAMES:
            original, ours = both(lab, [*words, name], LOCPATH=latin, **locale)
            assert ours == original, name


@pytest.mark.parametrize("locale, name", [
    ({"LC_ALL": "C.UTF-8"}, NAMES[0]), ({"LC_CTYPE": "de_DE.ISO-8859-1"}, NAMES[2]), ({}, NAMES[1])])
@pytest.mark.parametrize("words", ["ping --multi -c1", "mtu -n -q", "traceroute --mda -n -m2"])
def test_own_programs_read_names_so_too(lab, latin, words, locale, name):
    argv = [word.encode() for word in netlite_argv(words.split())] + [name]
    with name_server(lab, SOMEBODY, 0):
        done = lab.run("a", argv, env={"PATH": os.environ["PATH"], "LOCPATH": latin, **locale}, text=False, timeout=300)
    assert (done.stderr, done.returncode) == (b"", 0)


@pytest.mark.parametrize("words", ["traceroute -q1 -m1 {}", "tracepath -m1 {}", "ping -c1 b.lab"])
def test_the_second_name_server_is_awaited(lab, place, words, tmp_path):
    """The C library asks it after five seconds."""
    for each in ("nsswitch.conf", "hosts"):
        (tmp_path / each).write_bytes((place / each).read_bytes())
    (tmp_path / "resolv.conf").write_text(f"nameserver {NOBODY}\nnameserver {SOMEBODY}\n")
    with name_server(lab, SOMEBODY, 0), name_server(lab, NOBODY, 600):
        original, ours = both(lab, words.format(lab.address("b")).encode().split(), ["unshare", "-m", "sh", "-c", PLACES, str(tmp_path)])
    assert ours == original and b"host.lab" in ours[1]
