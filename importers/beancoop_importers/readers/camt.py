"""CAMT.053, the banks' statement of account in XML (ISO 20022, Bank-to-Customer Statement), versions 2 to 8.

A statement is answered only where its figures prove it whole: opening booked balance + booked entries = closing booked
balance, all in the account's currency. Schemas are not asked: sound statements of real banks break them. Where a
bank leaves a direction out, or gives a reversal the direction of what it reverses, the balances decide.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.identifiers import account_key, iban_holds
from beancoop_importers.readers.camt_entries import Sayer, amount_of, date_of, entry_of, sign_of, status_of
from beancoop_importers.readers.xml import child, children, line_of, parse, text, text_of_head
from beancoop_importers.statement import UNNUMBERED, Oddities, Refused, Statement

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from decimal import Decimal

    from lxml import etree  # type: ignore[import-untyped]

    from beancoop_importers.readers.camt_entries import Entry

_HEAD = re.compile(r"camt\.05[234]\.001\.|<(?:[\w.-]+:)?BkToCstmr")
_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.([0-9]{2})\}")
_VERSIONS = range(2, 9)
_STATEMENT, _REPORT, _NOTICE = "BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"
_NOT_BOOKED = {
    _REPORT: "this is a report during the day (camt.052); its movements come back in the day's statement",
    _NOTICE: "this is a notice of single movements (camt.054); their total is in the day's statement",
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
    root = parse(data)
    messages = list(root.iter(*(f"{{*}}{name}" for name in (_STATEMENT, *_NOT_BOOKED))))
    if not messages:
        raise Refused("this is no CAMT.053: it holds no bank-to-customer statement; ask the bank for CAMT.053.", 1)
    for message in messages:
        if why := _NOT_BOOKED.get(_local(message)):
            raise Refused(f"{why}, CAMT.053, which is the one to import.", line_of(message))
    found = [(element, _version(message)) for message in messages for element in children(message, "Stmt")]
    if not found:
        raise Refused("the file holds no statement (Stmt); download it again from the bank.", line_of(messages[0]))
    return tuple([_statement(element, version) for element, version in found])


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _version(message: etree._Element) -> int | None:
    match = _NAMESPACE.match(str(message.tag))
    return int(match[1]) if match else None


class _Balance(NamedTuple):
    """A booked balance: the amounts it may be, more than one where the bank leaves its sign out."""

    element: etree._Element
    amounts: tuple[Decimal, ...]
    date: datetime.date | None


def _statement(element: etree._Element, version: int | None) -> Statement:
    odd = Oddities()
    if version not in _VERSIONS:
        said = "no version" if version is None else f"version {version}"
        odd.add("version", f"CAMT.053 in {said} is read as versions 2 to 8; its balances agree.", line_of(element))
    account, key, currency = _account(element, odd)
    opening = _balance(element, _OPENINGS, currency)
    closing = _balance(element, (_CLOSING,), currency)
    entries = _booked(element, currency, odd)
    if opening is None or (closing is None and entries):
        raise Refused(
            "the statement gives no booked balance to begin with (OPBD or PRCD) and to end with (CLBD), so nothing "
            "proves it whole; ask the bank for the end-of-day statement, all its pages in one.",
            line_of(element),
        )
    old, new, entries = _proved(opening, closing, entries, odd)
    last = closing.date if closing else None
    if closing and last is None:
        raise Refused("the closing balance has no date; the file cannot be booked.", line_of(closing.element))
    sayer = Sayer(key, currency, last, odd) if last else None
    return Statement(
        format="camt",
        account=account,
        iban=key,
        currency=currency,
        number=text(element, "ElctrncSeqNb") or text(element, "LglSeqNb") or UNNUMBERED,
        old_date=opening.date,
        old_balance=old,
        new_date=last,
        new_balance=new,
        movements=tuple([sayer.movement(one, place) for place, one in enumerate(entries, 1)] if sayer else ()),
        duplicate=text(element, "CpyDplctInd") in _COPIES,
        first_line=line_of(element),
        last_line=line_of(closing.element if closing else element),
        warnings=odd.notes(),
        identity=text(element, "Id") or f"{UNNUMBERED}@{old:.2f}",
    )


def _account(element: etree._Element, odd: Oddities) -> tuple[str, str, str]:
    """Give the statement's account as written and normalised, and its currency."""
    holder = child(element, "Acct")
    written = text(holder, "Id", "IBAN") or text(holder, "Id", "Othr", "Id")
    balances = [one for one in children(element, "Bal") if text(one, "Tp", "CdOrPrtry", "Cd") in {*_OPENINGS, _CLOSING}]
    amounts = (child(one, "Amt") for one in (*balances, *children(element, "Ntry")))
    said = (one.get("Ccy", "") for one in amounts if one is not None)
    currency = text(holder, "Ccy") or next(filter(None, said), "")
    if not written or not _CURRENCY.fullmatch(currency):
        raise Refused("the statement does not name its account and currency; the file is damaged.", line_of(element))
    key = account_key(written)
    if (text(holder, "Id", "IBAN") or key.startswith("BE")) and not iban_holds(key):
        odd.add("iban", f"the check digits of account {key[:40]} are wrong.", line_of(element))
    return written, key, currency


