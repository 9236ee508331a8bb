"""Exercises: a broken network, what a student does to it, and what came of it."""
