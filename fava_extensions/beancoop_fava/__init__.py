"""The cooperative's pages in Fava."""
