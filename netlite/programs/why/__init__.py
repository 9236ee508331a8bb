"""netlite why: what is wrong with the way to a host."""
