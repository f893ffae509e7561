"""The financial year: what settles it, its closing, and what is told of it on its last day."""
