"""The entries of a CAMT.053 statement (ISO 20022, Bank-to-Customer Statement), and the fields they are made of.

Amounts count from `Ntry/Amt` alone. Those of the details say what an entry is made of, in whatever currency it was
ordered, with charges in or out; they are told where together they make the entry, and never counted.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error

from beancoop_importers.model.faults import NO_AMOUNT, NO_DATE, OTHER_CURRENCY
from beancoop_importers.model.identifiers import bic_code, creditor_reference, given, ogm, party_account, printed_ogm
from beancoop_importers.model.statement import EXCHANGE_RATE, ORIGINAL_AMOUNT, YEARS, Movement, Refused, Structured
from beancoop_importers.readers.xml import child, children, line_of, parts, said, text

if TYPE_CHECKING:
    from lxml import etree  # type: ignore[import-untyped]

    from beancoop_importers.model.statement import Oddities

AMOUNT_MISSING = error(
    "BC751",
    "there is no amount (Amt) here, or it names no currency; the file is damaged or incomplete; download it "
    "again from the bank.",
)
NEITHER_SIDE = error(
    "BC752",
    "CdtDbtInd is {written}, neither CRDT nor DBIT; the file is damaged or incomplete; download it again from the "
    "bank.",
)
UNDATED = error("BC754", "the entry has no booking date; it is booked with the new balance, on {day}.")
DETAILS_LEFT_OUT = error("BC755", "the details do not sum to their entry; they are left out.")


_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,5})?")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T+Z-].*)?", re.DOTALL)
_SIGNS = {"CRDT": 1, "DBIT": -1}
_TRUE = frozenset({"true", "1"})
_ISSUER = "BBA"  # the Belgian bankers' association, whose structured communication it is
_OGM_SIGNS = str.maketrans("", "", " +*/")


def amount_of(holder: etree._Element, amount: etree._Element | None, currency: str) -> Decimal:
    """Give the positive *amount* of *holder*, its `Amt`, which must be in *currency*."""
    if amount is None:
        raise Refused(AMOUNT_MISSING(), line_of(holder))
    there, written = amount.get("Ccy", ""), (amount.text or "").strip()
    if there != currency:
        raise Refused(
            OTHER_CURRENCY(currency=there[:10], own=currency) if there else AMOUNT_MISSING(),
            line_of(amount),
        )
    if not _AMOUNT.fullmatch(written):
        raise Refused(
            NO_AMOUNT(written=repr(written[:40]), example="1234.56"),
            line_of(amount),
        )
    return Decimal(written)


def sign_of(holder: etree._Element, indicator: str) -> int | None:
    """Give 1 for a credit, -1 for a debit, None where the *indicator* of *holder*, its `CdtDbtInd`, is empty."""
    if indicator and indicator not in _SIGNS:
        raise Refused(NEITHER_SIDE(written=repr(indicator[:40])), line_of(holder))
    return _SIGNS.get(indicator)


def date_of(holder: etree._Element | None) -> datetime.date | None:
    """Read a `Dt` or `DtTm` as written, its time zone left alone; None where there is none."""
    there = parts(holder)
    written = said(there, "Dt") or said(there, "DtTm")
    if holder is None or not written:
        return None
    day = _day(written)
    if day is None:
        raise Refused(NO_DATE(written=repr(written[:40]), example="2026-01-31"), line_of(holder))
    return day


@lru_cache(maxsize=4096)
def _day(written: str) -> datetime.date | None:
    match = _DATE.fullmatch(written)
    try:
        day = datetime.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


class Entry(NamedTuple):
    """A booked `Ntry`, its sign as the bank indicates it.

    Attributes:
        element: the entry itself.
        parts: what it is made of.
        amount: positive for a credit.
        reversal: the bank says that it undoes another one; some banks then indicate the direction of that one.

    """

    element: etree._Element
    parts: dict[str, etree._Element]
    amount: Decimal
    reversal: bool


def entry_of(element: etree._Element, there: dict[str, etree._Element], currency: str) -> Entry:
    """Read the amount and direction of a booked entry, *there* being its parts."""
    sign = sign_of(element, said(there, "CdtDbtInd"))
    if sign is None:
        raise Refused(NEITHER_SIDE(written=repr("")), line_of(element))
    amount = sign * amount_of(element, there.get("Amt"), currency)
    return Entry(element, there, amount, said(there, "RvslInd") in _TRUE)


def status_of(there: dict[str, etree._Element]) -> str:
    """Give an entry's status, in the way of version 2 or of version 8; banks that give none mean booked."""
    status = there.get("Sts")
    return said(there, "Sts") or text(status, "Cd") or text(status, "Prtry") or "BOOK"


