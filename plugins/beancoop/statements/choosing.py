"""Activities chosen out of many: by what is true of them, and by their code or trade. Facts, and no scores."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

from beancoop.model.money import ZERO
from beancoop.statements.follow_up import SOON
from beancoop.statements.freshness import open_months

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from beancoop.books.books import Books
    from beancoop.model.periods import Period
    from beancoop.statements.activities import ActivityRow

Fact: TypeAlias = Literal["negative", "overdue", "ending", "open"]
"""What may be true of an activity: less than nothing is available to spend; a customer should have paid before; its
accompaniment ends within SOON days; a whole month that has passed is not closed."""
FACTS: tuple[Fact, ...] = get_args(Fact)


class Chosen(NamedTuple):
    """The activities that were chosen.

    Attributes:
        rows: theirs, in the order in which they came.
        counts: of those whose code or trade was searched for, of how many each fact is true.
        is_all: whether none was left out.

    """

    rows: Sequence[ActivityRow]
    counts: Mapping[Fact, int]
    is_all: bool


def choose(books: Books, period: Period, rows: Iterable[ActivityRow], search: str, only: Collection[Fact]) -> Chosen:
    """Choose those of *rows* that are searched for, and of which all of the facts *only* are true."""
    given, words = list(rows), _plain(search).split()
    found = [(row, facts_of(books, period, row)) for row in given if _is_searched(row, words)]
    counts = Counter(fact for _, facts in found for fact in facts)
    chosen = [row for row, facts in found if facts.issuperset(only)]
    return Chosen(chosen, {fact: counts[fact] for fact in FACTS}, len(chosen) == len(given))


def facts_of(books: Books, period: Period, row: ActivityRow) -> frozenset[Fact]:
    """Tell what is true of an activity, as of the day of *period*."""
    days = (row.last_day - period.today).days if row.last_day else None
    true: Mapping[Fact, bool] = {
        "negative": row.available < ZERO,
        "overdue": row.oldest is not None and row.oldest > 0,
        "ending": days is not None and row.state == "active" and days <= SOON,
        "open": bool(open_months(books, row.unit, period)),
    }
    return frozenset(fact for fact in FACTS if true[fact])


def _is_searched(row: ActivityRow, words: Iterable[str]) -> bool:
    """Say whether all *words* stand in the code or the trade, with or without accents and capitals."""
    text = _plain(f"{row.unit} {row.trade}")
    return all(word in text for word in words)


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))
