"""Bank files and e-invoices into the ledger: each whole or not at all, nothing twice, no silence about what is odd.

First everything is thought through in memory, in the order of the statements' dates; then each file of the ledger
is replaced once; then the ledger is loaded again, and what it does not hold is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.atomic import Change, ConflictError, apply_changes, one_writer, read_text, undo_changes
from beancoop.register import read_register
from beancount.core import data

from beancoop_importers.accounts import Registry
from beancoop_importers.booking import REFERENCE, Booking, book
from beancoop_importers.books import Books
from beancoop_importers.invoice_books import InvoiceBooks
from beancoop_importers.invoice_filing import InvoiceDesk
from beancoop_importers.ledger import load_whole, target
from beancoop_importers.printed import print_directive, print_proved, root_options
from beancoop_importers.sources import Contents, read_file
from beancoop_importers.statement import Note, Refused, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from beancoop.ledger import Ledger

    from beancoop_importers.invoice import Received
    from beancoop_importers.invoice_booking import PurposeOf


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file.

    Attributes:
        file: the file.
        statements: how many statements it holds.
        invoices: how many invoices.
        booked: how many movements or invoices were added to the ledger.
        skipped: how many the ledger already held.
        targets: the ledger's files they were added to.
        warnings: what the accountant should look at, each `file:line: ...`.
        refusal: why nothing of the file was booked, as `file:line: ...`, or None.

    """

    file: Path
    statements: int = 0
    invoices: int = 0
    booked: int = 0
    skipped: int = 0
    targets: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    refusal: str | None = None


class _Source(NamedTuple):
    """A file as read."""

    file: Path
    contents: Contents
    refused: Refused | None


class _Line(NamedTuple):
    """One directive to be written."""

    target: Path
    entry: data.Directive
    text: str


def import_files(ledger: Path, files: Sequence[Path], purpose_of: PurposeOf | None = None) -> list[Result]:
    """Book bank files and e-invoices into the ledger whose main file is *ledger*.

    *purpose_of* says what an item of an invoice is for, where it knows; else the history of the supplier does.

    A file that is refused is left out whole and stops no other. Importing a file again adds nothing.

    Returns:
        One result per file, in the order given.

    """
    sources = [_read(file) for file in files]
    try:
        with one_writer(ledger.parent):
            return _book(load_whole(ledger), sources, purpose_of)
    except Refused as refused:
        return [Result(source.file, refusal=refused.within(ledger)) for source in sources]
    except ConflictError as conflict:
        return [Result(source.file, refusal=str(conflict)) for source in sources]


def _book(before: Ledger, sources: Sequence[_Source], purpose_of: PurposeOf | None) -> list[Result]:
    """Book what can be booked: what a file of the ledger cannot take is left out, and the rest thought over again."""
    barred: dict[Path, str] = {}
    while True:
        plan = _Plan(before, barred, purpose_of)
        results = plan.take(sources)
        faults = _commit(plan)
        if not faults:
            return [_with_findings(plan, result) for result in results]
        barred |= faults  # never the same one again, so this ends


def _read(file: Path) -> _Source:
    try:
        return _Source(file, read_file(file), None)
    except Refused as refused:
        return _Source(file, Contents(), refused)


@dataclass(slots=True)
class _Trial:
    """One file being thought through."""

    books: Books
    lines: list[_Line] = field(default_factory=list)
    replaced: list[data.Balance] = field(default_factory=list)
    documents: list[Change] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    skipped: int = 0


