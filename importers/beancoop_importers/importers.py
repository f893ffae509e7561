"""The readers as beangulp importers, for Fava's import page and beangulp's own commands.

They tell the same as `beancoop import`: what is new, whose it is and what it settles. The protocol lets them open no
account and take nothing out of a file: a share that is not open leaves its movement with COOP, and a balance that would
take the place of another is refused, with the remedy. So is what is dated beyond today, or due before it was issued.
Each file is looked at as if it were the only one. Fava and beangulp pass over files of more than 8 MiB without a word;
`beancoop import` takes them, up to the size it names when it refuses one.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from beancoop.model.findings import Finding, place
from beancoop.model.register import read_register
from beancoop.words.messages import error
from beancount.core import data
from beangulp.importer import Importer

from beancoop_importers.bank.accounts import Registry
from beancoop_importers.bank.booking import REFERENCE, book
from beancoop_importers.bank.known import KnownEntries
from beancoop_importers.ingest.dates import refuse_unlikely_invoice, refuse_unlikely_statement
from beancoop_importers.ingest.ledger import load_whole
from beancoop_importers.invoices.filing import InvoiceDesk
from beancoop_importers.invoices.known import InvoiceBooks
from beancoop_importers.invoices.purposes import purposes_by
from beancoop_importers.model.printing import print_proved
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.sources import format_of, is_invoice, read_head, read_invoice, read_statements
from beancoop_importers.routing.route import Router
from beancoop_importers.rules.rulebook import RULES_FILE, read_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.loading.ledger import Ledger

    from beancoop_importers.bank.booking import Booking
    from beancoop_importers.invoices.booking import PurposeOf
    from beancoop_importers.invoices.filing import Proposal
    from beancoop_importers.rules.rules import Rules

REPLACES = error(
    "BC1227",
    "a later statement of the same day replaces the balance at {place}; delete that one, or import with "
    "`beancoop import`, which does.",
)
OPEN_FIRST = error("BC879", "{accounts} must be open first; open it, or use `beancoop import`, which does.")


def _today() -> datetime.date:
    return datetime.date.today()  # noqa: DTZ011 - the accountant's own day


_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class _Watched:
    """A ledger, loaded again when one of its files has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self._ledger: Ledger | None = None

    def ledger(self) -> Ledger:
        if self._ledger is None or self._stamp != _stamp([name for name, _, _ in self._stamp]):
            self._ledger = load_whole(self.path)
            files = self._ledger.files
            self._stamp = _stamp(sorted(map(str, files | {file.parent for file in files})))  # a folder has new ones
        return self._ledger


