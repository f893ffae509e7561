"""How the rules of the suite run: one pass over the entries for all of them."""
