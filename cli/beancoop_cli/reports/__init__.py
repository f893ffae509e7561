"""The reports: what each says, and how it is drawn."""
