"""A cooperative in a folder, with a structure and two activities, whose returns can be filed."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import BEANCOUNTS_OWN
from beancoop.storage.scaffold import Settings, create_activity, create_cooperative
from beancoop_cli.main import main
from click.testing import CliRunner

if TYPE_CHECKING:
    from pathlib import Path

START = datetime.date(2026, 1, 1)
ENTERPRISE = "0123456749"
SALES, CUSTOMER = "Income:70:700-VentesPrestations", "Assets:40:400-Clients"
OWED, DEDUCTED = "Liabilities:45:451-TVAPayer", "Assets:41:411-TVARecuperer"


class Answered(NamedTuple):
    """What a command said."""

    status: int
    out: str
    err: str


class Cooperative:
    """Its folder, and what is written and run there."""

    def __init__(self, folder: Path, *, enterprise: str = ENTERPRISE, vat_period: str = "quarter") -> None:
        """Make it, with the units A001 and A002."""
        self.ledgers = folder / "ledgers"
        self.main = self.ledgers / "main.beancount"
        settings = Settings(START, BEANCOUNTS_OWN, name="Les Sources SC", enterprise=enterprise)
        create_cooperative(self.ledgers, "A001", settings)
        create_activity(self.ledgers / "activities/A002", settings)
        text = self.main.read_text()
        assert 'vat-period: "quarter"' in text
        self.main.write_text(text.replace('vat-period: "quarter"', f'vat-period: "{vat_period}"'))

    def book(self, unit: str = "A001") -> Path:
        """Give the file that her entries stand in."""
        folder = self.ledgers / ("coop" if unit == "COOP" else f"activities/{unit}/books")
        return folder / "2026.beancount"

    def write(self, text: str, unit: str = "A001") -> int:
        """Add to the books of a unit, and give the line at which it begins."""
        book = self.book(unit)
        before = book.read_text()
        book.write_text(f"{before}\n{text}")
        return before.count("\n") + 2

    def change(self, before: str, after: str, unit: str = "A001") -> None:
        """Replace what stands there once."""
        text = self.book(unit).read_text()
        assert text.count(before) == 1
        self.book(unit).write_text(text.replace(before, after))

    def run(self, *arguments: object) -> Answered:
        """Run the program on it."""
        done = CliRunner().invoke(main, [*map(str, arguments), "--ledger", str(self.main)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Answered(done.exit_code, done.stdout, done.stderr)

    def vat(self, *arguments: object) -> Answered:
        """Run one of the commands of VAT."""
        return self.run("vat", *arguments)

    def returned(self, period: str) -> dict:
        """Give the return of a period as a program reads it."""
        return json.loads(self.vat("return", period, "--format", "json").out)

    def file(self, period: str, day: str, *others: str) -> Answered:
        """File a return."""
        return self.vat("file", period, "--today", day, *others)

    def files(self) -> dict[str, bytes]:
        """Give every file, by its path."""
        return {
            str(path.relative_to(self.ledgers)): path.read_bytes() for path in self.ledgers.rglob("*") if path.is_file()
        }


def sale(date: str, base: str, tax: str, unit: str = "A001", meta: str = "", narration: str = "Facture") -> str:
    """Write a sale, or a credit note where the amounts are negative."""
    total = Decimal(base) + Decimal(tax)
    lines = [
        f'{date} * "{narration}"',
        *(f"  {line}" for line in meta.splitlines()),
        f"  {CUSTOMER}:{unit}  {total} EUR",
    ]
    lines.append(f"  {SALES}:{unit}  {-Decimal(base)} EUR")
    if Decimal(tax):
        lines.append(f"  {OWED}:{unit}  {-Decimal(tax)} EUR")
    return "\n".join(lines) + "\n"


def purchase(
    date: str, base: str, tax: str, unit: str = "A001", number: str = "60:600-MatieresPremieres", meta: str = ""
) -> str:
    """Write a purchase on credit."""
    lines = [
        f'{date} * "Achat"',
        *(f"  {line}" for line in meta.splitlines()),
        f"  Expenses:{number}:{unit}  {base} EUR",
    ]
    if Decimal(tax):
        lines.append(f"  {DEDUCTED}:{unit}  {tax} EUR")
    lines.append(f"  Liabilities:44:440-Fournisseurs:{unit}  {-Decimal(base) - Decimal(tax)} EUR")
    return "\n".join(lines) + "\n"
