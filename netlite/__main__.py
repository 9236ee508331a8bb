"""Start a program: ``python3 -I -m netlite ping …``, and what the scripts in bin/ call."""

from __future__ import annotations

import sys
from posix import _exit

PROGRAMS = {  # name: the module of netlite.commands that serves it
    "ping": "ping", "ping4": "ping", "ping6": "ping", "traceroute": "traceroute", "traceroute6": "traceroute",
    "tracert": "traceroute", "tcptraceroute": "tcptraceroute", "tracepath": "tracepath",
    "netstat": "netstat", "ifconfig": "ifconfig", "route": "route", "arp": "arp", "hostname": "hostname",
    "dnsdomainname": "hostname", "domainname": "hostname", "nisdomainname": "hostname", "ypdomainname": "hostname",
}

OWN = {"lab": "lab", "mtu": "mtu"}  # what only netlite has: ``netlite mtu``, no program of that name in bin/
TEACHING = ("--explain", "--pcap")  # of all programs; programs.explained

USAGE = f"usage: netlite PROGRAM [ARGUMENTS…]\nprograms: {' '.join(PROGRAMS)}\nand: {' '.join(OWN)}\n"


def run(module_name: str, program: str, arguments: list[str]) -> None:
    """Run a program as a process: main(), flush, exit.  Does not return."""
    import _signal

    from .environment import Environment

    _signal.signal(_signal.SIGPIPE, _signal.SIG_DFL)
    if _signal.getsignal(_signal.SIGINT) != _signal.SIG_IGN:  # as in a background job
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    environment = Environment(program)
    environment.owns_process = True
    status = execute(module_name, arguments, environment)
    environment.out.flush()
    _exit(status)


def execute(module_name: str, arguments: list[str], environment) -> int:
    """Run a program in `environment`: whatever it raises becomes its message and exit status."""
    from .errors import NetliteError, UsageError

    try:
        command = __import__(f"netlite.commands.{module_name}", fromlist=["main"])
        if module_name != "lab" and any(word.startswith(TEACHING) for word in arguments):  # lab hands them on
            from .programs.explained import main

            return main(module_name, command.main, arguments, environment)
        return command.main(arguments, environment)
    except UsageError as error:
        environment.error(error.text)
        return error.status
    except NetliteError as error:
        environment.error(f"{environment.program}: {error}\n")
        return 2
    except Exception as error:  # the last resort: one line, not a traceback
        if "NETLITE_TRACEBACK" in environment.variables:
            raise
        environment.error(f"{environment.program}: internal error: {type(error).__name__}: {error} "
                          "(NETLITE_TRACEBACK=1 shows where)\n")
        return 70


def main() -> None:
    """The entry of ``python3 -m netlite`` and of bin/netlite."""
    words = sys.argv[1:]
    module_name = (PROGRAMS | OWN).get(words[0]) if words else None
    if module_name is None:
        sys.stderr.write(USAGE)
        sys.exit(2)
    run(module_name, words[0], words[1:])


if __name__ == "__main__":
    main()
