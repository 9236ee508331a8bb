"""Names for numbers, and numbers for names: the files under /etc and the C library's databases."""
