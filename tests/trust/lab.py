"""The cooperative of the cases: `beancoop init` and `beancoop activity A002`, all dated from 2026-01-01."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop_cli.main import main
from click.testing import CliRunner

if TYPE_CHECKING:
    from pathlib import Path

IBAN = "BE68539007547034"
START = "2026-01-01"
SOLD = """2026-02-02 * "Client" "Facture 1" ^{unit}-2026-0001
  Assets:40:400-Clients:{unit}              2420.00 EUR
  Income:70:700-VentesPrestations:{unit}   -2000.00 EUR
  Liabilities:45:451-TVAPayer:{unit}        -420.00 EUR
"""


class Lab(NamedTuple):
    """Where it stands."""

    root: Path

    @property
    def main(self) -> Path:
        return self.root / "ledgers/main.beancount"

    def folder(self, unit: str) -> Path:
        return self.main.parent / "activities" / unit

    def book(self, unit: str = "A001") -> Path:
        return self.folder(unit) / "books/2026.beancount"

    def write(self, text: str, unit: str = "A001") -> None:
        """Add to the books of a unit."""
        with self.book(unit).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")

    def run(self, *arguments: object):
        """Run `beancoop` on it."""
        name, *rest = map(str, arguments)
        return CliRunner().invoke(main, [name, "--ledger", str(self.main), *rest])


def laboratory(root: Path) -> Lab:
    """Lay it out in *root*, with an invoice of each activity."""
    for command in (
        ["init", str(root), "--start", START],
        ["activity", "A002", "--start", START, "--ledger", str(root / "ledgers/main.beancount")],
    ):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output
    lab = Lab(root)
    accounts = root / "ledgers/coop/accounts.beancount"
    bank = f"{START} open Assets:55:5500-Banque\n"
    text = accounts.read_text(encoding="utf-8")
    accounts.write_text(text.replace(bank, f'{bank}  iban: "{IBAN}"\n'), encoding="utf-8")
    for unit in ("A001", "A002"):
        lab.write(SOLD.format(unit=unit), unit)
    return lab
