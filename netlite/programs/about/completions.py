"""Completions for bash, zsh and fish, from the manuals."""

from __future__ import annotations

from ..registry import PROGRAMS
from .manual import NAMES, Manual, Row, manual_of

SHELLS = ("bash", "zsh", "fish")
DEVICE_VALUES = {"interface", "device", "if", "INTERFACE", "DEVICE"}
FILE_VALUES = {"file", "FILE"}
FOLDERS_FOLLOW = ("install", "uninstall")
WORDS_FOLLOW = ("ifconfig", "route", "lab", "learn")  # programs that take words which are no options


def render_completion(shell: str) -> str:
    """One file that completes all programs, and ``netlite``, in a shell of `SHELLS`."""
    manuals = [manual_of(name) for name in NAMES if name != "netlite"]
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](manuals)


def _words(manual: Manual) -> list[str]:
    """What can be completed to: long names, letters, the words of ifconfig and route."""
    words: list[str] = []
    for row in manual.rows:
        for name in row.names:
            words += [name[3:], "-" + name[3:]] if name.startswith("[-]") else [name]
    words += _scenes() if manual.name == "lab" else ()
    return [word for word in dict.fromkeys(words) if word != "-?"]


def _scenes() -> list[str]:
    """Those that come with netlite; a Python that is too small for them has none."""
    try:
        from ...lab.scene.scene import names
    except ImportError:
        return []
    return names()


def _following(manuals: list[Manual]) -> dict[str, list[str]]:
    """What may follow a word of ``netlite``'s own."""
    return {"help": [name for manual in manuals for name in (manual.name, *manual.aliases)], "completion": [*SHELLS]}


def _before(manuals: list[Manual], values: set[str]) -> list[str]:
    """The options after which such a value follows, each as ``PROGRAM:OPTION``."""
    return [f"{program}:{name}" for manual in manuals for row in manual.rows if row.value in values
            for name in row.names if not name.endswith("=") for program in (manual.name, *manual.aliases)]


def _bash(manuals: list[Manual]) -> str:
    lines = ["# completions of netlite's programs for bash", "_netlite_words() {", "    case $1 in"]
    for manual in manuals:
        names = "|".join((manual.name, *manual.aliases))
        lines.append(f"        {names}) echo '{' '.join(_words(manual))}' ;;")
    lines += [
        "    esac", "}", "_netlite() {",
        '    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} program=${COMP_WORDS[0]##*/}',
        "    COMPREPLY=()",
        '    if [ "$program" = netlite ]; then',
        '        if [ "$COMP_CWORD" = 1 ]; then',
        f"            COMPREPLY=($(compgen -W '{' '.join(_everything(manuals))}' -- \"$word\"))",
        "            return",
        "        fi", '        program=${COMP_WORDS[1]}', "        case $program in",
        f"            {'|'.join(FOLDERS_FOLLOW)}) COMPREPLY=($(compgen -d -- \"$word\")); return ;;",
        *(f"            {verb}) COMPREPLY=($(compgen -W '{' '.join(words)}' -- \"$word\")); return ;;"
          for verb, words in _following(manuals).items()),
        "        esac", "    fi",
        '    case $program:$before in',
        f"        {'|'.join(_before(manuals, DEVICE_VALUES))})",
        '            COMPREPLY=($(compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$word")); return ;;',
        f"        {'|'.join(_before(manuals, FILE_VALUES))})",
        '            COMPREPLY=($(compgen -f -- "$word")); return ;;',
        "    esac",
        '    case $word in',
        '        -*) COMPREPLY=($(compgen -W "$(_netlite_words "$program")" -- "$word")) ;;',
        '        *) COMPREPLY=($(compgen -A hostname -- "$word"))',
        '           case $program in',
        '               ifconfig) COMPREPLY+=($(compgen -W "$(ls /sys/class/net 2>/dev/null)" -- "$word")) ;;&',
        f"               {'|'.join(WORDS_FOLLOW)})"
        ' COMPREPLY+=($(compgen -W "$(_netlite_words "$program")" -- "$word")) ;;',
        "           esac ;;",
        "    esac", "}",
        f"complete -F _netlite {' '.join(_commands(manuals))} netlite"]
    return "\n".join(lines) + "\n"


