"""netstat."""
