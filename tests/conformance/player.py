"""Many short commands in a node, one after the other or some at once: what each said, and the state afterwards.

`play` sends all of them to one process inside the node, for a process a command would cost more than the command.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 20


class Step:
    """`words` (bytes) run with `path` as PATH, after the commands `before`; then the outputs of `state`."""

    def __init__(self, words, before=(), state=(), stdin: bytes = b"", environment=()):
        self.words = [word if isinstance(word, bytes) else word.encode() for word in words]
        self.before, self.state, self.stdin = [list(one) for one in before], [list(one) for one in state], stdin
        self.environment = dict(environment)

    def message(self) -> tuple:
        return self.words, self.before, self.state, self.stdin, self.environment


def play(lab, node_paths: dict[str, str], steps: list[Step], at_once: int = 1, unprivileged: bool = False) -> list[list]:
    """The outcomes of `steps` in every node of `node_paths` (node: PATH), all nodes at the same time.

    An outcome is (stdout, stderr, status, outputs of `state`); a status of None: no end after 20 s.
    """
    running = []
    for node, path in node_paths.items():
        process = lab.popen(node, [sys.executable, "-I", "-S", str(Path(__file__).resolve())], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, unprivileged=unprivileged, cwd="/")
        with process.stdin as pipe:
            pipe.write(pickle.dumps((path, at_once, [step.message() for step in steps])))
        running.append(process)
    outcomes = []
    for process in running:
        with process.stdout as pipe:
            outcomes.append(pickle.load(pipe))
        process.wait()
    return outcomes


def main() -> None:
    from concurrent.futures import ThreadPoolExecutor

    path, at_once, steps = pickle.load(sys.stdin.buffer)
    plain = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}

    def perform(step) -> tuple:
        words, before, state, stdin, environment = step
        for command in before:
            subprocess.run(command, env=plain, stdin=subprocess.DEVNULL, capture_output=True)
        environment = {"PATH": path, "LC_ALL": "C", "HOME": "/nonexistent", **environment}
        executable = next((file for folder in path.split(":") if (file := Path(folder, words[0].decode())).exists()))
        try:
            done = subprocess.run(words, executable=executable, env=environment, input=stdin, capture_output=True,
                                  timeout=PATIENCE_S)
            outcome = done.stdout, done.stderr, done.returncode
        except subprocess.TimeoutExpired as late:
            outcome = late.stdout or b"", late.stderr or b"", None
        return *outcome, [subprocess.run(command, env=plain, stdin=subprocess.DEVNULL, capture_output=True).stdout
                          for command in state]

    with ThreadPoolExecutor(at_once) as pool:
        outcomes = list(pool.map(perform, steps))
    sys.stdout.buffer.write(pickle.dumps(outcomes))


if __name__ == "__main__":
    main()
