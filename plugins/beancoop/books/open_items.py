"""What customers still owe and what suppliers are still owed: invoices not settled, in whole or in part.

An item is what one unit's customer (class 40) or supplier (class 44) account holds under one name. A posting goes to
the item it names by its own `invoice:`, else by its transaction's `invoice:` and links, else by the payee: what is paid
without saying for what settles that party's oldest debt first. What says both an `invoice:` and links, such as a
purchase for one sale that bears the sale's link, is called by its number, and found by either. The open amounts of an
account always add up to its balance: nothing is left out for want of a name.

Before:

    2026-03-02 * "Pharmacie Neuve Voie" "Comptoir" ^A001-2026-0007
      Assets:40:400-Clients:A001                 1210.00 EUR
      Income:70:700-VentesPrestations:A001      -1000.00 EUR
      Liabilities:45:451-TVAPayer:A001           -210.00 EUR
    2026-03-20 * "Pharmacie Neuve Voie" "Acompte" ^A001-2026-0007
      Assets:55:5500-Banque:A001                  500.00 EUR
      Assets:40:400-Clients:A001                 -500.00 EUR

Then, at the end of March, one item is open: A001, `A001-2026-0007`, of 2026-03-02, 1210.00 invoiced, 710.00 open.
"""

from __future__ import annotations

import datetime
from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import CUSTOMERS, SUPPLIERS
from beancoop.model.periods import precedes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount.core.data import Directive, Posting

INVOICE = "invoice"
"""The metadata that names the invoice a transaction or a posting belongs to."""
DUE = "due"
"""The metadata that names the day an invoice is to be paid by."""
PARTY, SINCE = "party", "since"
"""The metadata by which a posting of an opening balance says whose invoice it is, and of which day."""
TERM = 30
"""Days within which an invoice that names none is to be paid (law of 2 August 2002, art. 4)."""

_PAYEE = "\0"  # no link and no text of a ledger begins so


class Item(NamedTuple):
    """An invoice, or what else stands open under one name.

    Attributes:
        unit: whose it is.
        account: the customer or supplier account.
        name: the invoice's number or link; "" for what only the payee tells.
        payee: the other party as its first posting (`party:`) or entry names it, "" where neither does.
        entry: the entry that opened it.
        date: its own day, from which it grows old: that entry's, unless the posting says another (`since:`).
        due: the day it is to be paid by, where the posting or the entry says so (`due:`), else None.
        invoiced: what was asked for under this name; positive where the other party owes it.
        amount: what is open of it; positive where the other party owes it, negative where it is owed.

    """

    unit: str
    account: str
    name: str
    payee: str
    entry: Transaction
    date: datetime.date
    due: datetime.date | None
    invoiced: Decimal
    amount: Decimal

    def age(self, today: datetime.date) -> int:
        """Give its days since the day it was to be paid by, else since its own day."""
        return (today - (self.due or self.date)).days

    @property
    def payable_by(self) -> datetime.date:
        """The day it is to be paid by: where none is named, TERM days after its own."""
        return self.due or self.date + min(datetime.timedelta(days=TERM), datetime.date.max - self.date)


class Settlement(NamedTuple):
    """What one entry settles of another, in whole or in part.

    Attributes:
        account: the customer or supplier account.
        opened: the entry that opened the item.
        since: the day of the item.
        by: the entry that settles: a payment, a credit note, a correction.
        amount: how much of it; positive where the other party owed it.
        name: the name of the item, "" where only the payee tells.

    """

    account: str
    opened: Transaction
    since: datetime.date
    by: Transaction
    amount: Decimal
    name: str = ""


@dataclass(slots=True)
class _Open:
    entry: Transaction
    account: str
    name: str
    payee: str
    since: datetime.date
    due: datetime.date | None
    invoiced: Decimal
    amount: Decimal
    settled: list[tuple[datetime.date, Decimal]] = field(default_factory=list)

    def is_settled_before(self, end: datetime.date) -> bool:
        """Say whether nothing is left of it at the beginning of the day *end*."""
        return not self.amount and precedes(self.settled[-1][0], end)

    def at(self, end: datetime.date | None) -> Decimal:
        """Give what is open of it at the beginning of the day *end*."""
        if not self.settled or precedes(self.settled[-1][0], end):
            return self.amount
        return self.invoiced - sum((amount for day, amount in self.settled if precedes(day, end)), ZERO)


