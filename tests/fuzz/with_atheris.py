"""One target by atheris (libFuzzer for Python): ``.venv/bin/python tests/fuzz/with_atheris.py packet -max_total_time=60``.

atheris is no part of the tests (the extra ``fuzz`` of setup.cfg).  It sees every branch of netlite, so it gets deeper than
`targets.Campaign`; what it finds it writes to a file crash-…
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Fuzz until the time is over or something is found."""
    import atheris

    with atheris.instrument_imports(include=["netlite"]):
        import players  # noqa: F401 - the search path
        from targets import all_targets

        target = all_targets()[sys.argv[1]]

    def one_input(data: bytes) -> None:
        problem = target.holds(data)
        if problem:
            raise AssertionError(problem)

    with tempfile.TemporaryDirectory(prefix="netlite-fuzz-") as folder:
        for number, data in enumerate(target.corpus):
            Path(folder, str(number)).write_bytes(data)
        atheris.Setup([sys.argv[0], *sys.argv[2:], folder], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
