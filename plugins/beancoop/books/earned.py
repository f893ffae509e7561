"""What each activity has earned that is not yet owed to its entrepreneur.

The money of the activities stands in the cooperative's assets, and their results in its own; but by the agreements it
is to be granted to the candidates. Until a charge says so (619, 620, 643, against 489, 492 or the bank), the net assets
of the company are too high by it (CSA, art. 6:115 counts debts alone, and so must the accountant book them: 619/492).

For one activity, from its first day to the end of a day:

    earned, not owed = - (all of its classes 6 and 7, 950 and 951, and its 14)

- its sales less its purchases and costs, and what it did for other activities or they for it (951);
- less the contribution (950), which is the cooperative's; that of an open month counts as it stands;
- less what was granted already, since a grant is a charge of the activity: on leaving, nothing is left;
- with what an opening brought in on 14 of its books: it was earned before they began, and granted to nobody;
- less what a general meeting took from its own books (69 and 79 are classes 6 and 7). A year that was appropriated in
  the structure's books changes nothing: what the agreement grants is still to be granted.

It is what the structure would owe her if she left on that day, before her contribution is settled for good. An activity
that has lost more than it earned has a negative amount: a figure, and no claim of anybody on its entrepreneur.

Before, A001 sold for 1,000.00, was levied 100.00, and granted its candidate 300.00. After, 600.00 are earned and not
yet owed; at the end of the year, 619 of A001 against 492 of A001 says so in the books.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import CARRIED, CONTRIBUTION, INTERNAL_SERVICES, RESULT
from beancoop.model.periods import day_after

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from decimal import Decimal

    from beancoop.books.books import Books

EARNED = (*RESULT, CARRIED, CONTRIBUTION, INTERNAL_SERVICES)
"""The PCMN numbers that the figure adds up."""


def earned_not_owed(books: Books, day: datetime.date) -> Mapping[str, Decimal]:
    """Give, by activity, what it has earned by the end of *day* and not yet granted; in the operating currency.

    To the cent, positive for what is still to be granted, negative for what was lost. All activities are in it, in the
    order of their codes; the structure is not.
    """
    return earned_before(books, day_after(day))


def earned_before(books: Books, end: datetime.date) -> Mapping[str, Decimal]:
    """Give the same at the beginning of the day *end*; the calendar's last counts all."""
    return {unit: to_cent(-books.sums.balance(end, *EARNED, unit=unit)) for unit in books.activities}


def claimed(earned: Mapping[str, Decimal]) -> Decimal:
    """Give what is to be granted in all: what some have lost takes nothing from the others."""
    return sum((amount for amount in earned.values() if amount > ZERO), ZERO)
