"""Labs of network namespaces: what they are, and that nothing of them stays."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from lab_processes import Networks, start_python, wait_for_end

from netlite.errors import KernelRefused
from netlite.feature_errors import LabRefused, LibraryMissing
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain

PYTHON = [sys.executable, "-I", "-S", "-c"]
NETWORK = "import os; print(os.readlink('/proc/self/ns/net'))"


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(chain(2, mtus={2: 1400})) as built:
        yield built


def python(lab: Lab, node: str, code: str, **options) -> str:
    done = lab.run(node, [*PYTHON, code], **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def udp_between(lab: Lab, source: str, target: str, version: int) -> None:
    """Send a datagram and its answer."""
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    kind = (family, socket.SOCK_DGRAM)
    with lab.socket(target, *kind) as far, lab.socket(source, *kind) as near:
        far.bind((lab.address(target, version), 7))
        near.settimeout(10)
        far.settimeout(10)
        near.sendto(b"there", (lab.address(target, version), 7))
        data, sender = far.recvfrom(100)
        assert data == b"there" and sender[0] in lab.addresses(source, version)
        far.sendto(b"back", sender)
        assert near.recv(100) == b"back"


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("source, target", [("client", "server"), ("r1", "server"), ("server", "r1")])
def test_packets_find_their_way_at_once(lab, source, target, version):
    udp_between(lab, source, target, version)


def test_nodes_have_namespaces_of_their_own(lab):
    seen = {python(lab, node, NETWORK) for node in lab.topology.nodes}
    assert len(seen) == 4
    assert os.readlink("/proc/self/ns/net") not in seen


def test_names_are_those_of_the_lab(lab):
    code = "import socket; print(socket.gethostbyname('r2.lab'), socket.gethostbyaddr('2001:db8:2::2')[0])"
    assert python(lab, "client", code) == "198.18.2.2 r2.lab"
    assert "r2.lab" not in Path("/etc/hosts").read_text()


def test_proc_shows_the_node(lab):
    assert python(lab, "r1", "print(open('/proc/sys/net/ipv4/ip_forward').read())") == "1"
    assert python(lab, "client", "print(open('/proc/sys/net/ipv4/ip_forward').read())") == "0"
    assert "eth1" in python(lab, "r1", "print(open('/proc/net/dev').read())")
    assert "eth1" not in python(lab, "client", "print(open('/proc/net/dev').read())")


def test_the_narrow_wire_is_narrow(lab):
    code = ("import socket; opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
            "import fcntl, struct; print(struct.unpack('16si', fcntl.ioctl(opened, 0x8921,"
            " struct.pack('16si', b'eth1', 0)))[1])")  # SIOCGIFMTU
    assert python(lab, "r1", code) == "1400"


def test_programs_start_where_they_are_told(lab, tmp_path):
    assert python(lab, "client", "import os; print(os.getcwd())", cwd=tmp_path) == str(tmp_path)
    assert python(lab, "client", "import os; print(os.getcwd())") == os.getcwd()
    assert lab.run("client", ["sh", "-c", "cat; exit 3"], input="hello").stdout == "hello"
    assert lab.run("client", ["sh", "-c", "exit 3"]).returncode == 3
    code = "import os; print(os.nice(0))"
    assert python(lab, "client", code, preexec_fn=lambda: os.nice(5)) == str(os.nice(0) + 5)


def test_an_unprivileged_program_has_no_privileges(lab):
    code = ("import os, socket\nprint(os.getuid(), os.getgid())\n"
            "try: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)\n"
            "except PermissionError: print('refused')")
    interpreter = "/usr/bin/python3"  # ours may lie where only its owner may read
    if not os.access(interpreter, os.X_OK):
        pytest.skip(f"no {interpreter}")
    done = lab.run("client", [interpreter, "-I", "-S", "-c", code], unprivileged=True, cwd="/")
    assert done.stdout.split() == ["65534", "65534", "refused"]


def test_settings(labs):
    key = "net/ipv4/ip_default_ttl"
    left = "net/ipv6/conf/default/accept_ra"
    with Lab(chain(0), {key: "77", left: None}) as lab:
        assert python(lab, "client", f"print(open('/proc/sys/{key}').read())") == "77"
        assert python(lab, "client", f"print(open('/proc/sys/{left}').read())") == "1"
        lab.setting("client", key, "99")
        assert python(lab, "client", f"print(open('/proc/sys/{key}').read())") == "99"
        assert python(lab, "server", f"print(open('/proc/sys/{key}').read())") == "77"
        with pytest.raises(KernelRefused, match="Invalid argument"):
            lab.setting("client", key, "9999")


def test_a_socket_the_kernel_refuses(lab):
    with pytest.raises(KernelRefused) as refusal:
        lab.socket("client", socket.AF_INET, socket.SOCK_STREAM, 250)
    assert refusal.value.errno != 0


def test_a_missing_program_is_told(lab):
    with pytest.raises(FileNotFoundError):
        lab.run("client", ["/nowhere/at/all"])


def test_an_unknown_node_is_told(lab):
    with pytest.raises(KeyError):
        lab.run("r9", ["true"])


def test_a_thread_can_enter_a_node_as_root(lab):
    if lab.rootless:
        pytest.skip("only root's threads can")
    seen = []

    def enter():
        lab.enter("r1")
        seen.append(os.readlink("/proc/thread-self/ns/net"))

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert seen == [python(lab, "r1", NETWORK)]


SILENCE_MS = 500  # how long no answer is waited for; one that should come may take longer


def answers(lab: Lab, port: int, version: int, ttl: int = 64, size: int = 0, patience_ms: int = 30_000) -> tuple[int, int] | None:
    """What comes back for a UDP datagram: type and code of the ICMP error, or None when nothing does."""
    code = f"""
