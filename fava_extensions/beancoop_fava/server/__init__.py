"""The server: Fava with the doors shut that a reader must not open."""