class Sayer(NamedTuple):
    """Says the entries of one statement.

    Attributes:
        account: the statement's account, normalised.
        currency: its currency.
        closing: the day of its new balance; an entry without a date is booked then.
        odd: where what is odd goes.

    """

    account: str
    currency: str
    closing: datetime.date
    odd: Oddities

    def movement(self, entry: Entry, position: int) -> Movement:
        """Say an entry, the statement's *position*-th booked one."""
        groups = children(entry.element, "NtryDtls") if "NtryDtls" in entry.parts else ()
        found = [one for group in groups for one in children(group, "TxDtls")]
        sole = found[0] if len(found) == 1 else None
        movement = self._movement(entry, sole, f"{position:04}", "0000", self._booked(entry))
        if sole is not None:
            return movement
        return replace(movement, details=self._details(entry, found, movement))

    def _booked(self, entry: Entry) -> datetime.date:
        booked = date_of(entry.parts.get("BookgDt"))
        if booked is None:
            text_said = UNDATED(day=self.closing)
            self.odd.add("undated", text_said, line_of(entry.element))
        return booked or self.closing

    def _details(self, entry: Entry, found: list[etree._Element], total: Movement) -> tuple[Movement, ...]:
        """Give what an entry is made of, nothing where the parts do not make it."""
        amounts = [self._amount(entry, detail) for detail in found]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts) or sum(known) != entry.amount:
            text_said = DETAILS_LEFT_OUT()
            if found:
                self.odd.add("details", text_said, line_of(entry.element))
            return ()
        return tuple(
            [
                self._movement(
                    entry._replace(element=detail, parts=parts(detail), amount=amount),
                    detail,
                    total.sequence,
                    f"{number:04}",
                    total.booked,
                )
                for number, (detail, amount) in enumerate(zip(found, known, strict=True), 1)
            ]
        )

    def _amount(self, entry: Entry, detail: etree._Element) -> Decimal | None:
        """Read the amount of a detail in the account's currency, its direction that of the entry if not its own."""
        for holder in (detail, child(detail, "AmtDtls", "TxAmt")):
            amount = child(holder, "Amt")
            if holder is not None and amount is not None and amount.get("Ccy") == self.currency:
                own = sign_of(detail, text(detail, "CdtDbtInd"))
                whole = sign_of(entry.element, said(entry.parts, "CdtDbtInd"))
                sign = 1 if entry.amount >= 0 else -1
                flipped = own is not None and own != whole
                return (-sign if flipped else sign) * amount_of(holder, amount, self.currency)
        return None

    def _movement(
        self, entry: Entry, detail: etree._Element | None, sequence: str, number: str, booked: datetime.date
    ) -> Movement:
        """Put together what an entry and its one detail say, or a detail alone."""
        there, within = entry.parts, parts(detail)
        references = parts(within.get("Refs"))
        party = _party(entry, within, self.account)
        communication, structured = _remittance(within.get("RmtInf"))
        own_reference = given(said(there, "AcctSvcrRef"))
        return Movement(
            line=line_of(entry.element),
            sequence=sequence,
            detail=number,
            booked=booked,
            value_date=date_of(there.get("ValDt")),
            amount=entry.amount,
            code=_code(there.get("BkTxCd")),
            bank_reference=own_reference or given(said(references, "AcctSvcrRef")),
            communication=communication or said(there, "AddtlNtryInf") or said(within, "AddtlTxInf"),
            structured=structured,
            information=_ordered(within.get("AmtDtls"), self.currency),
            customer_reference=given(said(references, "EndToEndId")),
            counterparty=party.name,
            counterparty_account=party.account,
            counterparty_bic=party.bic,
            return_reason=text(within.get("RtrInf"), "Rsn", "Cd") if "RtrInf" in within else "",
            identity=own_reference,
        )