class OpenItems:
    """All the items there have ever been, so that those open on any day are found without the entries.

    Attributes:
        settlements: what was settled, by unit, in the order of the books.

    """

    def __init__(self, entries: Iterable[Directive], currency: str, unit: str | None = None) -> None:
        """Follow the items of one *unit* or of all through *entries*, which are in the order of dates.

        Args:
            entries: as the loader gives them.
            currency: the currency of all amounts (see `money.amount_in`).
            unit: the only unit asked for.

        """
        self.settlements: defaultdict[str, list[Settlement]] = defaultdict(list)
        self._all: defaultdict[str, list[_Open]] = defaultdict(list)
        self._still_open: defaultdict[tuple[str, str], deque[_Open]] = defaultdict(deque)
        asked: dict[str, str | None] = {}
        for entry in entries:
            if not isinstance(entry, Transaction):
                continue
            for posting in entry.postings:
                account = posting.account
                if account not in asked:
                    asked[account] = _unit_of(account, unit)
                if whose := asked[account]:
                    self._post(whose, entry, posting, amount_in(posting, currency) or ZERO)

    def _post(self, unit: str, entry: Transaction, posting: Posting, amount: Decimal) -> None:
        """Give a posting to its names: each settles what it can, the first takes what is left."""
        names = names_or_party(entry, posting)
        for name in names:
            amount = self._settle(unit, self._still_open[posting.account, name], entry, amount)
        if amount:
            since, due = _day(entry, posting, SINCE) or entry.date, _day(entry, posting, DUE)
            payee = party_of(entry, posting)
            opened = _Open(entry, posting.account, names[0], payee, since, due, amount, amount)
            for name in names if INVOICE in entry.meta else names[:1]:
                self._still_open[posting.account, name].append(opened)
            self._all[unit].append(opened)

    def _settle(self, unit: str, items: deque[_Open], entry: Transaction, amount: Decimal) -> Decimal:
        """Settle the oldest items of the other sign, and give what is left over."""
        while amount and items:
            first = items[0]
            if not first.amount:  # settled under another of its names
                items.popleft()
                continue
            if (first.amount > 0) == (amount > 0):
                break
            part = -amount if abs(first.amount) > abs(amount) else first.amount
            first.amount -= part
            first.settled.append((entry.date, part))
            self.settlements[unit].append(
                Settlement(first.account, first.entry, first.since, entry, part, _shown(first.name))
            )
            amount += part
        return amount

    def at(self, end: datetime.date | None = None, unit: str | None = None) -> list[Item]:
        """Give what is open at the beginning of the day *end* (None: after all), the oldest first."""
        among = self._all.items() if unit is None else [(unit, self._all.get(unit, []))]
        items = [
            _item(whose, one, amount)
            for whose, found in among
            for one in found
            if precedes(one.entry.date, end) and (amount := one.at(end))
        ]
        return sorted(items, key=lambda item: (item.date, item.unit, item.account, item.name, item.payee))

    def overdue_since(self, numbers: str, end: datetime.date) -> dict[str, datetime.date]:
        """Give, by unit, the earliest day by which was to be paid what others still owe it at the beginning of *end*.

        Args:
            numbers: how the PCMN numbers of the accounts begin.
            end: the first day that does not count.

        """
        found: dict[str, datetime.date] = {}
        for unit, items in self._all.items():
            for one in items:
                if not precedes(one.entry.date, end):
                    break  # they come by date
                if one.is_settled_before(end) or one.at(end) <= ZERO:
                    continue
                name = parse_account(one.account)
                if name is not None and name.number.startswith(numbers):
                    day = one.due or one.since
                    found[unit] = min(day, found.get(unit, day))
        return found


def open_items(
    entries: Iterable[Directive], currency: str, end: datetime.date | None = None, unit: str | None = None
) -> list[Item]:
    """Give what is open at the beginning of the day *end* (None: after all), of one *unit* or of all; oldest first.

    Args:
        entries: in the order of dates, as the loader gives them.
        currency: the currency of all amounts (see `money.amount_in`).
        end: the first day that does not count.
        unit: the only unit asked for.

    """
    counted = takewhile(lambda entry: precedes(entry.date, end), entries)
    return OpenItems(counted, currency, unit).at()


def _unit_of(account: str, unit: str | None) -> str | None:
    """Give whose customer or supplier account it is; None for any other account, and for another unit's."""
    name = parse_account(account)
    if name is None or name.unit is None or not name.number.startswith((CUSTOMERS, SUPPLIERS)):
        return None
    return name.unit if unit in {None, name.unit} else None


def item_names(entry: Transaction, posting: Posting) -> list[str]:
    """Give the names a customer's or supplier's posting may go by; none where only the payee tells whose it is."""
    if posting.meta and (name := posting.meta.get(INVOICE)):
        return [str(name)]
    number = entry.meta.get(INVOICE)
    return [*([str(number)] if number else []), *sorted(entry.links - {number})]


def names_or_party(entry: Transaction, posting: Posting) -> list[str]:
    """Give the names it may go by; where there are none, one that stands for its other party alone."""
    return item_names(entry, posting) or [f"{_PAYEE}{party_of(entry, posting)}"]


def party_of(entry: Transaction, posting: Posting) -> str:
    """Give the other party of a customer's or supplier's posting, "" where nothing names it."""
    return str((posting.meta or {}).get(PARTY) or entry.payee or "")


def _day(entry: Transaction, posting: Posting, key: str) -> datetime.date | None:
    """Give the day that the posting says, else its entry."""
    day = (posting.meta or {}).get(key, entry.meta.get(key))
    return day if isinstance(day, datetime.date) else None


def _shown(name: str) -> str:
    """Give the name of an item as it is shown: nothing where only the payee tells."""
    return "" if name.startswith(_PAYEE) else name


def _item(unit: str, one: _Open, amount: Decimal) -> Item:
    return Item(
        unit=unit,
        account=one.account,
        name=_shown(one.name),
        payee=one.payee,
        entry=one.entry,
        date=one.since,
        due=one.due,
        invoiced=one.invoiced,
        amount=amount,
    )
