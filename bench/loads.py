"""Loads that the programs are measured under: many sockets, interfaces, routes; a flood."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
from contextlib import contextmanager


@contextmanager
def sockets(lab, node: str, count: int):
    """`count` established TCP sockets (both ends), held by as many processes as the limit of open
    files makes necessary, each with a listener on an address of its own."""
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    share = min(limit - 100, 20_000) // 2 * 2
    with _held(count, [_hold(lab, node, _connections, f"127.0.0.{number}", min(share, count - start))
                       for number, start in enumerate(range(0, count, share), 1)]):
        yield


@contextmanager
def unix_sockets(lab, node: str, processes: int, share: int):
    """Processes that hold `share` Unix sockets each, connected in pairs."""
    with _held(processes * share, [_hold(lab, node, _unix_pairs, share) for _ in range(processes)]):
        yield


def many_unix_sockets(lab, node: str, count: int):
    """`count` Unix sockets, in processes of ten thousand."""
    share = min(count, 10_000)
    return unix_sockets(lab, node, count // share, share)


@contextmanager
def storm(lab, node: str, destination: str):
    """The original ping floods, beside whatever is measured."""
    flood = lab.popen(node, ["ping", "-f", "-q", destination], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        flood.terminate()
        flood.wait()


@contextmanager
def _held(count: int, holders: list[tuple[int, int]]):
    """Wait until all holders are ready; end them at the end."""
    try:
        for _, ready_fd in holders:
            if os.read(ready_fd, 5) != b"ready":
                raise RuntimeError(f"cannot open {count} sockets here")
        yield
    finally:
        for child, ready_fd in holders:
            os.close(ready_fd)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _connections(address: str, count: int) -> list:
    listener = socket.create_server((address, 7), backlog=4096)
    return [(socket.create_connection((address, 7)), listener.accept()) for _ in range(count // 2)]


def _unix_pairs(count: int) -> list:
    return [socket.socketpair() for _ in range(count // 2)]


def _hold(lab, node: str, open_sockets, *arguments) -> tuple[int, int]:
    """Start a process that opens the sockets and keeps them; its id, and where it says "ready"."""
    ready_fd, child_fd = os.pipe()
    child = os.fork()
    if child:
        os.close(child_fd)
        return child, ready_fd
    try:
        _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        lab.enter(node)
        kept = open_sockets(*arguments)
        os.write(child_fd, b"ready")
        signal.pause()
        kept.clear()
    finally:
        os._exit(1)


@contextmanager
def interfaces(lab, node: str, count: int):
    """`count` further interfaces, each with an IPv4 address; with one they all go."""
    lines = ["link set lo up"]
    for number in range(0, count, 2):
        ends = f"many{number}", f"many{number + 1}"
        lines.append(f"link add {ends[0]} type veth peer name {ends[1]}")
        for place, end in enumerate(ends, number):
            lines += [f"link set {end} up", f"addr add 10.{place // 250}.{place % 250}.1/24 dev {end}"]
    _ip(lab, node, lines)
    try:
        yield
    finally:
        _ip(lab, node, [f"link del many{number}" for number in range(0, count, 2)])


@contextmanager
def routes(lab, node: str, count: int):
    """`count` IPv4 routes through one device; with it they all go."""
    with _one_device(lab, node, "manyroutes"):
        _ip(lab, node, [f"route add 20.{number >> 16}.{number >> 8 & 255}.{number & 255}/32 via 10.0.0.9"
                        for number in range(count)])
        yield


@contextmanager
def neighbours(lab, node: str, count: int):
    """`count` permanent IPv4 neighbours on one device; with it they all go."""
    with _one_device(lab, node, "manyneighs"):
        places = ((number >> 16, number >> 8 & 255, number & 255) for number in range(256, 256 + count))
        _ip(lab, node, [f"neigh add 10.{high}.{middle}.{low} lladdr 02:00:00:{high:02x}:{middle:02x}:{low:02x} "
                        "nud permanent dev manyneighs" for high, middle, low in places])
        yield


@contextmanager
def _one_device(lab, node: str, name: str):
    """A device with the address 10.0.0.1/8."""
    _ip(lab, node, [f"link add {name} type veth peer name {name}2", f"link set {name} up", f"link set {name}2 up",
                    f"addr add 10.0.0.1/8 dev {name}"])
    try:
        yield
    finally:
        _ip(lab, node, [f"link del {name}"])


def _ip(lab, node: str, lines: list[str]) -> None:
    done = lab.run(node, ["ip", "-batch", "-"], input="\n".join(lines))
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, "ip -batch", done.stdout, done.stderr)
