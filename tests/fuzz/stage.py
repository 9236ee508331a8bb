"""Plays examples, each in fresh network namespaces: runs inside a node of a lab, started by `players.Stage`.

An example is (kind, lines that set it up, commands); each command a list of words, as bytes.  Reads pickled ones from
stdin and writes pickled answers.  ``displays``: both programs in one namespace, an answer is the commands that
differed; ``changes``: each program in a twin, an answer is what either said and left behind.  netlite's programs are
forked off this process, which has them loaded: a start of the interpreter would cost more than most of them.
"""

from __future__ import annotations

import os
import pickle
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [each for each in map(str, (ROOT, HERE, HERE.parent, HERE.parent / "conformance")) if each not in sys.path]

from program_runs import Run, load_programs  # noqa: E402

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
OURS = f"{ROOT}/bin:{PATH}"
PLAIN = {"PATH": PATH, "LC_ALL": "C"}
NEWNET, NEWUTS, NEWPID, NEWNS = 0x40000000, 0x04000000, 0x20000000, 0x00020000  # CLONE_NEW… (<linux/sched.h>)
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PATIENCE_S = 10
LOOKS = 3
KERNELS_TCP = re.compile(r" tcp .* flags=0x0(04|10|11|14) ")
"""What the kernel itself says in a connection of TCP, or where it knows none."""
STATE = ("-d addr", "route show table all", "-6 route show table all", "neigh", "neigh show proxy", "-6 neigh show proxy")
FORGET_PROXIES = """for family in -4 -6; do ip $family neigh show proxy | while read -r address what device rest; do
[ "$what" = dev ] && ip neigh del proxy "$address" dev "$device" || ip neigh del proxy "$address"; done; done"""
"""One without a device outlives its namespace, and turns up in a later one."""
FILES = {
    "hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.0.0.1 web web.example.org www\n10.0.0.2 b.lab b\n"
             "10.0.0.9 \u00e9t\u00e9\n10.1.0.1 a-name-that-is-rather-longer-than-any-column.example.net\n"
             "fd00::1 six.lab\nfd00::2 \u00fcn\u00ef.lab\n172.16.0.9 gate\n192.168.5.1 x\n",
    "networks": "loopback 127.0.0.0\nlink-local 169.254.0.0\nlocalnet 10.0.0.0\nwide 10.20.0.0\ncaf\u00e9 172.16.0.0\n",
    "nsswitch.conf": "".join(f"{table}: files\n" for table in ("passwd", "group", "hosts", "networks", "services", "protocols", "ethers")),
    "resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    "ethers": "02:00:00:00:ee:01 10.0.0.50\n# none\n02:00:00:00:ee:02 web\n02:00:00:00:ee:0g b\n02:00:00:00:ee:03\n",
}


def settle_in() -> None:
    """Processes, mounts and name files of our own."""
    from netlite.lab.kernel import syscalls

    syscalls.unshare(NEWNS)
    try:
        syscalls.unshare(NEWPID)
    except OSError:
        pass  # then -p looks at the processes of the whole machine
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)
    syscalls.mount("none", "/", "", MS_REC | MS_PRIVATE)
    try:
        syscalls.mount("proc", "/proc", "proc")
    except OSError:
        pass
    folder = tempfile.mkdtemp(prefix="netlite-fuzz-")
    for name, text in FILES.items():
        path = f"{folder}/{name}"
        Path(path).write_text(text, "utf-8")
        if not os.path.exists(f"/etc/{name}"):
            continue
        syscalls.mount(path, f"/etc/{name}", "", MS_BIND)
    shutil.rmtree(folder)  # what is mounted stays


def begun(command: list[bytes], ours: bool) -> Run:
    """The original or netlite as it runs."""
    nobody = command[0] == b"nobody"
    return Run(command[nobody:], OURS if ours else PATH, nobody)


def perform(command: list[bytes], ours: bool) -> tuple:
    """The outcome of a command of which nothing else is wanted."""
    run = begun(command, ours)
    return run.outcome(bool(select.select([run.ended], [], [], PATIENCE_S)[0]))


def set_up(lines: list[str]) -> None:
    """Perform the lines: those of ip together, ``open …`` by a process that holds the sockets, others by a shell."""
    settings = "/proc/sys/net/ipv6/conf/default/"
    for name, value in ("accept_dad", "0"), ("addr_gen_mode", "1"), ("router_solicitations", "0"):
        try:
            Path(settings + name).write_text(value)
        except OSError:
            pass
    batch: list[str] = ["link set lo up"]
    sockets = [line for line in lines if line.startswith("open ")]
    for line in [*(line for line in lines if line not in sockets), ""]:
        if line.startswith("ip "):
            batch.append(line[3:])
            continue
        if batch:
            _quietly(["ip", "-force", "-batch", "-"], "\n".join(batch) + "\n")
            batch = []
        if line:
            _quietly(["sh", "-c", line])
    if sockets:
        hold(sockets)


def _quietly(command: list[str], text: str = "") -> None:
    words = [os.fsencode(word) for word in command]
    subprocess.run(words, input=os.fsencode(text), env=PLAIN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=PATIENCE_S)


def hold(lines: list[str]) -> None:
    """A process that has the sockets of `lines` open, until its parent ends."""
    import open_sockets

    ready, told = os.pipe()
    if not os.fork():
        try:
            os.closerange(3, told)
            open_sockets.open_all(lines)
            os.write(told, b".")
            open_sockets.wait_for_end(os.getppid())
        finally:
            os._exit(0)
    os.close(told)
    os.read(ready, 1)
    os.close(ready)


