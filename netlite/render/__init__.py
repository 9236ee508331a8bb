"""Text: records to the bytes of the originals; no I/O, no look-ups, no clock."""
