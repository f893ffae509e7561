"""The entries of a CAMT.053 statement (ISO 20022, Bank-to-Customer Statement), and the fields they are made of.

Amounts count from `Ntry/Amt` alone. Those of the details say what an entry is made of, in whatever currency it was
ordered, with charges in or out; they are told where together they make the entry, and never counted.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.identifiers import bic_code, creditor_reference, given, ogm, party_account, printed_ogm
from beancoop_importers.readers.xml import child, children, line_of, text
from beancoop_importers.statement import YEARS, Movement, Refused, Structured

if TYPE_CHECKING:
    from lxml import etree  # type: ignore[import-untyped]

    from beancoop_importers.statement import Oddities

_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,5})?")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T+Z-].*)?", re.DOTALL)
_SIGNS = {"CRDT": 1, "DBIT": -1}
_TRUE = frozenset({"true", "1"})
_ISSUER = "BBA"  # the Belgian bankers' association, whose structured communication it is
_OGM_SIGNS = str.maketrans("", "", " +*/")


def amount_of(holder: etree._Element, currency: str) -> Decimal:
    """Give the positive amount in the `Amt` of *holder*, which must be in *currency*."""
    element = child(holder, "Amt")
    if element is None:
        raise Refused("there is no amount (Amt) here; the file is damaged.", line_of(holder))
    said, written = element.get("Ccy", ""), (element.text or "").strip()
    if said != currency:
        raise Refused(
            f"an amount is in {said or 'no currency'}, the account in {currency}; the file cannot be booked.",
            line_of(element),
        )
    if not _AMOUNT.fullmatch(written):
        raise Refused(
            f"{written[:40]!r} is no amount; expected figures and a point, such as 1234.56; the file is damaged.",
            line_of(element),
        )
    return Decimal(written)


def sign_of(holder: etree._Element) -> int | None:
    """Give 1 for a credit, -1 for a debit, None where the bank does not say."""
    said = text(holder, "CdtDbtInd")
    if said and said not in _SIGNS:
        raise Refused(f"{said[:40]!r} is neither CRDT nor DBIT; the file is damaged.", line_of(holder))
    return _SIGNS.get(said)


def date_of(holder: etree._Element | None) -> datetime.date | None:
    """Read a `Dt` or `DtTm` as written, its time zone left alone; None where there is none."""
    written = text(holder, "Dt") or text(holder, "DtTm")
    if holder is None or not written:
        return None
    match = _DATE.fullmatch(written)
    try:
        day = datetime.date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Refused(f"{written[:40]!r} is no date; expected one such as 2026-01-31.", line_of(holder))
    return day


class Entry(NamedTuple):
    """A booked `Ntry`, its sign as the bank indicates it.

    Attributes:
        element: the entry itself.
        amount: positive for a credit.
        reversal: the bank says that it undoes another one; some banks then indicate the direction of that one.

    """

    element: etree._Element
    amount: Decimal
    reversal: bool


def entry_of(element: etree._Element, currency: str) -> Entry:
    """Read the amount and direction of a booked entry."""
    sign = sign_of(element)
    if sign is None:
        raise Refused("the entry does not say whether it is a credit or a debit (CdtDbtInd).", line_of(element))
    return Entry(element, sign * amount_of(element, currency), text(element, "RvslInd") in _TRUE)


def status_of(element: etree._Element) -> str:
    """Give an entry's status, in the way of version 2 or of version 8; banks that give none mean booked."""
    return text(element, "Sts", "Cd") or text(element, "Sts", "Prtry") or text(element, "Sts") or "BOOK"


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
        found = [one for group in children(entry.element, "NtryDtls") for one in children(group, "TxDtls")]
        sole = found[0] if len(found) == 1 else None
        movement = self._movement(entry, sole, f"{position:04}", "0000", self._booked(entry))
        if sole is not None:
            return movement
        return replace(movement, details=self._details(entry, found, movement))

    def _booked(self, entry: Entry) -> datetime.date:
        booked = date_of(child(entry.element, "BookgDt"))
        if booked is None:
            text_said = f"the entry has no booking date; it is booked with the new balance, on {self.closing}."
            self.odd.add("undated", text_said, line_of(entry.element))
        return booked or self.closing

    def _details(self, entry: Entry, found: list[etree._Element], total: Movement) -> tuple[Movement, ...]:
        """Give what an entry is made of, nothing where the parts do not make it."""
        parts = [self._part(entry, detail) for detail in found]
        known = [part for part in parts if part]
        if len(known) < len(parts) or sum(part.amount for part in known) != entry.amount:
            text_said = "the details do not sum to their entry; they are left out."
            if found:
                self.odd.add("details", text_said, line_of(entry.element))
            return ()
        return tuple(
            [
                self._movement(part, part.element, total.sequence, f"{number:04}", total.booked)
                for number, part in enumerate(known, 1)
            ]
        )

    def _part(self, entry: Entry, detail: etree._Element) -> Entry | None:
        """Read the amount of a detail in the account's currency, its direction that of the entry if not its own."""
        transaction = child(detail, "AmtDtls", "TxAmt")
        for holder in (detail, transaction):
            amount = child(holder, "Amt")
            if holder is not None and amount is not None and amount.get("Ccy") == self.currency:
                own, whole = sign_of(detail), sign_of(entry.element)
                sign = 1 if entry.amount >= 0 else -1
                flipped = own is not None and own != whole
                return Entry(detail, (-sign if flipped else sign) * amount_of(holder, self.currency), entry.reversal)
        return None

    def _movement(
        self, entry: Entry, detail: etree._Element | None, sequence: str, number: str, booked: datetime.date
    ) -> Movement:
        """Put together what an entry and its one detail say, or a detail alone."""
        element = entry.element
        party = _party(entry, detail, self.account)
        communication, structured = _remittance(child(detail, "RmtInf"))
        service_reference = given(text(element, "AcctSvcrRef")) or given(text(detail, "Refs", "AcctSvcrRef"))
        return Movement(
            line=line_of(element),
            sequence=sequence,
            detail=number,
            booked=booked,
            value_date=date_of(child(element, "ValDt")),
            amount=entry.amount,
            code=_code(child(element, "BkTxCd")),
            bank_reference=service_reference,
            communication=communication or text(element, "AddtlNtryInf") or text(detail, "AddtlTxInf"),
            structured=structured,
            information=_ordered(detail, self.currency),
            customer_reference=given(text(detail, "Refs", "EndToEndId")),
            counterparty=party.name,
            counterparty_account=party.account,
            counterparty_bic=party.bic,
            return_reason=text(detail, "RtrInf", "Rsn", "Cd"),
            identity=given(text(element, "AcctSvcrRef")),
        )


