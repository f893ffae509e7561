"""Whose a movement is."""
