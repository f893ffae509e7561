"""Write CODA 2 as a bank would, so that a test can say in words what the file holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

IBAN = "BE68539007547034"
FREE, STRUCTURED = "0", "1"


def cut(text: str, start: int, *fields: tuple[str, int]) -> str:
    """Lay fields of fixed width one after another from position *start*, blanks before."""
    for value, width in fields:
        assert len(value) <= width, (value, width)
        text = text.ljust(start) + value.ljust(width)
        start = len(text)
    return text


def money(thousandths: int) -> str:
    return f"{abs(thousandths):015}"


def sign(thousandths: int) -> str:
    return "1" if thousandths < 0 else "0"


@dataclass(frozen=True)
class Line:
    """One movement or detail."""

    amount: int  # thousandths
    sequence: int = 1
    detail: int = 0
    booked: str = "150126"
    value: str = "150126"
    kind: str = "0"
    reference: str = "REF"
    communication: str = ""
    structured: str = FREE
    customer: str = ""
    bic: str = ""
    returned: str = ""
    account: str = ""
    name: str = ""
    information: tuple[tuple[str, str], ...] = ()  # (FREE or STRUCTURED, text)

    def records(self) -> list[str]:
        place = f"{self.sequence % 10_000:04}{self.detail:04}"
        first, second, third = self.communication[:53], self.communication[53:106], self.communication[106:]
        records = [
            cut(
                f"21{place}",
                10,
                (self.reference, 21),
                (sign(self.amount), 1),
                (money(self.amount), 15),
                (self.value, 6),
                (f"{self.kind}0150000", 8),
                (self.structured, 1),
                (first, 53),
                (self.booked, 6),
                ("001", 3),
                ("0", 1),
            )
        ]
        has_third = bool(third or self.account or self.name)
        if second or self.customer or self.bic or self.returned or has_third:
            records.append(
                cut(f"22{place}", 10, (second, 53), (self.customer, 35), (self.bic, 11), ("", 3), (self.returned, 5))
            )
        if has_third:
            records.append(cut(f"23{place}", 10, (self.account, 34), ("EUR", 3), (self.name, 35), (third, 43)))
        groups = [records]
        for number, (form, text) in enumerate(self.information, self.detail + 1):
            spot = f"{self.sequence % 10_000:04}{number:04}"
            parts = [cut(f"31{spot}", 10, (self.reference, 21), ("00150000", 8), (form, 1), (text[:73], 73))]
            if text[73:]:
                parts.append(cut(f"32{spot}", 10, (text[73:178], 105)))
            if text[178:]:
                parts.append(cut(f"33{spot}", 10, (text[178:], 90)))
            groups.append(parts)
        written = []
        for number, group in enumerate(groups, 1):
            for position, record in enumerate(group, 1):
                following = position < len(group)
                linked = not following and number < len(groups)
                written.append(f"{record.ljust(125)}{int(following)} {int(linked)}")
        return written


@dataclass(frozen=True)
class Paper:
    """One statement, in a file of its own records 0 to 9."""

    lines: tuple[Line, ...] = ()
    old: int = 0
    number: str = "001"
    account: str = IBAN
    structure: str = "2"
    currency: str = "EUR"
    old_date: str = "140126"
    new_date: str = "150126"
    new: int | None = None
    duplicate: str = " "
    application: str = "00000"
    version: str = "2"
    more: str = "2"
    count: int | None = None
    closes: bool = True
    messages: tuple[str, ...] = field(default=())

    def zone(self) -> str:
        if self.structure == "0":
            return f"{self.account.ljust(12)} {self.currency}0BE".ljust(37)
        return f"{self.account.ljust(34)}{self.currency}"

    def top(self) -> list[int]:
        return [line.amount for line in self.lines if line.detail == 0]

    def records(self) -> list[str]:
        head = cut("00000150126200" + "05" + self.duplicate, 24, ("FILE", 10), ("HOLDER", 26), ("GEBABEBB", 11))
        head = cut(head, 71, ("00403200393", 11), ("", 1), (self.application, 5)).ljust(127) + self.version
        first = cut(f"1{self.structure}{self.number}{self.zone()}", 42, (sign(self.old), 1), (money(self.old), 15))
        first = cut(first, 58, (self.old_date, 6), ("HOLDER", 26), ("ACCOUNT", 35), (self.number, 3))
        body = [record for line in self.lines for record in line.records()]
        new = self.old + sum(self.top()) if self.new is None else self.new
        last = cut(f"8{self.number}{self.zone()}", 41, (sign(new), 1), (money(new), 15), (self.new_date, 6))
        ends = [last.ljust(127) + str(int(bool(self.messages)))] if self.closes else []
        notes = [cut("4 00010000", 32, (text, 80)).ljust(127) + "0" for text in self.messages]
        count = 1 + len(body) + len(ends) if self.count is None else self.count
        debit = -sum(amount for amount in self.top() if amount < 0)
        credit = sum(amount for amount in self.top() if amount > 0)
        tail = cut("9", 16, (f"{count:06}", 6), (money(debit), 15), (money(credit), 15)).ljust(127) + self.more
        return [head, first, *body, *ends, *notes, tail]

    def but(self, **changes) -> Paper:
        return replace(self, **changes)


def text_of(*papers: Paper) -> str:
    return "".join(f"{record}\r\n" for paper in papers for record in paper.records())


def coda(*papers: Paper) -> bytes:
    return text_of(*papers).encode("cp1252")
