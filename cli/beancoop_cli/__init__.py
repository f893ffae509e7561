"""The `beancoop` command."""
