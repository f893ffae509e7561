"""The invoices of a ledger, settled or not, by everything that names them; one look-up each, however many they are.

An invoice is what `beancoop.books.open_items` calls an item: what one party's account holds under one name.
It is found by that name, by the links and the `invoice:` of the entries that made it, and by their `ogm:` and `rf:`.
What an entry from the bank says names no invoice: that is what has to be found.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.books.open_items import INVOICE, SINCE, item_names, open_items, party_of
from beancoop.model.accounts import parse_account
from beancoop.model.pcmn import CUSTOMERS, SUPPLIERS, TREASURY
from beancoop.model.provenance import OPENING
from beancount.core.data import Transaction

from beancoop_importers.bank.booking import COUNTERPARTY_ACCOUNT, REFERENCE
from beancoop_importers.matching.communication import word_key
from beancoop_importers.matching.overlay import Layered
from beancoop_importers.model.identifiers import account_key, creditor_reference, ogm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancount.core.data import Directive, Posting

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of a customer's or supplier's account.

    Attributes:
        unit: whose it is.
        account: the customer's or supplier's account.
        name: what the account's postings call it.
        payee: the other party, as its first posting or entry names it.
        date: the day of its first entry, or that of its own that the posting says.
        linked: the name is a link.

    """

    unit: str
    account: str
    name: str
    payee: str
    date: datetime.date
    linked: bool

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return f"{self.account} {self.name}"

    @property
    def to_supplier(self) -> bool:
        """Whether a supplier sent it to us."""
        name = parse_account(self.account)
        return name is not None and name.number.startswith(SUPPLIERS)

    @property
    def sign(self) -> int:
        """1 where its payment is received, -1 where it is paid out."""
        return -1 if self.to_supplier else 1


class Invoices:
    """The invoices of a ledger, what is open of each, and whose accounts are known."""

    def __init__(self, entries: Sequence[Directive], currency: str) -> None:
        """Take note of *entries*, in the order of dates; amounts are in *currency*, and others name nothing."""
        self.currency = currency
        self._by_key: dict[str, Invoice] = {}
        self._by_reference: dict[str, dict[str, Invoice]] = {}
        self._accounts: Layered[str] = Layered()
        self._open: dict[str, Decimal] = {}
        for item in open_items(entries, currency):
            key = f"{item.account} {item.name}"
            self._open[key] = self._open.get(key, _ZERO) + item.amount
        for entry in entries:
            if isinstance(entry, Transaction):
                self._name(entry)
        for entry in entries:
            if isinstance(entry, Transaction):
                self._know(entry)

    def fork(self) -> Invoices:
        """Give a copy on which payments can be tried, and forgotten."""
        copy = object.__new__(Invoices)
        copy.currency, copy._by_key, copy._by_reference = self.currency, self._by_key, self._by_reference
        copy._accounts, copy._open = self._accounts.fork(), dict(self._open)
        return copy

    def find(self, reference: str) -> tuple[Invoice, ...]:
        """Give the invoices that bear *reference*: an OGM or RF as `identifiers` write them, or a `word_key`."""
        return tuple(self._by_reference.get(reference, {}).values())

    def open(self, invoice: Invoice) -> Decimal:
        """Give what is open of *invoice*: positive where the other party owes it, negative where it is owed."""
        return self._open.get(invoice.key, _ZERO)

    def knows(self, invoice: Invoice, account: str) -> bool:
        """Tell whether the ledger shows that *account* is that of the party of *invoice*."""
        return bool(account) and account in self._accounts.get(_party(invoice.payee))

    def add_invoice(self, entry: Transaction) -> None:
        """Take note of an invoice that has just been booked, for good: in every fork."""
        self._name(entry)
        self.add(entry)

    def add(self, entry: Transaction) -> None:
        """Take note of a payment that has just been booked."""
        for posting, name in _named(entry):
            if posting.units and posting.units.number and posting.units.currency == self.currency:
                key = f"{posting.account} {name}"
                self._open[key] = self._open.get(key, _ZERO) + posting.units.number
        self._know(entry)

    def _name(self, entry: Transaction) -> None:
        """Take note of the invoices an entry makes, and of what names them."""
        if REFERENCE in entry.meta:
            return
        for posting, name in _named(entry):
            key = f"{posting.account} {name}"
            if not posting.units or posting.units.currency != self.currency:
                continue
            invoice = self._by_key.get(key) or _invoice(entry, posting, name)
            self._by_key[key] = invoice
            if (posting.units.number or _ZERO) * invoice.sign > 0 or not _is_payment(entry):
                for reference in _references(entry, posting, name):
                    self._by_reference.setdefault(reference, {})[key] = invoice

    def _know(self, entry: Transaction) -> None:
        """Take note of whose account the other party's is, where a supplier's account says whom the money is for."""
        for posting in entry.postings:
            account = _said(entry, posting, COUNTERPARTY_ACCOUNT)
            if isinstance(account, str) and _is_of(posting, SUPPLIERS):
                names = item_names(entry, posting)
                found = [self._by_key.get(f"{posting.account} {name}") for name in names]
                for payee in dict.fromkeys((party_of(entry, posting), *(one.payee for one in found if one))):
                    self._accounts.add_once(_party(payee), account_key(account))


def _invoice(entry: Transaction, posting: Posting, name: str) -> Invoice:
    parsed = parse_account(posting.account)
    unit = (parsed.unit if parsed else None) or ""
    since = (posting.meta or {}).get(SINCE)
    day = since if isinstance(since, datetime.date) else entry.date
    return Invoice(unit, posting.account, name, party_of(entry, posting), day, name in entry.links)


def _named(entry: Transaction) -> Iterator[tuple[Posting, str]]:
    """Give the customers' and suppliers' postings that name their invoice, each with that name."""
    for posting in entry.postings:
        if _is_of(posting, CUSTOMERS, SUPPLIERS) and (names := item_names(entry, posting)):
            yield posting, names[0]


def _is_of(posting: Posting, *numbers: str) -> bool:
    name = parse_account(posting.account)
    return name is not None and name.unit is not None and name.number.startswith(numbers)


def _said(entry: Transaction, posting: Posting, key: str) -> object:
    """Give what the posting says, else its entry."""
    return (posting.meta or {}).get(key, entry.meta.get(key, ""))


def _is_payment(entry: Transaction) -> bool:
    """Tell whether money moves; what an opening brings in has moved before."""
    return OPENING not in entry.tags and any(_is_of(posting, TREASURY) for posting in entry.postings)


def _references(entry: Transaction, posting: Posting, name: str) -> Iterator[str]:
    """Give all that names an invoice in the entry that makes it."""
    if value := ogm("".join(filter(str.isdecimal, str(_said(entry, posting, "ogm"))))):
        yield value
    if value := creditor_reference(str(_said(entry, posting, "rf"))):
        yield value
    yield from filter(None, map(word_key, {name, str(entry.meta.get(INVOICE, "")), *entry.links}))


def _party(payee: str) -> str:
    return " ".join(payee.split()).casefold()