def _balance(element: etree._Element, kinds: Sequence[str], currency: str) -> _Balance | None:
    """Give the balance of the first of *kinds* there is."""
    for kind in kinds:
        found = [one for one in children(element, "Bal") if text(one, "Tp", "CdOrPrtry", "Cd") == kind]
        if len(found) > 1:
            raise Refused(f"the statement gives its {kind} balance {len(found)} times.", line_of(found[1]))
        for one in found:
            amount, sign = amount_of(one, currency), sign_of(one)
            amounts = (amount, -amount) if sign is None else (sign * amount,)
            return _Balance(one, amounts, date_of(child(one, "Dt")))
    return None


def _booked(element: etree._Element, currency: str, odd: Oddities) -> list[Entry]:
    """Read the entries that are booked; what is pending or only told comes again when it is."""
    found = list(children(element, "Ntry"))
    said = text(element, "TxsSummry", "TtlNtries", "NbOfNtries")
    if said and said != str(len(found)):
        odd.add("count", f"the statement announces {said[:20]} entries and holds {len(found)}.", line_of(element))
    entries: list[Entry] = []
    for one in found:
        if (status := status_of(one)) == "BOOK":
            entries.append(entry_of(one, currency))
        else:
            odd.add("status", f"an entry is not booked yet ({status[:20]}); it is left out.", line_of(one))
    return entries


def _proved(
    opening: _Balance, closing: _Balance | None, entries: list[Entry], odd: Oddities
) -> tuple[Decimal, Decimal | None, list[Entry]]:
    """Give the balances and entries with the signs that make old balance + entries = new balance.

    The signs as written come first; then those of reversals turned round.
    """
    if closing is None:
        return opening.amounts[0], None, entries
    turned = [one._replace(amount=-one.amount) if one.reversal else one for one in entries]
    for readings in (entries, turned):
        moved = sum(one.amount for one in readings)
        for old, new in product(opening.amounts, closing.amounts):
            if old + moved == new:
                _tell(opening, moved=bool(moved), turned=readings is turned, odd=odd)
                return old, new, readings
    old, new = opening.amounts[0], closing.amounts[0]
    raise Refused(
        f"old balance {old} plus booked entries gives {old + sum(one.amount for one in entries)}, but the new "
        f"balance says {new}; the file is damaged or incomplete; download it again from the bank.",
        line_of(closing.element),
    )


def _tell(opening: _Balance, *, moved: bool, turned: bool, odd: Oddities) -> None:
    line = line_of(opening.element)
    if turned:
        odd.add("reversal", "reversals are given the direction of what they reverse; the balances tell theirs.", line)
    if len(opening.amounts) > 1 and opening.amounts[0] and not moved:
        odd.add("sign", "the balances have no sign and nothing moved; they are read as credit.", line)
