"""netlite watch: every hop of a path, again and again."""
