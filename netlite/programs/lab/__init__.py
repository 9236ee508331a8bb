"""netlite lab."""
