"""Write CAMT.053 as a bank would, so that a test can say in words what the file holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN = "BE68539007547034"
CLOSING = {"camt.052": "BkToCstmrAcctRpt", "camt.053": "BkToCstmrStmt", "camt.054": "BkToCstmrDbtCdtNtfctn"}


def tag(name: str, content: str = "", **attributes: str) -> str:
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{said}>{content}</{name}>" if content else ""


def money(amount: str, currency: str) -> str:
    return tag("Amt", amount.lstrip("-"), Ccy=currency)


def direction(amount: str) -> str:
    return tag("CdtDbtInd", "DBIT" if amount.startswith("-") else "CRDT")


@dataclass(frozen=True)
class Detail:
    """One `TxDtls`; *extra* is XML as it stands."""

    amount: str = ""
    currency: str = "EUR"
    name: str = ""
    account: str = ""
    bic: str = ""
    text: str = ""
    reference: str = ""  # of the creditor
    issuer: str = ""
    end_to_end: str = ""
    extra: str = ""
    credit: bool = True
    new: bool = False  # as version 8 writes parties

    def xml(self) -> str:
        role = "Dbtr" if self.credit else "Cdtr"
        name = tag("Nm", escape(self.name))
        parties = tag(role, tag("Pty", name) if self.new else name)
        parties += tag(f"{role}Acct", tag("Id", tag("IBAN", self.account)))
        kind = tag("Tp", tag("CdOrPrtry", tag("Cd", "SCOR")) + tag("Issr", self.issuer))
        strd = tag("Strd", tag("CdtrRefInf", kind + tag("Ref", self.reference))) if self.reference else ""
        return tag(
            "TxDtls",
            tag("Refs", tag("EndToEndId", self.end_to_end))
            + (money(self.amount, self.currency) + direction(self.amount) if self.amount else "")
            + tag("RltdPties", parties)
            + tag("RltdAgts", tag(f"{role}Agt", tag("FinInstnId", tag("BICFI" if self.new else "BIC", self.bic))))
            + tag("RmtInf", tag("Ustrd", escape(self.text)) + strd)
            + self.extra
            + "<!-- nothing -->",
        )


@dataclass(frozen=True)
class Entry:
    """One `Ntry`."""

    amount: str
    booked: str = "2026-01-15"
    value: str = "2026-01-15"
    reference: str = ""
    status: str = "<Sts>BOOK</Sts>"
    reversal: str = ""
    details: tuple[Detail, ...] = ()
    batch: str = ""
    text: str = ""
    currency: str = "EUR"

    def xml(self) -> str:
        return "\n" + tag(
            "Ntry",
            money(self.amount, self.currency)
            + direction(self.amount)
            + tag("RvslInd", self.reversal)
            + self.status
            + tag("BookgDt", tag("DtTm" if "T" in self.booked else "Dt", self.booked))
            + tag("ValDt", tag("Dt", self.value))
            + tag("AcctSvcrRef", self.reference)
            + tag("BkTxCd", tag("Domn", "<Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>"))
            + tag("NtryDtls", tag("Btch", tag("NbOfTxs", self.batch)) + "".join(one.xml() for one in self.details))
            + tag("AddtlNtryInf", escape(self.text)),
        )


@dataclass(frozen=True)
class Paper:
    """One `Stmt`."""

    entries: tuple[Entry, ...] = ()
    old: str = "0.00"
    new: str = ""  # what the entries make of it
    name: str = "ST-1"
    account: str = IBAN
    currency: str = "EUR"
    opening: str = "OPBD"
    closing: str = "CLBD"
    old_date: str = "2026-01-14"
    new_date: str = "2026-01-15"
    signed: bool = True
    extra: str = ""

    def balance(self, kind: str, amount: str, day: str) -> str:
        code = tag("Tp", tag("CdOrPrtry", tag("Cd", kind)))
        sign = direction(amount) if self.signed else ""
        return tag("Bal", code + money(amount, self.currency) + sign + tag("Dt", tag("Dt", day))) if kind else ""

    def reached(self) -> str:
        return str(Decimal(self.old) + sum(Decimal(one.amount) for one in self.entries if "BOOK" in one.status))

    def xml(self) -> str:
        new = self.new or self.reached()
        return "\n" + tag(
            "Stmt",
            tag("Id", self.name)
            + tag("Acct", tag("Id", tag("IBAN", self.account)) + tag("Ccy", self.currency))
            + self.balance(self.opening, self.old, self.old_date)
            + self.balance(self.closing, new, self.new_date)
            + self.extra
            + "".join(one.xml() for one in self.entries),
        )

    def but(self, **changes) -> Paper:
        return replace(self, **changes)


def camt(
    *papers: Paper, kind: str = "camt.053", version: str = "02", encoding: str = "utf-8", prefix: str = ""
) -> bytes:
    body = f"<GrpHdr><MsgId>M</MsgId></GrpHdr>{''.join(one.xml() for one in papers)}"
    name = f"urn:iso:std:iso:20022:tech:xsd:{kind}.001.{version}"
    document = f'<Document xmlns="{name}">\n<{CLOSING[kind]}>{body}</{CLOSING[kind]}></Document>'
    if prefix:
        document = document.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:")
        document = document.replace(f"<{prefix}:/{prefix}:", f"</{prefix}:").replace(f"<{prefix}:!--", "<!--")
        document = document.replace("xmlns=", f"xmlns:{prefix}=")
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{document}'.encode(encoding)
