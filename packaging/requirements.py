"""Print the requirements that setup.cfg lists, one a line: requirements.py setup.cfg [EXTRA]."""

import sys
from configparser import ConfigParser


def requirements(path: str, extra: str) -> list[str]:
    """The lines of install_requires and of an extra ("[test]", or empty for none)."""
    config = ConfigParser()
    config.read(path)
    lines = config["options"]["install_requires"].split("\n")
    if extra:
        lines += config["options.extras_require"][extra.strip("[]")].split("\n")
    return [line.replace(" ", "") for line in lines if line.strip()]


if __name__ == "__main__":
    print("\n".join(requirements(*sys.argv[1:3])))