class _Party(NamedTuple):
    name: str
    account: str
    bic: str


def _party(entry: Entry, within: dict[str, etree._Element], ours: str) -> _Party:
    """Give the other party: who paid a credit, who received a debit, and the one whose account is not ours."""
    people, agents = parts(within.get("RltdPties")), parts(within.get("RltdAgts"))
    accounts = {role: _account(people.get(f"{role}Acct")) for role in ("Dbtr", "Cdtr")}
    if ours in accounts.values():
        role = "Cdtr" if accounts["Dbtr"] == ours else "Dbtr"
    else:
        role = "Dbtr" if (entry.amount > 0) is not entry.reversal else "Cdtr"
    bank = parts(parts(agents.get(f"{role}Agt")).get("FinInstnId"))
    name = _name(people.get(role)) or _name(people.get(f"Ultmt{role}"))
    return _Party(name, accounts[role], bic_code(said(bank, "BICFI") or said(bank, "BIC")))


def _account(element: etree._Element | None) -> str:
    holder = parts(parts(element).get("Id"))
    return party_account(said(holder, "IBAN") or said(parts(holder.get("Othr")), "Id"))


def _name(element: etree._Element | None) -> str:
    there = parts(element)
    return said(there, "Nm") or said(parts(there.get("Pty")), "Nm")


def _remittance(element: etree._Element | None) -> tuple[str, Structured | None]:
    """Give the free and the structured communication; an OGM typed in free text counts where its check is right."""
    there = parts(element)
    free = " ".join(filter(None, map(text, children(element, "Ustrd")))) if "Ustrd" in there else ""
    for strd in children(element, "Strd") if "Strd" in there else ():
        if structured := _creditor_reference(child(strd, "CdtrRefInf")):
            return free or text(strd, "AddtlRmtInf"), structured
    value = printed_ogm(free)
    return free, Structured("ogm", value) if value else None


def _creditor_reference(element: etree._Element | None) -> Structured | None:
    """Read a structured reference: Belgian where the bank says so, ISO 11649, or as it stands."""
    if not (reference := text(element, "Ref")):
        return None
    kind, issuer = text(element, "Tp", "CdOrPrtry", "Cd"), text(element, "Tp", "Issr")
    if issuer == _ISSUER and (value := ogm(reference.translate(_OGM_SIGNS))):
        return Structured("ogm", value)
    if value := creditor_reference(reference):
        return Structured("rf", value)
    return Structured("camt-scor" if kind == "SCOR" else "camt-reference", reference)


def _ordered(amounts: etree._Element | None, currency: str) -> tuple[Structured, ...]:
    """Give the amount in the currency it was ordered in, where that is not the account's, and the rate."""
    there = parts(amounts)
    amount = parts(there.get("InstdAmt")).get("Amt")
    if amount is None or amount.get("Ccy", currency) == currency:
        return ()
    rates = (text(there.get(name), "CcyXchg", "XchgRate") for name in ("TxAmt", "InstdAmt", "CntrValAmt"))
    rate = next(filter(None, rates), "")
    said = (
        Structured(ORIGINAL_AMOUNT, f"{(amount.text or '').strip()} {amount.get('Ccy')}"),
        Structured(EXCHANGE_RATE, rate),
    )
    return tuple([one for one in said if one.value])


def _code(element: etree._Element | None) -> str:
    """Give the bank's transaction code, `PMNT-RCDT-ESCT`, or its proprietary one."""
    there = parts(element)
    domain = parts(there.get("Domn"))
    family = parts(domain.get("Fmly"))
    codes = filter(None, (said(domain, "Cd"), said(family, "Cd"), said(family, "SubFmlyCd")))
    return "-".join(codes) or text(there.get("Prtry"), "Cd")
