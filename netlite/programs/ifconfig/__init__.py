"""ifconfig."""
