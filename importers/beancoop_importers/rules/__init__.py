"""The rules an accountant writes in rules.toml."""