class _Plan:
    """What all files together would change, before anything is written."""

    def __init__(self, ledger: Ledger, barred: Mapping[Path, str], purpose_of: PurposeOf | None) -> None:
        self.ledger = ledger
        self.barred = barred
        self.register = read_register(ledger.entries, ledger.options)
        self.registry = Registry(ledger.entries, ledger.options)
        self.books = Books(ledger.entries, self.registry.accounts)
        self.desk = InvoiceDesk(ledger, self.register, self.registry, purpose_of)
        self.lines: list[_Line] = []
        self.documents: list[Change] = []
        self.texts: dict[Path, str] = {}  # what stays of the ledger's files, where something is taken out
        self.after: Ledger | None = None

    def take(self, sources: Sequence[_Source]) -> list[Result]:
        """Think every file through in the order of dates, and answer in the order given."""
        results: dict[int, Result] = {}
        for position in sorted(range(len(sources)), key=lambda position: _chronology(sources[position])):
            source = sources[position]
            try:
                if source.refused:
                    raise source.refused
                results[position] = self._file(source)
            except Refused as refused:
                reason = refused.within(source.file)
                results[position] = Result(source.file, len(source.contents.statements), refusal=reason)
        return [results[position] for position in range(len(sources))]

    def _file(self, source: _Source) -> Result:
        trial = _Trial(self.books.fork())
        statements, invoice = source.contents
        for statement in statements:
            self._statement(statement, source.file, trial)
        if invoice:
            self._invoice(invoice, source.file, trial)
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
        self.books = trial.books
        self.desk.accept([line.entry for line in trial.lines], trial.documents)
        self.documents += trial.documents
        return Result(
            source.file,
            statements=len(statements),
            invoices=1 if invoice else 0,
            booked=sum(isinstance(line.entry, data.Transaction) for line in trial.lines),
            skipped=trial.skipped,
            targets=tuple(dict.fromkeys(line.target for line in trial.lines)),
            warnings=tuple(note.within(source.file) for note in trial.warnings),
        )

    def _statement(self, statement: Statement, file: Path, trial: _Trial) -> None:
        booking = book(statement, self.registry.find(statement), str(file))
        news = trial.books.news(booking)
        trial.warnings += (*statement.warnings, *news.warnings)
        trial.skipped += news.known
        entries = [*news.transactions, *((news.closing,) if news.closing else ())]
        for balance in news.replaced:
            earlier = [line for line in trial.lines if line.entry is not balance]
            if len(earlier) == len(trial.lines):
                trial.replaced.append(balance)
            trial.lines = earlier
        trial.books.forget(news.replaced)
        trial.books.add(entries)
        entries = [*self._missing_accounts(booking, trial), *entries] if news.transactions else entries
        texts = print_proved(entries, self.ledger.options)
        years = [_year(entry, statement) for entry in entries]
        targets = {year: target(self.ledger, self.register, booking.bank, year) for year in set(years)}
        trial.lines += [
            _Line(targets[year], entry, text) for year, entry, text in zip(years, entries, texts, strict=True)
        ]

    def _invoice(self, received: Received, file: Path, trial: _Trial) -> None:
        filed = self.desk.file(received, str(file))
        trial.lines += [
            _Line(filed.target, entry, text) for entry, text in zip(filed.entries, filed.texts, strict=True)
        ]
        trial.documents += filed.documents
        trial.warnings += filed.warnings
        trial.skipped += not filed.entries

    def _missing_accounts(self, booking: Booking, trial: _Trial) -> list[data.Open]:
        """Open what the booking needs and nobody has opened, no earlier than the unit's first open month."""
        bank = booking.bank
        told = {line.entry.account for line in [*self.lines, *trial.lines] if isinstance(line.entry, data.Open)}
        closed = self.register.last_closed(bank.unit)
        day = max(bank.opened.date, closed.next().first_day) if closed else bank.opened.date
        meta = data.new_metadata(booking.transactions[0].meta["filename"], 0)
        needed = [account for account in (bank.share, bank.suspense) if account not in {*self.registry.opens, *told}]
        return [data.Open(meta, day, account, None, None) for account in needed]  # type: ignore[arg-type]

    def _take_out(self, balance: data.Balance, texts: dict[Path, str]) -> None:
        """Take out of the ledger's text the assertion that a later statement of the day replaces."""
        path = next(file for file in self.ledger.files if str(file) == balance.meta["filename"])
        text = (self.texts | texts).get(path, _read_ledger_file(path)) or ""
        written = print_directive(balance)
        if text.count(written) != 1:
            raise Refused(
                f"a later statement of the same day replaces the balance at {path}:{balance.meta['lineno']}, which "
                "is no longer as it was imported; delete it, and import again."
            )
        texts[path] = text.replace(f"\n{written}" if f"\n{written}" in text else written, "", 1)

    def changes(self) -> list[Change]:
        """Give every file of the ledger that changes, as it is and as it is to be."""
        before = {path: _read_ledger_file(path) for path in [*self.texts, *(line.target for line in self.lines)]}
        texts = {path: _ended(self.texts.get(path, self._begun(text))) for path, text in before.items()}
        for line in self.lines:
            texts[line.target] += f"\n{line.text}"
        return [*self.documents, *(Change(path, before[path], text) for path, text in texts.items())]

    def _begun(self, text: str | None) -> str:
        """Give what a file begins with: what it holds, or, new, the names of the roots."""
        return root_options(self.ledger.options) if text is None else text


