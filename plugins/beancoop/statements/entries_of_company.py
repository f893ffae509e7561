"""What an open invoice, a bank's balance, hours and VAT are made of."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from beancoop.books.waiting import waiting
from beancoop.model.money import ZERO
from beancoop.model.periods import day_after
from beancoop.statements.customers import owed
from beancoop.statements.posted import Line, Made, as_posted, is_entry
from beancoop.vat import law
from beancoop.vat.periods import VatPeriod
from beancoop.vat.returns import VatBooks
from beancoop.vat.settling import settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from beancount.core.data import Balance

    from beancoop.books.books import Books
    from beancoop.books.open_items import Item
    from beancoop.statements.meaning import Meaning, Rule
    from beancoop.statements.posted import Maker


def _end(meaning: Meaning) -> datetime.date:
    """Give the first day that does not count; without end, the calendar's last."""
    return day_after(meaning.until) if meaning.until else datetime.date.max


def _waiting(books: Books, meaning: Meaning) -> Made:
    found = waiting(books.sorted.on_waiting, books.currency, _end(meaning))
    return Made.of(
        Line(each.entry, each.amount)
        for each in found
        if meaning.unit in {"", each.unit} and meaning.item in {None, each.name} and is_entry(each.entry, meaning)
    )


def _last_assertion(books: Books, meaning: Meaning) -> Balance | None:
    """Give the `balance` of the account that speaks of the beginning of the day."""
    stated = (each for name in meaning.accounts for each in books.sorted.asserted.get(name, ()))
    return next((each for each in stated if each.date == meaning.day), None)


def _asserted(books: Books, meaning: Meaning) -> Made:
    last = _last_assertion(books, meaning)
    return Made.of([Line(last, last.amount.number or ZERO)] if last else [])


def _difference(books: Books, meaning: Meaning) -> Made:
    held = as_posted(books, meaning._replace(rule="postings", in_currency=True))
    return Made.together([held, _asserted(books, meaning).times(-1)])


def _items(books: Books, meaning: Meaning) -> Iterator[Item]:
    for item in owed(books.items.at(_end(meaning), meaning.unit or None)):
        is_one = meaning.item in {None, item.name} and meaning.accounts in {(), (item.account,)}
        if is_one and meaning.party in {None, item.payee} and is_entry(item.entry, meaning):
            yield item


def _open(books: Books, meaning: Meaning) -> Made:
    """Give what customers owe, an invoice a line, those of an age alone where one is meant."""
    return Made.of(
        Line(each.entry, each.amount) for each in _items(books, meaning) if _is_old(meaning, each.age(_on(meaning)))
    )


def _payable(books: Books, meaning: Meaning) -> Made:
    """Give the same by the days since an invoice was to be paid, whether it names that day or not."""
    day = _on(meaning)
    return Made.of(
        Line(each.entry, each.amount)
        for each in _items(books, meaning)
        if _is_old(meaning, (day - each.payable_by).days) and (meaning.side == "" or each.amount > ZERO)
    )


def _on(meaning: Meaning) -> datetime.date:
    return meaning.day or datetime.date.max


def _is_old(meaning: Meaning, age: int) -> bool:
    return (meaning.over is None or age > meaning.over) and (meaning.upto is None or age <= meaning.upto)


def _invoiced(books: Books, meaning: Meaning) -> Made:
    return Made.of(Line(each.entry, each.invoiced) for each in _items(books, meaning))


def _item(books: Books, meaning: Meaning) -> Made:
    """Give the invoice, and what settled it."""
    lines = []
    for item in _items(books, meaning):
        lines.append(Line(item.entry, item.invoiced))
        settled = books.items.settlements.get(item.unit, ())
        lines += [
            Line(each.by, -each.amount)
            for each in settled
            if each.opened is item.entry
            and (each.account, each.name) == (item.account, item.name)
            and meaning.holds(each.by.date)
        ]
    return Made.of(lines)


def _hours(books: Books, meaning: Meaning) -> Made:
    return Made.of(
        Line(each.entry, each.hours)
        for each in books.register.follow_ups
        if meaning.unit in {"", each.unit} and meaning.item in {None, each.domain} and meaning.holds(each.date)
    )


def _vat(books: Books, meaning: Meaning) -> Made:
    """Give what a unit's entries owe in VAT, deduct, or both."""
    due, deductible = law.grids("due"), law.grids("deductible")
    signs: Mapping[str, int] = {
        **(dict.fromkeys(due, 1) if meaning.rule != "vat-deductible" else {}),
        **(
            dict.fromkeys(deductible, 1 if meaning.rule == "vat-deductible" else -1)
            if meaning.rule != "vat-due"
            else {}
        ),
    }
    entries = [each for each in books.of(meaning.unit or None) if meaning.holds(each.date)]
    declared, _, _ = VatBooks(books.ledger.entries, books.currency).read(entries)
    lines = (
        Line(each.operation.entry, sum((signs.get(part.grid, 0) * part.amount for part in each.parts), ZERO))
        for each in declared
    )
    return Made.of(line for line in lines if line.amount)


def _vat_passed(books: Books, meaning: Meaning) -> Made:
    """Give what the filed return of the period that is the item has passed on to the structure."""
    period = VatPeriod.parse(meaning.item or "")
    if period is None:
        return Made.of([])
    return Made.of(
        Line(entry, amount)
        for entry in books.of(meaning.unit or None)
        if (amount := sum(settled([entry], period, books.currency).tax.values(), ZERO))
    )


RULES: Mapping[Rule, Maker] = {
    "waiting": _waiting,
    "asserted": _asserted,
    "difference": _difference,
    "item": _item,
    "invoiced": _invoiced,
    "open": _open,
    "payable": _payable,
    "hours": _hours,
    "vat-due": _vat,
    "vat-deductible": _vat,
    "vat-owed": _vat,
    "vat-passed": _vat_passed,
}
"""How each figure that is none of an activity's own rules is made."""
