"""Network interfaces: read and changed."""
