"""The table of appropriations: what there is to appropriate of a financial year, and what the meeting made of it.

9906 = (9905) + 14P, and 9906 + 791/2 - 691/2 - (14) + 794 - 694/7 = 0: what is carried forward is what 14 holds once
the appropriation is counted, and a loss carried forward is negative, as the models print it. What moves between 14 and
the rest of the equity without 69 or 79 is a transfer to reserves, or from equity, all the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.model.pcmn import APPROPRIATION
from beancoop.statements.appropriation import decisions
from beancoop.statements.nbb import rubrics
from beancoop.statements.state import after_appropriation, brought_forward

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Span
    from beancoop.statements.appropriation import Decision
    from beancoop.statements.nbb import AnnualLine, Rubrics

OF_YEAR, BROUGHT_FORWARD, CARRIED_FORWARD = "(9905)", "14P", "(14)"
_FROM_EQUITY, _TO_RESERVES = "791/2", "6921"


class AppropriationTable(NamedTuple):
    """How the result of a year was appropriated.

    Attributes:
        lines: every rubric of the model, zero or not; what is to appropriate alone is told where nothing is decided.
        until: the day of the last entry that decides; None where nothing is decided.

    """

    lines: Sequence[AnnualLine]
    until: datetime.date | None


def appropriation_table(books: Books, year: Span) -> AppropriationTable:
    """Draw up the table of a financial *year* of the company."""
    ahead, decided = brought_forward(books, year), decisions(books, year)
    own = {OF_YEAR: ahead.result, BROUGHT_FORWARD: ahead.carried}
    known = rubrics(year.first)
    if not decided:
        return AppropriationTable(known.added_up("appropriation", own), None)
    after = after_appropriation(books, year)
    moved = _moved(books, decided, known)
    own |= moved | {CARRIED_FORWARD: after.carried + after.result}
    unsaid = ahead.result + ahead.carried - own[CARRIED_FORWARD] - _given(moved, known)
    own[_TO_RESERVES] = own.get(_TO_RESERVES, ZERO) + max(unsaid, ZERO)
    own[_FROM_EQUITY] = own.get(_FROM_EQUITY, ZERO) + max(-unsaid, ZERO)
    return AppropriationTable(known.added_up("appropriation", own), max(each.entry.date for each in decided))


def _moved(books: Books, decided: Sequence[Decision], known: Rubrics) -> dict[str, Decimal]:
    """Give what 69 and 79 say, by rubric, but what they carry forward."""
    moved: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for each in decided:
        for account, amount in each.moves(books.currency):
            rubric = known.of(account.number) if account.number.startswith(APPROPRIATION) else None
            if rubric is not None and rubric.code != CARRIED_FORWARD:
                moved[rubric.code] += amount if rubric.is_debit else -amount
    return dict(moved)


def _given(moved: Mapping[str, Decimal], known: Rubrics) -> Decimal:
    """Give how much of the result goes elsewhere than forward, by 69 and 79."""
    rows = known.parts["appropriation"]
    return sum((amount if rows[code].is_debit else -amount for code, amount in moved.items()), ZERO)
