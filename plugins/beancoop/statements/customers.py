"""The customers of an activity: how many, how large the largest is, how long they take to pay, what they owe."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.invoices import is_invoice
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.pcmn import ADVANCES_RECEIVED, CUSTOMERS, SALES, TREASURY
from beancoop.model.periods import precedes

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from beancount.core.data import Posting

    from beancoop.books.books import Books
    from beancoop.books.open_items import Item, Settlement

AGES = (0, 30, 60, 90)
"""The days at which an open invoice passes into the next class of age."""


class CustomerSales(NamedTuple):
    """What was sold to one customer before tax; and its share of all sales, None of nothing.

    Credit notes are taken off. An advance counts when it is invoiced, as in `books.invoices`, and not once more when
    its sale is.
    """

    name: str
    sales: Decimal
    share: Decimal | None


class Customers(NamedTuple):
    """The customers of a time.

    Attributes:
        customers: those to whom something was sold, the largest first; "" for sales without a name.
        number: how many have a name.
        largest: the share of the largest of these; None where nothing was sold.
        days: how long they took to pay, from the invoice to the money, each euro counting alike; None where no
            invoice was paid.

    """

    customers: Sequence[CustomerSales]
    number: int
    largest: Decimal | None
    days: int | None


def customers(books: Books, unit: str, begin: datetime.date, end: datetime.date) -> Customers:
    """Give the customers of *unit* from *begin* to the day before *end*."""
    sold: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in books.of(unit):
        if begin <= entry.date and precedes(entry.date, end):
            numbers = (SALES, ADVANCES_RECEIVED) if is_invoice(entry, books.currency) else SALES
            for posting in entry.postings:
                if _is_of(posting, numbers, unit):
                    sold[entry.payee or ""] -= amount_in(posting, books.currency) or ZERO
    total = sum(sold.values(), ZERO)
    found = [
        CustomerSales(name, to_cent(amount), amount / total if total > ZERO else None)
        for name, amount in sorted(sold.items(), key=lambda each: (-each[1], each[0]))
    ]
    named = [each for each in found if each.name]
    settled = books.items.settlements.get(unit, [])
    within = (each for each in settled if begin <= each.by.date and precedes(each.by.date, end))
    paid = [each for each in within if _is_payment(each)]
    return Customers(found, len(named), named[0].share if named else None, _days(paid))


def _is_of(posting: Posting, numbers: str | tuple[str, ...], unit: str | None = None) -> bool:
    """Say whether a posting is to an account of those numbers, of one *unit* or of any."""
    account = parse_account(posting.account)
    return account is not None and account.number.startswith(numbers) and unit in {None, account.unit}


def _is_payment(settlement: Settlement) -> bool:
    """Say whether money settled an invoice: not a credit note, nor a correction."""
    account = parse_account(settlement.account)
    if account is None or not account.number.startswith(CUSTOMERS) or settlement.amount < ZERO:
        return False
    return any(_is_of(posting, TREASURY) for posting in settlement.by.postings)


def _days(paid: Iterable[Settlement]) -> int | None:
    weight = days = ZERO
    for each in paid:
        weight += each.amount
        days += each.amount * (each.by.date - each.since).days
    return int((days / weight).quantize(Decimal(1), ROUND_HALF_UP)) if weight else None


class Age(NamedTuple):
    """What is open of customers in one class of age: more than `over` days old and at most `upto`, None of no end."""

    over: int | None
    upto: int | None
    number: int
    amount: Decimal


def owed(items: Iterable[Item]) -> list[Item]:
    """Keep what is open of customers, in their favour too."""
    found = []
    for item in items:
        account = parse_account(item.account)
        if account is not None and account.number.startswith(CUSTOMERS):
            found.append(item)
    return found


def ages(items: Iterable[Item], today: datetime.date) -> list[Age]:
    """Sort what is open by its age on the day *today*: not due yet, up to 30 days, and so on."""
    bounds = list(zip((None, *AGES), (*AGES, None), strict=True))
    by_bound: Mapping[tuple[int | None, int | None], list[Decimal]] = {bound: [] for bound in bounds}
    for item in items:
        age = item.age(today)
        position = sum(age > bound for bound in AGES)
        by_bound[bounds[position]].append(item.amount)
    return [Age(*bound, len(own), to_cent(sum(own, ZERO))) for bound, own in by_bound.items()]
