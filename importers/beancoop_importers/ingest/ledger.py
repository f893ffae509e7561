"""The ledger that bank entries go into: read whole, and where in it each entry belongs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.model.findings import place
from beancoop.storage.layout import book
from beancoop.words.messages import error
from beancount import loader
from beancount.parser import grammar, lexer

from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    from beancoop.model.register import Register

    from beancoop_importers.bank.accounts import BankAccount

NOT_WHOLE = error(
    "BC1223",
    "the ledger cannot be read whole, so it may hold more than is seen; correct {place} first: {reason}",
)


_UNREADABLE = (grammar.ParserError, grammar.ParserSyntaxError, lexer.LexerError, loader.LoadError)


def load_whole(path: Path) -> Ledger:
    """Load a ledger of which every directive can be read.

    Raises:
        Refused: part of the ledger cannot be read, so that nobody knows which movements it already holds.

    """
    ledger = load_ledger(path)
    for fault in ledger.errors:
        if isinstance(fault, _UNREADABLE):
            source = place(fault.source) if fault.source else str(path)
            raise Refused(NOT_WHOLE(place=source, reason=fault.message))
    return ledger


def target(ledger: Ledger, register: Register, bank: BankAccount, year: int) -> Path:
    """Give the file that receives the entries of *year* for the unit's share of a bank account, *bank*.

    It is `bank-<year>.beancount` among the unit's books where the ledger reads that folder; else the file that declares
    an activity, or that opens the account.
    """
    if path := book(ledger, register, bank.unit, f"bank-{year}.beancount"):
        return path
    activity = register.activities.get(bank.unit) if bank.shared else None
    return Path((activity.entry if activity else bank.opened).meta["filename"])
