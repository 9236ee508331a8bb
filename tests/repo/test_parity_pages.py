"""docs/parity/<program>.rst speaks of every option that the original has."""

from __future__ import annotations

import re

import pytest
from tree import ROOT

OPTIONS = {
    "ping": "-4 -6 -a -A -b -B -c -C -d -D -e -f -F -h -i -I -l -L -m -M -n -N -O -p -q -Q -r -R -s -S -t -T -U "
            "-v -V -w -W",
    "traceroute": "-4 -6 -d --debug -F --dont-fragment -f --first -g --gateway -I --icmp -T --tcp -i --interface -m "
                  "--max-hops -N --sim-queries -n -p --port -t --tos -l --flowlabel -w --wait -q --queries -r -s "
                  "--source -z --sendwait -e --extensions -A --as-path-lookups -M --module -O --options --sport "
                  "--fwmark -U --udp -UL -D --dccp -P --protocol --mtu --back -V --version --help",
    "tracepath": "-4 -6 -b -h -l -m -n -p -V",
    "netstat": "-2 -f -A --protocol -C --cache -F --fib -M --masquerade -N --symbolic -S --sctp -U --udplite -V "
               "--version -W --wide -Z --context -a --all -c --continuous -d -e --extend -g --groups -h --help -i "
               "--interfaces -l --listening -n --numeric --numeric-hosts --numeric-ports --numeric-users -o --timers "
               "-p --programs -r --route -s --statistics -t --tcp -u --udp -v --verbose -w --raw -x --unix -4 -6 "
               "--inet --inet6 --ip --ax25 --ipx --netrom",
    "ifconfig": "-a -s -v -V --help up down arp promisc allmulti multicast dynamic trailers broadcast pointopoint "
                "netmask dstaddr tunnel outfill keepalive hw mtu mem_start io_addr irq media txqueuelen name add del "
                "metric",
    "route": "-A -C --cache -F --fib -e --extend -h --help -n --numeric -N --symbolic -v --verbose -V --version -4 -6 "
             "add del flush -net -host netmask gw metric mss window irtt reject mod dyn reinstate dev",
    "arp": "-a -A -d --delete -D --use-device -e -f --file -H --hw-type -i --device -n --numeric -N -p --protocol "
           "-s --set -t -v --verbose -V --version pub temp netmask",
    "hostname": "-a --alias -A --all-fqdns -b --boot -d --domain -f --fqdn --long -F --file -i --ip-address -I "
                "--all-ip-addresses -s --short -y --yp --nis -h --help -V --version",
}
PROGRAMS = [name for name in OPTIONS if (ROOT / "netlite" / "programs" / name / "main.py").exists()]


@pytest.mark.parametrize("program", PROGRAMS)
def test_page_lists_every_option(program):
    page = (ROOT / "docs" / "parity" / f"{program}.rst").read_text(encoding="utf-8")
    words = set(re.findall(r"(?<![\w-])-{0,2}\w[\w-]*", page))
    assert not [option for option in OPTIONS[program].split() if option not in words]
