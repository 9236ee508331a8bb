"""ping."""
