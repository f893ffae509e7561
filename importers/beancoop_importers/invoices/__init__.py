"""E-invoices: whose they are, how they are booked, where the document is kept."""
