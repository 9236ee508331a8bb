"""Netlink: the channel, the compiled layouts of its messages, and where those come from."""
