"""The ledger that bank entries go into: read whole, and where in it each entry belongs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.accounts import COOP
from beancoop.errors import place
from beancoop.ledger import Ledger, load_ledger
from beancount import loader
from beancount.parser import grammar, lexer

from beancoop_importers.statement import Refused

if TYPE_CHECKING:
    from beancoop.register import Register

    from beancoop_importers.accounts import BankAccount

_UNREADABLE = (grammar.ParserError, grammar.ParserSyntaxError, lexer.LexerError, loader.LoadError)


def load_whole(path: Path) -> Ledger:
    """Load a ledger of which every directive can be read.

    Raises:
        Refused: part of the ledger cannot be read, so that nobody knows which movements it already holds.

    """
    ledger = load_ledger(path)
    for error in ledger.errors:
        if isinstance(error, _UNREADABLE):
            source = place(error.source) if error.source else str(path)
            raise Refused(
                f"the ledger cannot be read whole, so it may hold more than is seen; correct {source} first: "
                f"{error.message}"
            )
    return ledger


def target(ledger: Ledger, register: Register, bank: BankAccount, year: int) -> Path:
    """Give the file that receives the bank entries of *year* of the unit whose account is *bank*.

    It is `bank-<year>.beancount` in the unit's own folder where the ledger already reads that folder; else the file
    that opens the account.
    """
    folder = _folder(ledger, register, bank.unit)
    if folder and any(file.parent == folder for file in ledger.files):
        return folder / f"bank-{year}.beancount"
    return Path(bank.opened.meta["filename"])


def _folder(ledger: Ledger, register: Register, unit: str) -> Path | None:
    if unit == COOP:
        return ledger.path.parent / "coop"
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]).parent / "books" if activity else None
