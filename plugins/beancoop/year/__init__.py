"""The financial year: fixed assets, stock, the shares of members, and what is told of them on its last day."""
