"""tracepath."""
