"""The balances of the books kept before, brought into the ledger: read from a table, checked, written as `#opening`."""
