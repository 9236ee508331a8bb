"""64 threads ping as many hosts, 20 probes each, with netlite."""

from in_threads import ask_all

import netlite


def ask(host):
    run = netlite.ping(host, count=20, interval_s=0.02, timeout_s=1)
    return len([verdict for verdict in run if verdict.kind == "answer"]), run.result.sent


ask_all(ask)
