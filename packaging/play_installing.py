"""Play the commands of docs/installing.rst in empty Debian systems: play_installing.py FOLDER [--check].

FOLDER gets the systems (root, debootstrap and the package mirror; some 3 GB, made once) and the wheels. Each block
behind ``.. plays on: 12 13 minimal`` is played in a fresh copy of that system, without a network but for lo: with
``minimal`` it has python3-minimal alone, with ``plain`` python3, with ``whole`` venv, pip, pipx, uv and sudo too.
What the first Debian prints is written below the commands; in the others, and with --check on the page, numbers and
blanks may differ.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "installing.rst"
SUITES = {"12": "bookworm", "13": "trixie"}
PACKAGES = {"minimal": "python3-minimal", "plain": "python3", "whole": "python3,python3-venv,python3-pip,pipx,sudo"}
WHEELS = "scapy>=2.6", "pyroute2>=0.9", "tabulate>=0.9", "setuptools>=64", "wheel", "pip", "uv"
BLOCK = re.compile(r"(?m)^\.\. plays on: ([\d ]+) (\w+)\n\n::\n\n((?:(?:    .*)?\n)+)")
MARK = "\1"
SURROUNDINGS = ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "
                "PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels PIP_DISABLE_PIP_VERSION_CHECK=1 UV_OFFLINE=1 UV_NO_INDEX=1 "
                "UV_FIND_LINKS=/wheels UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1")
UNSHARE = "unshare", "--net", "--uts", "--mount", "--pid", "--fork", "sh", "-c"
ENTER = """\
set -e
ip link set lo up
hostname debian
mount -t overlay overlay -o lowerdir="$1",upperdir="$2/upper",workdir="$2/work" "$2/system"
mount -t proc proc "$2/system/proc"
mount -t devtmpfs dev "$2/system/dev" 2>/dev/null || mount --rbind /dev "$2/system/dev"
cd "$2/system"
mkdir outside
pivot_root . outside
umount -l outside
exec /bin/sh /play
"""


def system(folder: Path, debian: str, kind: str) -> Path:
    """A Debian that was made here, with alice, netlite's checkout and the wheels."""
    place = folder / f"debian-{debian}-{kind}"
    if not (place / "made").exists():
        subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES[kind]}", SUITES[debian], place],
                       stdout=sys.stderr, check=True)
        subprocess.run(["chroot", place, "useradd", "--create-home", "--home-dir", "/srv/alice", "alice"], check=True)
        (place / "etc/hosts").write_text("127.0.0.1 localhost\n127.0.1.1 debian\n")
        (place / "etc/resolv.conf").write_text("")
        if kind == "whole":
            (place / "etc/sudoers.d/alice").write_text("alice ALL = (root) NOPASSWD: ALL\n")
        (place / "made").touch()
    return place


def furnish(folder: Path) -> None:
    """Wheels, uv and the checkout, one file of it included, as they are now."""
    wheels, checkout = folder / "wheels", folder / "checkout" / "netlite"
    if not wheels.exists():
        pip = [sys.executable, "-I", "-m", "pip"]
        subprocess.run([*pip, "download", "--quiet", "--dest", wheels, *WHEELS], check=True)
    shutil.rmtree(checkout, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, os.fsdecode(listed).split("\0")):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, checkout / name)
    for name, libraries in (("netlite", ()), ("netlite-full", ("scapy", "pyroute2", "tabulate"))):
        subprocess.run([sys.executable, "-I", checkout / "packaging/zipapp.py", checkout / f"{name}.pyz", *libraries],
                       check=True)


def script(commands: list[str]) -> str:
    """What a shell runs: each command behind a mark, ``#`` as root, ``$`` as alice."""
    lines = [f"export {SURROUNDINGS} HOME=/root", "cd /srv/netlite"]
    alice = "setpriv --reuid alice --regid alice --init-groups env HOME=/srv/alice sh -c "
    for command in commands:
        words = command[2:] if command[0] == "#" else alice + "'" + command[2:].replace("'", "'\\''") + "'"
        lines += [f"printf '{MARK}'", f"{{ {words}; }} 2>&1 </dev/null"]
    return "\n".join(lines) + "\n"


def play(folder: Path, debian: str, kind: str, commands: list[str]) -> list[str]:
    """What each command prints, in a fresh copy of a system."""
    below, scratch = system(folder, debian, kind), folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    for name in ("upper", "work", "system"):
        (scratch / name).mkdir(parents=True)
    checkout = scratch / "upper/srv/netlite"
    checkout.parent.mkdir()
    subprocess.run(["cp", "-a", folder / "checkout" / "netlite", checkout], check=True)
    shutil.copytree(folder / "wheels", scratch / "upper/wheels")
    subprocess.run(["chown", "-R", str((below / "srv/alice").stat().st_uid), checkout], check=True)
    if kind == "whole":
        (scratch / "upper/usr/local/bin").mkdir(parents=True)
        uv = next((folder / "wheels").glob("uv-*.whl"))
        subprocess.run([sys.executable, "-I", "-m", "zipfile", "-e", uv, scratch / "uv"], check=True)
        for program in (scratch / "uv").glob("uv-*.data/scripts/uv"):
            shutil.copy(program, scratch / "upper/usr/local/bin/uv")
            (scratch / "upper/usr/local/bin/uv").chmod(0o755)
    (scratch / "upper/play").write_text(script(commands))
    done = subprocess.run([*UNSHARE, ENTER, "sh", below, scratch], stdout=subprocess.PIPE, check=False,
                          stdin=subprocess.DEVNULL)
    return done.stdout.decode("utf-8", "replace").split(MARK)[1:]


def masked(text: str) -> str:
    """What must be the same everywhere: no numbers, no widths."""
    return re.sub(r"[\d.]+|\s+", " ", text)


def main(folder: Path, check: bool) -> int:
    """Play the page; 1 where two Debians, or page and play, differ."""
    status = 0

    def played(found: re.Match) -> str:
        nonlocal status
        debians, kind, block = found[1].split(), found[2], found[3]
        commands = [line[4:] for line in block.split("\n") if line[4:6] in ("# ", "$ ")]
        texts = []
        for debian in debians:
            outputs = play(folder, debian, kind, commands)
            lines = [line for command, output in zip(commands, outputs) for line in (command, *output.splitlines())]
            texts.append("".join(f"    {line}\n".replace("    \n", "\n") for line in lines) + "\n")
        others = [(text, f"Debian {debian}") for text, debian in zip(texts, debians)] + [(block, "the page")] * check
        for other, what in others:
            if masked(other) != masked(texts[0]):
                print(f"{what} differs:\n{other}\nfrom Debian {debians[0]}:\n{texts[0]}", file=sys.stderr)
                status = 1
        return f".. plays on: {found[1]} {kind}\n\n::\n\n{block if check else texts[0]}"

    furnish(folder)
    page = BLOCK.sub(played, PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), "--check" in sys.argv[2:]))
