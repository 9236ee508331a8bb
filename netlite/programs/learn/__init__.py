"""netlite learn."""
