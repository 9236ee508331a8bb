"""A topology played by a process, for the real programs of one host."""
