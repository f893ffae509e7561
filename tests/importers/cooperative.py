"""A small cooperative on disk, with a shared bank account and an activity that has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount import loader
from beancount.core import data
from beancount.ops import balance

if TYPE_CHECKING:
    from pathlib import Path

SHARED, OWN = "BE68539007547034", "BE71096123456769"
OPTIONS = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\noption "title" "Coop"\n'
FRENCH = {
    "assets": "Actifs",
    "liabilities": "Passifs",
    "equity": "Capitaux",
    "income": "Produits",
    "expenses": "Charges",
}
ENGLISH = {name: name.title() for name in FRENCH}


class Cooperative(NamedTuple):
    """Where its files are."""

    root: Path

    @property
    def main(self) -> Path:
        return self.root / "main.beancount"

    @property
    def coop(self) -> Path:
        return self.root / "coop"

    @property
    def books(self) -> Path:
        return self.root / "activities/A003/books"

    def add(self, path: Path, text: str) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)

    def load(self):
        return loader.load_file(str(self.main))

    def errors(self) -> list[str]:
        return [error.message for error in self.load()[1]]

    def movements(self) -> list[data.Transaction]:
        return [one for one in self.load()[0] if isinstance(one, data.Transaction) and "bank-ref" in one.meta]

    def balances(self) -> list[data.Balance]:
        return [one for one in self.load()[0] if isinstance(one, data.Balance)]

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(self.root.rglob("*")) if path.is_file()}

    def balance_failures(self) -> list[str]:
        return [error.message for error in self.load()[1] if isinstance(error, balance.BalanceError)]


def write_terms(folder: Path, options: str = "") -> None:
    """Declare the activity that *folder* is named after."""
    text = f'2020-01-01 custom "activity" "{folder.name}"\n  months: 240\n  overdraft: 100000 EUR\n'
    (folder / "terms.beancount").write_text(f"{options}{text}")


def found(root: Path, names: dict[str, str] = ENGLISH, opening: str = "0.00") -> Cooperative:
    """Lay a cooperative out as `beancoop init` would; *opening* is what the shared account holds at first."""
    options = "".join(f'option "name_{key}" "{name}"\n' for key, name in names.items()) if names != ENGLISH else ""
    assets, liabilities, equity = names["assets"], names["liabilities"], names["equity"]
    cooperative = Cooperative(root)
    cooperative.coop.mkdir()
    cooperative.books.mkdir(parents=True)
    cooperative.main.write_text(
        f'{OPTIONS}{options}plugin "beancoop"\ninclude "coop/*.beancount"\n'
        'include "activities/A003/ledger.beancount"\n',
    )
    (cooperative.coop / "accounts.beancount").write_text(
        f"{options}"
        f'2020-01-01 open {assets}:55:5500-Banque\n  iban: "BE68 5390 0754 7034"\n'
        f"2020-01-01 open {assets}:55:5500-Banque:COOP\n"
        f"2020-01-01 open {assets}:49:499-CompteAttente:COOP\n"
        f"2020-01-01 open {equity}:10:100-Capital:COOP\n"
        f'2020-01-02 * "Ouverture"\n'
        f"  {assets}:55:5500-Banque:COOP  {opening} EUR\n  {equity}:10:100-Capital:COOP  -{opening} EUR\n"
    )
    (cooperative.books.parent / "ledger.beancount").write_text(
        f'{OPTIONS}{options}plugin "beancoop"\ninclude "terms.beancount"\ninclude "books/*.beancount"\n'
        f'2020-01-01 open {assets}:55:5501-Banque:A003\n  iban: "096-1234567-69"\n'
        f"2020-01-01 open {liabilities}:49:499-CompteAttente:A003\n"
    )
    write_terms(cooperative.books.parent, options)
    (cooperative.books / "first.beancount").write_text(f"{options}; rien encore\n")
    return cooperative