import select, socket, struct
family, level, recverr, hops = {((10, 41, 25, 16) if version == 6 else (2, 0, 11, 2))}
opened = socket.socket(family, socket.SOCK_DGRAM)
opened.setsockopt(level, recverr, 1)
opened.setsockopt(level, hops, {ttl})
opened.setsockopt(level, {23 if version == 6 else 10}, 2)
opened.sendto(bytes({size}), ({lab.address("server", version)!r}, {port}))
poll = select.poll()
poll.register(opened, 0)
if poll.poll({patience_ms}):
    ancillary = opened.recvmsg(2000, 2000, 0x2000)[1]
    errors = [data for kind_level, kind, data in ancillary if (kind_level, kind) == (level, recverr)]
    print(*struct.unpack_from("BB", errors[0], 5))
"""
    words = python(lab, "client", code).split()
    return tuple(int(word) for word in words) or None


@pytest.mark.parametrize("version, error", [(4, (11, 0)), (6, (3, 0))])
def test_routers_report_expired_packets_but_silent_ones(labs, version, error):
    nodes = [Node("client"), Node("r1", True, silent=True), Node("r2", True), Node("server")]
    with Lab(Topology(nodes, chain(2).wires)) as lab:
        assert answers(lab, 33434, version, ttl=2) == error
        assert answers(lab, 33434, version, ttl=1, patience_ms=SILENCE_MS) is None
        assert answers(lab, 33434, version) == ((3, 3) if version == 4 else (1, 4))


@pytest.mark.parametrize("version", [4, 6])
def test_rules_drop_and_reject(labs, version):
    rules = (Rule(Action.DROP, 17, 53),
             Rule(Action.REJECT, 17, 54, "server", REJECT_CODES["admin-prohibited"]),
             Rule(Action.REJECT, 17, 55, "198.18.2.0/23", REJECT_CODES["host-prohibited"]),
             Rule(Action.REJECT, 17, 55, "2001:db8::/34", REJECT_CODES["net-unreachable"]))
    nodes = [Node("client"), Node("r1", True, rules=rules), Node("server")]
    with Lab(Topology(nodes, chain(1).wires)) as lab:
        assert answers(lab, 53, version, patience_ms=SILENCE_MS) is None
        assert answers(lab, 54, version) == ((3, 13) if version == 4 else (1, 1))
        assert answers(lab, 55, version) == ((3, 10) if version == 4 else (1, 0))
        assert answers(lab, 56, version) == ((3, 3) if version == 4 else (1, 4))


@pytest.mark.parametrize("version, error", [(4, (3, 4)), (6, (2, 0))])
def test_black_holes_hide_what_is_too_big(labs, version, error):
    for hole in (False, True):
        nodes = [Node("client"), Node("r1", True, black_hole=hole), Node("server")]
        with Lab(Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "server"), 1280)])) as lab:
            patience = {"patience_ms": SILENCE_MS} if hole else {}
            assert answers(lab, 33434, version, size=1400, **patience) == (None if hole else error)
            assert answers(lab, 33434, version, ttl=1) == ((11, 0) if version == 4 else (3, 0))


def test_what_programs_leave_behind_ends_with_the_lab(labs):
    with Lab(chain(0)) as lab:
        left = lab.run("client", ["sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!"]).stdout.strip()
        networks = Networks(lab.namespaces.values())
        assert left in networks.users()
    with networks:
        wait_for_end([left])
        assert networks.users() == set()


def test_labs_leave_nothing_in_this_process(labs):
    def open_files() -> set[str]:
        return set(os.listdir("/proc/self/fd"))

    before, home = open_files(), os.readlink("/proc/self/ns/net")
    with Lab(chain(1)) as first, Lab(chain(0)) as second:
        networks = Networks([*first.namespaces.values(), *second.namespaces.values()])
        sleeper = first.popen("client", ["sleep", "1000"])
        assert {str(sleeper.pid), str(os.getpid())} <= networks.users()
    with networks:
        assert sleeper.returncode == -9
        assert networks.users() == set()
    assert open_files() == before
    assert os.readlink("/proc/self/ns/net") == home


HOLDER = """
import os, signal, sys
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain
lab = Lab(chain(1))
sleeper = lab.popen("r1", ["sleep", "1000"])
print(sleeper.pid)
sys.stdout.flush()
signal.pause()
"""


@pytest.mark.parametrize("ordinary", [False, True])
def test_a_killed_holder_leaves_nothing(labs, request, ordinary):
    if ordinary:
        request.getfixturevalue("rootless_labs")
    with start_python(HOLDER, ordinary) as holder:
        sleeper = holder.stdout.readline().strip()
        with Networks.held_by(holder.pid) as networks:
            assert len(networks.names) == 3
            assert {sleeper, str(holder.pid)} <= networks.users()
            holder.kill()
            holder.wait(30)
            wait_for_end([sleeper])
            assert networks.users() == set()


ROOTLESS = """
import socket
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain
for routers in (1, 2):
    with Lab(chain(routers)) as lab, lab.socket("server", socket.AF_INET6, socket.SOCK_DGRAM) as far:
        far.bind((lab.address("server", 6), 7))
        code = f"import socket; socket.socket(10, 2).sendto(b'x', ({lab.address('server', 6)!r}, 7))"
        lab.run("client", ["python3", "-c", code], check=True)
        print(lab.rootless, lab.run("client", ["id", "-u"]).stdout.strip(), far.recv(10).decode(), sep=",")
