"""The guard against texts that a spreadsheet would run.

A spreadsheet takes a text that begins with `=`, `+`, `-` or `@` for a formula (CWE-1236), also where blanks stand
before it or the sign is one of full width; and a ledger's texts are strangers'. In CSV such a text gets an apostrophe
before it. Every table that leaves the program as CSV goes through here; in XLSX a text is stored as one.
"""

from __future__ import annotations

import csv
import io
import re

_RUNS = re.compile(r"[\t\r\n]|[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def guarded(text: str) -> str:
    """Put an apostrophe before *text* where a spreadsheet would run it."""
    return f"'{text}" if _RUNS.match(text) else text


def guarded_csv(table: str) -> str:
    """Guard the cells of a table that somebody else has written as CSV, all but its numbers."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(table, newline="")):
        writer.writerow(cell if _NUMBER.fullmatch(cell) else guarded(cell) for cell in row)
    return out.getvalue()
