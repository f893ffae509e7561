"""Write MT940 as a bank would, so that a test can say in words what the file holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

IBAN = "BE68539007547034"


def figures(amount: str) -> str:
    """Write an amount without its sign, a comma for the point."""
    whole, point, part = amount.lstrip("-").partition(".")
    return f"{whole},{part}" if point else f"{whole},"


def folded(text: str, width: int = 65) -> str:
    """Cut a text into lines, wherever that falls."""
    return "\r\n".join(text[at : at + width] for at in range(0, len(text), width))


@dataclass(frozen=True)
class Line:
    """One field 61, and the fields 86 that explain it."""

    amount: str
    entry: str = "0115"
    value: str = "260115"
    mark: str = ""  # C or D as the amount says
    funds: str = ""
    kind: str = "NTRF"
    reference: str = "NONREF"
    bank: str = ""
    supplement: str = ""
    texts: tuple[str, ...] = ()
    tag: str = "86"

    def fields(self) -> list[str]:
        mark = self.mark or ("D" if self.amount.startswith("-") else "C")
        bank = f"//{self.bank}" if self.bank else ""
        line = f":61:{self.value}{self.entry}{mark}{self.funds}{figures(self.amount)}{self.kind}{self.reference}{bank}"
        supplement = [self.supplement] if self.supplement else []
        return [line, *supplement, *(f":{self.tag}:{text}" for text in self.texts)]


@dataclass(frozen=True)
class Paper:
    """One message."""

    lines: tuple[Line, ...] = ()
    old: str = "0.00"
    new: str = ""  # what the lines make of it
    number: str = "12/1"
    account: str = IBAN
    currency: str = "EUR"
    old_date: str = "260114"
    new_date: str = "260115"
    opening: str = "60F"
    closing: str = "62F"
    head: str = ""
    tail: str = "-"

    def reached(self) -> str:
        return str(Decimal(self.old) + sum(Decimal(one.amount) for one in self.lines))

    def balance(self, tag: str, day: str, amount: str) -> str:
        return f":{tag}:{'D' if amount.startswith('-') else 'C'}{day}{self.currency}{figures(amount)}"

    def fields(self) -> list[str]:
        return [
            *([self.head] if self.head else []),
            ":20:STARTUMS",
            f":25:{self.account}",
            f":28C:{self.number}",
            self.balance(self.opening, self.old_date, self.old),
            *(field for line in self.lines for field in line.fields()),
            self.balance(self.closing, self.new_date, self.new or self.reached()),
            *([self.tail] if self.tail else []),
        ]

    def but(self, **changes) -> Paper:
        return replace(self, **changes)


def text_of(*papers: Paper) -> str:
    return "".join(f"{field}\r\n" for paper in papers for field in paper.fields())


def mt940(*papers: Paper) -> bytes:
    return text_of(*papers).encode("cp1252")
