"""OFX 1 and 2 (Open Financial Exchange): statements of bank and credit card accounts.

The format gives a new balance and no old one, so nothing in a file proves that no movement is missing or changed; the
bank's name of each movement (`FITID`), the same in every file, keeps it from being booked twice. Movements are read
in `ofx_movements`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.model.faults import NO_ACCOUNT, NO_STATEMENT, PENDING, UNDATED_BALANCE, WRONG_IBAN
from beancoop_importers.model.identifiers import iban_holds
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import UNNUMBERED, Oddities, Refused, Statement
from beancoop_importers.readers.ofx_markup import parse
from beancoop_importers.readers.ofx_movements import account_of, amount_of, date_of, movements_of, sole

if TYPE_CHECKING:
    from beancoop_importers.readers.ofx_markup import Element

BANK_ERROR = error("BC772", "the bank answers with an error and not with a statement: {answer}; try again.")
INVESTMENTS = error(
    "BC773",
    "this is a statement of investments; shares and units are no money on a bank account: book it by hand.",
)


_HEAD = re.compile(rb"OFXHEADER\s*[:=]|<OFX\s*>", re.IGNORECASE)
_CURRENCY = re.compile(r"[A-Z]{3}")
_HOLDERS = ("BANKACCTFROM", "CCACCTFROM")


def recognises(head: bytes) -> bool:
    """Tell whether a file that begins so means to be OFX; whether it is sound, only `read` tells."""
    return _HEAD.search(head.replace(b"\0", b"")) is not None  # every other byte of UTF-16 may be zero


def read(data: bytes) -> tuple[Statement, ...]:
    """Read the statements of an OFX file.

    Raises:
        Refused: the file is no OFX, is damaged, holds no statement of a bank or credit card account, or corrects
            movements of an earlier one; nothing of it may be booked.

    """
    root = parse(data)
    for status in root.within("STATUS"):
        if status.value("SEVERITY") == "ERROR":
            said = clean(f"{status.value('CODE')} {status.value('MESSAGE')}")
            raise Refused(BANK_ERROR(answer=said), status.line)
    if investments := next(root.within("INVSTMTRS"), None):
        raise Refused(
            INVESTMENTS(),
            investments.line,
        )
    found = list(root.within("STMTRS", "CCSTMTRS"))
    if not found:
        raise Refused(NO_STATEMENT(format="OFX"), root.line)
    return tuple(map(_statement, found))


def _statement(element: Element) -> Statement:
    odd = Oddities()
    currency = element.value("CURDEF")
    holder = next((one for one in element.children if one.name in _HOLDERS), None)
    if holder is None or not holder.value("ACCTID") or not _CURRENCY.fullmatch(currency):
        raise Refused(NO_ACCOUNT(), element.line)
    account = account_of(holder)
    if account.startswith("BE") and not iban_holds(account):
        odd.add("iban", WRONG_IBAN(account=account[:40]), holder.line)
    for pending in element.within("STMTTRNP"):
        odd.add("status", PENDING(status="STMTTRNP"), pending.line)
    balance = sole(element, "LEDGERBAL") or element
    amount, day = amount_of(balance, "BALAMT"), date_of(balance, "DTASOF")
    if amount is not None and day is None:
        raise Refused(UNDATED_BALANCE(), balance.line)
    return Statement(
        format="ofx",
        account=holder.value("ACCTID"),
        iban=account,
        currency=currency,
        number=UNNUMBERED,
        old_date=None,
        old_balance=None,
        new_date=day,
        new_balance=amount,
        movements=movements_of(element, currency, odd),
        duplicate=False,
        first_line=element.line,
        last_line=balance.line,
        warnings=odd.notes(),
        export=True,
    )
