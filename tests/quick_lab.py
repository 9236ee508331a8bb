"""A lab for tests in which a program starts without a fork of the test process, and which is built without a start of Python.

Between fork(2) and execve(2) a `Lab` runs Python, so all of the process is copied for it; that of a test process costs
more than most programs do.  Here nsenter(1) and setpriv(1) go the same way, and the start is a vfork(2).  What would be
Python with code of its command line, as `netlite_argv` makes them and as a lab's own helpers are, is a fork of a process that
has netlite loaded (forked_python.py).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from functools import cache

from forked_python import Forked, can_be
from warm_builder import Asking

from netlite.feature_errors import LabRefused
from netlite.lab.kernel import namespaces
from netlite.lab.kernel.entrance import NOBODY, Way, search_path
from netlite.lab.kernel.refusals import last_line
from netlite.lab.scene.topology import Topology


@cache
def tools() -> list[str]:
    """nsenter and setpriv, which can what is asked of them here; none otherwise."""
    found = [shutil.which(name, path="/usr/bin:/bin") or "" for name in ("nsenter", "setpriv")]
    tried = [found[0], "--wdns=/", "--", found[1], "--pdeathsig=KILL", "--", "true"]
    works = all(found) and os.geteuid() == 0 and subprocess.run(tried, stderr=subprocess.DEVNULL).returncode == 0
    return found if works else []


class Lab(namespaces.Lab):
    """A `Lab` whose programs start quickly, but those with a `preexec_fn`, and those of a lab without root."""

    def run(self, node: str, argv: list[str], *, unprivileged: bool = False, **options) -> subprocess.CompletedProcess:
        if options.pop("capture_output", False):
            options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        asked = {key: value for key, value in options.items() if key not in ("input", "timeout", "check", "cwd")}
        if not self._can_fork(argv, asked):
            return super().run(node, argv, unprivileged=unprivileged, **options)
        if not {"stdout", "stderr"} & set(options):
            asked |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        asked = {"text": True, **asked, "stdin": options.get("stdin", subprocess.PIPE if "input" in options else subprocess.DEVNULL)}
        with self._forked(node, argv, unprivileged, options.get("cwd"), asked) as process:
            try:
                out, err = process.communicate(options.get("input"), options.get("timeout"))
            except BaseException:
                process.kill()
                raise
        done = subprocess.CompletedProcess(argv, process.returncode, out, err)
        if options.get("check"):
            done.check_returncode()
        return done

    def popen(self, node: str, argv: list[str], *, unprivileged: bool = False, **options) -> subprocess.Popen:
        folder = options.pop("cwd", None)
        if not self._can_fork(argv, options):
            return super().popen(node, argv, unprivileged=unprivileged, cwd=folder, **options)
        process = self._forked(node, argv, unprivileged, folder, options)
        self._running = [other for other in self._running if other.poll() is None] + [process]
        return process

    def _can_fork(self, words: list[str], options: dict) -> bool:
        asking = namespaces.START_BUILDER
        return isinstance(asking, Asking) and can_be(words, options) and asking.is_for_us()

    def _forked(self, node: str, words: list[str], unprivileged: bool, folder: str | None, options: dict) -> Forked:
        if self.problem:
            raise LabRefused(self.problem)
        user, mounts, names = (self.shared.get(kind, -1) for kind in ("user", "mnt", "uts"))
        way = Way(os.getpid(), self._nodes[node], user, mounts, names, os.path.abspath(folder or "."), unprivileged)
        return Forked(words, namespaces.START_BUILDER, way, **options)

    def _inside(self, node: str, words: list[str], unprivileged: bool, options: dict) -> tuple[list[str], dict]:
        if "preexec_fn" in options or self.rootless or not tools():
            return super()._inside(node, words, unprivileged, options)
        if self.problem:
            raise LabRefused(self.problem)
        nsenter, setpriv = tools()
        folder = os.path.abspath(options.pop("cwd", None) or ".")
        place = f"/proc/{os.getpid()}/fd/"
        way = [nsenter, f"--net={place}{self._nodes[node]}", f"--wdns={folder}"]
        if "mnt" in self.shared:
            way += [f"--mount={place}{self.shared['mnt']}", f"--uts={place}{self.shared['uts']}"]
        user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if unprivileged else []
        return [*way, "--", setpriv, "--pdeathsig=KILL", *user, "--", *words], options

    def _start_builder(self, topology: Topology) -> None:
        builder = namespaces.START_BUILDER
        if not isinstance(builder, Asking):
            return super()._start_builder(topology)
        builder.start(search_path())
        ours, theirs = socket.socketpair()
        with ours, theirs, open(os.memfd_create("stdin"), "w+b") as told, open(os.memfd_create("stderr"), "w+b") as complaint:
            told.write(self._order(topology))
            told.seek(0)
            if not builder.build(told.fileno(), complaint.fileno(), theirs.fileno()):
                return super()._start_builder(topology)
            theirs.close()
            complaint.seek(0)
            self._take_over(ours, last_line(complaint.read()))
