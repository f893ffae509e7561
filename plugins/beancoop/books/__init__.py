"""One loaded ledger added up once: balances, open items, inventories, queries."""
