"""What bank files and e-invoices would change in the ledger, thought through in memory before anything is written.

Invoices come first, then statements in the order of their dates, whatever the order they are given in; each file whole
or not at all, so that one that is refused leaves no trace in what follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.register import read_register
from beancoop.storage.atomic import read_text
from beancoop.storage.step import Change
from beancoop.words.messages import error, phrase
from beancount.core import data

from beancoop_importers.bank.accounts import Registry
from beancoop_importers.bank.booking import BOOKING_DATE, REFERENCE, book
from beancoop_importers.bank.known import KnownEntries, moved_on, not_asserted
from beancoop_importers.ingest.ledger import target
from beancoop_importers.ingest.results import Result
from beancoop_importers.invoices.filing import InvoiceDesk
from beancoop_importers.model.printing import print_directive, print_proved, root_options
from beancoop_importers.model.statement import Movement, Note, Refused, Statement
from beancoop_importers.routing.belonging import Belonging, Elsewhere
from beancoop_importers.routing.route import Router

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from beancoop.loading.ledger import Ledger

    from beancoop_importers.bank.accounts import BankAccount
    from beancoop_importers.ingest.results import Source, Watch
    from beancoop_importers.invoices.booking import PurposeOf
    from beancoop_importers.model.invoice import Received
    from beancoop_importers.routing.splitting import Routed
    from beancoop_importers.rules.rules import Rules

BALANCE_CHANGED = error(
    "BC1224",
    "a later statement of the same day replaces the balance at {place}, which is no longer as it was imported; "
    "delete it, and import again.",
)
_NUMBER_WIDTH = 35  # characters that ISO 20022 allows a number
BOOKING = phrase("Booking")
NOT_TEXT = error("BC1225", "{file} cannot be read as UTF-8 text ({reason}); correct it first.")


class _Draft(NamedTuple):
    """One directive, and the file it goes to."""

    target: Path
    entry: data.Directive


class _Line(NamedTuple):
    """One directive to be written."""

    target: Path
    entry: data.Directive
    text: str


@dataclass(slots=True)
class _Trial:
    """One file being thought through."""

    books: KnownEntries
    router: Router
    opened: set[str]
    lines: list[_Line] = field(default_factory=list)
    replaced: list[data.Balance] = field(default_factory=list)
    documents: list[Change] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    routed: list[Routed] = field(default_factory=list)
    invoices: list[data.Transaction] = field(default_factory=list)
    written: list[tuple[data.Transaction, list[Path]]] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)
    skipped: int = 0


class Plan:
    """What all files together would change.

    Attributes:
        lines: the directives to be written, each with its file.
        written: each movement among them, and the files it goes to.

    """

    def __init__(self, ledger: Ledger, rules: Rules, purpose_of: PurposeOf, barred: Mapping[Path, str]) -> None:
        """Begin with nothing; no file is given to one of *barred*, and what it says is why."""
        self.ledger = ledger
        self.barred = barred
        self.register = read_register(ledger.entries, ledger.options)
        self.registry = Registry(ledger.entries, ledger.options)
        self.books = KnownEntries(ledger.entries, self.registry.accounts)
        self.router = self._routing(rules, ledger.entries)
        self.belonging = Belonging(ledger.entries, partial(self._routing, rules), self._target)
        self.desk = InvoiceDesk(ledger, self.register, self.registry, purpose_of)
        self.opened = set(self.registry.opens)
        self.targets: dict[tuple[str, int], Path] = {}
        self.lines: list[_Line] = []
        self.documents: list[Change] = []
        self.written: list[tuple[data.Transaction, list[Path]]] = []
        self.texts: dict[Path, str] = {}  # what stays of the ledger's files, where something is taken out

    def _routing(self, rules: Rules, entries: Sequence[data.Directive]) -> Router:
        return Router(entries, self.register, self.registry, rules)

    def take(self, sources: Sequence[Source], watch: Watch) -> list[Result]:
        """Think every file through in the order of dates, and answer in the order given."""
        results: dict[int, Result] = {}
        order = sorted(range(len(sources)), key=lambda position: _chronology(sources[position]))
        for position in watch(order, BOOKING()):
            source = sources[position]
            try:
                if source.refused:
                    raise source.refused
                results[position] = self._file(source)
            except Refused as refused:
                reason = refused.within(source.file)
                results[position] = Result(source.file, len(source.contents.statements), refusal=reason)
        return [results[position] for position in range(len(sources))]

    def _file(self, source: Source) -> Result:
        trial = _Trial(self.books.fork(), self.router.fork(), set(self.opened))
        statements, received = source.contents
        for statement in statements:
            self._statement(statement, source.file, trial)
        if received:
            self._invoice(received, source.file, trial)
        for line in trial.lines:
            if reason := self.barred.get(line.target):
                raise Refused(reason)
        pending = {id(line.entry) for line in self.lines}
        texts: dict[Path, str] = {}
        for balance in trial.replaced:
            if id(balance) not in pending:
                self._take_out(balance, texts)
        gone = {id(balance) for balance in trial.replaced}
        self.lines = [line for line in self.lines if id(line.entry) not in gone] + trial.lines
        self.texts |= texts
        self.written += trial.written
        self.books, self.router, self.opened = trial.books, trial.router, trial.opened
        self.desk.accept([line.entry for line in trial.lines], trial.documents)
        self.documents += trial.documents
        for entry in trial.invoices:
            self.router.add_invoice(entry)
            self.belonging.add(entry)
        return Result(
            source.file,
            statements=len(statements),
            invoices=1 if received else 0,
            invoices_booked=len(trial.invoices),
            skipped=trial.skipped,
            routed=tuple(trial.routed),
            elsewhere=tuple(trial.elsewhere),
            targets=tuple(dict.fromkeys(line.target for line in trial.lines)),
            warnings=tuple(note.within(source.file) for note in trial.warnings),
        )

    def _statement(self, statement: Statement, file: Path, trial: _Trial) -> None:
        booking = book(statement, self.registry.find(statement), str(file))
        news = trial.books.news(booking)
        trial.warnings += (*statement.warnings, *news.warnings)
        trial.skipped += news.known
        for balance in news.replaced:
            earlier = [line for line in trial.lines if line.entry is not balance]
            if len(earlier) == len(trial.lines):
                trial.replaced.append(balance)
            trial.lines = earlier
        trial.books.forget(news.replaced)
        movements = booking.movements()
        for waiting in booking.transactions:
            reference = waiting.meta[REFERENCE]
            if held := self.books.held(reference):
                told = self.belonging.judge(waiting, movements[reference], booking.bank, held)
                trial.elsewhere += [told] if told else []
        drafts: list[_Draft] = []
        for waiting in news.transactions:
            drafts += self._movement(waiting, movements[waiting.meta[REFERENCE]], booking.bank, trial)
        later = {draft.entry.meta[REFERENCE] for draft in drafts if BOOKING_DATE in draft.entry.meta}
        trial.warnings += filter(None, [moved_on(booking, len(later))])
        closing = news.closing
        if closing and trial.books.displaces(closing):
            trial.warnings += filter(None, [not_asserted(booking) if news.transactions else None])
        elif closing:
            trial.books.add([closing])
            year = (statement.new_date or closing.date).year  # a balance stands with the day it closes
            drafts.append(_Draft(self._target(booking.bank, year), closing))
        texts = print_proved([draft.entry for draft in drafts], self.ledger.options)
        trial.lines += [_Line(*draft, text) for draft, text in zip(drafts, texts, strict=True)]

    def _movement(
        self, waiting: data.Transaction, movement: Movement, bank: BankAccount, trial: _Trial
    ) -> list[_Draft]:
        routed = trial.router.route(waiting, movement, bank)
        trial.routed.append(routed)
        trial.books.add(routed.transactions)
        drafts = []
        for entry, share in zip(routed.transactions, routed.banks, strict=True):
            path = self._target(share, entry.date.year)
            drafts += [_Draft(path, one) for one in self._missing_accounts(entry, share, trial)]
            drafts.append(_Draft(path, entry))
        trial.written.append((waiting, list(dict.fromkeys(draft.target for draft in drafts))))
        return drafts

    def _invoice(self, received: Received, file: Path, trial: _Trial) -> None:
        filed = self.desk.file(received, str(file))
        trial.lines += [
            _Line(filed.target, entry, text) for entry, text in zip(filed.entries, filed.texts, strict=True)
        ]
        trial.documents += filed.documents
        trial.warnings += filed.warnings
        trial.skipped += not filed.entries
        trial.opened.update(entry.account for entry in filed.entries if isinstance(entry, data.Open))
        trial.invoices += [entry for entry in filed.entries if isinstance(entry, data.Transaction)]
        trial.written += [(entry, [filed.target]) for entry in trial.invoices]

    def _target(self, bank: BankAccount, year: int) -> Path:
        """Give the file that receives the unit's entries of a year."""
        key = bank.share, year
        if key not in self.targets:
            self.targets[key] = target(self.ledger, self.register, bank, year)
        return self.targets[key]

    def _missing_accounts(self, entry: data.Transaction, bank: BankAccount, trial: _Trial) -> list[data.Open]:
        """Open what an entry needs and nobody has opened, no earlier than the unit's first open month."""
        needed = [account for account in (bank.share, bank.suspense) if account not in trial.opened]
        needed = [account for account in needed if any(one.account == account for one in entry.postings)]
        trial.opened.update(needed)
        meta = data.new_metadata(entry.meta["filename"], 0)
        day = min(self._first_day(bank), entry.date)
        return [data.Open(meta, day, account, None, None) for account in needed]  # type: ignore[arg-type]

    def _first_day(self, bank: BankAccount) -> datetime.date:
        """Give the day from which a unit's share of a bank account can be open."""
        activity, closed = self.register.activities.get(bank.unit), self.register.last_closed(bank.unit)
        begins = activity.start if activity else bank.opened.date
        return max(bank.opened.date, begins, closed.next().first_day if closed else begins)

    def _take_out(self, balance: data.Balance, texts: dict[Path, str]) -> None:
        """Take out of the ledger's text the assertion that a later statement of the day replaces."""
        path = next(file for file in self.ledger.files if str(file) == balance.meta["filename"])
        text = (self.texts | texts).get(path, _read_ledger_file(path)) or ""
        written = print_directive(balance)
        if text.count(written) != 1:
            raise Refused(BALANCE_CHANGED(place=f"{path}:{balance.meta['lineno']}"))
        texts[path] = text.replace(f"\n{written}" if f"\n{written}" in text else written, "", 1)

    def changes(self) -> list[Change]:
        """Give every file of the ledger that changes, as it is and as it is to be.

        What is taken out comes first, and the files with balances last, so that no balance is ever asserted of a ledger
        that does not hold its movements, even where a kill comes in between; of these, the balance of a shared account
        (the parent of each unit's part) after that of one unit's own.
        """
        before = {path: _read_ledger_file(path) for path in [*self.texts, *(line.target for line in self.lines)]}
        texts = {path: _ended(self.texts.get(path, self._begun(text))) for path, text in before.items()}
        taken_out = [Change(path, before[path], texts[path]) for path in self.texts]
        before |= {path: texts[path] for path in self.texts}
        new: dict[Path, list[str]] = {}
        for line in self.lines:
            new.setdefault(line.target, []).append(f"\n{line.text}")
        depths: dict[Path, int] = {}
        for line in self.lines:
            if isinstance(line.entry, data.Balance):
                depth = line.entry.account.count(":")
                depths[line.target] = min(depth, depths.get(line.target, depth))
        ordered = sorted(new, key=lambda path: (path in depths, -depths.get(path, 0)))
        return [
            *self.documents,
            *taken_out,
            *(Change(path, before[path], texts[path] + "".join(new[path])) for path in ordered),
        ]

    def _begun(self, text: str | None) -> str:
        """Give what a file begins with: what it holds, or, new, the names of the roots."""
        return root_options(self.ledger.options) if text is None else text


def _chronology(source: Source) -> tuple[object, ...]:
    """Order files as they were written, whatever their names: invoices first, which the statements may pay."""
    statements, received = source.contents
    if received:
        return 0, str(received.invoice.date), received.invoice.number
    days = [
        (str(one.new_date or one.old_date), one.number.rjust(_NUMBER_WIDTH), len(one.movements), one.iban)
        for one in statements
    ]
    return 1, *min(days, default=())


def _read_ledger_file(path: Path) -> str | None:
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(NOT_TEXT(file=path, reason=error)) from error


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