def masked(words: list[bytes], outcome: tuple, masks: dict) -> tuple:
    """An outcome without what truly varies."""
    program = words[words[0] == b"nobody"].decode()
    if program not in masks:
        from masks import masks_for
        from random_commands import MASKS_OF

        masks[program] = masks_for("hostname" if program.endswith("name") else program, MASKS_OF.get(program, ()))
    return *(masks[program](text.decode("utf-8", "surrogateescape")) for text in outcome[:2]), outcome[2]


def displays(lines: list[str], commands: list[list[bytes]]) -> tuple[list[tuple], int]:
    """(number, original's outcome, netlite's) of the commands that differ each time; and how many did at first."""
    set_up(lines)
    differing, masks, unsteady = [], {}, 0
    for number, words in enumerate(commands):
        seen: tuple[set, set] = set(), set()
        for look in range(LOOKS):
            for ours in (False, True):
                seen[ours].add(masked(words, perform(words, ours), masks))
            if seen[0] & seen[1]:
                break
            unsteady += look == 0
        else:
            differing.append((number, min(seen[0], key=repr), min(seen[1], key=repr)))
    return differing, unsteady


def changes(lines: list[str], commands: list[list[bytes]], ours: bool) -> tuple:
    """The kernel's state, what each command said, and the state at the end."""
    subprocess.run(["sh", "-c", FORGET_PROXIES], env=PLAIN)
    set_up(lines)
    before = kernel_state()
    masks: dict = {}
    said = [masked(words, perform(words, ours), masks) for words in commands]
    state = kernel_state()
    subprocess.run(["sh", "-c", FORGET_PROXIES], env=PLAIN)
    return before, said, state, os.uname().nodename, Path("/proc/sys/kernel/domainname").read_bytes()


def probing(seed: int, commands: list[list[bytes]], ours: bool) -> list[tuple]:
    """The outcome of each command, with the packets that went to its destination (its last word that is one)."""
    from capture import describe
    from responder import SET_UP, Network, open_tun

    Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 2147483647")
    for place in "all", "default":
        Path(f"/proc/sys/net/ipv4/conf/{place}/rp_filter").write_text("0")
    set_up([])
    tun, network = open_tun(), Network(seed)
    _quietly(["ip", "-force", "-batch", "-"], "\n".join(SET_UP) + "\n")
    sent: dict[str, list[str]] = {}
    runs = [begun(command, ours) for command in commands]
    waiting, end_s = {run.ended for run in runs}, time.monotonic() + 2 * PATIENCE_S
    while waiting and time.monotonic() < end_s:
        ready, _, _ = select.select([tun, *waiting], [], [], 1)
        waiting -= set(ready)
        for data in packets(tun):
            line = describe(data)
            sent.setdefault(line.partition(" > ")[2].partition(" ")[0], []).append(line)
            if KERNELS_TCP.search(line):
                sent[line.partition(" > ")[2].partition(" ")[0]].pop()
            if line:
                for answer in network.answers(data):
                    os.write(tun, answer)
    outcomes, masks = [], {}
    for command, run in zip(commands, runs):
        text = masked(command, run.outcome(run.ended not in waiting), masks)
        place = next((word.decode() for word in command if word.decode("latin-1") in sent), "")
        program = command[command[0] == b"nobody"].decode()
        outcomes.append((*text, "\n".join(masks[program](line) for line in sent.get(place, []))))
    return outcomes


def packets(tun: int):
    """What has come."""
    while True:
        try:
            yield os.read(tun, 1 << 16)
        except BlockingIOError:
            return


def kernel_state() -> list[bytes]:
    """What ip tells."""
    return [subprocess.run(["ip", "-j", *what.split()], env=PLAIN, capture_output=True).stdout for what in STATE]


class Aside:
    """A function in a child in fresh namespaces; `result` waits for it."""

    def __init__(self, function, *arguments):
        self._pipe, theirs = os.pipe()
        self._child = os.fork()
        if not self._child:
            try:
                os.close(self._pipe)
                from netlite.lab.kernel import syscalls

                syscalls.unshare(NEWNET | NEWUTS)
                with open(theirs, "wb") as stream:
                    pickle.dump(function(*arguments), stream)
            except BaseException as error:  # told by the parent
                sys.stderr.write(f"stage: {type(error).__name__}: {error}\n")
            finally:
                os._exit(0)
        os.close(theirs)

    def result(self):
        """What the function returned, None where it failed."""
        with open(self._pipe, "rb") as stream:
            data = stream.read()
        os.waitpid(self._child, 0)
        return pickle.loads(data) if data else None


def play(kind: str, lines: list[str], commands: list[list[bytes]]):
    """The answer to an example."""
    if kind == "displays":
        return Aside(displays, lines, commands).result()
    if kind == "probing":
        twins = [Aside(probing, int(lines[0]), commands, ours) for ours in (False, True)]
        return [twin.result() for twin in twins]
    twins = [Aside(changes, lines, commands, ours) for ours in (False, True)]
    return [twin.result() for twin in twins]


def main() -> None:
    """Answer examples until there are no more."""
    if not os.path.exists(f"{ROOT}/bin/netlite"):
        raise FileNotFoundError(f"no netlite in {ROOT}/bin: the originals would be compared with themselves")
    settle_in()
    load_programs(str(ROOT))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(b"ready\n")
    answers.flush()
    while True:
        try:
            example = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(play(*example), answers)
        answers.flush()


if __name__ == "__main__":
    main()
