"""What people read: the languages, their one catalogue, messages, and how amounts and dates are written."""
