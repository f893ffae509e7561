"""One thing that waits, and all that its entry tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.sorting import BANK_REFERENCE
from beancoop.model.accounts import COOP, AccountName, parse_account
from beancoop.model.pcmn import CUSTOMERS, SUPPLIERS, TREASURY, VAT

from beancoop_importers.bank.booking import COUNTERPARTY_ACCOUNT
from beancoop_importers.model.identifiers import account_key
from beancoop_importers.model.statement import Structured
from beancoop_importers.rules.rules import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from beancoop.books.waiting import Waiting
    from beancoop.model.register import Register
    from beancount.core.data import Transaction

_STRUCTURED = ("ogm", "rf")
COMMUNICATION = "communication"
"""The metadata that keeps the bank's text where a rule gave the narration."""


class Case(NamedTuple):
    """What waits, as it is decided on.

    Attributes:
        item: what waits.
        bank: the unit's share of the account it moved on, None where no bank was concerned.
        is_shared: whether it waits with the structure because the account is shared and nobody knows whose it is.

    """

    item: Waiting
    bank: AccountName | None
    is_shared: bool

    @classmethod
    def of(cls, item: Waiting, register: Register) -> Case:
        """Look at the entry of *item*."""
        bank = next((name for name in _names(item.entry) if name.number.startswith(TREASURY)), None)
        return cls(item, bank, bool(bank and item.unit == COOP and bank.parent in register.opens))

    @property
    def amount(self) -> Decimal:
        """What moved, positive where it was received."""
        return -self.item.number

    @property
    def counterparty(self) -> str:
        """The other party's name, "" where it is not told."""
        return self.item.entry.payee or ""

    @property
    def counterparty_account(self) -> str:
        """The other party's account, "" where it is not told."""
        return account_of(self.item.entry)

    @property
    def text(self) -> str:
        """What was communicated."""
        return str(self.item.entry.meta.get(COMMUNICATION) or self.item.entry.narration or "")

    @property
    def structured(self) -> Structured | None:
        """What was communicated in a form agreed between banks."""
        meta = self.item.entry.meta
        return next((Structured(kind, str(meta[kind])) for kind in _STRUCTURED if meta.get(kind)), None)

    @property
    def is_of_an_invoice(self) -> bool:
        """Whether its entry is an invoice, or posts VAT: what replaces 499 there has a part in the VAT return."""
        numbers = [name.number for name in _names(self.item.entry)]
        has_party = any(number.startswith((CUSTOMERS, SUPPLIERS)) for number in numbers)
        return (has_party and self.bank is None) or any(number.startswith(VAT) for number in numbers)

    def concerns(self, unit: str | None) -> bool:
        """Tell whether it may be of *unit*."""
        return self.is_shared or unit == self.item.unit

    @property
    def facts(self) -> Facts:
        """What the rules are tried on: the same that the import told them."""
        structured, reference = self.structured, str(self.item.entry.meta.get(BANK_REFERENCE, ""))
        return Facts(
            unit="" if self.is_shared else self.item.unit,
            iban=reference.split("/")[1] if "/" in reference else "",
            counterparty=self.counterparty,
            counterparty_account=self.counterparty_account,
            text=f"{self.text} {structured.value if structured else ''}".strip(),
            amount=self.amount,
            code=str(self.item.entry.meta.get("transaction-code", "")),
        )


def account_of(entry: Transaction) -> str:
    """Give the account of the other party of an entry, "" where it is not told."""
    other = entry.meta.get(COUNTERPARTY_ACCOUNT)
    return account_key(other) if isinstance(other, str) else ""


def _names(entry: Transaction) -> Iterator[AccountName]:
    return (name for posting in entry.postings if (name := parse_account(posting.account)) and name.unit)