def _year(entry: data.Directive, statement: Statement) -> int:
    """Tell whose year's file an entry goes to: a balance stands with the day it closes, not the day after."""
    return (statement.new_date if isinstance(entry, data.Balance) and statement.new_date else entry.date).year


def _chronology(source: _Source) -> tuple[str, str, int]:
    """Order files by what they tell of, whatever the order of their names."""
    statements, received = source.contents
    if received:
        return str(received.invoice.date), received.invoice.number, 0
    first = min(statements, key=lambda statement: str(statement.new_date or statement.old_date), default=None)
    if first is None:
        return "", "", 0
    return str(first.new_date or first.old_date), first.number, len(first.movements)


def _read_ledger_file(path: Path) -> str | None:
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read as UTF-8 text ({error}); correct it first.") from error


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _commit(plan: _Plan) -> dict[Path, str]:
    """Write, load again and compare; give the files that could not take their entries, all then being as before."""
    targets = [line.target for line in plan.lines]
    try:
        changes = plan.changes()
        apply_changes(changes)
    except (Refused, ConflictError) as refused:
        return dict.fromkeys(targets, str(refused))
    except OSError as error:
        return dict.fromkeys(targets, f"{error.filename or 'the ledger'} cannot be written: {error.strerror or error}.")
    if not changes:
        return {}
    try:
        plan.after = load_whole(plan.ledger.path)
        faults = _missing(plan, plan.after)
    except Refused as refused:
        faults = dict.fromkeys(targets, refused.message)
    except BaseException:
        undo_changes(changes)
        raise
    if faults:
        undo_changes(changes)
    return faults


def _missing(plan: _Plan, after: Ledger) -> dict[Path, str]:
    """Give the files whose new transactions the ledger does not show."""
    books, invoices = Books(after.entries, ()), InvoiceBooks(after.entries)
    return {
        line.target: f"{line.target} is not included by {plan.ledger.path}; include it, and import again."
        for line in plan.lines
        if isinstance(line.entry, data.Transaction)
        and not (books.holds if REFERENCE in line.entry.meta else invoices.holds_entry)(line.entry)
    }


def _with_findings(plan: _Plan, result: Result) -> Result:
    """Add what Beancount finds in the ledger's changed files, and did not find before."""
    if plan.after is None or not result.targets:
        return result
    known = set(map(_finding, plan.ledger.errors))
    targets = set(map(str, result.targets))
    new = [text for source, text in _findings(plan.after.errors) if source in targets and text not in known]
    return replace(result, warnings=(*result.warnings, *new))


def _findings(errors: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for error in errors:
        yield str((error.source or {}).get("filename")), _finding(error)


def _finding(error: Any) -> str:  # noqa: ANN401 - each plugin has its own type of error
    source = error.source or {}
    return f"{source.get('filename')}:{source.get('lineno')}: {error.message}"
