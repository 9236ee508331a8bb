"""Text of tracepath that few runs need."""

from __future__ import annotations

VERSION = """\
tracepath from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
"""
