"""The example cooperative as `beancoop check` is asked of it, edit after edit, and what is written into its books."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beancoop_cli.main import main
from click.testing import CliRunner

if TYPE_CHECKING:
    from collections.abc import Iterable

EXAMPLE = Path(__file__).parents[1] / "ledgers"


class Books:
    """The example in a folder of its own, all of which was found good."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sound = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def mend(self) -> None:
        """Have all be as it was found good."""
        for path in [each for each in self.root.rglob("*") if each.is_file()]:
            if path not in self.sound:
                path.unlink()
        for path, held in self.sound.items():
            if not path.exists() or path.read_bytes() != held:
                path.write_bytes(held)

    def check(self, *options: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["check", "--ledger", str(self.root / "main.beancount"), *options])
        return done.exit_code, done.output

    def own(self, unit: str, name: str = "books/2026.beancount") -> Path:
        return self.root / "activities" / unit / name


def found_cooperative(folder: Path, units: Iterable[str], *words: str) -> Path:
    """Found a cooperative with one activity, and more *units*; give the folder of its ledgers."""
    ledgers = folder / "ledgers"
    made = [["init", str(folder), "--start", "2026-01-01", *words]]
    made += [["activity", unit, "--start", "2026-01-01", "--ledger", str(ledgers / MAIN)] for unit in units]
    for each in made:
        done = CliRunner().invoke(main, each)
        assert done.exit_code == 0, done.output
    return ledgers


def add(path: Path, text: str) -> None:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + text, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def purchase(
    meta: str = "",
    day: str = "2026-09-05",
    unit: str = "A003",
    number: str = "10.00",
    bank: str = "Assets:55:5501-Banque",
) -> str:
    said = f"  {meta}\n" if meta else ""
    return (
        f'\n{day} * "Quincaillerie" "Vis"\n{said}'
        f"  Expenses:60:601-Fournitures:{unit}  {number} EUR\n  {bank}:{unit}  -{number} EUR\n"
    )


A003, A004 = "activities/A003/books/2026.beancount", "activities/A004/books/2026.beancount"
LEDGER, TERMS = "activities/A003/ledger.beancount", "activities/A003/terms.beancount"
FIRST, SECOND = 'piece: "ACH-2026-0001"', 'piece: "ACH-2026-0002"'
MAIN, COOP, BALANCES = "main.beancount", "coop/2026.beancount", "coop/balances.beancount"
VAT, EQUITY, ACCOUNTS = "coop/vat-2026.beancount", "coop/equity.beancount", "coop/accounts.beancount"


def rent(day: str = "2026-09-05", meta: str = "", tail: str = "", number: str = "10.00") -> str:
    said = f"  {meta}\n" if meta else ""
    return (
        f'\n{day} * "Tanneurs" "Loyer"{tail}\n{said}  Expenses:61:610-Loyers:COOP  {number} EUR\n'
        f"  Assets:55:5500-Banque:COOP  -{number} EUR\n"
    )


def balance(account: str = "Assets:55:5500-Banque", day: str = "2026-11-01", number: str = "0.00") -> str:
    return f"\n{day} balance {account}  {number} EUR\n"


def entry(head: str, debit: str, credit: str) -> str:
    return f"\n{head}\n  {debit}  5.00 EUR\n  {credit}  -5.00 EUR\n"


def accrued(day: str) -> str:
    return entry(f'{day} * "Tanneurs" "Loyer"', "Expenses:61:610-Loyers:COOP", "Assets:49:490-ChargesAReporter:COOP")


LIAISON, BANK = "Assets:9:960-Liaison:A003", "Assets:55:5501-Banque:A003"
