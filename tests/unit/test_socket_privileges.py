"""Privileges given up stay given up; in processes of their own, as it cannot be undone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netlite.sockets.capabilities import permitted_capabilities
from netlite.sockets.privileges import mask

ROOT = Path(__file__).resolve().parents[2]
START = """
import io, sys; sys.path.insert(0, {root!r})
from netlite.environment import Environment
from netlite.sockets import capabilities as module
from netlite.sockets.capabilities import permitted_capabilities
def caps():
    text = io.open("/proc/thread-self/status").read()
    return tuple(int(text.partition(name + ":")[2].split()[0], 16) for name in ("CapEff", "CapPrm"))
def start(owned=True):
    environment = Environment("ping")
    environment.owns_process = owned
    return environment.privileges
privileges = start()
"""
RAW, RAW_AND_ADMIN = mask("NET_RAW"), mask("NET_RAW", "NET_ADMIN")


def told_by(code: str, root: Path = ROOT, **options) -> str:
    done = subprocess.run([sys.executable, "-I", "-S", "-c", START.format(root=str(root)) + code], capture_output=True,
                          text=True, timeout=300, stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def raw():
    """Skips where there is no CAP_NET_RAW to keep and give up."""
    if not permitted_capabilities() & mask("NET_RAW"):
        pytest.skip("there is no CAP_NET_RAW to give up")


@pytest.fixture
def root():
    """Skips where this is not root with the right to be somebody else."""
    if os.geteuid() or not permitted_capabilities() & mask("SETUID"):
        pytest.skip("needs root, with the right to be somebody else")


def test_what_is_kept_is_permitted_and_not_in_effect():
    kept = permitted_capabilities() & RAW_AND_ADMIN
    assert told_by("print(privileges.limit('NET_RAW', 'NET_ADMIN'), *caps())") == f"0 0 {kept}"


def test_it_is_in_effect_for_as_long_as_it_is_needed():
    kept = permitted_capabilities() & mask("NET_RAW")
    assert told_by("privileges.limit('NET_RAW')\nwith privileges: print(*caps())\nprint(*caps())") == \
        f"{kept} {kept}\n0 {kept}"


def test_it_is_not_in_effect_after_an_exception(raw):
    code = "privileges.limit('NET_RAW')\ntry:\n    with privileges: 1 / 0\nexcept ZeroDivisionError: print(*caps())"
    assert told_by(code) == f"0 {RAW}"


def test_after_the_drop_nothing_is_left():
    code = "privileges.limit('NET_RAW'); print(privileges.drop(), *caps())\nwith privileges: print(*caps())"
    assert told_by(code) == "0 0 0\n0 0"


def test_limits_only_narrow(raw):
    code = ("privileges.limit('NET_RAW', 'NET_ADMIN'); privileges.limit('NET_RAW')\n"
            "privileges.limit('NET_RAW', 'NET_ADMIN')\nwith privileges: print(*caps())")
    assert told_by(code) == f"{RAW} {RAW}"


def test_a_process_that_is_not_the_programs_keeps_all():
    assert told_by("before = caps(); other = start(owned=False); other.limit(); other.drop()\n"
                   "with other: print(caps() == before)") == "True"


def test_without_effect_no_raw_socket_and_with_it_one(raw):
    code = """
import _socket
def opens():
    try:
        _socket.socket(_socket.AF_INET, _socket.SOCK_RAW, 1).close()
        return True
    except PermissionError:
        return False
privileges.limit('NET_RAW')
print(opens())
with privileges: print(opens())
privileges.drop()
with privileges: print(opens())"""
    assert told_by(code).split() == ["False", "True", "False"]


def test_nothing_to_give_up_loads_nothing_but_the_look():
    code = "privileges.limit(); before = set(sys.modules)\nfor name in before: del sys.modules[name]\n" \
           "start().limit('NET_RAW'); print(sorted(name for name in sys.modules if '.' in name))"
    assert told_by(code) == "['netlite.sockets', 'netlite.sockets.capabilities']"


WITHOUT_PROC = """
def no_proc(path, *rest):
    if path.startswith("/proc"): raise FileNotFoundError(2, "No such file or directory")
    return real_open(path, *rest)
real_open, module.open = module.open, no_proc
"""


def test_without_proc_they_are_known_and_given_up_all_the_same():
    owned = permitted_capabilities()
    code = WITHOUT_PROC + "privileges = start(); print(permitted_capabilities(), privileges.limit(), *caps())"
    assert told_by(code) == f"{owned} 0 0 0"


def test_a_python_that_cannot_give_them_up_says_so(raw):
    assert told_by("sys.modules['_ctypes'] = None; before = caps()\n"
                   "print(privileges.limit('NET_RAW') == 38, privileges.drop(), caps() == before)") == "True 0 True"


LIMITED = """
import resource
pages = int(io.open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize(), resource.RLIM_INFINITY))
try:
    told = privileges.limit()
except MemoryError:
    told = "no memory"
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
print(told)
"""


def test_nobody_keeps_them_for_want_of_memory(raw):
    """The module that gives them up is there, and has no room."""
    assert told_by(LIMITED) == "no memory"


@pytest.mark.parametrize("mode, always", [(0o755, 0), (0o700, 1 << 2)])
def test_a_program_in_a_private_folder_can_go_on_to_load_its_modules(root, tmp_path, mode, always):
    """Root without capabilities is an ordinary user to another's files, those of Python modules too."""
    place = tmp_path / "home"
    shutil.copytree(ROOT / "netlite", place / "netlite", ignore=shutil.ignore_patterns("__pycache__"))
    os.chmod(tmp_path, 0o755)
    os.chown(place, 65534, 65534)
    os.chmod(place, mode)
    code = "privileges.limit('NET_RAW'); privileges.drop(); print(*caps()); import netlite.sockets.addresses"
    assert told_by(code, place) == f"{always} {always}"


def test_a_set_user_id_program_becomes_the_user_who_called_it_and_keeps_the_capability(root):
    code = """
import os
from netlite.sockets import privileges as capabilities
capabilities.modules_readable = lambda: True  # Python may lie in root's own folder here
os.setresgid(65534, 0, 0); os.setresuid(65534, 0, 0)
privileges = start()
privileges.limit('NET_RAW')
print(*os.getresuid(), *os.getresgid(), *caps())
with privileges: print(*caps())"""
    kept = mask("NET_RAW")
    assert told_by(code) == f"65534 65534 65534 65534 65534 65534 0 {kept}\n{kept} {kept}"
