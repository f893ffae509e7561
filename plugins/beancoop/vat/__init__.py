"""VAT: the codes of entries, the return, the two listings, and what was filed (contract, section 9)."""
