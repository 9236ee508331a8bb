"""Neighbour tables: read and changed."""
