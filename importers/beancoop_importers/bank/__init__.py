"""Bank statements: whose account, what is known already, what is booked."""
