"""Closing a month: its checklist, its contributions as text, its seals."""
