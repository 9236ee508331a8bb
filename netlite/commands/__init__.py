"""The programs: parse the command line, wire the layers, return the exit status."""
