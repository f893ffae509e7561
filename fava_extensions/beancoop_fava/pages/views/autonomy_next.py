"""What the entrepreneur may have to do next, each with what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.closing.checklist import BOUGHT
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.next_steps import next_steps
from beancoop.words.messages import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period
    from beancoop.statements.next_steps import NextSteps
    from beancount.core.data import Transaction

    from beancoop_fava.pages.page import Page

REMIND = phrase(
    "{count} invoice is past the day it was to be paid by: send a reminder",
    "{count} invoices are past the day they were to be paid by: send reminders",
)
DOCUMENT = phrase(
    "{count} purchase of an open month has no document: hand in the invoice or the receipt",
    "{count} purchases of open months have no document: hand in the invoices or receipts",
)
EXPLAIN = phrase(
    "{count} movement waits to be explained (499): tell the accountants what it is",
    "{count} movements wait to be explained (499): tell the accountants what they are",
)
MEET = phrase("The next meeting is on {day}")
ENDS = phrase(
    "Her last day to sell is {day}, in {count} day: speak with the team of what comes after",
    "Her last day to sell is {day}, in {count} days: speak with the team of what comes after",
)


def next_section(page: Page[Books], books: Books, activity: Activity, period: Period) -> Section:
    """Give what waits at the end of the period."""
    t = page.words.t
    found = next_steps(books, activity, period)
    title = t("What to do next")
    columns = (Column(title), Column(books.currency, "money"))
    table = Table("next", title, columns, list(_rows(page, books, activity.unit, found, period)))
    return Section(title, table=table, empty=t("Nothing waits."))


def _rows(page: Page[Books], books: Books, unit: str, found: NextSteps, period: Period) -> Iterator[Row]:
    t, links = page.words.t, page.links
    if found.overdue:
        href = links.held(rule="payable", unit=unit, over=0, day=period.today, side="debit")
        yield Row((t(REMIND, count=len(found.overdue)), Cell(_sum(each.amount for each in found.overdue), href)))
    if found.unsupported:
        href = links.held(rule="unsupported", unit=unit, since=found.since)
        bought = _sum(amount for entry in found.unsupported for amount in _bought(entry, unit, books.currency))
        yield Row((t(DOCUMENT, count=len(found.unsupported)), Cell(bought, href)))
    if found.waiting:
        waits = _sum(each.amount for each in found.waiting)
        yield Row((t(EXPLAIN, count=len(found.waiting)), Cell(waits, links.held(rule="waiting", unit=unit))))
    if found.meeting:
        yield Row((Cell(t(MEET, day=found.meeting.date), page.context(found.meeting.entry)), Cell("")))
    if found.last_day:
        days = (found.last_day - period.today).days
        course = links.table(page.name, "course", unit=unit)
        yield Row((Cell(t(ENDS, day=found.last_day, count=days), course), Cell("")))


def _bought(entry: Transaction, unit: str, currency: str) -> Iterator[Decimal]:
    """Give what an entry books on the accounts of purchases of *unit*."""
    for posting in entry.postings:
        account = parse_account(posting.account)
        if account is not None and account.unit == unit and account.number.startswith(BOUGHT):
            yield amount_in(posting, currency) or ZERO


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return to_cent(sum(amounts, ZERO))
