"""What an activity's margin, contribution, money and leaving are made of."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from beancoop.closing.checklist import BOUGHT, unsupported
from beancoop.contribution.rule import DIRECT, OPERATING
from beancoop.model.money import ZERO
from beancoop.model.months import Month
from beancoop.model.pcmn import BALANCE_SHEET, CONTRIBUTION, LIAISON, TREASURY
from beancoop.model.provenance import is_injected
from beancoop.statements import entries_of_company
from beancoop.statements.activities import operating_spans
from beancoop.statements.available import STEPS
from beancoop.statements.forecast import LONGEST, MONTHS, recurring
from beancoop.statements.posted import Line, Made, as_posted, is_entry, number_of, posted
from beancoop.words.language import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from beancount.core.data import Posting, Transaction

    from beancoop.books.books import Books
    from beancoop.contribution.explanation import ExplainedLine
    from beancoop.statements.meaning import Meaning, Rule
    from beancoop.statements.posted import Maker

FLOOR = mark("A contribution is never below zero")


def _in_operating_days(books: Books, meaning: Meaning) -> Callable[[datetime.date], bool]:
    """Say of which days the terms count the operating margin."""
    activity = books.activities.get(meaning.unit)
    spans = list(operating_spans(activity, datetime.date.min, datetime.date.max)) if activity else []
    return lambda day: any(since <= day < until for since, until in spans)


def _margin(books: Books, meaning: Meaning) -> Made:
    counts = _in_operating_days(books, meaning)
    direct = posted(books, meaning._replace(numbers=DIRECT))
    operating = posted(
        books, meaning._replace(numbers=OPERATING), lambda entry, _: meaning.rule == "margin" and counts(entry.date)
    )
    return Made.of(_by_day([*direct, *operating]))


def _operating(books: Books, meaning: Meaning) -> Made:
    counts = _in_operating_days(books, meaning)
    return Made.of(posted(books, meaning._replace(numbers=OPERATING), lambda entry, _: counts(entry.date)))


def _beside(books: Books, meaning: Meaning) -> Made:
    """Give the postings without what the operating margin has counted of them."""
    counts = _in_operating_days(books, meaning)
    margin = meaning._replace(numbers=OPERATING)

    def is_left(entry: Transaction, posting: Posting) -> bool:
        return not (counts(entry.date) and number_of(posting).startswith(margin.numbers))

    return Made.of(posted(books, meaning, is_left))


def _by_day(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.entry.date if line.entry else datetime.date.max)


def _explained(books: Books, meaning: Meaning) -> Iterator[ExplainedLine]:
    if meaning.unit not in books.activities:
        return
    for month in books.explained(meaning.unit):
        for line in month.lines:
            if meaning.holds(line.entry.date) and is_entry(line.entry, meaning):
                yield line


def _base(books: Books, meaning: Meaning) -> Made:
    return Made.of(Line(each.entry, each.base) for each in _explained(books, meaning))


def _contribution(books: Books, meaning: Meaning) -> Made:
    lines = [Line(each.entry, each.contribution) for each in _explained(books, meaning)]
    return Made(lines, sum((each.amount for each in lines), ZERO))


def _due(books: Books, meaning: Meaning) -> Made:
    exact = _contribution(books, meaning)
    floor = [Line(None, -exact.total, FLOOR)] if exact.total < ZERO else []
    return Made.of([*exact.lines, *floor])


def _levied(books: Books, meaning: Meaning) -> Made:
    """Give what was levied to the end, without the levy of the last month."""
    return Made.of(posted(books, _of_contribution(meaning), lambda entry, _: not _is_levy(books, meaning, entry)))


def _levy(books: Books, meaning: Meaning) -> Made:
    """Give the levy of the last month: of an open one, what is levied in memory alone."""
    return Made.of(posted(books, _of_contribution(meaning), lambda entry, _: _is_levy(books, meaning, entry)))


def _of_contribution(meaning: Meaning) -> Meaning:
    return meaning._replace(rule="postings", numbers=(CONTRIBUTION,))


def _is_levy(books: Books, meaning: Meaning, entry: Transaction) -> bool:
    month, closed = Month.of(meaning.until or datetime.date.max), books.register.last_closed(meaning.unit)
    if Month.of(entry.date) != month:
        return False
    return is_injected(entry) or (closed is not None and month <= closed)


def _carried(books: Books, meaning: Meaning) -> Made:
    """Give what is due and not levied by the end."""
    levied = as_posted(books, _of_contribution(meaning))
    return Made.together([_due(books, meaning), levied.times(-1)])


def _exit(books: Books, meaning: Meaning) -> Made:
    """Give what an exit gives back of the contribution, or with a minus sign still levies."""
    return _carried(books, meaning).times(-1)


def _available(books: Books, meaning: Meaning) -> Made:
    """Give the money, and what is owed, or the one step of these that is meant; what is to come in is nothing."""
    parts = []
    for key, numbers in STEPS.items():
        if meaning.numbers not in {(), numbers}:
            continue
        part = as_posted(books, meaning._replace(rule="postings", numbers=numbers, in_currency=key == "bank"))
        if key == "bank" or part.total < ZERO:
            parts.append(part)
    return Made.together(parts)


def _leaving(books: Books, meaning: Meaning) -> Made:
    held = meaning._replace(rule="postings", numbers=(*BALANCE_SHEET, LIAISON))
    return Made.together([as_posted(books, held), _exit(books, meaning)])


def _overdraft(books: Books, meaning: Meaning) -> Made:
    activity = books.activities.get(meaning.unit)
    if activity is None:
        return Made.of([])
    terms = activity.terms_on(meaning.day or meaning.until or datetime.date.max)
    return Made.of([Line(terms.entry, terms.overdraft)] if terms.overdraft else [])


def _room(books: Books, meaning: Meaning) -> Made:
    treasury = meaning._replace(rule="postings", numbers=(TREASURY,), in_currency=True)
    return Made.together([as_posted(books, treasury), _overdraft(books, meaning)])


def _recurring(books: Books, meaning: Meaning) -> Made:
    """Give the monthly mean of the costs that recur as of the day meant: a third of each entry of three months."""
    return Made.together(
        Made.of(Line(booked.entry, booked.amount / MONTHS) for booked in each.booked)
        for each in recurring(books, meaning.unit, meaning.day or datetime.date.max)
        if meaning.party in {None, each.payee} and meaning.accounts in {(), (each.account.name,)}
    )


def _forecast(books: Books, meaning: Meaning) -> Made:
    """Give what would be available on the day meant, as it looks on the first day meant, the day of the forecast."""
    made_on, end = meaning.since, meaning.day
    if made_on is None or end is None:
        return Made.of([])
    own = meaning._replace(since=None, day=None)
    months = min(LONGEST, Month.of(end).number - Month.of(made_on).number)
    monthly = _recurring(books, own._replace(day=made_on)).times(-1)
    invoices = entries_of_company.RULES["payable"](books, own._replace(day=end, over=-1))
    return Made.together([_available(books, own), invoices, *[monthly] * months])


def _unsupported(books: Books, meaning: Meaning) -> Made:
    """Give the purchases that no document supports."""
    entries = (entry for entry in books.of(meaning.unit or None) if meaning.holds(entry.date))
    bare = {id(entry) for entry in unsupported(books.ledger.entries, entries)}
    return Made.of(posted(books, meaning._replace(numbers=BOUGHT), lambda entry, _: id(entry) in bare))


RULES: Mapping[Rule, Maker] = {
    "margin": _margin,
    "operating": _operating,
    "beside": _beside,
    "base": _base,
    "contribution": _contribution,
    "due": _due,
    "levied": _levied,
    "levy": _levy,
    "carried": _carried,
    "exit": _exit,
    "available": _available,
    "recurring": _recurring,
    "forecast": _forecast,
    "unsupported": _unsupported,
    "leaving": _leaving,
    "overdraft": _overdraft,
    "room": _room,
}
"""How each figure of an activity is made."""
