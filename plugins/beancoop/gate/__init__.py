"""The gate: a sub-ledger is judged as text, before anything in it is executed."""