def commands() -> list[str]:
    """The programs that are commands of their own."""
    return _commands([manual_of(name) for name in NAMES])


def _commands(manuals: list[Manual]) -> list[str]:
    return [name for manual in manuals if manual.name in PROGRAMS for name in (manual.name, *manual.aliases)]


def _everything(manuals: list[Manual]) -> list[str]:
    return [*_commands(manuals), *(word for word in _words(manual_of("netlite")) if word[0] != "-")]


def _zsh(manuals: list[Manual]) -> str:
    lines = [f"#compdef {' '.join(_commands(manuals))} netlite", "_netlite_options() {", "    case $1 in"]
    for manual in manuals:
        lines.append(f"        {'|'.join((manual.name, *manual.aliases))}) _arguments -s -S \\")
        for row in manual.rows:
            lines += [f"            {_zsh_argument(row, name)} \\" for name in row.names
                      if name.startswith("-") and name != "-?" and not name.endswith("=")]
        lines += [f"            {_quoted('*:word:' + _zsh_operand(manual))} ;;"]
    lines.append(f"        {'|'.join(FOLDERS_FOLLOW)}) _path_files -/ ;;")
    lines += [f"        {verb}) compadd {' '.join(words)} ;;" for verb, words in _following(manuals).items()]
    lines += ["    esac", "}", "_netlite() {", "    local program=${service:t}",
              "    if [[ $program == netlite ]]; then",
              "        if (( CURRENT == 2 )); then",
              f"            compadd {' '.join(_everything(manuals))}; return",
              "        fi", "        program=$words[2]; shift words; (( CURRENT-- ))", "    fi",
              "    _netlite_options $program", "}", '_netlite "$@"']
    return "\n".join(lines) + "\n"


def _zsh_argument(row: Row, name: str) -> str:
    text = row.text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    value = row.value.replace(":", " ")
    action = "_net_interfaces" if row.value in DEVICE_VALUES else "_files" if row.value in FILE_VALUES else " "
    return _quoted(f"*{name}[{text}]" + (f":{value}:{action}" if row.value else ""))


def _zsh_operand(manual: Manual) -> str:
    if manual.name in WORDS_FOLLOW:
        return f"({' '.join(word for word in _words(manual) if not word.startswith('-'))})"
    return "_hosts"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(manuals: list[Manual]) -> str:
    lines = ["# completions of netlite's programs for fish",
             f"complete -c netlite -n __fish_use_subcommand -f -a '{' '.join(_everything(manuals))}'"]
    lines.append(f"complete -c netlite -n '__fish_seen_subcommand_from {' '.join(FOLDERS_FOLLOW)}' -x "
                 "-a '(__fish_complete_directories)'")
    lines += [f"complete -c netlite -n '__fish_seen_subcommand_from {verb}' -x -a '{' '.join(words)}'"
              for verb, words in [*_following(manuals).items(), ("lab", _scenes())]]
    for manual in manuals:
        names = (manual.name, *manual.aliases)
        commands = [f"-c {name}" for name in names if name in PROGRAMS]
        commands.append(f"-c netlite -n '__fish_seen_subcommand_from {' '.join(names)}'")
        for command in commands:
            lines += [f"complete {command} {words}" for row in manual.rows if (words := _fish_row(row))]
    return "\n".join(lines) + "\n"


def _fish_row(row: Row) -> str:
    names = []
    for name in row.names:
        if name == "-?" or name.endswith("="):
            continue
        if name.startswith("--"):
            names.append(f"-l {_fish_quoted(name[2:])}")
        elif name.startswith("-"):
            names.append(f"-{'s' if len(name) == 2 else 'o'} {_fish_quoted(name[1:])}")
        else:
            words = f"{name[3:]} -{name[3:]}" if name.startswith("[-]") else name
            names.append(f"-a {_fish_quoted(words)}")
    if not names:
        return ""
    dashed = row.names[0].startswith("-")
    value = "" if not row.value or not dashed else " -r" if row.value in FILE_VALUES else " -x"
    if row.value in DEVICE_VALUES and dashed:
        value = " -x -a '(ls /sys/class/net)'"
    return f"{' '.join(names)}{value} -d {_fish_quoted(row.text)}"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
