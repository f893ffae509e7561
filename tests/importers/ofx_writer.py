"""Write OFX as a bank would, as SGML (1) or as XML (2), so that a test can say in words what the file holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

IBAN = "BE68539007547034"
SGML_HEAD = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n"
    "OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)
XML_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)


def value(name: str, text: str) -> str:
    """Write a value, open as in SGML; `xml` closes it."""
    return f"<{name}>{escape(text)}\n" if text else ""


def aggregate(name: str, content: str) -> str:
    return f"<{name}>\n{content}</{name}>\n"


@dataclass(frozen=True)
class Line:
    """One `STMTTRN`; *extra* is written as it stands."""

    amount: str
    name: str = ""
    fitid: str = "F1"
    memo: str = ""
    posted: str = "20260115"
    kind: str = "OTHER"
    extra: str = ""

    def text(self) -> str:
        return aggregate(
            "STMTTRN",
            value("TRNTYPE", self.kind)
            + value("DTPOSTED", self.posted)
            + value("TRNAMT", self.amount)
            + value("FITID", self.fitid)
            + value("NAME", self.name)
            + value("MEMO", self.memo)
            + self.extra,
        )


@dataclass(frozen=True)
class Paper:
    """One statement."""

    lines: tuple[Line, ...] = ()
    new: str = "100.00"
    account: str = IBAN
    bank: str = "GKCCBEBB"
    key: str = ""
    currency: str = "EUR"
    as_of: str = "20260115"
    card: bool = False
    extra: str = ""

    def text(self) -> str:
        part, holder = ("CC", "CCACCTFROM") if self.card else ("", "BANKACCTFROM")
        bank = "" if self.card else value("BANKID", self.bank)
        account = aggregate(holder, bank + value("ACCTID", self.account) + value("ACCTKEY", self.key))
        moved = aggregate("BANKTRANLIST", value("DTSTART", "20260101") + "".join(one.text() for one in self.lines))
        balance = aggregate("LEDGERBAL", value("BALAMT", self.new) + value("DTASOF", self.as_of))
        statement = aggregate(f"{part}STMTRS", value("CURDEF", self.currency) + account + moved + balance + self.extra)
        status = aggregate("STATUS", value("CODE", "0") + value("SEVERITY", "INFO"))
        return aggregate(f"{part}STMTTRNRS", value("TRNUID", "1") + status + statement)

    def but(self, **changes) -> Paper:
        return replace(self, **changes)


def body(*papers: Paper) -> str:
    status = aggregate("STATUS", value("CODE", "0") + value("SEVERITY", "INFO"))
    sign_on = aggregate("SIGNONMSGSRSV1", aggregate("SONRS", status + value("DTSERVER", "20260115120000[+1:CET]")))
    bank = "".join(one.text() for one in papers if not one.card)
    cards = "".join(one.text() for one in papers if one.card)
    messages = aggregate("BANKMSGSRSV1", bank) if bank else ""
    return aggregate("OFX", sign_on + messages + (aggregate("CREDITCARDMSGSRSV1", cards) if cards else ""))


def closed(text: str) -> str:
    """Close every value, as XML wants."""
    rows = []
    for row in text.splitlines():
        name, _, said = row.removeprefix("<").partition(">")
        rows.append(f"{row}</{name}>" if said and not row.startswith("</") else row)
    return "\n".join(rows) + "\n"


def sgml(*papers: Paper, encoding: str = "cp1252", head: str = SGML_HEAD) -> bytes:
    return (head + body(*papers)).encode(encoding)


def xml(*papers: Paper, encoding: str = "utf-8") -> bytes:
    return (XML_HEAD.replace("UTF-8", encoding.upper()) + closed(body(*papers))).encode(encoding)
