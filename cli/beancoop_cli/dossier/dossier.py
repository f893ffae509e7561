"""The folder of someone who leaves: her books, tables and documents, and a text that explains them to her."""

from __future__ import annotations

import datetime
import hashlib
import textwrap
from typing import TYPE_CHECKING, Any

from beancoop.books.inventories import holdings
from beancoop.books.invoices import Customer, Invoice, customers, invoices
from beancoop.leaving.brought_forward import opening
from beancoop.leaving.documents import PAPERS
from beancoop.leaving.opening_balance import Carried, carried, opening_balance
from beancoop.leaving.standalone import LEDGER, judge, plain_ledger, standalone
from beancoop.presentation.table import Table
from beancoop.statements.accountbooks import BalanceLine, JournalLine, journal, trial_balance
from beancoop.storage.atomic import write_text

from beancoop_cli.dossier.texts import texts
from beancoop_cli.reports.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from beancoop.leaving.extract import Extract
    from beancoop.model.findings import Finding
    from beancoop.presentation.table import Cell
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
        self.texts = texts(language)
        self.every: Sequence[Directive] = [*own.before, *own.entries]
        first, roots = own.days.first, own.register.roots
        before = opening(own.before, first, self.texts["opening"], roots, own.unit) if first else []
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
            OPENING: plain_ledger(self._said("handover"), self._opening(), self.options),
            **({STATEMENT: statement} if statement else {}),
        }
        for name, table in self._tables().items():
            files |= {f"{name}.csv": table.csv(), f"{name}.xlsx": table.xlsx()}
        return {README: self._readme({*files, *self.own.papers}), **files, **self.own.papers}

    def judge(self, folder: Path) -> list[Finding]:
        """Load what was written, and give a finding for whatever is not as in the books it comes from."""
        return judge(folder / LEDGER, holdings(self.every)) + judge(folder / OPENING, holdings(self._opening()))

    def _opening(self) -> list[Directive]:
        register = self.own.register
        day = self.last + _ONE_DAY
        return opening_balance(self.every, register.currency, register.roots, day, self._said("handover"))

    def _tables(self) -> dict[str, Table]:
        currency, days = self.own.register.currency, self.own.days
        lines = journal(self.entries, currency)
        sold = [each for each in invoices(self.every, currency) if each.open or not days.follow(each.date)]
        left = [
            line._replace(fate=self.texts["fates"][line.fate])
            for line in carried(self.every, currency, self.own.register.roots)
        ]
        return {
            "journal": self._table("journal", JournalLine._fields, lines),
            "trial-balance": self._table("trial-balance", BalanceLine._fields, trial_balance(lines)),
            "invoices": self._table("invoices", Invoice._fields, sold),
            "customers": self._table("customers", Customer._fields, customers(sold)),
            "opening-balance": self._table("opening-balance", Carried._fields, left),
        }

    def _table(self, name: str, fields: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
        heads = self.texts[name]
        return Table(heads["title"], [heads[field] for field in fields], rows)

    def _said(self, key: str, language: str | None = None) -> str:
        """Give a text, of whom and of when."""
        first = self.own.days.first or min(entry.date for entry in self.own.entries)
        days = f"{first} - {self.last}"
        chosen = texts(language) if language else self.texts
        return str(chosen[key]).format(unit=self.own.unit, days=days)

    def _readme(self, names: Collection[str]) -> str:
        return "\n\n\n".join(self._explained(language, names) for language in LANGUAGES) + "\n"

    def _explained(self, language: str, names: Collection[str]) -> str:
        title = f"{texts(language)['language']} - {self._said('title', language)}"
        there = {
            name: words
            for name, words in texts(language)["files"].items()
            if name in {*names, README, MANIFEST}
            or f"{name}.csv" in names
            or (name == f"{PAPERS}/" and self.own.papers)
        }
        width = max(map(len, there)) + 2
        listed = "\n".join(f"{name:{width}}{words}" for name, words in there.items())
        notes = (textwrap.fill(note, _WIDTH) for note in texts(language)["notes"])
        intro = textwrap.fill(self._said("intro", language), _WIDTH)
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
