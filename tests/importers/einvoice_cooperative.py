"""A cooperative that says its enterprise number, with two activities, and its e-invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.loading.ledger import load_ledger
from beancoop_importers.ingest.run import import_files
from beancount.core import data
from cooperative import ENGLISH, OPTIONS, Cooperative, found, write_terms
from ubl_writer import OURS, Bill, ubl

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop_importers.ingest.results import Result

ENTERPRISE = f'2020-01-01 custom "cooperative" "Les Sources SC"\n  enterprise: "{OURS}"\n'


class Inbox:
    """Brings files to a cooperative, and tells what became of them."""

    def __init__(self, root: Path, names: dict[str, str] = ENGLISH) -> None:
        (root / "ledgers").mkdir()
        self.root = root
        self.coop: Cooperative = found(root / "ledgers", names)
        self.coop.add(self.coop.main, ENTERPRISE)
        self._count = 0

    def also(self, unit: str, *declared: str) -> None:
        """Found another activity, or say more of it."""
        folder = self.coop.root / "activities" / unit
        (folder / "books").mkdir(parents=True)
        (folder / "books" / "2020.beancount").write_text("; rien encore\n")
        (folder / "ledger.beancount").write_text(
            f'{OPTIONS}plugin "beancoop"\ninclude "terms.beancount"\ninclude "books/*.beancount"\n{"".join(declared)}'
        )
        write_terms(folder)
        self.coop.add(self.coop.main, f'include "activities/{unit}/ledger.beancount"\n')

    def file(self, content: Bill | bytes, name: str = "") -> Path:
        self._count += 1
        path = self.root / (name or f"{self._count:03}.xml")
        path.write_bytes(ubl(content) if isinstance(content, Bill) else content)
        return path

    def bring(self, *contents: Bill | bytes, **how) -> list[Result]:
        return import_files(how.pop("ledger", self.coop.main), [self.file(one) for one in contents], **how)

    def one(self, content: Bill | bytes, **how) -> Result:
        (result,) = self.bring(content, **how)
        return result

    def booked(self) -> list[data.Transaction]:
        ledger = load_ledger(self.coop.main)
        assert ledger.errors == []
        return [one for one in ledger.entries if isinstance(one, data.Transaction) and "invoice-ref" in one.meta]

    def numbered(self, number: str) -> data.Transaction:
        (entry,) = [one for one in self.booked() if one.meta["invoice"] == number]
        return entry

    def close(self, unit: str, month: str, day: str) -> None:
        """Seal a month of a unit and of the structure, as `beancoop close` does when all before it are sealed."""
        for one in (unit, "COOP"):
            self.coop.add(self.coop.coop / "accounts.beancount", f'{day} custom "closed" "{month}" "{one}"\n')

    def documents(self) -> list[data.Document]:
        return [one for one in load_ledger(self.coop.main).entries if isinstance(one, data.Document)]


def postings(entry: data.Transaction) -> dict[str, str]:
    """Give the amounts of a transaction by the account's number and unit, as 440:A003."""
    said: dict[str, Decimal] = {}
    for one in entry.postings:
        _, _, stem, unit = one.account.split(":")
        account = f"{stem.partition('-')[0]}:{unit}"
        said[account] = said.get(account, Decimal(0)) + one.units.number
    return {account: str(amount) for account, amount in said.items()}


def codes(entry: data.Transaction) -> str:
    """Give the codes of VAT of a transaction: its own, else those of its postings with their numbers and amounts."""
    on_postings = (
        f"{one.account.split(':')[2].partition('-')[0]} {one.meta['vat']} {one.units.number}"
        for one in entry.postings
        if "vat" in (one.meta or {})
    )
    return ", ".join([entry.meta["vat"]] if "vat" in entry.meta else on_postings)
