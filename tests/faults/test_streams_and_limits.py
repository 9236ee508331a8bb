"""Streams that are missing, full or folders; few descriptors, no threads, little memory; no /proc, no /sys.

With three descriptors or fewer, or less memory than an interpreter needs, no program starts at all, as with the originals.
"""

from __future__ import annotations

import os
import resource
from itertools import combinations

import pytest
from refusals import close, limit, put
from trials import ORIGINALS, fault_of, launched, original, ours, suffering

PROBES = ("ping -c1 -W1 server", "traceroute -n -q1 -w1 server", "traceroute -q1 -w1 -I server", "tracepath -n server")
TABLES = ("netstat -tan", "netstat -s", "ifconfig -a", "route -n", "arp -n", "hostname")
OURS = ("netlite mtu -n -w2 server", "ping --multi -c1 server r1", "traceroute -n -q1 -w1 --mda server",
        "ping -n -c1 --explain server", "netlite lab map loop")
LAB = ("netlite lab list", "netlite lab run loop")
ALL = PROBES + TABLES + OURS
ABOUT = ("netlite doctor", "netlite help", "netlite learn", "netstat -tan --json")
WORDLESS = "it failed without a word"  # what else, where stderr is gone too
BOTH = (1, 2)


def trouble(start, commands, argv_of=ours, silent=False, fault=()) -> list:
    """What went wrong in any of the commands."""
    done = zip(commands, suffering(start, [argv_of(command) for command in commands], fault))
    return [(command, fault_of(each), each) for command, each in done
            if fault_of(each) and not (silent and fault_of(each) == WORDLESS)]


@pytest.mark.parametrize("descriptors", range(4, 17))
def test_few_descriptors(start, descriptors):
    assert not trouble(start, ALL, fault=[(limit, resource.RLIMIT_NOFILE, descriptors)])


@pytest.mark.parametrize("descriptors", [5, 7, 9, 12])
def test_few_descriptors_for_the_lab(start, descriptors):
    assert not trouble(start, LAB, fault=[(limit, resource.RLIMIT_NOFILE, descriptors)])


@pytest.mark.parametrize("descriptors", [6, 8])
def test_what_the_originals_need_is_enough(start, descriptors):
    fault = [(limit, resource.RLIMIT_NOFILE, descriptors)]
    commands = [command for command in PROBES + TABLES if not command.startswith("traceroute")]
    for command, mine, theirs in zip(commands, suffering(start, [ours(each) for each in commands], fault),
                                     suffering(start, [original(each) for each in commands], fault)):
        assert mine.status == 0 or theirs.status, (command, mine, theirs)


@pytest.mark.parametrize("closed", [each for count in (1, 2, 3) for each in combinations(range(3), count)])
def test_closed_streams(start, closed):
    """By the scripts: what Python opens first must not come to stand there."""
    assert not trouble(start, ALL, launched, silent=2 in closed or 1 in closed, fault=[(close, *closed)])


@pytest.mark.parametrize("descriptor", range(3))
def test_a_folder_for_a_stream(start, descriptor):
    """Python would not start at all."""
    assert not trouble(start, ALL, launched, silent=descriptor in BOTH,
                       fault=[(put, descriptor, "/", os.O_RDONLY)])


@pytest.mark.parametrize("descriptors", [(1,), (2,), BOTH])
def test_full_streams(start, descriptors):
    assert not trouble(start, ALL, silent=True, fault=[(put, descriptor, "/dev/full", os.O_WRONLY) for descriptor in descriptors])


def test_the_status_of_what_could_not_be_written(start):
    commands = [command for command in PROBES + TABLES]
    for fault in ((put, 1, "/dev/full", os.O_WRONLY), (put, 1, "/", os.O_RDONLY)):
        mine, theirs = (suffering(start, [argv_of(each) for each in commands], [fault]) for argv_of in (launched, original))
        for command, one, other in zip(commands, mine, theirs):
            assert one.status == other.status, (command, one, other)


def test_what_no_disk_has_room_for_is_said(start):
    commands = ["netlite help", "netlite help ping", "netlite --version", "netlite completion bash", "netlite doctor", "netlite learn",
                "netlite explain ttl", "netlite lab list", "netlite lab list --json", "netlite lab schema", "netlite lab map loop",
                "netlite lab check loop --backend memory", "netlite lab run loop --backend memory"]
    for command, done in zip(commands, suffering(start, [ours(each) for each in commands], [(put, 1, "/dev/full", os.O_WRONLY)])):
        assert done.status == 2 and done.err.endswith(": write error\n"), (command, done)


