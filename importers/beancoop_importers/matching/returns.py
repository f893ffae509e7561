"""Payments that came back: a transfer the other bank could not deliver, a direct debit that was refused or reversed.

The bank hands back the reference the payment went out with (end-to-end or customer reference, or its own), and that
finds it: never the amount or a name. What it had settled is owed again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import INVOICE, item_names
from beancoop.model.accounts import parse_account
from beancoop.model.pcmn import CUSTOMERS, SUPPLIERS
from beancount.core.amount import Amount
from beancount.core.data import Posting, Transaction

from beancoop_importers.bank.booking import CUSTOMER_REFERENCE, REFERENCE, RETURN_REASON
from beancoop_importers.matching.communication import word_key
from beancoop_importers.matching.overlay import Layered
from beancoop_importers.model.postings import family, number_of, units_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancount.core.data import Directive

    from beancoop_importers.model.statement import Movement

RETURNS = "returns"
"""The metadata of a returned payment: the `bank-ref` of the payment that came back."""


class Original(NamedTuple):
    """A payment that came back.

    Attributes:
        reference: its `bank-ref`.
        bank: the bank account, without unit.
        parts: its transactions, one per unit it was shared out over.

    """

    reference: str
    bank: str
    parts: tuple[Transaction, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Whose books it is in."""
        names = (parse_account(posting.account) for part in self.parts for posting in part.postings)
        return tuple(sorted({name.unit for name in names if name and name.unit}))

    @property
    def settles(self) -> bool:
        """Whether all of it went to customers' or suppliers' accounts, so that it is known what is owed again."""
        return all(
            sum(map(self.moves, part.postings)) == 1
            and all(self.moves(posting) or _names(part, posting) for posting in part.postings)
            for part in self.parts
        )

    def moves(self, posting: Posting) -> bool:
        """Tell whether a posting is on the bank account."""
        return family(posting.account) == self.bank

    def paid(self) -> Decimal:
        """Give what it moved on the bank account."""
        return sum((number_of(one) for part in self.parts for one in part.postings if self.moves(one)), Decimal(0))


class Payments:
    """The payments of a ledger by the references they went out with."""

    def __init__(self, entries: Iterable[Directive]) -> None:
        """Take note of *entries*."""
        self._by_reference: Layered[Transaction] = Layered()
        self._returned: Layered[str] = Layered()
        for entry in entries:
            if isinstance(entry, Transaction):
                self.add(entry)

    def fork(self) -> Payments:
        """Give a copy on which payments can be tried, and forgotten."""
        copy = object.__new__(Payments)
        copy._by_reference, copy._returned = self._by_reference.fork(), self._returned.fork()
        return copy

    def add(self, entry: Transaction) -> None:
        """Take note of a payment that has just been booked."""
        if not (reference := entry.meta.get(REFERENCE)):
            return
        if isinstance(original := entry.meta.get(RETURNS), str):
            self._returned.add(original, reference)
        if RETURN_REASON not in entry.meta:
            own = str(reference).rpartition("/")[2]
            for name in {entry.meta.get(CUSTOMER_REFERENCE), own}:
                if isinstance(name, str) and word_key(name):
                    self._by_reference.add(_key(reference, name), entry)

    def originals(self, movement: Movement, reference: str, bank: str) -> list[Original]:
        """Give the payments that *movement*, to be booked as *reference* on *bank*, may have brought back."""
        found: dict[str, list[Transaction]] = {}
        for name in sorted({movement.customer_reference, movement.bank_reference}):
            for entry in self._by_reference.get(_key(reference, name)):
                parts = found.setdefault(entry.meta[REFERENCE], [])
                if entry not in parts:
                    parts.append(entry)
        originals = [Original(known, bank, tuple(parts)) for known, parts in sorted(found.items())]
        return [one for one in originals if one.paid() * movement.amount < 0 and not self._is_returned(one)]

    def _is_returned(self, original: Original) -> bool:
        return any(True for _ in self._returned.get(original.reference))


def reversed_postings(part: Transaction) -> list[Posting]:
    """Give the postings that undo *part*, each naming its invoice."""
    return [_reversed(part, posting) for posting in part.postings]


def _reversed(part: Transaction, posting: Posting) -> Posting:
    names = _names(part, posting)
    meta = {INVOICE: names[0]} if names else None
    return Posting(posting.account, Amount(-number_of(posting), units_of(posting).currency), None, None, None, meta)


def _key(reference: str, name: str) -> str:
    """Keep what one bank account was given apart from the others."""
    _, iban, currency, *_ = [*reference.split("/"), "", ""]
    return f"{iban} {currency} {name}"


def _names(entry: Transaction, posting: Posting) -> Sequence[str]:
    name = parse_account(posting.account)
    return item_names(entry, posting) if name and name.number.startswith((CUSTOMERS, SUPPLIERS)) else ()
