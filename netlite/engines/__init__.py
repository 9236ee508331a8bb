"""Decisions: state machines that turn events into actions.  No clock, no I/O, no random."""
