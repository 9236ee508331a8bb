"""Bytes: packets to records and back; the crafting layer on scapy."""
