"""Input and output of probes: what is asked of sockets and read from them, names, time, signals, privileges."""
