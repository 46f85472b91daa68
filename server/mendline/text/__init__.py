"""Immutable documents, positions in all three encodings, edits."""
