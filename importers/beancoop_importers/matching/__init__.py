"""Which open invoice a payment settles."""
