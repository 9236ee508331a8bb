"""netlite dhcp."""
