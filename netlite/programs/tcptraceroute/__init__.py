"""tcptraceroute."""
