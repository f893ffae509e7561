"""One run of the import: read, route, match, plan, write in one step."""
