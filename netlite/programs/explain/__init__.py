"""netlite explain."""
