"""Tables that Fava exports, without the cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def without_formulas(table: str) -> str:
    """Put an apostrophe before the cells that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(table)):
        writer.writerow(f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell for cell in row)
    return out.getvalue()
