"""How figures are shown to a person: language, names, formats, tables."""
