"""Bank statements into the cooperative's ledger: readers and beangulp importers."""
