"""What the cooperative's result, its equity, and its own part of both are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.earned import EARNED
from beancoop.model.money import ZERO
from beancoop.model.pcmn import APPROPRIATION, INTERNAL, OFF_BALANCE, RESULT, SHARES
from beancoop.model.periods import day_before
from beancoop.statements.appropriation import decisions
from beancoop.statements.distribution import HELD_AGAINST, LIQUIDITY, NET_ASSETS, Distribution
from beancoop.statements.posted import Line, Made, as_posted, number_of, posted
from beancoop.statements.statutory import Balances

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from beancount.core.data import Posting, Transaction

    from beancoop.books.books import Books
    from beancoop.statements.meaning import Meaning, Rule
    from beancoop.statements.posted import Maker


def _of_result(books: Books, meaning: Meaning) -> Meaning:
    roots = books.register.roots
    return meaning._replace(rule="postings", roots=(roots.income, roots.expenses), numbers=RESULT)


def _appropriates(books: Books, meaning: Meaning) -> Callable[[Transaction, Posting], bool]:
    """Say which postings appropriate the result of the year that the meaning's first day begins."""
    cooperative, since = books.register.cooperative, meaning.since
    decided = decisions(books, cooperative.year_with(since)) if since else ()
    those = {id(each.entry) for each in decided}
    return lambda entry, posting: id(entry) in those and number_of(posting).startswith(APPROPRIATION)


def _result(books: Books, meaning: Meaning) -> Made:
    """Give the result since the year's first day, less what appropriates it already."""
    is_decided = _appropriates(books, meaning)

    def counts(entry: Transaction, posting: Posting) -> bool:
        return not number_of(posting).startswith(APPROPRIATION) or is_decided(entry, posting)

    return Made.of(posted(books, _of_result(books, meaning), counts)).times(-1)


def _pending(books: Books, meaning: Meaning) -> Made:
    """Give the results of the years before, and what has been appropriated of them since."""
    is_decided = _appropriates(books, meaning)

    def counts(entry: Transaction, posting: Posting) -> bool:
        if meaning.since is not None and entry.date < meaning.since:
            return True
        return number_of(posting).startswith(APPROPRIATION) and not is_decided(entry, posting)

    return Made.of(posted(books, _of_result(books, meaning)._replace(since=None), counts)).times(-1)


def _equity(books: Books, meaning: Meaning) -> Made:
    roots = books.register.roots
    statutory = (roots.equity, roots.income, roots.expenses)
    own = meaning._replace(rule="postings", roots=statutory, but=(OFF_BALANCE, INTERNAL))
    return as_posted(books, own).times(-1)


def _test(figures: Mapping[str, tuple[str, tuple[str, ...]]]) -> Maker:
    """Add up what a test of the law looks at; without class 9, which cancels itself out."""

    def make(books: Books, meaning: Meaning) -> Made:
        parts = []
        for key, (root, numbers) in figures.items():
            own = meaning._replace(rule="postings", roots=(getattr(books.register.roots, root),), numbers=numbers)
            parts.append(as_posted(books, own).times(-1 if key in HELD_AGAINST else 1))
        return Made.together(parts)

    return make


def _claims(books: Books, meaning: Meaning) -> Mapping[str, Made]:
    """Give, of each activity that has earned something and not been granted it, what that is made of."""
    own = meaning._replace(rule="postings", numbers=EARNED)
    made = {unit: as_posted(books, own._replace(unit=unit)).times(-1) for unit in books.activities}
    return {unit: each for unit, each in made.items() if each.total > ZERO}


def _claimed(books: Books, meaning: Meaning) -> Made:
    """Give what is to be granted at the end, or was at the start, or by how much that has grown since a day."""
    if meaning.part == "change":
        now, start = meaning._replace(since=None, part=""), meaning._replace(part="start")
        return Made.together([_claimed(books, now), _claimed(books, start).times(-1)])
    if meaning.since and not meaning.part:
        return _granting(books, meaning)
    return Made.together(_claims(books, meaning).values())


def _granting(books: Books, meaning: Meaning) -> Made:
    """Give by how much the activities' claims have grown since the meaning's first day."""
    first = meaning.since
    before = _claims(books, meaning._replace(since=None, until=day_before(first))) if first else {}
    now = _claims(books, meaning._replace(since=None))
    parts = [_claims_since(each, before.get(unit)) for unit, each in now.items()]
    return Made.together([*parts, *(each.times(-1) for unit, each in before.items() if unit not in now)])


def _claims_since(now: Made, before: Made | None) -> Made:
    """Give what has come on top of what was *before*, which is how *now* begins."""
    return now if before is None else Made(now.lines[len(before.lines) :], now.total - before.total)


def _less(total: Maker, part: Maker) -> Maker:
    """Give the cooperative's own part: what is not its activities'."""
    return lambda books, meaning: Made.together([total(books, meaning), part(books, meaning).times(-1)])


def _dividends(books: Books, meaning: Meaning) -> Made:
    decided = Distribution(books, Balances(books)).decisions
    return Made.of(Line(each.entry, each.amount) for each in decided if meaning.holds(each.entry.date))


def _paid_up(books: Books, meaning: Meaning) -> Made:
    """Give the shares that were paid up when a dividend was decided last."""
    decided = _dividends(books, meaning).lines
    if not decided:
        return Made.of([])
    entries = books.sorted.on_equity
    last = next(position for position, entry in enumerate(entries) if entry is decided[-1].entry)
    counted = {id(entry) for entry in entries[: last + 1]}
    own = meaning._replace(rule="postings", numbers=SHARES, since=None)
    return Made.of(posted(books, own, lambda entry, _: id(entry) in counted)).times(-1)


RULES: Mapping[Rule, Maker] = {
    "result": _result,
    "pending": _pending,
    "equity": _equity,
    "net-assets": _test(NET_ASSETS),
    "liquidity": _test(LIQUIDITY),
    "claimed": _claimed,
    "granting": _granting,
    "own-result": _less(_result, _granting),
    "own-equity": _less(_equity, _claimed),
    "own-net-assets": _less(_test(NET_ASSETS), _claimed),
    "dividends": _dividends,
    "paid-up": _paid_up,
}
"""How each figure of the company's equity is made."""