class StatementImporter(Importer):
    """Reads statements of one format, of every bank account the ledger knows by its `iban:`.

    Attributes:
        format: how the format is called, up to the bank's name where it has one.
        ending: how its files are usually named.

    """

    format: ClassVar[str]
    ending: ClassVar[str]

    def __init__(self, ledger: str | Path) -> None:
        """Import for the ledger whose main file is *ledger*."""
        self._watched = _Watched(Path(ledger))

    @property
    def name(self) -> str:
        """How Fava and beangulp call it."""
        return f"beancoop.{self.format}"

    def identify(self, filepath: str) -> bool:
        """Tell whether the file means to be of the format; a damaged one is refused when it is extracted."""
        return (format_of(read_head(Path(filepath))) or "").partition("-")[0] == self.format

    def account(self, filepath: str) -> str:
        """Give the account of the file's statements, or what the accounts of several have in common."""
        accounts = [booking.bank.opened.account.split(":") for booking in self._bookings(filepath)]
        common = accounts[0]
        for other in accounts[1:]:
            common = [ours for ours, theirs in zip(common, other, strict=False) if ours == theirs]
        return ":".join(common) or accounts[0][0]

    def date(self, filepath: str) -> datetime.date | None:
        """Give the day of the last new balance."""
        days = [one.new_date or one.old_date for one in read_statements(Path(filepath))]
        return max((day for day in days if day), default=None)

    def filename(self, filepath: str) -> str | None:
        """Give the file's own name, with nothing in it that means something to a file system."""
        return _safe_name(filepath) or f"statement.{self.ending}"

    def extract(self, filepath: str, existing: data.Directives) -> data.Directives:  # noqa: ARG002 - the protocol
        """Give the movements and closing balances of the file that the ledger does not hold, as they are to be booked.

        Raises:
            Refused: the file, or something in it, cannot be booked.

        """
        bookings = self._bookings(filepath)
        ledger = self._watched.ledger()
        try:
            for booking in bookings:
                refuse_unlikely_statement(booking.statement, _today())
            return self._new(bookings, ledger, read_rules(self._watched.path.parent / RULES_FILE))
        except Refused as refused:
            raise Refused(str(refused.within(filepath))) from None

    def _new(self, bookings: Sequence[Booking], ledger: Ledger, rules: Rules) -> data.Directives:
        registry = Registry(ledger.entries, ledger.options)
        router = Router(ledger.entries, read_register(ledger.entries, ledger.options), registry, rules, opens=False)
        books = KnownEntries(ledger.entries, registry.accounts)
        entries: list[data.Directive] = []
        for booking in bookings:
            news, movements = books.news(booking), booking.movements()
            said: list[data.Directive] = []
            for waiting in news.transactions:
                said += router.route(waiting, movements[waiting.meta[REFERENCE]], booking.bank).transactions
            for balance in news.replaced:
                if balance not in entries:
                    raise Refused(
                        REPLACES(place=place(balance.meta)),
                        booking.statement.first_line,
                    )
            entries = [entry for entry in entries if entry not in news.replaced]
            books.forget(news.replaced)
            books.add(said)
            if news.closing and not books.displaces(news.closing):
                said.append(news.closing)
                books.add([news.closing])
            print_proved(said, ledger.options)
            entries += said
        return entries

    def deduplicate(self, entries: data.Directives, existing: data.Directives) -> None:
        """Drop what the ledger holds, by `bank-ref` and never by likeness.

        Raises:
            Refused: the ledger holds a movement of the same reference that says something else, or the movements of
                these days in another format.

        """
        books = KnownEntries(existing, ())
        asserted = {(one.account, one.date, one.amount) for one in existing if isinstance(one, data.Balance)}
        parts: dict[str, list[data.Transaction]] = {}
        for entry in entries:
            if isinstance(entry, data.Transaction):
                parts.setdefault(entry.meta[REFERENCE], []).append(entry)
        new = {reference for reference, movement in parts.items() if not books.holds(*movement)}
        entries[:] = [
            entry
            for entry in entries
            if not (isinstance(entry, data.Transaction) and entry.meta[REFERENCE] not in new)
            and not (isinstance(entry, data.Balance) and (entry.account, entry.date, entry.amount) in asserted)
        ]
        books.refuse_other_formats([entry for entry in entries if isinstance(entry, data.Transaction)])

    def _bookings(self, filepath: str) -> list[Booking]:
        ledger = self._watched.ledger()
        registry = Registry(ledger.entries, ledger.options)
        try:
            statements = read_statements(Path(filepath))
            return [book(statement, registry.find(statement), filepath) for statement in statements]
        except Refused as refused:
            raise Refused(str(refused.within(filepath))) from None


class CodaImporter(StatementImporter):
    """Reads CODA 2."""

    format = "coda"
    ending = "cod"


class CamtImporter(StatementImporter):
    """Reads CAMT.053."""

    format = "camt"
    ending = "xml"


class CsvImporter(StatementImporter):
    """Reads what banks export as CSV, and Argenta as a workbook."""

    format = "csv"
    ending = "csv"


class Mt940Importer(StatementImporter):
    """Reads MT940."""

    format = "mt940"
    ending = "sta"


class OfxImporter(StatementImporter):
    """Reads OFX 1 and 2."""

    format = "ofx"
    ending = "ofx"


