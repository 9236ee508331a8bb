"""Kernel tables: /proc and netlink in, records out."""
