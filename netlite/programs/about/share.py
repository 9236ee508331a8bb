"""The files that an installation puts beside the programs: manual pages and completions."""

from __future__ import annotations

from .completions import commands, render_completion
from .manual import NAMES, manual_of
from .manual_page import page_name, render_page


def shared_files() -> dict[str, str]:
    """The text of each file, by its path under ``share``; aliases have pages that lead to the real one."""
    files = {}
    for name in NAMES:
        manual = manual_of(name)
        files[f"man/man8/{page_name(manual)}.8"] = render_page(manual)
        for alias in manual.aliases:
            files[f"man/man8/{alias}.8"] = f".so man8/{page_name(manual)}.8\n"
    for command in commands():  # these shells look for a file named as the command
        files[f"bash-completion/completions/{command}"] = '. "${BASH_SOURCE[0]%/*}/netlite"\n'
        files[f"fish/vendor_completions.d/{command}.fish"] = "source (status dirname)/netlite.fish\n"
    files["bash-completion/completions/netlite"] = render_completion("bash")
    files["zsh/site-functions/_netlite"] = render_completion("zsh")
    files["fish/vendor_completions.d/netlite.fish"] = render_completion("fish")
    return files
