"""ping where something is not to be had: no socket, no space for the output, no such device."""

from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.programs.ping import main as ping
from netlite.sockets.icmp import EchoKind

EPERM, ENOSPC, EPIPE = 1, 28, 32


def environment(**more):
    return SimulatedEnvironment("ping", chain(1), "client", **more)


def run(words, env):
    return ping.main(words.split(), env), env.out.text, env.err.text


def test_without_privilege_three_lines():
    env = environment(user_id=1000)
    env.network.echo_kind = lambda family, raw_only=False: EchoKind("raw", EPERM)
    lines = ("ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n",
             "ping: => missing cap_net_raw+p capability or setuid?\n")
    assert run("-c1 server", env) == (2, "", "".join(lines))
    env = environment(user_id=1000)
    env.network.echo_kind = lambda family, raw_only=False: EchoKind("raw", EPERM)
    assert run("-v -c1 server", env) == (2, "", lines[0] * 2 + lines[1])


def test_one_family_is_enough():
    env = environment()
    env.network.echo_kind = lambda family, raw_only=False: EchoKind("raw", EPERM if family.version == 6 else None)
    status, text, complaint = run("-n -c1 server", env)
    assert (status, complaint) == (0, "") and text.startswith("PING server (198.18.")


def test_output_that_cannot_be_written():
    for errno, status, complaint in ((ENOSPC, 1, "ping: write error\n"), (EPIPE, 0, "")):
        env = environment()
        env.out.errno = errno
        assert run("-n -4 -c1 server", env)[::2] == (status, complaint)


def test_a_device_that_is_not_there():
    assert run("-c1 -I nosuch -6 server", environment())[::2] == (2, "ping: unknown iface: nosuch\n")
    assert run("-c1 -I nosuch -4 server", environment())[::2] == (2, "ping: SO_BINDTODEVICE nosuch: No such device\n")


def test_a_device_without_a_name_shows_the_source():
    env = environment()
    status = ping.main(["-n", "-4", "-c1", "-I", "", "server"], env)
    assert status == 0 and env.err.text.startswith("ping: Warning: source address might be selected on device other than: \n")
    assert env.out.text.startswith("PING server (198.18.2.2) from 198.18.1.1 : 56(84) bytes of data.\n")


def test_no_such_host_of_that_family():
    assert run("-4 ::1", environment()) == (2, "", "ping: ::1: Address family for hostname not supported\n")
