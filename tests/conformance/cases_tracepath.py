"""tracepath beside the original: lines, statuses, and every probe it sends."""

from harness import Case

CHAIN = ("10.77.4.2", "fd77:4::2")
FAR = "203.0.113.", "2001:db8:113::"

LEARN = "ping -q -c3 -i0.2 -W1 -M do -s 1420 {} >/dev/null 2>&1"


def of_both_families(words: str, targets, **more) -> list[Case]:
    return [Case(f"tracepath {words} {target}", **more) for target in targets]


PATHS = [
    Case("tracepath h2.lab"),
    Case("tracepath -4 h2.lab"),
    Case("tracepath -b h2.lab"),
    Case("tracepath -nb h2.lab"),
    *of_both_families("-n", CHAIN),
    *of_both_families("-n", CHAIN, user="nobody"),
    *of_both_families("-n -l 1000", CHAIN),
    *of_both_families("-n -l 1350", CHAIN),
    *of_both_families("-n -m2", CHAIN),
    *of_both_families("-n -m0", CHAIN),
    *of_both_families("-n -p 33434", CHAIN),
    *of_both_families("-n", ("10.77.4.2/33434", "10.77.4.2/0", "fd77:4::2/99")),
    *of_both_families("-n -m3 -l 100 -p 65534", CHAIN, note="port numbers wrap"),
    *of_both_families("-n", ("10.77.1.2", "10.77.1.1", "fd77:1::2", "fd77:1::1")),
    *of_both_families("-n", ("127.0.0.1", "::1", "0.0.0.0", "::"), scene="alone"),
    Case("tracepath localhost", scene="alone"),
    Case("tracepath -n -l 65536 127.0.0.1", scene="alone"),
    *(Case(f"tracepath -n {target}", note="a path MTU is known", before=[LEARN.format(target)]) for target in CHAIN),
    Case("tracepath -n -l 29 127.0.0.1", scene="alone"),
    Case("tracepath -n -l 49 ::1", scene="alone"),
]

TROUBLES = [
    *(Case(f"tracepath -n -m4 {prefix}{number}", note="r2 refuses")
      for prefix in FAR for number in (1, 2, 4, 5, 6, 7, 8)),
    *of_both_families("-n -m2", (FAR[0] + "3", FAR[1] + "3"), note="dropped by r2"),
    *of_both_families("-n -m5", (FAR[0] + "65", FAR[1] + "41"), scene="detours", note="a loop"),
    *of_both_families("-n", ("10.77.4.2", "fd77:4::2"), scene="detours", note="a shorter way back"),
    *of_both_families("-n", ("10.77.7.2", "fd77:7::2"), scene="detours", note="a silent router"),
    *of_both_families("-n", ("192.0.2.1", "2001:db8::1"), scene="alone", note="no route"),
    Case("tracepath -n 255.255.255.255"),
    Case("tracepath -n fe80::1%lo"),
]

WRONG_WORDS = [Case(f"tracepath {words}", scene="alone") for words in (
    "", "-V", "-nV x", "-h", "-?", "-Z", "-n", "a b", "-l", "-l 28 127.0.0.1", "-l 48 ::1", "-l -1 127.0.0.1",
    "-l x 127.0.0.1", "-l 2147483648 127.0.0.1", "-l 99999999999999999999 127.0.0.1", "-l 0 nosuch.lab",
    "-m 256 127.0.0.1", "-m -1 127.0.0.1", "-p 65536 127.0.0.1", "127.0.0.1/abc", "127.0.0.1/", "-p 5 127.0.0.1/6",
    "-4 -6 localhost", "-6 -4 localhost", "-4 ::1", "-6 127.0.0.1", "nosuch.lab", "--", "-- -n", "-n --x")]

IN_ORDER = [Case(f"tracepath {words}", scene="alone", environment={"POSIXLY_CORRECT": value})
            for words, value in (("-n -m 1 127.0.0.1", "1"), ("127.0.0.1 -n", "1"), ("127.0.0.1 -n", ""), ("-n -- 127.0.0.1", "1"))]

CASES = PATHS + TROUBLES + WRONG_WORDS + IN_ORDER
