"""The movements of an OFX statement (Open Financial Exchange, section 11.4), and the values they are made of."""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.words.messages import error, phrase

from beancoop_importers.model.faults import NO_AMOUNT, NO_DATE, OTHER_CURRENCY, TWO_WAYS
from beancoop_importers.model.identifiers import account_key, creditor_reference, given, party_account, printed_ogm
from beancoop_importers.model.sanitizing import clean, mask_cards
from beancoop_importers.model.statement import YEARS, Movement, Refused, Structured

if TYPE_CHECKING:
    from beancoop_importers.model.statement import Oddities
    from beancoop_importers.readers.ofx_markup import Element

AGAIN = error(
    "BC777",
    "there is a second {tag} here; the file is damaged or incomplete; download it again from the bank.",
)
ONE_NAME = error(
    "BC778",
    "the bank gives this movement the name {name} (FITID), and another one at line {line} too; ask it which is right.",
)
COMES_AGAIN = error("BC779", "the movement of line {line} comes again; it is read once.")
OTHER_SIGN = error("BC780", "{amount} is called {kind}; its sign is taken as written.")
LACKS = error(
    "BC781", "the movement has no {tag} ({name}); the file is damaged or incomplete; download it again from the bank."
)
REPLACES = error(
    "BC782",
    "the movement replaces an earlier one, {name} (CORRECTFITID); correct that one in the ledger by hand, and import "
    "a file of days without this one.",
)
TAKES_AWAY = error(
    "BC741",
    "the movement takes away an earlier one, {name} (CORRECTFITID); correct that one in the ledger by hand, and import "
    "a file of days without this one.",
)
_NAMES = {
    "FITID": phrase("the bank's own name for it"),
    "TRNAMT": phrase("its amount"),
    "DTPOSTED": phrase("its day"),
}


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
        raise Refused(AGAIN(tag=f"<{name}>"), found[1].line)
    return found[0] if found else None


def amount_of(element: Element, name: str) -> Decimal | None:
    """Read an amount, its sign included, with a decimal point or comma; None where there is none."""
    there = sole(element, name)
    if there is None or not there.text:
        return None
    if _TWO_WAYS.fullmatch(there.text):
        raise Refused(
            TWO_WAYS(written=repr(there.text)),
            there.line,
        )
    match = _AMOUNT.fullmatch(there.text)
    if match is None:
        raise Refused(NO_AMOUNT(written=repr(there.text[:40]), example="-1234.56"), there.line)
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
        raise Refused(NO_DATE(written=repr(there.text[:40]), example="20260131"), there.line)
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
                ONE_NAME(name=clean(movement.identity), line=there.line),
                movement.line,
            )
        odd.add("twice", COMES_AGAIN(line=there.line), movement.line)
    return tuple(found.values())


def _movement(element: Element, sequence: str, currency: str, odd: Oddities) -> Movement:
    _refuse_corrections(element)
    _refuse_other_currency(element, currency)
    name, amount, day = sole(element, "FITID"), amount_of(element, "TRNAMT"), date_of(element, "DTPOSTED")
    if name is None or not name.text:
        raise _without("FITID", element)
    if amount is None:
        raise _without("TRNAMT", element)
    if day is None:
        raise _without("DTPOSTED", element)
    kind = element.value("TRNTYPE")
    if amount * _SIGNS.get(kind, 0) < 0:
        odd.add("sign", OTHER_SIGN(amount=amount, kind=kind), element.line)
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


def _without(tag: str, element: Element) -> Refused:
    return Refused(LACKS(tag=tag, name=_NAMES[tag]), element.line)


def _refuse_corrections(element: Element) -> None:
    if corrected := clean(element.value("CORRECTFITID")):
        template = TAKES_AWAY if element.value("CORRECTACTION") == "DELETE" else REPLACES
        raise Refused(template(name=corrected), element.line)


def _refuse_other_currency(element: Element, currency: str) -> None:
    """Refuse an amount that is not in the account's currency; `ORIGCURRENCY` only tells what it was before."""
    said = element.value("CURRENCY", "CURSYM")
    if said not in {"", currency}:
        raise Refused(OTHER_CURRENCY(currency=clean(said), own=currency), element.line)


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
