"""netlite exporter where there can be no threads, or few descriptors: it serves, says what is lacking, and ends as ever."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from errno import ENOSYS, EPERM

import pytest
from refusals import Refusal, refuse
from trials import full_pipe, ours

pytest.importorskip("prometheus_client")
pytest.importorskip("h11")
pytest.importorskip("yaml")

PORT = 9427
GET = f"""
import http.client, sys
client = http.client.HTTPConnection("127.0.0.1", {PORT}, timeout=60)
client.request("GET", sys.argv[1])
answer = client.getresponse()
sys.stdout.write(f"{{answer.status}} {{answer.read().decode()}}")
"""
AWAIT = f"""
import _socket
while _socket.socket().connect_ex(("127.0.0.1", {PORT})):
    pass
"""


@pytest.fixture
def serving(start):
    """serving(suffer): an exporter on which `suffer` was put, behind the words `by`; it is ended by SIGTERM."""
    running = []

    def begin(suffer, by=()) -> subprocess.Popen:
        process = start([*by, *ours(f"netlite exporter --listen 127.0.0.1:{PORT} --allow 127.0.0.0/8")],
                        stderr=subprocess.PIPE, text=True, preexec_fn=suffer)
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def said_until_it_listens(process) -> str:
    said = ""
    while "listening on" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


def get(start, path: str, begun: bool = True) -> tuple[int, str]:
    """Status and body; from one that has not `begun` to listen, when it does."""
    with start([sys.executable, "-I", "-S", "-c", GET if begun else AWAIT + GET, path], stdout=subprocess.PIPE, text=True) as client:
        status, _, body = client.communicate(timeout=120)[0].partition(" ")
    return int(status), body


def ended(process, number: int = signal.SIGTERM) -> tuple[int, str]:
    process.send_signal(number)
    return process.wait(60), process.stderr.read()


@pytest.mark.parametrize("errno", [1, 11, 38])
def test_without_threads_tables_are_told_and_it_ends(serving, start, seccomp, errno):
    """A profile of a container that does not know clone3(2) refuses it with EPERM."""
    process = serving(lambda: refuse(Refusal("clone", errno), Refusal("clone3", errno)))
    said_until_it_listens(process)
    status, body = get(start, "/metrics")
    assert status == 200 and 'netlite_table_readable{table="sockets"} 1' in body, body
    assert ended(process) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("call", ["sendto", "recvfrom", "sendmsg", "recvmsg"])
@pytest.mark.parametrize("errno", [EPERM, ENOSYS])
def test_a_call_for_packets_that_is_refused(serving, start, seccomp, errno, call, number):
    """The HTTP needs none of these; what cannot be probed is told."""
    process = serving(lambda: refuse(Refusal(call, errno)))
    said_until_it_listens(process)
    assert get(start, "/metrics")[0] == 200
    for module in ("icmp", "traceroute", "mtu"):
        status, body = get(start, f"/probe?target=127.0.0.1&module={module}")
        assert status == 200 and "probe_success " in body, (module, body)
        if call == "sendto":
            reasons = ("not_permitted", "kernel_refused") if errno == EPERM else ("kernel_refused",)
            assert any(f'probe_failure_info{{reason="{reason}"}} 1.0' in body for reason in reasons), (module, body)
    assert ended(process, number) == (0, "")


def test_a_reload_before_its_interpreter_starts_waits_as_the_unit_has_it(serving, start):
    """packaging/exporter/netlite-exporter.service; the shell becomes the exporter."""
    early = ["env", "--block-signal=HUP", "sh", "-c", 'kill -HUP $$; exec "$@"', "sh"]
    process = serving(None, early)
    said_until_it_listens(process)
    assert get(start, "/metrics")[0] == 200
    assert ended(process) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nobody_reads_what_it_says(start, number):
    """A full pipe for stderr: clients are answered, and it ends."""
    reading, writing = full_pipe()
    process = start(ours(f"netlite exporter --listen 127.0.0.1:{PORT} --allow 127.0.0.0/8"), stderr=writing)
    os.close(writing)
    try:
        assert get(start, "/-/healthy", begun=False)[0] == 200
        process.send_signal(number)
        assert process.wait(60) == 0
    finally:
        process.kill()
        os.close(reading)


@pytest.mark.parametrize("most", [7, 9, 15])
def test_too_few_descriptors_are_a_line(serving, most):
    process = serving(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 2 and ("too few" in said or "Too many open files" in said) and said.count("\n") == 1, said


@pytest.mark.parametrize("most", [16, 20, 32])
def test_few_descriptors_are_said_and_no_insides(serving, start, most):
    process = serving(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
    assert f"{most} descriptors are few" in said_until_it_listens(process)
    for path in ("/metrics", "/probe?target=127.0.0.1", "/metrics"):
        status, body = get(start, path)
        assert status in (200, 503) and "internal" not in body and ".py" not in body, body
    assert ended(process) == (0, "")