"""


def test_labs_without_root(rootless_labs, run_python):
    assert run_python(ROOTLESS, ordinary=True).split() == ["True,0,x"] * 2


def test_a_machine_without_namespaces_is_told(labs, run_python):
    code = ("import sys; sys.path[:0] = {path!r}; from netlite.lab.kernel import syscalls\n"
            "def refuse(flags): raise PermissionError(1, 'Operation not permitted', 'unshare')\n"
            "syscalls.unshare = refuse; from netlite.lab.kernel.builder import main; main()")
    lines = ("from netlite.lab.kernel import namespaces as n; n.START_BUILDER = " + repr(code),
             "print(n.Lab.unavailable_reason())", "print(n.Lab.unavailable_reason())",
             "try: n.Lab(n.chain(0))", "except n.LabRefused as refusal: print(refusal)")
    told = run_python("\n".join(lines)).splitlines()
    assert len(told) == 3 and len(set(told)) == 1
    assert told[0].startswith("no network namespaces here (unshare: Operation not permitted; ")


def test_a_missing_library_is_told(labs, monkeypatch):
    code = ("import sys; sys.path[:0] = {path!r}; sys.modules['pyroute2'] = None\n"
            "from netlite.lab.kernel.builder import main; main()")
    monkeypatch.setattr("netlite.lab.kernel.namespaces.START_BUILDER", code)
    with pytest.raises(LibraryMissing, match="needs pyroute2"):
        Lab(chain(0))


def test_a_builder_that_fails_is_told(labs, monkeypatch):
    monkeypatch.setattr("netlite.lab.kernel.namespaces.START_BUILDER", "raise SystemExit('it broke') # {path}")
    with pytest.raises(LabRefused, match="it broke"):
        Lab(chain(0))


def test_a_lab_can_be_closed_twice(labs):
    lab = Lab(chain(0))
    lab.close()
    lab.close()
    assert subprocess.run(["true"]).returncode == 0


READ_ONLY = """
from netlite.lab.kernel import syscalls
syscalls.unshare(syscalls.CLONE_NEWNS)
syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_SLAVE)
syscalls.mount("/proc/sys", "/proc/sys", flags=syscalls.MS_BIND)
syscalls.mount("none", "/proc/sys", flags=syscalls.MS_REMOUNT | syscalls.MS_BIND | 1)
import errno
try: open("/proc/sys/net/ipv4/ip_default_ttl", "w")
except OSError as refusal: print(errno.errorcode[refusal.errno])
from netlite.lab.kernel.namespaces import Lab, chain
with Lab(chain(1)) as lab:
    print(lab.warnings, lab.run("r1", ["cat", "/proc/sys/net/ipv4/ip_forward"]).stdout.strip())
