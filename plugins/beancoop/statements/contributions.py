"""What each activity contributed, month by month, and the margins it is counted on beside that of the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.contribution.explanation import Explained
from beancoop.contribution.levy import Levy, in_month
from beancoop.contribution.rule import DIRECT
from beancoop.model.money import NOTHING
from beancoop.model.months import Month, months_between
from beancoop.model.pcmn import SALES
from beancoop.statements.annual import gross_margin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Span


class UnitMargins(NamedTuple):
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
    for owner, rows in books.levies.items():
        if rows and unit in {None, owner}:
            first, last = max(rows[0].month, Month.of(span.first)), min(rows[-1].month, Month.of(span.last))
            yield from (levy_of(books, owner, month) for month in months_between(first, last))


def explained_in(books: Books, unit: str, months: Sequence[Month]) -> list[Explained]:
    """Give the levies of one activity in those of *months* that it has, each with the entries it comes from."""
    lines = {each.levy.month: each.lines for each in books.explained(unit)}
    rows = [each.levy for each in books.explained(unit)]
    known = (in_month(rows, month) for month in months if month <= rows[-1].month)
    return [Explained(levy, lines.get(levy.month, ())) for levy in known if levy]


def levy_of(books: Books, unit: str, month: Month) -> Levy:
    """Give the levy of one activity for one month; in a silence, and after its last known month, nothing is levied."""
    nothing = Levy(unit, month, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, closed=False, exact=NOTHING)
    return in_month(books.levies.get(unit, []), month) or nothing


def margins(books: Books, span: Span, unit: str | None = None) -> Iterator[UnitMargins]:
    """Give the margins of each unit that has any, the structure first."""
    for owner in books.units:
        if unit in {None, owner}:
            found = _margins(books, span, owner)
            if any(found[1:]):
                yield found


def _margins(books: Books, span: Span, unit: str) -> UnitMargins:
    days = span.first, span.after
    turnover, direct = (-books.sums.moved(*days, *numbers, unit=unit) for numbers in ((SALES,), DIRECT))
    return UnitMargins(unit, turnover, direct, gross_margin(books, span, unit))