class _Party(NamedTuple):
    name: str
    account: str
    bic: str


def _party(entry: Entry, detail: etree._Element | None, ours: str) -> _Party:
    """Give the other party: who paid a credit, who received a debit, and the one whose account is not ours."""
    debtor, creditor = _side(detail, "Dbtr"), _side(detail, "Cdtr")
    if ours in {debtor.account, creditor.account}:
        return creditor if debtor.account == ours else debtor
    return debtor if (entry.amount > 0) is not entry.reversal else creditor


def _side(detail: etree._Element | None, role: str) -> _Party:
    parties, agents = child(detail, "RltdPties"), child(detail, "RltdAgts", f"{role}Agt", "FinInstnId")
    roles = (role, f"Ultmt{role}")
    names = (text(parties, one, *way, "Nm") for one in roles for way in ((), ("Pty",)))
    holder = child(parties, f"{role}Acct", "Id")
    account = party_account(text(holder, "IBAN") or text(holder, "Othr", "Id"))
    bic = text(agents, "BICFI") or text(agents, "BIC")
    return _Party(
        next(filter(None, names), ""),
        account,
        bic_code(bic),
    )


def _remittance(element: etree._Element | None) -> tuple[str, Structured | None]:
    """Give the free and the structured communication; an OGM typed in free text counts where its check is right."""
    free = " ".join(filter(None, (text(one) for one in children(element, "Ustrd"))))
    for strd in children(element, "Strd"):
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


def _ordered(detail: etree._Element | None, currency: str) -> tuple[Structured, ...]:
    """Give the amount in the currency it was ordered in, where that is not the account's."""
    amount = child(detail, "AmtDtls", "InstdAmt", "Amt")
    if amount is None or amount.get("Ccy", currency) == currency:
        return ()
    return (Structured("camt-instructed", f"{(amount.text or '').strip()} {amount.get('Ccy')}"),)


def _code(element: etree._Element | None) -> str:
    """Give the bank's transaction code, `PMNT-RCDT-ESCT`, or its proprietary one."""
    domain, family = child(element, "Domn"), child(element, "Domn", "Fmly")
    codes = filter(None, (text(domain, "Cd"), text(family, "Cd"), text(family, "SubFmlyCd")))
    return "-".join(codes) or text(element, "Prtry", "Cd")
