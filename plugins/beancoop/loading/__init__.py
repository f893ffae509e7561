"""Loading a ledger."""
