"""Input and output: the only folder that opens sockets, reads clocks and catches signals."""
