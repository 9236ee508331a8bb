"""netlite lab shell, exec, map, break, fix, down: visits to the lab that is running."""

from __future__ import annotations

import os
import select
import signal
from shutil import which

from ...environment import Environment
from ...feature_errors import SceneError
from ...lab.kernel.played_wires import Passed
from ...lab.kernel.running import JoinedLab, ask
from ...lab.kernel.shell import IN_ONE_FILE, environment_in, shell_argv
from ...lab.play import draw, paragraph
from ...lab.scene import scene
from ...render.visible import visible
from ..registry import PROBING, PROGRAMS, netlite_argv
from .words import wrong_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...lab.scene.topology import Topology

NODES_SHOWN = 40


def execute(words: list[str], environment: Environment) -> int:
    """``netlite lab exec NODE COMMAND``."""
    if len(words) < 2:
        raise wrong_line("exec needs a node and a command")
    return _program(words[0], words[2:] if words[1] == "--" else words[1:], environment)


def shell(words: list[str], environment: Environment) -> int:
    """``netlite lab shell [NODE]``."""
    if len(words) > 1:
        raise wrong_line("shell needs at most a node")
    return _program(words[0] if words else None, shell_argv(), environment)


def draw_map(words: list[str], environment: Environment) -> int:
    """``netlite lab map [SCENE]``: that scene, or the running lab as it is now."""
    on, note, passed = (), "", []
    if words:
        loaded = scene.load(words[0], environment.read_file)
    else:
        state, descriptors = ask(_name(environment), "state")
        loaded, on = scene.load(state["scene"], environment.read_file), tuple(state["on"])
        note = visible(f"running in {state['backend']}, process {state['process']}") + "\n"
        passed = [Passed.of(each) for each in state["passed"]]
    environment.out.write(f"{visible(loaded.title)}\n{note}\n{draw(loaded.topology)}\n"
                          f"{_nodes(loaded.broken(on))}{_passed(passed)}")
    for fault in loaded.faults:
        mark = "BROKEN " if fault.name in on else "       "
        environment.out.write(paragraph(f"{mark}{fault.name}: {fault.see}", "    ", " " * 11))
    return 0


def switch_on(words: list[str], environment: Environment) -> int:
    """``netlite lab break NAME``."""
    return _switch("break", words, environment)


def switch_off(words: list[str], environment: Environment) -> int:
    """``netlite lab fix NAME``."""
    return _switch("fix", words, environment)


def _switch(verb: str, words: list[str], environment: Environment) -> int:
    if len(words) != 1:
        raise wrong_line(f"{verb} needs the name of a fault")
    state, _ = ask(_name(environment), f"{verb} {words[0]}")
    environment.out.write(f"broken now: {visible(', '.join(state['on'])) or 'nothing'}\n")
    return 0


def down(words: list[str], environment: Environment) -> int:
    """``netlite lab down``: waits until the lab is gone."""
    if words:
        raise wrong_line("down takes no words")
    state, _ = ask(_name(environment), "down")
    try:
        select.select([os.pidfd_open(state["process"])], (), (), 30)
    except OSError:
        pass  # gone already, or not to be seen from here
    return 0


def runnable(command: list[str]) -> list[str]:
    """A command for `Lab.popen`, which finds netlite's programs in a folder only: mtu, why, watch and dhcp, where
    others have no program of that name, are in none."""
    own = IN_ONE_FILE if command[0] in PROGRAMS else command[0] in PROBING and which(command[0]) is None
    return netlite_argv(command) if own else command


def _program(node: str | None, argv: list[str], environment: Environment) -> int:
    """Run a program on a node of the running lab, with our terminal; its status."""
    with JoinedLab(_name(environment), node or "", environment.read_file) as lab:
        node = node or next(iter(lab.namespaces))
        if node not in lab.namespaces:
            raise SceneError(f"no programs run on {node!r}; they do on: {', '.join(lab.namespaces)}")
        signal.signal(signal.SIGINT, lambda *_: None)  # the program decides; reset when it starts
        signal.signal(signal.SIGQUIT, lambda *_: None)
        try:
            status = lab.popen(node, runnable(argv), env=environment_in(node)).wait()
        except FileNotFoundError as missing:
            environment.error(f"netlite lab: {visible(missing.filename)}: {missing.strerror}\n")
            return 127
    return status if status >= 0 else 128 - status


def _nodes(topology: Topology) -> str:
    """Each node with its addresses, and what is special about it."""
    lines = []
    for name, node in list(topology.nodes.items())[:NODES_SHOWN]:
        signs = [word for word, is_so in (("silent", node.silent), ("black hole", node.black_hole),
                                          ("firewall", node.rules), ("own routes", node.routes),
                                          ("limits errors", node.icmp_interval_ns), ("MPLS", node.labels),
                                          ("NAT", node.masquerades), ("DHCP server", node.dhcp),
                                          ("DHCP relay", node.relay),
                                          ("asks by DHCP", any(port.dhcp for port in topology.interfaces(name))))
                 if is_so]
        lines.append(f"    {name:12} {' '.join(topology.addresses(name))}{'   ' + ', '.join(signs) if signs else ''}\n")
    if len(topology.nodes) > NODES_SHOWN:
        lines.append(f"    and {len(topology.nodes) - NODES_SHOWN} more\n")
    for wire in topology.wires:
        signs = [f"delay {wire.delay_ns / 1e6:g} ms"] if wire.delay_ns else []
        signs += [f"jitter {wire.jitter_ns / 1e6:g} ms"] if wire.jitter_ns else []
        signs += [f"{word} {share:.0%}" for word, share in (("loss", wire.loss), ("duplicates", wire.duplicates),
                                                            ("reordering", wire.reordering)) if share]
        signs += ["down"] if wire.down else []
        if signs:
            lines.append(f"    {wire.label:20} {', '.join(signs)}\n")
    return "".join(lines) + "\n"


def _passed(passed: list[Passed]) -> str:
    """What went over the wires that a process plays."""
    lines = []
    for each in passed:
        signs = [f"{number} {word}" for number, word in ((each.lost, "lost"), (each.doubled, "doubled"),
                                                         (each.dropped, "dropped before a full queue or a dead end"))
                 if number]
        lines.append(f"    {f'{each.source} to {each.target}':20} {', '.join([f'{each.came} frames', *signs])}\n")
    return "".join(lines) + ("\n" if lines else "")


def _name(environment: Environment) -> str:
    return environment.variables.get("NETLITE_LAB", "lab")
