"""Rows that have not as many fields as the header, put right where what they say leaves one way only.

Banks write a `;` that stands in a text without quotation marks. Amounts, dates and accounts must come out in columns of
their own; where several texts could have held the sign, nothing is guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancoop_importers.readers.csv.cells import fold, is_day
from beancoop_importers.readers.csv.layout import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop_importers.readers.csv.layout import Table

_BEFORE_IT = ("communication", "mededeling")
_CURRENCY = re.compile(r"[A-Z]{3}")


def sound(cells: Sequence[str], table: Table) -> bool:
    """Tell whether dates, currency and status stand where the header has them."""
    at = {column: cells[place].strip() for column, place in table.at.items()}
    days = (at[column] for column in (Column.BOOKED, Column.VALUE_DATE) if at.get(column))
    return (
        all(map(is_day, days))
        and (Column.CURRENCY not in at or _CURRENCY.fullmatch(at[Column.CURRENCY]) is not None)
        and (Column.STATUS not in at or fold(at[Column.STATUS]) in table.bank.statuses)
    )


def last_text_runs_over(cells: list[str], table: Table) -> list[str] | None:
    """Take all that is too many as part of the last column, which is a text, as are those before it."""
    last = table.width - 1
    return [*cells[:last], ";".join(cells[last:])] if len(cells) > last else None


def belfius(cells: list[str], table: Table) -> list[str] | None:
    """Leave out empty fields too many before the bank's text; else the sign stands in the last column."""
    too_many = len(cells) - table.width
    first, last = table.at[Column.OTHER_ACCOUNT], table.at[Column.VALUE_DATE] + too_many
    if too_many > 0 and not any(cell.strip() for cell in cells[first : last - 1]):
        shorter = [*cells[:first], *cells[first + too_many :]]
        if sound(shorter, table):
            return shorter
    return last_text_runs_over(cells, table)


def bnp(cells: list[str], table: Table) -> list[str] | None:
    """Find communication and details again: the status ends them, and the details repeat the communication."""
    first, status = table.at.get(Column.FREE), table.at.get(Column.STATUS)
    if first is None or status != first + 2:
        return None
    ends = [place for place in range(status, len(cells)) if fold(cells[place]) in table.bank.statuses - {""}]
    if len(ends) != 1 or len(cells) - ends[0] > table.width - status:
        return None
    parts = cells[first : ends[0]]
    for cut in range(len(parts) - 1, 0, -1):
        communication, details = ";".join(parts[:cut]), ";".join(parts[cut:])
        said = fold(communication)
        if any(f" {word} {said} " in f" {fold(details)} " for word in _BEFORE_IT) or (cut == 1 and not said):
            return [*cells[:first], communication, details, *cells[ends[0] :]]
    return None
