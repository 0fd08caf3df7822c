"""Portrait → cartoon of the same person."""
