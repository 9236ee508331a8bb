"""The same with icmplib."""

from icmplib import ping
from in_threads import ask_all


def ask(host):
    result = ping(host, count=20, interval=0.02, timeout=1)
    return result.packets_received, result.packets_sent


ask_all(ask)
