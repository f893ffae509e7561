"""The folder of someone who leaves: her books, tables and documents, and a text that explains them to her."""

from __future__ import annotations

import datetime
import hashlib
import textwrap
from typing import TYPE_CHECKING, Any

from beancoop.books.inventories import holdings
from beancoop.books.invoices import BOUGHT, SOLD, documents, parties
from beancoop.leaving.brought_forward import opening
from beancoop.leaving.documents import PAPERS
from beancoop.leaving.flat_books import journal, trial_balance
from beancoop.leaving.opening_balance import carried, opening_balance
from beancoop.leaving.standalone import LEDGER, judge, plain_ledger, standalone
from beancoop.presentation.delimited import as_csv
from beancoop.presentation.section import Row, Table
from beancoop.presentation.texts import Words
from beancoop.presentation.workbook import workbook
from beancoop.storage.atomic import write_text
from beancoop.words.language import LANGUAGES, name_of

from beancoop_cli.dossier import texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from beancoop.books.invoices import Documents, Side
    from beancoop.leaving.extract import Extract
    from beancoop.model.findings import Finding
    from beancoop.presentation.section import Value
    from beancoop.storage.folder import Content
    from beancount.core.data import Directive

README, MANIFEST, OPENING, STATEMENT = "README.txt", "MANIFEST.sha256", "opening-balance.beancount", "statement.pdf"

_WIDTH = 78  # characters a line of the README
_ONE_DAY = datetime.timedelta(days=1)


class Portfolio:
    """What the folder holds, in one of the LANGUAGES; its README is in all of them."""

    def __init__(self, own: Extract, options: Mapping[str, Any], language: str) -> None:
        """Open the books with what was there before the first day asked for."""
        self.own = own
        self.options = options
        self.words = Words(language)
        self.every: Sequence[Directive] = [*own.before, *own.entries]
        first, roots = own.days.first, own.register.roots
        before = opening(own.before, first, self.words.t(texts.OPENING), roots, own.unit) if first else []
        self.entries: Sequence[Directive] = [*before, *own.entries]
        self.last = own.days.last or max(entry.date for entry in own.entries)

    def files(self, statement: bytes | None = None) -> dict[str, Content]:
        """Give the files by name, all but the manifest.

        Args:
            statement: the statement of the activity as a PDF, where there is one.

        """
        trade = self.own.activity.terms_on(self.last).trade
        title = f"{self.own.unit} - {trade}" if trade else self.own.unit
        files: dict[str, Content] = {
            **standalone(title, self.entries, self.options),
            OPENING: plain_ledger(self._said(texts.HANDOVER), self._opening(), self.options),
            **({STATEMENT: statement} if statement else {}),
        }
        for name, table in self._tables().items():
            files |= {f"{name}.csv": as_csv(table), f"{name}.xlsx": workbook([table])}
        return {README: self._readme({*files, *self.own.papers}), **files, **self.own.papers}

    def judge(self, folder: Path) -> list[Finding]:
        """Load what was written, and give a finding for whatever is not as in the books it comes from."""
        return judge(folder / LEDGER, holdings(self.every)) + judge(folder / OPENING, holdings(self._opening()))

    def _opening(self) -> list[Directive]:
        register = self.own.register
        day = self.last + _ONE_DAY
        return opening_balance(self.every, register.currency, register.roots, day, self._said(texts.HANDOVER))

    def _tables(self) -> dict[str, Table]:
        currency = self.own.register.currency
        lines = journal(self.entries, currency)
        sold, bought = (self._invoiced(side) for side in (SOLD, BOUGHT))
        left = [
            line._replace(fate=self.words.t(texts.FATES[line.fate]))
            for line in carried(self.every, currency, self.own.register.roots)
        ]
        return {
            "journal": self._table("journal", lines),
            "trial-balance": self._table("trial-balance", trial_balance(lines)),
            "invoices": self._table("invoices", sold.invoices),
            "customers": self._table("customers", parties(sold)),
            "purchases": self._table("purchases", bought.invoices),
            "suppliers": self._table("suppliers", parties(bought)),
            "opening-balance": self._table("opening-balance", left),
        }

    def _invoiced(self, side: Side) -> Documents:
        """Give the invoices of the days asked for, and those before that are not paid yet."""
        found = documents(self.every, self.own.register.currency, side)
        asked = [each for each in found.invoices if each.open or not self.own.days.follow(each.date)]
        return found._replace(invoices=asked)

    def _table(self, name: str, rows: Iterable[Sequence[Value]]) -> Table:
        sheet, t = texts.SHEETS[name], self.words.t
        columns = [column._replace(heading=t(column.heading)) for column in sheet.columns.values()]
        return Table(name, t(sheet.title), columns, [Row(row) for row in rows])

    def _said(self, text: str, words: Words | None = None) -> str:
        """Give a text, of whom and of when."""
        first = self.own.days.first or min(entry.date for entry in self.own.entries)
        return (words or self.words).t(text, unit=self.own.unit, days=f"{first} - {self.last}")

    def _readme(self, names: Collection[str]) -> str:
        return "\n\n\n".join(self._explained(language, names) for language in LANGUAGES) + "\n"

    def _explained(self, language: str, names: Collection[str]) -> str:
        words = Words(language)
        title = f"{name_of(language)} - {self._said(texts.TITLE, words)}"
        there = {
            name: words.t(text)
            for name, text in texts.FILES.items()
            if name in {*names, README, MANIFEST}
            or f"{name}.csv" in names
            or (name == f"{PAPERS}/" and self.own.papers)
        }
        width = max(map(len, there)) + 2
        listed = "\n".join(f"{name:{width}}{text}" for name, text in there.items())
        notes = (textwrap.fill(words.t(note), _WIDTH) for note in texts.NOTES)
        intro = textwrap.fill(self._said(texts.INTRO, words), _WIDTH)
        return "\n\n".join([f"{title}\n{'=' * len(title)}", intro, listed, *notes])


def write_manifest(folder: Path) -> None:
    """Write the SHA-256 of each file of *folder*, as `sha256sum --check` reads it, in the order of their names."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = (_fingerprint(path, path.relative_to(folder).as_posix()) for path in paths)
    write_text(folder / MANIFEST, "".join(lines))


def _fingerprint(path: Path, name: str) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if escaped != name else ""
    return f"{mark}{digest}  {escaped}\n"
