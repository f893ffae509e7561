"""What a figure is made of: for each rule by which one is counted, the entries behind it and their total.

The total is the figure to the cent: it is counted here a second time, from the entries, where pages and statements
read sums that were made once. A test follows every amount of every page and compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.provenance import PROVISIONAL, is_injected
from beancoop.statements import entries_of_activity, entries_of_company, entries_of_equity
from beancoop.statements.meaning import ACTIVITIES, BETWEEN
from beancoop.statements.posted import Made, as_posted, posted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancoop.books.books import Books
    from beancoop.statements.meaning import Meaning, Rule
    from beancoop.statements.posted import Maker

EXACT: frozenset[Rule] = frozenset({"contribution"})
"""The rules whose figure has all its digits; that of any other is to the cent."""


def made_of(books: Books, meaning: Meaning) -> Made:
    """Give what a figure of that *meaning* is made of, each line with the sign with which it adds to the figure.

    Where nothing in the books is meant, such as an entry that is no longer there, there is no line and the total is 0.
    """
    if meaning.unit == ACTIVITIES:
        return Made.together(made_of(books, meaning._replace(unit=unit)) for unit in books.activities)
    if BETWEEN in meaning.unit:
        units = dict.fromkeys(filter(None, meaning.unit.split(BETWEEN)))
        return Made.together(made_of(books, meaning._replace(unit=unit)) for unit in units)
    return _RULES[meaning.rule](books, meaning).times(meaning.sign)


def _provisional(books: Books, meaning: Meaning) -> Made:
    """Give what is levied in memory only."""
    return Made.of(posted(books, meaning, lambda entry, _: PROVISIONAL in entry.tags and is_injected(entry)))


_RULES: Mapping[Rule, Maker] = {
    "postings": as_posted,
    "provisional": _provisional,
    **entries_of_activity.RULES,
    **entries_of_company.RULES,
    **entries_of_equity.RULES,
}
