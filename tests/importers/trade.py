"""A cooperative that sells and buys: its invoices, and the statements of the bank that pays them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import accumulate, count
from typing import TYPE_CHECKING

from beancoop_importers.ingest.run import import_files
from coda_writer import STRUCTURED, Line, Paper, coda
from cooperative import OPTIONS, SHARED, Cooperative, found, write_terms

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop_importers.ingest.results import Result
    from beancount.core.data import Transaction

ACCOUNTS = """2020-01-01 open Assets:55:5500-Banque:{unit}
2020-01-01 open Assets:49:499-CompteAttente:{unit}
"""
TRADING = """2020-01-01 open Assets:40:400-Clients:{unit}
2020-01-01 open Liabilities:44:440-Fournisseurs:{unit}
2020-01-01 open Income:70:700-VentesPrestations:{unit}
2020-01-01 open Expenses:60:604-Marchandises:{unit}
2020-01-01 open Expenses:61:6121-Telephone:{unit}
"""


def ogm(number: int) -> str:
    """Give the structured communication of a number of ten figures, as printed."""
    digits = f"{number:010}{number % 97 or 97:02}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def structured(text: str) -> dict[str, str]:
    """Give what makes a line of CODA carry an OGM."""
    return {"structured": STRUCTURED, "communication": "101" + "".join(filter(str.isdecimal, text))}


class Trade:
    """Units A001 and A002 share the bank account with COOP; A003 has its own."""

    def __init__(self, root: Path, shares: tuple[str, ...] = ("A001", "A002")) -> None:
        (root / "ledgers").mkdir(exist_ok=True)
        self.root = root
        self.coop: Cooperative = found(root / "ledgers")
        self.numbers = count(1)
        self.balance: dict[str, int] = {}
        self.coop.add(self.coop.coop / "accounts.beancount", TRADING.format(unit="COOP"))
        for unit in ("A001", "A002"):
            folder = self.coop.root / "activities" / unit
            (folder / "books").mkdir(parents=True)
            opens = TRADING.format(unit=unit) + (ACCOUNTS.format(unit=unit) if unit in shares else "")
            (folder / "ledger.beancount").write_text(
                f'{OPTIONS}plugin "beancoop"\ninclude "terms.beancount"\ninclude "books/*.beancount"\n{opens}'
            )
            write_terms(folder)
            (folder / "books/first.beancount").write_text("; rien encore\n")
            self.coop.add(self.coop.main, f'include "activities/{unit}/ledger.beancount"\n')
        self.coop.add(self.coop.books.parent / "ledger.beancount", TRADING.format(unit="A003"))

    def write(self, unit: str, text: str) -> None:
        folder = self.coop.coop if unit == "COOP" else self.coop.root / "activities" / unit / "books"
        self.coop.add(folder / ("accounts.beancount" if unit == "COOP" else "first.beancount"), f"\n{text}")

    def sale(self, unit: str, name: str, amount: str, day: str = "01-02", meta: str = "", link: bool = True) -> None:
        """Invoice a customer; *name* is a link, or else the `invoice:`."""
        links, named = (f" ^{name}", "") if link else ("", f'  invoice: "{name}"\n')
        other = -Decimal(amount)
        self.write(
            unit,
            f'2026-{day} * "Client de {unit}" "Vente"{links}\n{named}{meta}'
            f"  Assets:40:400-Clients:{unit}  {amount} EUR\n  Income:70:700-VentesPrestations:{unit}  {other} EUR\n",
        )

    def purchase(
        self, unit: str, name: str, amount: str, day: str = "01-02", payee="Grossiste", meta: str = ""
    ) -> None:
        self.write(
            unit,
            f'2026-{day} * "{payee}" "Achat"\n  invoice: "{name}"\n{meta}'
            f"  Expenses:60:604-Marchandises:{unit}  {amount} EUR\n"
            f"  Liabilities:44:440-Fournisseurs:{unit}  {-Decimal(amount)} EUR\n",
        )

    def rules(self, text: str) -> None:
        (self.coop.root / "rules.toml").write_text(text)

    def paper(self, *lines: Line, account: str = SHARED) -> Path:
        """Write the next statement of an account; its balances follow on from the one before."""
        number = next(self.numbers)
        old = self.balance.get(account, 0)
        places = accumulate(line.detail == 0 for line in lines)
        lines = tuple(replace(line, sequence=int(place)) for place, line in zip(places, lines, strict=True))
        paper = Paper(lines, old=old, number=f"{number:03}", account=account, old_date="140126")
        self.balance[account] = old + sum(paper.top())
        file = self.root / f"{number:03}.cod"
        file.write_bytes(coda(paper))
        return file

    def bring(self, *files: Path, **options) -> list[Result]:
        return import_files(self.coop.main, list(files), **options)

    def pay(self, *lines: Line, account: str = SHARED) -> Result:
        """Import the next statement, which must cause no error in the ledger."""
        (result,) = self.bring(self.paper(*lines, account=account))
        assert result.refusal is None, result.refusal
        assert self.coop.errors() == []
        return result

    def booked(self) -> list[Transaction]:
        return self.coop.movements()

    def sides(self) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
        """Give of each movement's transactions the flag, the links and the postings with the invoice each names."""
        return [
            (
                one.flag,
                " ".join(sorted(one.links)),
                [(p.account, str(p.units.number), (p.meta or {}).get("invoice", "")) for p in one.postings],
            )
            for one in self.booked()
        ]
