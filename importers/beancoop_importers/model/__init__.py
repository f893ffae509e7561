"""What a statement and an invoice are, whatever the format; no Beancount, but for postings."""
