"""The programs: a folder each; parse the command line, work out a plan, run it, return the exit status."""
