"""The diagnosis: facts in, questions out."""
