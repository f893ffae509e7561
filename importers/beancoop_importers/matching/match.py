"""Which invoices a payment settles, told by the references it carries (`references`) and by nothing else.

Never by its amount, a name or a likeness: those may only raise doubt. A supplier's number is not enough alone, since
two suppliers may use the same one: the account paid must be known as that supplier's, unless an OGM or RF tells.

Before, in the books of A001:

    2026-03-02 * "Pharmacie Neuve Voie" "Comptoir" ^A001-2026-0007
      ogm: "+++090/9337/55493+++"
      Assets:40:400-Clients:A001                 1210.00 EUR
      Income:70:700-VentesPrestations:A001      -1000.00 EUR
      Liabilities:45:451-TVAPayer:A001           -210.00 EUR

A payment of 1210.00 with that OGM is sure: it settles the invoice, and nothing is left to decide. One of 1300.00 is
not: 1210.00 settle it, and somebody has to say what the 90.00 are.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import Text, error

from beancoop_importers.matching.communication import references_of
from beancoop_importers.model.invoice import to_cents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancoop_importers.matching.open_invoices import Invoice, Invoices
    from beancoop_importers.model.statement import Movement

STAYS_OPEN = error("BC1250", "{amount} of {invoice} stays open")
MORE_THAN_OPEN = error("BC1251", "{amount} is more than what is open of {invoices}")
SETTLED = error("BC1252", "{invoices} is settled already: the money is owed back, or is for something else")
WRONG_DIGITS = error("BC1253", "the communication {communication} has wrong check digits")
NO_INVOICE = error("BC1254", "no invoice bears {reference}")
OTHER_PAYEE = error("BC1255", "{invoice} is open, but {account} is not known as an account of {payee}")
NO_PAYEE = error("BC1256", "{invoice} is open, but no account is named")
SEVERAL = error("BC1257", "{reference} may mean one of these: {invoices}")
NOT_RECEIVED = error("BC1258", "{invoices} is not open for money that is received")
NOT_PAID_OUT = error("BC1259", "{invoices} is not open for money that is paid out")
OTHER_UNIT = error("BC1260", "{invoices} is an invoice of {unit}, and the account is that of {own}")


_ZERO = Decimal(0)


class Part(NamedTuple):
    """What of a payment goes to an invoice.

    Attributes:
        invoice: the invoice.
        amount: positive where it was received.
        reference: what in the payment names the invoice.

    """

    invoice: Invoice
    amount: Decimal
    reference: str


class Match(NamedTuple):
    """What the references of a payment tell.

    Attributes:
        parts: what goes to which invoice; none where nothing is told.
        rest: what is left of the payment.
        doubts: what a person has to decide or to know, in words; none where all is sure.

    """

    parts: tuple[Part, ...]
    rest: Decimal
    doubts: tuple[Text, ...]


def match(invoices: Invoices, movement: Movement, unit: str | None) -> Match:
    """Tell what *movement* settles; *unit* is whose bank account it is, None where the units share it.

    Where the bank tells what a total is made of, and the total itself names nothing, each part is matched apart.
    """
    taken: dict[str, Decimal] = {}
    matches = [_Payment(invoices, one, unit, taken).match() for one in _payments(movement)]
    parts: dict[Invoice, Part] = {}
    for part in (part for found in matches for part in found.parts):
        before = parts.get(part.invoice)
        parts[part.invoice] = part._replace(amount=before.amount + part.amount) if before else part
    ordered = [parts[invoice] for invoice in _by_age(parts) if parts[invoice].amount]
    doubts = dict.fromkeys(doubt for found in matches for doubt in found.doubts)
    return Match(tuple(ordered), sum((found.rest for found in matches), _ZERO), tuple(doubts))


def _payments(movement: Movement) -> Sequence[Movement]:
    """Give the movement itself, or the details that make it where it names nothing."""
    details = movement.details
    if not details or sum((detail.amount for detail in details), _ZERO) != movement.amount:
        return (movement,)
    named = references_of(movement)
    return (movement,) if named.exact or named.words else details


def _by_age(invoices: Iterable[Invoice]) -> list[Invoice]:
    return sorted(invoices, key=lambda one: (one.date, one.unit, one.account, one.name))


class _Payment:
    """One payment being matched: the invoices it names, those it may settle and those that are settled already."""

    def __init__(self, invoices: Invoices, movement: Movement, unit: str | None, taken: dict[str, Decimal]) -> None:
        """Begin; *taken* is what other parts of the same total have settled, and grows."""
        self.invoices = invoices
        self.movement = movement
        self.unit = unit
        self.taken = taken
        self.waiting: dict[Invoice, str] = {}  # each with the reference that names it
        self.settled: dict[Invoice, str] = {}
        self.doubts: list[Text] = []

    def match(self) -> Match:
        """Share the payment out over the invoices it names, the oldest first."""
        self._read_references()
        rest, parts = self.movement.amount, []
        for invoice in _by_age(self.waiting):
            part = min(self._open(invoice), rest, key=abs)
            self.taken[invoice.key] = self.taken.get(invoice.key, _ZERO) + part
            rest -= part
            parts.append(Part(invoice, part, self.waiting[invoice]))
            if left := self._open(invoice):
                self.doubts.append(STAYS_OPEN(amount=to_cents(abs(left)), invoice=invoice.name))
        names = _list(self.waiting or self.settled)
        if self.waiting and rest:
            self.doubts.append(MORE_THAN_OPEN(amount=to_cents(abs(rest)), invoices=names))
        elif self.settled and not self.waiting:
            self.doubts.append(SETTLED(invoices=names))
            if len(self.settled) == 1:
                ((invoice, reference),) = self.settled.items()
                parts, rest = [Part(invoice, rest, reference)], _ZERO
        return Match(tuple(parts), rest, tuple(self.doubts))

    def _open(self, invoice: Invoice) -> Decimal:
        return self.invoices.open(invoice) - self.taken.get(invoice.key, _ZERO)

    def _goes_with(self, amount: Decimal | int) -> bool:
        return amount * self.movement.amount > 0

    def _read_references(self) -> None:
        named = references_of(self.movement)
        self.doubts += [WRONG_DIGITS(communication=one) for one in named.wrong]
        for reference in named.exact:
            found = self.invoices.find(reference)
            if not found and reference in named.meant:
                self.doubts.append(NO_INVOICE(reference=reference))
            self._take(reference, found)
        for reference in named.words:
            self._take(reference, [one for one in self.invoices.find(reference) if self._is_told_by_number(one)])

    def _is_told_by_number(self, invoice: Invoice) -> bool:
        """Tell whether the number is enough: a supplier's is not, unless the account is known as that supplier's."""
        account = self.movement.counterparty_account
        if not invoice.to_supplier or self.invoices.knows(invoice, account):
            return True
        if self._goes_with(self._open(invoice)):
            other = OTHER_PAYEE(invoice=invoice.name, account=account, payee=invoice.payee)
            self.doubts.append(other if account else NO_PAYEE(invoice=invoice.name))
        return False

    def _take(self, reference: str, found: Sequence[Invoice]) -> None:
        """Take the one invoice that *reference* can only mean."""
        here = [one for one in found if self.unit in {None, one.unit}]
        waiting = [one for one in here if self._goes_with(self._open(one))]
        settled = [one for one in here if self._goes_with(one.sign)]
        if len(waiting) == 1:
            self.waiting.setdefault(waiting[0], reference)
        elif waiting or len(settled) > 1:
            self.doubts.append(SEVERAL(reference=reference, invoices=_list(waiting or settled)))
        elif settled:
            self.settled.setdefault(settled[0], reference)
        elif here:
            not_open = NOT_RECEIVED if self.movement.amount > 0 else NOT_PAID_OUT
            self.doubts.append(not_open(invoices=_list(here)))
        elif found:
            self.doubts.append(OTHER_UNIT(invoices=_list(found), unit=found[0].unit, own=self.unit))


def _list(invoices: Iterable[Invoice]) -> list[str]:
    return [f"{one.name} ({one.unit})" for one in _by_age(invoices)]
