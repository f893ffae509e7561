"""What each activity contributed, month by month, and the margins it is counted on beside that of the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.contribution.levy import Levy
from beancoop.contribution.rule import DIRECT
from beancoop.model.money import NOTHING
from beancoop.model.pcmn import SALES
from beancoop.statements.annual import gross_margin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.months import Month
    from beancoop.model.periods import Span


class Margins(NamedTuple):
    """The margins of one unit in a period.

    Attributes:
        unit: the activity, or the structure.
        turnover: class 70.
        direct: class 70 minus class 60 and internal services (951), on which most contributions are counted.
        gross: the gross margin of the law (9900): other operating income counts too, and so does class 61.

    """

    unit: str
    turnover: Decimal
    direct: Decimal
    gross: Decimal


def levies(books: Books, span: Span, unit: str | None = None) -> Iterator[Levy]:
    """Give the levies of the months that *span* touches, of one *unit* or of all activities."""
    months = set(span.months)
    for owner, rows in books.levies.items():
        if unit in {None, owner}:
            yield from (row for row in rows if row.month in months)


def levy_of(books: Books, unit: str, month: Month) -> Levy:
    """Give the levy of one activity for one month; after its last known month nothing more is levied."""
    rows = books.levies.get(unit, [])
    if not rows or month < rows[0].month:
        return Levy(unit, month, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, closed=False, exact=NOTHING)
    last = rows[min(month.number - rows[0].month.number, len(rows) - 1)]  # they run without gap
    if last.month == month:
        return last
    return last._replace(month=month, margin=NOTHING, levied=last.levied + last.levy, levy=NOTHING, closed=False)


def margins(books: Books, span: Span, unit: str | None = None) -> Iterator[Margins]:
    """Give the margins of each unit that has any, the structure first."""
    for owner in books.units:
        if unit in {None, owner}:
            found = _margins(books, span, owner)
            if any(found[1:]):
                yield found


def _margins(books: Books, span: Span, unit: str) -> Margins:
    days = span.first, span.after
    turnover, direct = (-books.sums.moved(*days, *numbers, unit=unit) for numbers in ((SALES,), DIRECT))
    return Margins(unit, turnover, direct, gross_margin(books, span, unit))
