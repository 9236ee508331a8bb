"""What carries probes: links, the network that opens them, the loop that drives an engine over one."""
