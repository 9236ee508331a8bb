"""What is known: frozen records and closed sets of values.  Standard library only."""
