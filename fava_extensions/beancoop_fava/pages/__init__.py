"""The pages: what Fava is asked for, and what a page is drawn from."""
