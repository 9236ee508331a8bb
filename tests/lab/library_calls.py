"""Every function of the library and every program, called one after the other in one process that is not theirs; prints
a line for each that left something changed.  They wait for most of their time, so some forks share them out.  Runs on the
client of chain(1), started by test_process_as_it_was.py."""

from __future__ import annotations

import asyncio
import decimal
import gc
import os
import pty
import resource
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable

sys.path[:0] = eval(sys.argv[1])

import process_state
from refusals import end_with_parent

import netlite
from netlite import aio
from netlite.environment import Environment
from netlite.lab.scene.topology import chain
from netlite.packets.crafting import scapy_layers
from netlite.programs.registry import execute, folder_of
from netlite.programs.simulate import simulate

PORT = 9555
DESCRIPTORS = 700
PARTS = 4
LIBRARY: dict[str, Callable] = {
    "ping": lambda: list(netlite.ping("server", count=1)), "ping_many": lambda: list(netlite.ping_many(["server", "r1", "x.invalid"], count=1)),
    "traceroute": lambda: list(netlite.traceroute("server", queries=1)), "tracepath": lambda: list(netlite.tracepath("server")),
    "traceroute by tcp": lambda: list(netlite.traceroute("server", method="tcp", queries=1)),
    "traceroute by icmp": lambda: list(netlite.traceroute("server", method="icmp", queries=1)),
    "path_mtu": lambda: list(netlite.path_mtu("server")), "multipath": lambda: list(netlite.multipath("server")),
    "interfaces": netlite.interfaces, "addresses": netlite.addresses, "routes": netlite.routes, "default_routes": netlite.default_routes,
    "neighbours": netlite.neighbours, "connections": lambda: netlite.connections(owners=True), "counters": netlite.counters,
    "route_to": lambda: netlite.route_to("server"), "resolve": lambda: netlite.resolve("server"),
    "diagnose": lambda: netlite.diagnose("server", 9), "watch": lambda: next(iter(netlite.watch("server"))),
    "changes": lambda: list(netlite.changes(timeout_s=0.05)), "a run that is closed": lambda: netlite.ping("server", count=100).close(),
    "a run that is left": lambda: next(iter(netlite.ping("server", count=100)))}
AWAITED = {
    "ping": lambda: aio.ping("server", count=1).finish(), "ping_many": lambda: taken(aio.ping_many(["server", "r1"], count=1)),
    "traceroute": lambda: taken(aio.traceroute("server", queries=1)), "tracepath": lambda: taken(aio.tracepath("server")),
    "path_mtu": lambda: taken(aio.path_mtu("server")), "multipath": lambda: taken(aio.multipath("server")),
    "interfaces": lambda: aio.interfaces(), "addresses": lambda: aio.addresses(), "routes": lambda: aio.routes(),
    "default_routes": lambda: aio.default_routes(), "neighbours": lambda: aio.neighbours(), "counters": lambda: aio.counters(),
    "connections": lambda: aio.connections(owners=True), "resolve": lambda: aio.resolve("server"),
    "route_to": lambda: aio.route_to("server"), "diagnose": lambda: aio.diagnose("server"),
    "ping, cancelled": lambda: cancelled(taken(aio.ping("server", count=100))), "watch, cancelled": lambda: cancelled(taken(aio.watch("server"))),
    "traceroute, cancelled": lambda: cancelled(taken(aio.traceroute("server"))), "changes, cancelled": lambda: cancelled(taken(aio.changes())),
    "resolve, cancelled": lambda: cancelled(aio.resolve("server"))}
EVERYWHERE = [line.split(";")[0] for line in """
ping -c1 server;ping -6 -c1 server;ping -c2 -i 0.01 --explain server;ping -c1 --html /dev/null server;ping -c1 --svg /dev/null server
ping -c1 --json server;ping -c1 --jsonl server;ping --multi -c1 server r1;ping -N name -c1 -W1 server;ping --nonsense;ping -c1 --pcap /dev/null server
traceroute -q1 server;traceroute -I -q1 server;traceroute -T -q1 server;traceroute --mda -q1 server;traceroute --explain -q1 server
tcptraceroute -q1 server;tracepath server;netstat -tan;netstat -s;netstat -r;netstat -i;netstat -g;netstat -M;netstat -x;netstat -tanp
netstat -tan --json;netstat -tan --explain;ifconfig -a;ifconfig -s;ifconfig lo;ifconfig --json;route -n;route -6;route -ee;arp;arp -n;arp -f /dev/null
hostname;hostname -i;hostname -f;hostname -I;dnsdomainname;domainname;mtu server;why server;why server:9;why --explain server
watch --report -c2 -i 0.1 server;watch --csv -c2 -i 0.1 server;watch --json -c2 -i 0.1 server;dhcp -t 1 eth0;dhcp -h;sd;sd --help;help;doctor
completion bash;--version;learn;explain;explain /dev/null;lab list;lab list --json;exporter --help""".replace("\n", ";").split(";") if line]
REAL = ["netstat -tan --netns 1", "netstat -tan --netns self", "netstat -tan --netns /proc/self/ns/net", "exporter --listen 256.0.0.1:1"]
LAB = ["lab list", "lab check loop", "lab map loop", "lab down", "lab exec a true", "lab run nothing", "lab run loop --html /dev/null",
       "lab run loop --backend memory -- ping -c1 server", "lab capture r1-r2 /dev/null --scene loop", "lab grade /nowhere", "lab exercise no"]


