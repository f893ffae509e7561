"""The financial year: what an accountant looks at before it is closed, and what the books propose."""
