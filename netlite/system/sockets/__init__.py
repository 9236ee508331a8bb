"""Sockets of this host and who owns them."""
