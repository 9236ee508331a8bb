"""netlite beside the originals: `make bench`."""
