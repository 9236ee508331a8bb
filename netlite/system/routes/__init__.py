"""Routing tables: read and changed."""
