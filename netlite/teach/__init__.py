"""Explanations: reads transcripts and packets, is called by no lower layer."""
