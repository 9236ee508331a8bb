"""The path MTU of many hosts, ten searches at a time, with tracepath's text: path_mtus.py HOST…"""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def search(host):
    text = subprocess.run(["tracepath", "-n", host], capture_output=True, text=True).stdout
    return host, re.search(r"Resume: pmtu (\d+)", text)[1]


with ThreadPoolExecutor(10) as ten:
    for host, mtu_bytes in ten.map(search, sys.argv[1:]):
        print(host, mtu_bytes)
