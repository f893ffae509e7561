"""What the ledger already holds of invoices: which ones, and what it did with those of the same supplier.

An invoice is known by its `invoice-ref` alone: `einvoice/<supplier>/<number>/<date>/<type>`, the four things that tell
one invoice from every other. It may have been moved, shared out over units, or given other accounts since; what must
still agree is what its document says: `payable` and the `vat-` lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import INVOICE
from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.findings import place
from beancoop.model.pcmn import FIXED_ASSETS, RESULT, ROUNDING_CHARGES, ROUNDING_INCOME, SALES, STOCKS
from beancoop.words.messages import error
from beancount.core import data

from beancoop_importers.invoices.metadata import ACCOUNT, REFERENCE, ROUTED, SUPPLIER, content_of
from beancoop_importers.invoices.routing import UNDECIDED
from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ANOTHER = error(
    "BC870",
    "the ledger holds another document as {reference} ({place}): {theirs}; this file says {ours}. Ask the "
    "supplier which is right: a correction has its own number.",
)


_EXPLAINED = (FIXED_ASSETS, STOCKS, *RESULT)
"""The classes an amount without VAT goes to; what stands elsewhere is owed, prepaid or not yet explained."""

_ROUNDING = (ROUNDING_CHARGES, ROUNDING_INCOME)


class _Booked(NamedTuple):
    entry: data.Transaction
    accounts: tuple[AccountName, ...]

    @property
    def unit(self) -> str | None:
        return next((name.unit for name in self.accounts if name.unit), None)

    @property
    def waits(self) -> bool:
        """Tell whether a person has still to say whose it is."""
        return self.entry.flag == "!" and self.entry.meta.get(ROUTED) == UNDECIDED


class InvoiceBooks:
    """The invoices of a ledger, and of what is about to be added to it."""

    def __init__(self, entries: Iterable[data.Directive]) -> None:
        """Take note of *entries*."""
        self._known: dict[str, list[data.Transaction]] = {}
        self._bought: dict[str, list[_Booked]] = {}
        self._numbers: dict[tuple[str, str], list[data.Transaction]] = {}
        self._sold: dict[str, set[str]] = {}
        self.add(entries)

    def add(self, entries: Iterable[data.Directive]) -> None:
        """Take note of more entries."""
        for entry in entries:
            if isinstance(entry, data.Transaction):
                self._add(entry)

    def _add(self, entry: data.Transaction) -> None:
        if entry.links or REFERENCE in entry.meta or SUPPLIER in entry.meta:
            names = tuple(name for one in entry.postings if (name := parse_account(one.account)))
            booked = _Booked(entry, names)
            if any(name.chapter == SALES for name in names):
                self._sold.setdefault(str(booked.unit), set()).update(entry.links)
            if REFERENCE in entry.meta:
                self._known.setdefault(str(entry.meta[REFERENCE]), []).append(entry)
            if supplier := entry.meta.get(SUPPLIER):
                self._bought.setdefault(str(supplier), []).append(booked)
                self._numbers.setdefault((str(supplier), str(entry.meta.get(INVOICE))), []).append(entry)

    def holds(self, reference: str, content: Mapping[str, str]) -> bool:
        """Tell whether the ledger has this very invoice; *content* is what its document says (see `content_of`).

        Raises:
            Refused: it has one of that identity whose document says something else.

        """
        known = self._known.get(reference, [])
        for there in known:
            if (theirs := content_of(there.meta)) and theirs != content:
                raise Refused(
                    ANOTHER(reference=reference, place=place(there.meta), theirs=_say(theirs), ours=_say(content)),
                )
        return bool(known)

    def holds_entry(self, entry: data.Transaction) -> bool:
        """Tell whether the ledger has the invoice that *entry* books; raises as `holds` does."""
        return self.holds(str(entry.meta[REFERENCE]), content_of(entry.meta))

    def same_number(self, supplier: str, number: str) -> list[data.Transaction]:
        """Give what the ledger holds of that supplier under that number, whatever its date and type."""
        return self._numbers.get((supplier, number), [])

    def unit_of(self, supplier: str) -> str | None:
        """Give the unit that all decided invoices of *supplier* belong to, None where it is not one."""
        units = {booked.unit for booked in self._bought.get(supplier, []) if not booked.waits}
        return units.pop() if len(units) == 1 else None

    def account_of(self, supplier: str, unit: str) -> str | None:
        """Give the account, as `601-Fournitures`, that all explained amounts of *supplier* in *unit* went to."""
        stems = {
            name.stem
            for booked in self._bought.get(supplier, [])
            for name in booked.accounts
            if booked.unit == unit and name.number.startswith(_EXPLAINED) and not name.number.startswith(_ROUNDING)
        }
        return stems.pop() if len(stems) == 1 else None

    def paid_to(self, supplier: str) -> set[str]:
        """Give the bank accounts that invoices of *supplier* asked to be paid to."""
        return {str(one.entry.meta[ACCOUNT]) for one in self._bought.get(supplier, []) if ACCOUNT in one.entry.meta}

    def has_sale(self, unit: str, link: str) -> bool:
        """Tell whether a sale of *unit* bears the link."""
        return link in self._sold.get(unit, ())


def _say(content: Mapping[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in content.items())
