"""How command lines are read: the grammars of the originals, netlite's own options, C's number readers."""
