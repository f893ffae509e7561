"""CAMT.053, the banks' statement of account in XML (ISO 20022, Bank-to-Customer Statement), versions 2 to 8.

A statement is answered only where its figures prove it whole: opening booked balance + booked entries = closing booked
balance, all in the account's currency. Schemas are not asked: sound statements of real banks break them. Where a
bank leaves a direction out, or gives a reversal the direction of what it reverses, the balances decide.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error

from beancoop_importers.model.faults import NO_ACCOUNT, NO_STATEMENT, PENDING, UNBALANCED, UNDATED_BALANCE, WRONG_IBAN
from beancoop_importers.model.identifiers import account_key, iban_holds
from beancoop_importers.model.statement import UNNUMBERED, Oddities, Refused, Statement
from beancoop_importers.readers.camt_entries import Sayer, amount_of, date_of, entry_of, sign_of, status_of
from beancoop_importers.readers.xml import child, children, line_of, local_name, parts, stream, text, text_of_head

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from lxml import etree  # type: ignore[import-untyped]

    from beancoop_importers.model.statement import Movement
    from beancoop_importers.readers.camt_entries import Entry

REPORT = error(
    "BC743",
    "this is a report during the day (camt.052); its movements come back in the day's statement, CAMT.053, which "
    "is the one to import.",
)
NOTICE = error(
    "BC744",
    "this is a notice of single movements (camt.054); their total is in the day's statement, CAMT.053, which is "
    "the one to import.",
)
OTHER_VERSION = error(
    "BC745", "CAMT.053 in an unknown version ({version}) is read as versions 2 to 8; its balances agree."
)
NO_BALANCES = error(
    "BC746",
    "the statement gives no booked balance to begin with (OPBD or PRCD) and to end with (CLBD), so nothing "
    "proves it whole; ask the bank for the end-of-day statement, all its pages in one.",
)
COUNT_DIFFERS = error("BC747", "the statement announces {announced} entries and holds {found}.")
BALANCE_AGAIN = error(
    "BC748",
    "the statement gives its {kind} balance {times} times; the file is damaged or incomplete; download it again "
    "from the bank.",
)
TURNED = error("BC749", "reversals are given the direction of what they reverse; the balances tell theirs.")
UNSIGNED = error("BC750", "the balances have no sign and nothing moved; they are read as credit.")


_HEAD = re.compile(r"camt\.05[234]\.001\.|<(?:[\w.-]+:)?BkToCstmr")
_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.([0-9]{2})\}")
_VERSIONS = range(2, 9)
_STATEMENT, _REPORT, _NOTICE = "BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"
_NOT_BOOKED = {
    _REPORT: REPORT,
    _NOTICE: NOTICE,
}
_OPENINGS = ("OPBD", "PRCD")  # the second is the first's other name: the closing balance of the day before
_CLOSING = "CLBD"
_COPIES = frozenset({"DUPL", "CODU"})
_CURRENCY = re.compile(r"[A-Z]{3}")


def recognises(head: bytes) -> bool:
    """Tell whether a file that begins so means to be CAMT 052, 053 or 054; whether it is sound, only `read` tells."""
    return _HEAD.search(text_of_head(head)) is not None


def read(data: bytes) -> tuple[Statement, ...]:
    """Read the statements of a CAMT.053 file.

    Raises:
        Refused: the file is no CAMT.053, is damaged, contradicts itself, or gives no booked balances to prove it by;
            nothing of it may be booked.

    """
    messages: list[etree._Element] = []
    statements: list[Statement] = []
    reading: _Reading | None = None
    for element in stream(data, "Ntry", "Stmt", _STATEMENT, *_NOT_BOOKED):
        parent, name = element.getparent(), local_name(element)
        if name == "Ntry" and _is_statement(parent):
            if reading is None or reading.element is not parent:
                reading = _Reading(parent)
            reading.take(element)
        elif _is_statement(element):
            whole = reading if reading and reading.element is element else _Reading(element)
            statements.append(whole.statement())
            element.clear()
        elif why := _NOT_BOOKED.get(name):
            raise Refused(why(), line_of(element))
        elif name == _STATEMENT:
            messages.append(element)
    if not messages:
        raise Refused(NO_STATEMENT(format="CAMT.053"), 1)
    if not statements:
        raise Refused(NO_STATEMENT(format="CAMT.053"), line_of(messages[0]))
    return tuple(statements)


def _is_statement(element: etree._Element | None) -> bool:
    """Tell whether it is a statement inside a message; one without a message is damaged, and is not read."""
    return element is not None and local_name(element) == "Stmt" and local_name(element.getparent()) == _STATEMENT


class _Balance(NamedTuple):
    """A booked balance: the amounts it may be, more than one where the bank leaves its sign out."""

    element: etree._Element
    amounts: tuple[Decimal, ...]
    date: datetime.date | None


class _Entry(NamedTuple):
    """A booked entry: what counts of it, what is said of it, and all of it where the balances may yet turn it round."""

    amount: Decimal
    movement: Movement
    reversal: Entry | None


class _Reading:
    """A statement while it is read: an entry is said as it comes, and forgotten, where account and balances came first.

    That is their order in the standard. Where a bank has another, the entries wait for the end of the statement.
    """

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.odd = Oddities()
        self.entries: list[_Entry] = []
        self.account = self.key = self.currency = ""
        self.sayer: Sayer | None = None
        version = _version(element.getparent())
        if version not in _VERSIONS:
            self.odd.add("version", OTHER_VERSION(version="-" if version is None else version), line_of(element))

    def take(self, entry: etree._Element) -> None:
        """Take an entry that has just been closed."""
        if self.sayer is None and child(self.element, "Acct") is not None and _balances(self.element, _CLOSING):
            self._begin()
        if self.sayer and not self._say(entry):
            entry.clear()

    def statement(self) -> Statement:
        """Give the statement, once it is closed."""
        element = self.element
        if self.sayer is None:
            self._begin()
            for entry in children(element, "Ntry"):
                self._say(entry)
        self._count()
        opening, closing = _balance(element, _OPENINGS, self.currency), _balance(element, (_CLOSING,), self.currency)
        if opening is None:
            raise self._unproved()
        old, new, movements = self._proved(opening, closing)
        return Statement(
            format="camt",
            account=self.account,
            iban=self.key,
            currency=self.currency,
            number=text(element, "ElctrncSeqNb") or text(element, "LglSeqNb") or UNNUMBERED,
            old_date=opening.date,
            old_balance=old,
            new_date=closing.date if closing else None,
            new_balance=new,
            movements=tuple(movements),
            duplicate=text(element, "CpyDplctInd") in _COPIES,
            first_line=line_of(element),
            last_line=line_of(closing.element if closing else element),
            warnings=self.odd.notes(),
            identity=text(element, "Id") or f"{UNNUMBERED}@{old:.2f}",
        )

    def _begin(self) -> None:
        """Read what the entries are read within."""
        self.account, self.key, self.currency = _account(self.element, self.odd)
        closing = _balance(self.element, (_CLOSING,), self.currency)
        if closing and closing.date is None:
            raise Refused(UNDATED_BALANCE(), line_of(closing.element))
        if closing and closing.date:
            self.sayer = Sayer(self.key, self.currency, closing.date, self.odd)

    def _say(self, element: etree._Element) -> bool:
        """Say an entry that is booked, and tell whether it must be kept; what is pending comes again when it is."""
        there = parts(element)
        if (status := status_of(there)) != "BOOK":
            self.odd.add("status", PENDING(status=status[:20]), line_of(element))
            return False
        if self.sayer is None:
            raise self._unproved()
        entry = entry_of(element, there, self.currency)
        movement = self.sayer.movement(entry, len(self.entries) + 1)
        self.entries.append(_Entry(entry.amount, movement, entry if entry.reversal else None))
        return entry.reversal

    def _unproved(self) -> Refused:
        return Refused(
            NO_BALANCES(),
            line_of(self.element),
        )

    def _count(self) -> None:
        said = text(self.element, "TxsSummry", "TtlNtries", "NbOfNtries")
        found = sum(1 for _ in children(self.element, "Ntry"))
        if said and said != str(found):
            text_said = COUNT_DIFFERS(announced=said[:20], found=found)
            self.odd.add("count", text_said, line_of(self.element))

    def _proved(self, opening: _Balance, closing: _Balance | None) -> tuple[Decimal, Decimal | None, list[Movement]]:
        """Give the balances and movements with the signs that make old balance + entries = new balance.

        The signs as written come first; then those of reversals turned round.
        """
        movements = [one.movement for one in self.entries]
        if closing is None:
            return opening.amounts[0], None, movements
        written = [one.amount for one in self.entries]
        turned = [-one.amount if one.reversal else one.amount for one in self.entries]
        for amounts in (written, turned):
            moved = sum(amounts)
            for old, new in product(opening.amounts, closing.amounts):
                if old + moved == new:
                    _tell(opening, moved=bool(moved), turned=amounts is turned, odd=self.odd)
                    return old, new, self._turned() if amounts is turned else movements
        old, new = opening.amounts[0], closing.amounts[0]
        raise Refused(
            UNBALANCED(old=old, moved=sum(written, Decimal(0)), made=old + sum(written), new=new),
            line_of(closing.element),
        )

    def _turned(self) -> list[Movement]:
        """Say the reversals again, turned round."""
        return [
            self.sayer.movement(one.reversal._replace(amount=-one.amount), place)
            if one.reversal and self.sayer
            else one.movement
            for place, one in enumerate(self.entries, 1)
        ]


def _version(message: etree._Element) -> int | None:
    match = _NAMESPACE.match(str(message.tag))
    return int(match[1]) if match else None


def _account(element: etree._Element, odd: Oddities) -> tuple[str, str, str]:
    """Give the statement's account as written and normalised, and its currency."""
    holder = child(element, "Acct")
    written = text(holder, "Id", "IBAN") or text(holder, "Id", "Othr", "Id")
    amounts = (child(one, "Amt") for one in (*_balances(element, *_OPENINGS, _CLOSING), *children(element, "Ntry")))
    said = (one.get("Ccy", "") for one in amounts if one is not None)
    currency = text(holder, "Ccy") or next(filter(None, said), "")
    if not written or not _CURRENCY.fullmatch(currency):
        raise Refused(NO_ACCOUNT(), line_of(element))
    key = account_key(written)
    if (text(holder, "Id", "IBAN") or key.startswith("BE")) and not iban_holds(key):
        odd.add("iban", WRONG_IBAN(account=key[:40]), line_of(element))
    return written, key, currency


def _balances(element: etree._Element, *kinds: str) -> list[etree._Element]:
    return [one for one in children(element, "Bal") if text(one, "Tp", "CdOrPrtry", "Cd") in kinds]


def _balance(element: etree._Element, kinds: Sequence[str], currency: str) -> _Balance | None:
    """Give the balance of the first of *kinds* there is."""
    for kind in kinds:
        found = _balances(element, kind)
        if len(found) > 1:
            raise Refused(BALANCE_AGAIN(kind=kind, times=len(found)), line_of(found[1]))
        for one in found:
            amount, sign = amount_of(one, child(one, "Amt"), currency), sign_of(one, text(one, "CdtDbtInd"))
            amounts = (amount, -amount) if sign is None else (sign * amount,)
            return _Balance(one, amounts, date_of(child(one, "Dt")))
    return None


def _tell(opening: _Balance, *, moved: bool, turned: bool, odd: Oddities) -> None:
    line = line_of(opening.element)
    if turned:
        odd.add("reversal", TURNED(), line)
    if len(opening.amounts) > 1 and opening.amounts[0] and not moved:
        odd.add("sign", UNSIGNED(), line)
