"""What all programs share: a command line none of them accepts, and their versions."""

from harness import Case

PROGRAMS = ("ping", "traceroute", "tracepath", "netstat", "ifconfig")
CASES = [Case(f"{program} --no-such-option", scene="alone") for program in PROGRAMS]
