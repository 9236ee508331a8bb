"""netlite mtu."""
