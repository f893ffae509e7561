"""Where an e-invoice is filed: a transaction in the books of its unit, the file itself among the unit's documents.

The document as received is the proof (Belgian law keeps it ten years); a `document` directive ties it to the account of
the supplier or customer, with its SHA-256, so that the seal of the month holds for the document too.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP
from beancoop.model.findings import place
from beancoop.storage.atomic import read_bytes
from beancoop.storage.layout import book as book_of
from beancoop.storage.layout import documents as documents_of
from beancoop.storage.step import Change
from beancoop.words.messages import Text, error
from beancount.core import data

from beancoop_importers.invoices.accounts import UnitAccounts
from beancoop_importers.invoices.booking import (
    OF_INVOICE,
    PURCHASE,
    SALE,
    Booked,
    Placing,
    Purpose,
    PurposeOf,
    book,
    links,
)
from beancoop_importers.invoices.known import InvoiceBooks
from beancoop_importers.invoices.metadata import account_to_pay, content, identity
from beancoop_importers.invoices.routing import Route, is_sale, own_number, route
from beancoop_importers.model.printing import print_proved
from beancoop_importers.model.statement import Note, Refused, quoted
from beancoop_importers.readers import pdf

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence

    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register

    from beancoop_importers.bank.accounts import Registry
    from beancoop_importers.model.invoice import Invoice, Item, Received

OTHER_CURRENCY = error(
    "BC861",
    "{invoice} is in {currency}, the books in {own}; book it by hand, at the rate of its day.",
)
NONE_OF_OURS = error(
    "BC862",
    "nothing says that this invoice is one of {units}; import it into the ledger of the whole cooperative.",
)
CLOSED_SALE = error(
    "BC880",
    "it is a sale of a month that is closed; it is booked on {day}, the first open day. See to the VAT return of its "
    "own month.",
)
UNREADABLE = error("BC864", "{file} cannot be read: {reason}.")
OTHER_DOCUMENT = error("BC865", "{file} is another document already; give that one another name, and import again.")
NOBODYS = error("BC866", "nothing says which unit it belongs to; it is booked in COOP, for a person to decide.")
NO_SALE = error("BC867", "the ledger has no sale ^{link} of {unit}, which it corrects.")
SAME_NUMBER = error("BC868", "the ledger holds that number of this supplier, of another date or type, at {place}.")
OTHER_ACCOUNT = error(
    "BC869",
    "it asks to be paid to {account}, earlier ones of this supplier to {known}; ask the supplier, by a telephone "
    "number you know, before you pay.",
)


_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_PART = 60  # characters of a file's name; four parts and a date stay below what every system allows


class Filed(NamedTuple):
    """What an invoice adds to the ledger; nothing where the ledger holds it.

    Attributes:
        target: the ledger's file.
        entries: what is added to it.
        texts: the same, as text.
        documents: the files to keep.
        warnings: what the accountant should look at.

    """

    target: Path = Path()
    entries: tuple[data.Directive, ...] = ()
    texts: tuple[str, ...] = ()
    documents: tuple[Change, ...] = ()
    warnings: tuple[Note, ...] = ()


class Proposal(NamedTuple):
    """How an invoice would be booked, and for whom."""

    route: Route
    booked: Booked
    is_sale: bool


class InvoiceDesk:
    """Files the invoices of one ledger."""

    def __init__(
        self, ledger: Ledger, register: Register, registry: Registry, purpose_of: PurposeOf | None = None
    ) -> None:
        """Begin with what the ledger holds; *purpose_of* says what an item is for, before the supplier's history."""
        self.ledger = ledger
        self.register = register
        self.registry = registry
        self.books = InvoiceBooks(ledger.entries)
        self.accounts = UnitAccounts(registry, register)
        self._purpose_of = purpose_of
        self._documents: dict[Path, str | bytes] = {}

    def accept(self, entries: Sequence[data.Directive], documents: Iterable[Change]) -> None:
        """Count in what is about to be added to the ledger."""
        self.books.add(entries)
        self.accounts.add(entries)
        self._documents |= {document.path: document.after for document in documents}

    def file(self, received: Received, source: str) -> Filed:
        """Think out what the invoice of the file *source* adds to the ledger.

        Raises:
            Refused: it is not the cooperative's, contradicts what the ledger holds, or cannot be booked as it is.

        """
        invoice = received.invoice
        if self.books.holds(identity(invoice), content(invoice)):
            return Filed()
        proposal = self.propose(invoice)
        transaction, unit = proposal.booked.transaction, proposal.route.unit
        target = self._target(unit, transaction.date)
        document = self._document(received, unit)
        entries: tuple[data.Directive, ...] = (
            *self.missing_accounts(proposal, source),
            transaction._replace(meta={**transaction.meta, "filename": source}),
            _directive(proposal.booked, document, target, source),
        )
        warnings = (*invoice.warnings, *proposal.route.warnings, *proposal.booked.warnings)
        warnings += tuple(
            Note(1, quoted(text, OF_INVOICE, invoice=invoice.name)) for text in self._oddities(invoice, proposal)
        )
        return Filed(target, entries, tuple(print_proved(entries, self.ledger.options)), (document,), warnings)

    def missing_accounts(self, proposal: Proposal, source: str) -> list[data.Open]:
        """Open what the booking needs and nobody has opened.

        Raises:
            Refused: the unit begins later than the day it is booked on.

        """
        transaction = proposal.booked.transaction
        names = [posting.account for posting in transaction.postings]
        return self.accounts.to_open(names, proposal.route.unit, transaction.date, source)

    def propose(self, invoice: Invoice) -> Proposal:
        """Say whose an invoice is, and book it; the ledger may hold it already.

        Raises:
            Refused: it is not the cooperative's, or cannot be booked as it is.

        """
        if invoice.currency != self.register.currency:
            raise Refused(
                OTHER_CURRENCY(invoice=invoice.name, currency=invoice.currency[:10], own=self.register.currency)
            )
        sale = is_sale(invoice, own_number(self.register.cooperative))
        whose = self._route(invoice, sale=sale)
        day = self._day(invoice, whose.unit)

        def purpose_of(said: Invoice, item: Item, unit: str) -> Purpose | None:
            if self._purpose_of and (purpose := self._purpose_of(said, item, unit)):
                return purpose
            account = None if sale else self.books.account_of(said.seller.key, unit)
            return Purpose(account) if account else None

        def find(stem: str) -> str:
            return self.accounts.find(whose.unit, stem, day)

        def default_of(stem: str) -> str:
            return self.accounts.vat_of(find(stem))

        booked = book(invoice, Placing(SALE if sale else PURCHASE, whose, day, purpose_of, find, default_of))
        return Proposal(whose, booked, is_sale=sale)

    def _route(self, invoice: Invoice, *, sale: bool) -> Route:
        units = {*self.register.activities, *([COOP] if self.register.coop_is_open else [])}
        of_supplier = None if sale else self.books.unit_of(invoice.seller.key)
        whose = route(invoice, units, sale=sale, of_supplier=of_supplier if of_supplier in units else None)
        if whose.unit not in units:
            raise Refused(NONE_OF_OURS(units=sorted(units)))
        return whose

    def _day(self, invoice: Invoice, unit: str) -> datetime.date:
        """Give the day to book on: that of the invoice, or where its month is closed the first open one."""
        closed = self.register.last_closed(unit)
        if closed is None or invoice.date > closed.last_day:
            return invoice.date
        return closed.next().first_day

    def _target(self, unit: str, day: datetime.date) -> Path:
        """Give the file of the unit's books that receives invoices; the one that declares it where no other is read."""
        activity = self.register.activities.get(unit)
        other = Path(activity.entry.meta["filename"]) if activity else self.ledger.path
        return book_of(self.ledger, self.register, unit, f"invoices-{day.year}.beancount") or other

    def _document(self, received: Received, unit: str) -> Change:
        """Give the copy to keep of the file, under a name that begins with the date, as Beancount's documents do."""
        invoice, written = received
        parts = [_UNSAFE.sub("-", part)[:_LONGEST_PART] for part in (invoice.seller.key, invoice.number, invoice.type)]
        ending = "pdf" if pdf.recognises(written) else "xml"
        path = documents_of(self.ledger, self.register, unit) / f"{invoice.date}.{'.'.join(parts)}.{ending}"
        try:
            before = read_bytes(path)
        except OSError as error:
            raise Refused(UNREADABLE(file=path, reason=error.strerror or str(error))) from error
        if self._documents.get(path, before) not in {None, written}:
            raise Refused(OTHER_DOCUMENT(file=path))
        return Change(path, before, written)

    def _oddities(self, invoice: Invoice, proposal: Proposal) -> Iterator[Text]:
        """Say what is odd beside what the ledger holds."""
        if proposal.route.undecided:
            yield NOBODYS()
        if proposal.is_sale:
            if (day := proposal.booked.transaction.date) != invoice.date:
                yield CLOSED_SALE(day=day)
            if invoice.gives_back and invoice.preceding:
                for link in links(invoice):
                    if not self.books.has_sale(proposal.route.unit, link):
                        yield NO_SALE(link=link, unit=proposal.route.unit)
            return
        for there in self.books.same_number(invoice.seller.key, invoice.number):
            yield SAME_NUMBER(place=place(there.meta))
        known, asked = self.books.paid_to(invoice.seller.key), account_to_pay(invoice)
        if asked and known and asked not in known:
            yield OTHER_ACCOUNT(account=asked, known=sorted(known))


def _directive(booked: Booked, document: Change, target: Path, source: str) -> data.Document:
    """Tie the copy to the account of the supplier or customer, as seen from the ledger's file."""
    assert isinstance(document.after, bytes)  # noqa: S101 - it is a file as received
    meta = data.new_metadata(source, 1, {"sha256": hashlib.sha256(document.after).hexdigest()})
    seen = os.path.relpath(document.path, target.parent)
    return data.Document(meta, booked.transaction.date, booked.party, seen, frozenset(), frozenset())