def test_no_threads(start, lab):
    """RLIMIT_NPROC counts the processes of a user, and holds for all but root: for a user of whom there is one."""
    if lab.rootless:
        pytest.skip("other users are for root")
    number = iter(range(100_000 * os.getpid() % 2**30, 2**31))
    rights = "+dac_read_search,+net_raw"

    def as_a_user_alone(command: str) -> list[str]:
        return ["setpriv", f"--reuid={next(number)}", "--clear-groups", f"--inh-caps={rights}", f"--ambient-caps={rights}",
                *ours(command)]

    fault = [(limit, resource.RLIMIT_NPROC, 1)]
    names = ("ping -c1 -W1 server", "traceroute -q1 -w1 server", "tracepath server", "netstat -ta", "route")
    assert not trouble(start, ALL + names, as_a_user_alone, fault=fault)
    assert [each.status for each in suffering(start, [as_a_user_alone(name) for name in names], fault)] == [0] * len(names)


def test_search_domains_that_the_c_library_dies_of(start):
    """What needs no name works, the rest says that there is none."""
    long = ["/usr/bin/env", "LOCALDOMAIN=" + "a" * 5000]
    plain = [f"{command} 127.0.0.1" for command in ("ping -c1", "traceroute -q1", "tracepath", "netlite mtu", "ping --multi -c1")]
    assert not trouble(start, ALL + ABOUT + ("traceroute -A -q1 127.0.0.1", "hostname -f", "hostname -i", "netlite why server"),
                       lambda command: [*long, *ours(command)])
    assert [each.status for each in suffering(start, [[*long, *ours(command)] for command in plain], ())] == [0] * len(plain)


def with_memory(start, kibibytes: int, commands) -> list:
    """What went wrong with so much memory; nothing can, where not even an interpreter starts."""
    little = [(limit, resource.RLIMIT_AS, kibibytes << 10)]
    interpreter = suffering(start, [ours("hostname")[:1] + ["-I", "-S", "-c", "import _socket, select"]], little)[0]
    return [] if interpreter.status else trouble(start, commands, fault=little)


@pytest.mark.parametrize("megabytes", [12, 13, 15, 18, 21, 24, 28, 40])
def test_little_memory(start, megabytes):
    """Where an interpreter starts at all, the programs work or say that there is not enough."""
    assert not with_memory(start, megabytes << 10, ALL + ABOUT)


@pytest.mark.parametrize("first", range(11, 14))
def test_memory_ends_anywhere(start, first):
    """In the middle of a module, of an exception, of the first lines: there CPython lacks the memory to raise what it means."""
    short = ("hostname", "netstat -s --json", "ping -n -c1 127.0.0.1", "ping --multi -c1 127.0.0.1 localhost", "netlite learn")
    troubles = {size: with_memory(start, size, short) for size in range(first << 10, first + 1 << 10, 96)}
    assert not {size: each for size, each in troubles.items() if each}


def hidden(folder: str, argv: list[str]) -> list[str]:
    """The program with an empty folder over `folder`, in a mount namespace of its own."""
    return ["unshare", "-m", "sh", "-c", f'mount -t tmpfs none {folder} && exec "$@"', "sh", *argv]


@pytest.mark.parametrize("folder", ["/proc", "/sys"])
@pytest.mark.parametrize("commands", [ALL, LAB])
def test_a_kernel_folder_that_is_not_there(start, lab, folder, commands):
    if lab.rootless:
        pytest.skip("what is mounted over /proc is for root")
    assert not trouble(start, commands, lambda command: hidden(folder, ours(command)))


def test_processes_of_others_hidden(start, lab):
    """hidepid: the sockets are shown, without their owners, as by the original."""
    if lab.rootless:
        pytest.skip("another /proc is for root")
    script = 'mount -t proc -o hidepid=2 none /proc && exec setpriv --reuid 65534 --clear-groups "$@"'
    argvs = [["unshare", "-m", "sh", "-c", script, "sh", *argv]
             for argv in (ours("netstat -tanp"), original("netstat -tanp"))]
    mine, theirs = suffering(start, argvs, ())
    assert not fault_of(mine) and ORIGINALS
    assert (mine.status, mine.out) == (theirs.status, theirs.out)
