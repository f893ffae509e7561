"""Leaving with one's books: the extract that stands alone, and the settlement of the account."""
