"""Type checkers see what netlite is: a user's program gets real types, and a wrong call is told."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from configparser import ConfigParser

import pytest
from tree import ROOT, for_each, modules, parsed

USERS_PROGRAM = """\
import netlite
from netlite.records.path_mtu import PathMtuResult
from netlite.records.replies import EchoReply
from netlite.records.verdicts import Answer

def lost(host: str) -> int:
    run = netlite.ping(host, count=3)
    for each in run:
        reveal_type(each)
        if isinstance(each, Answer):
            reveal_type(each.rtt_ns)
    return run.result.lost

for hop in netlite.traceroute("example", queries=1):
    reveal_type(hop)
reveal_type(netlite.interfaces()[0].mtu_bytes)
reveal_type(netlite.connections("tcp", owners=True)[0].state)
reveal_type([each.loss for each in netlite.ping_many(["example"], rate=10)])
reveal_type([each.metric for each in netlite.routes()])
reveal_type(netlite.neighbours()[0].device)
reveal_type(Answer("192.0.2.1", 1, 64, 5, "192.0.2.1").replace(ttl=3))
reveal_type(EchoReply.of(("192.0.2.1", 1, 1, 64)))
reveal_type(netlite.World())
run = netlite.path_mtu("example")
run.interrupt()
reveal_type([each.mtu_bytes for each in run.step() if isinstance(each, PathMtuResult)])
try:
    lost("example")
except netlite.NameUnknown as unknown:
    reveal_type(unknown.text)

async def later() -> None:
    reveal_type(await netlite.aio.traceroute("example", method="tcp"))
    reveal_type((await netlite.aio.ping("example").finish()).jitter_ns)
    async for change in netlite.aio.changes("link"):
        reveal_type(change.device)
    reveal_type(await netlite.aio.routes(version=4))
    reveal_type((await netlite.aio.diagnose("example", 80)).verdict.confidence)
"""
REVEALED = [
    "netlite.records.verdicts.Answer | netlite.records.verdicts.Lost | netlite.records.verdicts.ProbeError | "
    "netlite.records.verdicts.LocalError", "int", "netlite.records.trace_rows.HopAnswer",
    "int", "netlite.records.states.SocketState", "list[float | None]", "list[int]", "str",
    "netlite.records.verdicts.Answer", "netlite.records.echo_links.EchoReply", "netlite.world.World",
    "list[int | None]", "str",
    "list[netlite.records.trace_rows.HopAnswer]", "int | None", "str | None",
    "list[netlite.records.table_rows.RouteRow]", "int",
]
WRONG = [  # a line, and the kind of error that it is
    ("netlite.nonsense(1)", "attr-defined"),
    ("netlite.ping('example', counts=3)", "call-arg"),
    ("netlite.ping('example', count='3')", "arg-type"),
    ("netlite.interfaces()[0].mtu", "attr-defined"),
    ("netlite.connections()[0].inode = 1", "misc"),
    ("netlite.ping('example').result.transmitted", "attr-defined"),
    ("netlite.aio.nonsense(1)", "attr-defined"),
    ("netlite.aio.traceroute('example', hops=3)", "call-arg"),
    ("netlite.aio.ping(b'example')", "arg-type"),
    ("netlite.aio.diagnose('example', '80')", "arg-type"),
    ("next(netlite.ping('example')).nonsense", "union-attr"),
    ("netlite.records.verdicts.Answer('192.0.2.1')", "call-arg"),
    ("netlite.records.verdicts.Answer('192.0.2.1', 1, '64', 5, '192.0.2.1')", "arg-type"),
    ("x: str = netlite.routes()", "assignment"),
    ("netlite.UsageError", "attr-defined"),
    ("netlite.ping('example').stop()", "attr-defined"),
]


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """mypy --strict on a program outside the checkout, with netlite as the environment has it installed:
    the lines about the program that it prints."""
    folder = tmp_path_factory.mktemp("user")

    def check(text: str) -> list[str]:
        (folder / "program.py").write_text(text)
        done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--show-error-codes", "--no-color-output",
                               "--hide-error-context", "--config-file", "/dev/null", "--cache-dir", folder / "cache",
                               "program.py"], capture_output=True, text=True, timeout=300, cwd=folder)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return [line for line in done.stdout.splitlines() if line.startswith("program.py:")]

    return check


def test_a_users_program_gets_real_types(checked):
    lines = checked(USERS_PROGRAM)
    assert [line for line in lines if ": error:" in line] == []
    revealed = [re.search(r'Revealed type is "(.*)"', line).group(1).replace("builtins.", "") for line in lines]
    assert revealed == REVEALED


def test_wrong_calls_are_told(checked):
    text = "import netlite\nimport netlite.records.verdicts\n" + "".join(f"{line}\n" for line, _ in WRONG)
    told = {int(line.split(":")[1]): line for line in checked(text) if ": error:" in line}
    for number, (line, kind) in enumerate(WRONG, 3):
        assert f"[{kind}]" in told.get(number, "no error"), line


def test_the_folders_that_are_done_stay_strict():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert config["mypy"]["strict"] == "True"
    relaxed = {module for section in config.sections() if section.startswith("mypy-netlite")
               for module in section.removeprefix("mypy-").split(",")}
    done = {"records", "engines", "packets", "render", "errors", "feature_errors", "links", "sockets", "command_line", "teach", "api", "aio", "__init__"}
    assert not [module for module in relaxed if module.split(".")[1] in done]


@for_each(modules)
def test_typing_is_not_loaded_at_run_time(path):
    """`from typing import …` stands under TYPE_CHECKING alone, and that is no name of typing's."""
    if "typing" not in path.read_text(encoding="utf-8"):
        return
    loaded = [node for node in parsed(path).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not [node for node in loaded if "typing" in (getattr(node, "module", None), *(each.name for each in node.names))]