class InvoiceImporter(Importer):
    """Reads e-invoices: UBL, CII, and the PDF with one of them inside.

    Fava can save a transaction, and neither the document nor the accounts that `beancoop import` adds to it: the file
    stays where the page keeps it, and accounts are to be open already.
    """

    def __init__(self, ledger: str | Path, purpose_of: PurposeOf | None = None) -> None:
        """Import for the ledger whose main file is *ledger*; *purpose_of* says what an item is for, where it knows."""
        self._watched = _Watched(Path(ledger))
        self._purpose_of = purpose_of

    @property
    def name(self) -> str:
        """How Fava and beangulp call it."""
        return "beancoop.einvoice"

    def identify(self, filepath: str) -> bool:
        """Tell whether the file means to be an e-invoice; a PDF without one is refused when it is extracted."""
        return is_invoice(read_head(Path(filepath)))

    def account(self, filepath: str) -> str:
        """Give the account of the supplier or customer in the books of the unit whose invoice it is."""
        return self._proposal(filepath)[1].booked.party

    def date(self, filepath: str) -> datetime.date | None:
        """Give the day of issue."""
        return read_invoice(Path(filepath)).date

    def filename(self, filepath: str) -> str | None:
        """Give the file's own name, with nothing in it that means something to a file system."""
        return _safe_name(filepath) or "invoice.xml"

    def extract(self, filepath: str, existing: data.Directives) -> data.Directives:  # noqa: ARG002 - the protocol
        """Give the transaction of the invoice.

        Raises:
            Refused: the invoice cannot be booked, or not without opening an account.

        """
        try:
            refuse_unlikely_invoice(read_invoice(Path(filepath)), _today())
        except Refused as refused:
            raise Refused(str(refused.within(filepath))) from None
        desk, proposal = self._proposal(filepath)
        if missing := desk.missing_accounts(proposal, filepath):
            told = Finding(filepath, 1, OPEN_FIRST(accounts=[one.account for one in missing]))
            raise Refused(str(told))
        transaction = proposal.booked.transaction
        print_proved([transaction], self._watched.ledger().options)
        return [transaction._replace(meta={**transaction.meta, "filename": filepath})]

    def deduplicate(self, entries: data.Directives, existing: data.Directives) -> None:
        """Drop what the ledger holds, by `invoice-ref` and never by likeness.

        Raises:
            Refused: the ledger holds an invoice of the same identity whose document says something else.

        """
        books = InvoiceBooks(existing)
        entries[:] = [one for one in entries if not (isinstance(one, data.Transaction) and books.holds_entry(one))]

    def _proposal(self, filepath: str) -> tuple[InvoiceDesk, Proposal]:
        ledger = self._watched.ledger()
        register = read_register(ledger.entries, ledger.options)
        registry = Registry(ledger.entries, ledger.options)
        try:
            rules = read_rules(self._watched.path.parent / RULES_FILE)
            desk = InvoiceDesk(ledger, register, registry, self._purpose_of or purposes_by(rules.invoices))
            return desk, desk.propose(read_invoice(Path(filepath)))
        except Refused as refused:
            raise Refused(str(refused.within(filepath))) from None


def importers_for(ledger: str | Path) -> list[Importer]:
    """Give an importer of each format into the ledger whose main file is *ledger*: `CONFIG` of Fava's import page."""
    kinds = (CodaImporter, CamtImporter, Mt940Importer, OfxImporter, CsvImporter, InvoiceImporter)
    return [kind(ledger) for kind in kinds]


def _safe_name(filepath: str) -> str:
    return _UNSAFE.sub("-", Path(filepath).name).strip("-.")


def _stamp(files: list[str]) -> tuple[tuple[str, int, int], ...]:
    states = [(file, Path(file).stat()) for file in files if Path(file).exists()]
    return tuple((file, state.st_mtime_ns, state.st_size) for file, state in states)