"""


def test_a_read_only_proc_sys_as_in_containers(lab, run_python):
    if lab.rootless:
        pytest.skip("only root can make /proc/sys read-only")
    assert run_python(READ_ONLY).splitlines() == ["EROFS", "() 1"]


def test_settings_refused_are_one_warning(labs):
    settings = {"net/ipv4/ip_default_ttl": "9999", "net/ipv4/tcp_rmem": "no", "net/ipv4/no": "1"}
    with Lab(chain(0), settings) as lab:
        told = "/proc/sys/net/ipv4/ip_default_ttl: Invalid argument; the kernel's defaults stay"
        assert lab.warnings == (told,)


def test_two_wires_between_the_same_nodes(labs):
    with Lab(Topology([Node("a"), Node("b")], [Wire(("a", "b"))] * 2)) as lab:
        code = "import socket; print(*(name for _, name in socket.if_nameindex()))"
        assert set(python(lab, "a", code).split()) >= {"eth0", "eth1"}
        udp_between(lab, "a", "b", 4)


def test_a_process_may_be_called_anything(labs):
    """Whoever has such a name, a lab ends what runs in it."""
    naming = "open('/proc/self/comm', 'wb').write(b'\\xff) Z (\\n'); print('named', flush=True); open('/dev/zero').read()"
    with Lab(chain(0)) as lab:
        process = lab.popen("client", [sys.executable, "-I", "-c", naming.replace("open('/dev/zero').read()", "import time; time.sleep(600)")],
                            stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "named\n"
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
