"""The lines of tracepath, as the original writes them, trailing blanks included."""

import pytest

from netlite.records.tracepath import PathAnswer, PathSummary, Verdict
from netlite.records.tracepath_mishaps import PathSendFailed, PathSilence, PathTooLong, PathUdpReply
from netlite.render.tracepath import render_record

START = " 1:  10.77.1.2                                             0.055ms "
HOP = PathAnswer(1, True, "10.77.1.2", "r1.lab", 55_999, False, Verdict.NEXT_HOP, 113, 1)
LOCAL = PathAnswer(1, False, None, None, None, False, Verdict.SMALLER_MTU, 90, None, 1500)

LINES = [
    (HOP, START + "\n"),
    (HOP.replace(back_hops=11, ttl_hops=4), START.replace("1:", "4:") + "asymm 11 \n"),
    (HOP.replace(back_hops=3, certain=False), START.replace(": ", "?:") + "asymm  3 \n"),
    (HOP.replace(rtt_ns=None), " 1:  10.77.1.2                                           \n"),
    (HOP.replace(corrupted=True),
     START + "(This broken router returned corrupted payload) \n"),
    (HOP.replace(verdict=Verdict.SMALLER_MTU, pmtu_bytes=1400),
     START + "pmtu 1400\n"),
    (HOP.replace(verdict=Verdict.REACHED, rtt_ns=3_061_580_000),
     " 1:  10.77.1.2                                           3061.580ms reached\n"),
    (HOP.replace(verdict=Verdict.PROTOCOL_ERROR), START + "!P\n"),
    (HOP.replace(verdict=Verdict.HOST_UNREACHABLE), START + "!H\n"),
    (HOP.replace(verdict=Verdict.NETWORK_UNREACHABLE), START + "!N\n"),
    (HOP.replace(verdict=Verdict.PROHIBITED), START + "!A\n"),
    (HOP.replace(verdict=Verdict.OTHER_ERROR), START + "\n"),
    (LOCAL, " 1?: [LOCALHOST]                      pmtu 1500\n"),
    (LOCAL.replace(rtt_ns=8_000), " 1?: [LOCALHOST]                        0.008ms pmtu 1500\n"),
    (PathSilence(3), " 3:  no reply\n"),
    (PathSendFailed(1), " 1:  send failed\n"),
    (PathUdpReply(2), " 2?: reply received 8)\n"),
    (PathTooLong(1500), "     Too many hops: pmtu 1500\n"),
    (PathSummary(1300, 4, 4), "     Resume: pmtu 1300 hops 4 back 4 \n"),
    (PathSummary(1500), "     Resume: pmtu 1500 \n"),
]


@pytest.mark.parametrize("record, line", LINES)
def test_line(record, line):
    assert render_record(record, numeric=True) == line


def test_host_column():
    start = slice(5, 30)
    assert render_record(HOP)[start].rstrip() == "r1.lab"
    assert render_record(HOP, both=True)[start].rstrip() == "r1.lab (10.77.1.2)"
    assert render_record(HOP, numeric=True, both=True)[start].rstrip() == "10.77.1.2 (r1.lab)"
    assert render_record(HOP.replace(name=None), both=True)[start].rstrip() == "10.77.1.2 (10.77.1.2)"


def test_long_names_are_cut_off_nowhere():
    name = "r" * 60
    assert render_record(HOP.replace(name=name)) == f" 1:  {name}   0.055ms \n"
