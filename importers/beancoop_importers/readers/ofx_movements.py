"""The movements of an OFX statement (Open Financial Exchange, section 11.4), and the values they are made of."""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop_importers.model.identifiers import account_key, creditor_reference, given, party_account, printed_ogm
from beancoop_importers.model.sanitizing import clean, mask_cards
from beancoop_importers.model.statement import YEARS, Movement, Refused, Structured
from beancoop_importers.readers.ofx_markup import DAMAGED

if TYPE_CHECKING:
    from beancoop_importers.model.statement import Oddities
    from beancoop_importers.readers.ofx_markup import Element

_AMOUNT = re.compile(r"([+-]?)(?=[.,]?[0-9])([0-9]{0,18})(?:[.,]([0-9]{0,5}))?")
_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_DAY = re.compile(r"([0-9]{8})(?:[0-9]{4}(?:[0-9]{2})?)?(?:[.:\[\s+-].*)?", re.DOTALL)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_SIGNS = {"CREDIT": 1, "DEBIT": -1}


def sole(element: Element, name: str) -> Element | None:
    """Give the child of that name, None where there is none.

    Raises:
        Refused: there is a second one, so that nobody knows which is meant.

    """
    found = [one for one in element.children if one.name == name]
    if len(found) > 1:
        raise Refused(f"there is a second <{name}> here; {DAMAGED}", found[1].line)
    return found[0] if found else None


def amount_of(element: Element, name: str) -> Decimal | None:
    """Read an amount, its sign included, with a decimal point or comma; None where there is none."""
    there = sole(element, name)
    if there is None or not there.text:
        return None
    if _TWO_WAYS.fullmatch(there.text):
        raise Refused(
            f"{there.text!r} may be a number of thousands, or one with three decimals; nothing in the file tells "
            "which. Ask the bank for another format, such as CODA.",
            there.line,
        )
    match = _AMOUNT.fullmatch(there.text)
    if match is None:
        raise Refused(f"{there.text[:40]!r} is no amount; expected one such as -1234.56; {DAMAGED}", there.line)
    sign, whole, part = match.groups("")
    return Decimal(f"{sign}{whole or '0'}.{part or '0'}" if part else f"{sign}{whole}")


def date_of(element: Element, name: str) -> datetime.date | None:
    """Read a day as written, its hour and time zone left alone; None where there is none."""
    there = sole(element, name)
    if there is None or not there.text:
        return None
    match = _DAY.fullmatch(there.text)
    day = None
    with suppress(ValueError):
        day = datetime.date.fromisoformat(match[1]) if match else None
    if day is None or day.year not in YEARS:
        raise Refused(f"{there.text[:40]!r} is no date; expected one such as 20260131.", there.line)
    return day


def account_of(holder: Element) -> str:
    """Normalise an account: an IBAN, or the code of the bank, the number and its check digits; never a whole card's."""
    number = account_key(mask_cards(holder.value("ACCTID")))
    if _IBAN.fullmatch(number):
        return number
    return account_key(f"{holder.value('BANKID')}{number}{holder.value('ACCTKEY')}")


def movements_of(element: Element, currency: str, odd: Oddities) -> tuple[Movement, ...]:
    """Give the movements of a statement in *currency*, each name once."""
    found: dict[str, Movement] = {}
    for one in element.within("STMTTRN"):
        movement = _movement(one, f"{len(found) + 1:04}", currency, odd)
        there = found.setdefault(movement.identity, movement)
        if there is movement:
            continue
        if replace(movement, line=there.line, sequence=there.sequence) != there:
            raise Refused(
                f"the bank gives this movement the name {clean(movement.identity)} (FITID), and another one at line "
                f"{there.line} too; ask it which is right.",
                movement.line,
            )
        odd.add("twice", f"the movement of line {there.line} comes again; it is read once.", movement.line)
    return tuple(found.values())


def _movement(element: Element, sequence: str, currency: str, odd: Oddities) -> Movement:
    _refuse_corrections(element)
    _refuse_other_currency(element, currency)
    name, amount, day = sole(element, "FITID"), amount_of(element, "TRNAMT"), date_of(element, "DTPOSTED")
    if name is None or not name.text:
        raise _without("name (FITID), so it would be booked again with every file", element)
    if amount is None:
        raise _without("amount (TRNAMT)", element)
    if day is None:
        raise _without("day (DTPOSTED)", element)
    kind = element.value("TRNTYPE")
    if amount * _SIGNS.get(kind, 0) < 0:
        odd.add("sign", f"{amount} is called {kind}; its sign is taken as written.", element.line)
    text, party = element.value("MEMO"), element.value("NAME") or element.value("PAYEE", "NAME")
    other = element.child("BANKACCTTO") or element.child("CCACCTTO")
    return Movement(
        line=element.line,
        sequence=sequence,
        detail="0000",
        booked=day,
        value_date=date_of(element, "DTAVAIL"),
        amount=amount,
        code=kind,
        bank_reference=name.text,
        communication=text,
        structured=_structured(text) or _structured(party),
        information=_original(element),
        customer_reference=given(element.value("CHECKNUM")) or given(element.value("REFNUM")),
        counterparty=party or element.value("EXTDNAME"),
        counterparty_account=party_account(account_of(other)) if other else "",
        counterparty_bic="",
        return_reason="",
        identity=name.text,
    )


def _without(what: str, element: Element) -> Refused:
    return Refused(f"the movement has no {what}; {DAMAGED}", element.line)


def _refuse_corrections(element: Element) -> None:
    if corrected := clean(element.value("CORRECTFITID")):
        action = "takes away" if element.value("CORRECTACTION") == "DELETE" else "replaces"
        raise Refused(
            f"the movement {action} an earlier one, {corrected} (CORRECTFITID); correct that one in the ledger by "
            "hand, and import a file of days without this one.",
            element.line,
        )


def _refuse_other_currency(element: Element, currency: str) -> None:
    """Refuse an amount that is not in the account's currency; `ORIGCURRENCY` only tells what it was before."""
    said = element.value("CURRENCY", "CURSYM")
    if said not in {"", currency}:
        raise Refused(
            f"an amount is in {clean(said)}, the account in {currency}; the file cannot be booked.", element.line
        )


def _original(element: Element) -> tuple[Structured, ...]:
    """Give the currency a movement was in before, and its rate."""
    original = element.child("ORIGCURRENCY")
    if original is None:
        return ()
    return (Structured("ofx-original", f"{original.value('CURSYM')} {original.value('CURRATE')}".strip()),)


def _structured(text: str) -> Structured | None:
    """Find an OGM printed in a text, or an ISO 11649 reference that is all of it."""
    if value := printed_ogm(text):
        return Structured("ogm", value)
    if value := creditor_reference(text):
        return Structured("rf", value)
    return None