async def taken(run) -> None:
    async for _ in run:
        pass


async def cancelled(work) -> None:
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def program(command: str, owns_process: bool = False) -> None:
    words = command.split()
    environment = Environment(words[0])
    environment.owns_process = owns_process
    execute(folder_of(words[0]) or words[0], words[1:], environment)
    environment.out.flush()


def exporter() -> None:
    """Interrupted when it is there."""
    def interrupt() -> None:
        for _ in range(3000):
            try:
                socket.create_connection(("127.0.0.1", PORT), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        program(f"exporter --listen 127.0.0.1:{PORT}")
    except KeyboardInterrupt:
        pass
    thread.join()


def be_unusual() -> None:
    """Have nothing be as Python has it, so that what is set back to the usual is seen, too."""
    for number in (signal.SIGPIPE, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM, signal.SIGTSTP, signal.SIGCONT,
                   signal.SIGWINCH, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGINT, interrupted)
    _, end = os.pipe()
    os.set_blocking(end, False)
    signal.set_wakeup_fd(end, warn_on_full_buffer=False)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGHUP])
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    gc.set_threshold(701, 11, 12)
    os.umask(0o27)
    os.chdir("/")
    sys.setrecursionlimit(1200)
    sys.setswitchinterval(0.006)
    socket.setdefaulttimeout(600)  # a call that heeds it does not end in time
    decimal.getcontext().prec = 29
    warnings.simplefilter("error", BytesWarning)
    os.environ["XDG_CACHE_HOME"] = "/nowhere"


def interrupted(*_) -> None:
    raise KeyboardInterrupt


def warm_up() -> None:
    """What is so from the first time on: a thread's signal of the C library, scapy's own, a socket that keeps stamps."""
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    scapy_layers()
    program("ping -c1 --pcap /dev/null server")
    netlite.World().network.keep_stamping()


def calls() -> dict[str, Callable]:
    found = {f"library: {name}": call for name, call in LIBRARY.items()}
    found |= {f"asyncio: {name}": lambda make=make: asyncio.run(as_task(make)) for name, make in AWAITED.items()}
    found |= {f"program: {command}": lambda command=command: program(command) for command in EVERYWHERE + REAL}
    found |= {f"in memory: {command}": lambda command=command: simulate(command, chain(1)) for command in EVERYWHERE
              if not command.startswith(("lab", "explain"))}
    found |= {f"process of its own: {command}": lambda command=command: program(command, True) for command in LAB}
    return {**found, "program: exporter": exporter}


async def as_task(make) -> None:
    await make()


def look_at(wanted: dict[str, Callable]) -> None:
    for name, call in wanted.items():
        gc.freeze()  # the collector need not look again at what is there
        before = process_state.state()
        try:
            call()
        except netlite.NetliteError:
            pass
        after = process_state.state()
        before["frozen"] = min(before["frozen"], after["frozen"])  # some of it may be gone
        for line in process_state.differences(before, after):
            print(f"{name}: {line}", file=sys.stderr)


def fork_to(work: Callable[[], None]) -> int:
    """A child that does it, on a terminal of its own; its number."""
    child = os.fork()
    if not child:
        status = 1
        try:
            end_with_parent()
            os.dup2(pty.openpty()[1], 0)
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def main() -> None:
    warm_up()
    be_unusual()
    found = calls()
    children = [fork_to(lambda part=part: look_at(dict(list(found.items())[part::PARTS]))) for part in range(PARTS)]
    if not any([os.waitpid(child, 0)[1] for child in children]):
        print("all", len(found), file=sys.stderr)


if __name__ == "__main__":
    main()
