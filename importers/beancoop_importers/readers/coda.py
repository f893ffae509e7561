"""CODA 2, the Belgian banks' coded statement of account (Febelfin, "Coded statement of account", 2.6).

A file is one or more groups of 128-character records: 0 header, then per statement 1 old balance, 2 movements,
3 information, 8 new balance, 4 messages, and 9 totals. A statement is answered only where its own figures prove it
whole: old balance + movements = new balance, one account from end to end, totals of record 9 right. What is odd
but touches no amount is a warning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancoop_importers.model.identifiers import iban_holds
from beancoop_importers.model.statement import Oddities, Refused, Statement
from beancoop_importers.readers.charset import read_lines
from beancoop_importers.readers.coda_records import (
    TOP_LEVEL,
    Account,
    Draft,
    account_of,
    amount_of,
    date_of,
    decimal_of,
    number_of,
)

if TYPE_CHECKING:
    import datetime

WIDTH = 128
_TRAILER_WIDTH = 52  # what of record 9 is not blank; mail programs cut trailing blanks
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?00000[0-9]{6}[0-9 ]{3}[0-9]{2}")
_VERSION = "2"
_DAMAGED = "the file is damaged or incomplete; download it again from the bank."


def recognises(head: bytes) -> bool:
    """Tell whether a file that begins so means to be CODA; whether it is sound, only `read` tells."""
    return _HEAD.match(head) is not None


def read(data: bytes) -> tuple[Statement, ...]:
    """Read the statements of a CODA 2 file.

    Raises:
        Refused: the file is not CODA 2, is damaged or incomplete, contradicts itself, or holds what is not a
            statement (details of a separate application); nothing of it may be booked.

    """
    lines = read_lines(data, _fits)
    if not recognises(data):
        raise Refused(
            "this is not CODA: its first record should begin with five zeros, a date and figures; "
            "ask the bank for the file named CODA, version 2.",
            1,
        )
    file = _File()
    for number, text in enumerate(lines, 1):
        file.take(text, number)
    return file.end(len(lines))


def _fits(line: str) -> bool:
    return len(line) == WIDTH or (line.startswith("9") and len(line) < WIDTH)


class _Open:
    """A statement from its record 1 on."""

    def __init__(self, text: str, line: int, *, duplicate: bool) -> None:
        self.line = self.last_line = line
        self.duplicate = duplicate
        self.structure = text[1]
        self.paper_number = text[2:5]
        self.number = number_of(text[125:128], text[2:5])
        self.account: Account = account_of(text[1], text[5:42], line)
        self.old = amount_of(text[42], text[43:58], line)
        self.old_date = date_of(text[58:64], line)
        self.new: int | None = None
        self.new_date: datetime.date | None = None
        self.movements: list[Draft] = []
        self.batch: Draft | None = None  # the last detail that has details of its own
        self.odd = Oddities()
        if self.account.key.startswith("BE") and not iban_holds(self.account.key):
            self.odd.add("iban", f"the check digits of account {self.account.key} are wrong.", line)

    def add(self, draft: Draft) -> None:
        """Put a movement in the balance, or a detail under what it details."""
        if draft.head[6:10] == TOP_LEVEL:
            self._follow(draft)
            self.movements.append(draft)
            self.batch = None
            return
        if not self.movements or self.movements[-1].head[2:6] != draft.head[2:6]:
            raise Refused(f"detail {draft.head[2:10]} does not follow its total; {_DAMAGED}", draft.line)
        total = self.batch if draft.kind == "9" and self.batch else self.movements[-1]
        total.details.append(draft)
        if draft.kind == "7":
            self.batch = draft

    def _follow(self, draft: Draft) -> None:
        """Warn where the sequence numbers jump; after 9999 comes 0000, at some banks 0001."""
        before = int(self.movements[-1].head[2:6]) if self.movements else 0
        now = int(draft.head[2:6])
        if now != (before + 1) % 10_000 and (before, now) != (9999, 1):
            self.odd.add("sequence", f"movement {now:04} follows {before:04}: numbers are missing.", draft.line)

    def close(self, text: str, line: int) -> None:
        """Take record 8 and prove the chain."""
        if (ends := account_of(self.structure, text[4:41], line)) != self.account:
            raise Refused(
                f"the new balance is of account {ends.key} {ends.currency}, the old one (line {self.line}) of "
                f"{self.account.key} {self.account.currency}; {_DAMAGED}",
                line,
            )
        if text[1:4] != self.paper_number:
            self.odd.add("number", f"records 1 and 8 number it {self.paper_number!r}, {text[1:4]!r}.", line)
        self.new = amount_of(text[41], text[42:57], line)
        self.new_date = date_of(text[57:63], line)
        if self.new_date is None:
            raise Refused(f"the new balance has no date; {_DAMAGED}", line)
        reached = self.old + sum(draft.thousandths for draft in self.movements)
        if reached != self.new:
            raise Refused(
                f"old balance {decimal_of(self.old)} plus movements gives {decimal_of(reached)}, but the new balance "
                f"says {decimal_of(self.new)} {self.account.currency}; {_DAMAGED}",
                line,
            )
        if self.old_date and self.old_date > self.new_date:
            self.odd.add("dates", f"the old balance ({self.old_date}) is later than the new one.", line)

    def statement(self) -> Statement:
        for draft in self.movements:
            if draft.details and sum(detail.thousandths for detail in draft.details) != draft.thousandths:
                self.odd.add("details", "the details do not sum to their total.", draft.line)
        return Statement(
            format="coda",
            account=self.account.written,
            iban=self.account.key,
            currency=self.account.currency,
            number=self.number,
            old_date=self.old_date,
            old_balance=decimal_of(self.old),
            new_date=self.new_date,
            new_balance=None if self.new is None else decimal_of(self.new),
            movements=tuple([draft.movement() for draft in self.movements]),
            duplicate=self.duplicate,
            first_line=self.line,
            last_line=self.last_line,
            warnings=self.odd.notes(),
        )


class _File:
    """Takes the records one by one, each kind only where the standard has it."""

    def __init__(self) -> None:
        self.statements: list[_Open] = []
        self.group: list[_Open] | None = None  # the statements since record 0
        self.open: _Open | None = None  # the one whose record 8 is still to come
        self.duplicate = False
        self.draft: Draft | None = None  # what a record 2.2, 2.3 or 3 belongs to
        self.before = ""  # the record 2 or 3 just read, whose codes announce the next one
        self.records = 0
        self.more = ""
        self.take_kind = {
            "0": self._header,
            "1": self._old_balance,
            "2": self._movement,
            "3": self._information,
            "4": self._message,
            "8": self._new_balance,
            "9": self._trailer,
        }

    def take(self, text: str, line: int) -> None:
        """Take one record."""
        if len(text) != WIDTH:
            if not text.startswith("9") or not _TRAILER_WIDTH <= len(text) < WIDTH:
                raise Refused(f"the record has {len(text)} characters; expected {WIDTH}; {_DAMAGED}", line)
            text = text.ljust(WIDTH)
        kind = text[0]
        take = self.take_kind.get(kind)
        if take is None:
            raise Refused(f"record type {kind!r} is unknown; expected 0, 1, 2, 3, 4, 8 or 9; {_DAMAGED}", line)
        if (kind == "0") is (self.group is not None):
            raise Refused(f"record {kind} has no place here: a file goes from record 0 to record 9; {_DAMAGED}", line)
        if self.before:
            self._announced(text, line)
        self.before = text if kind in "23" else ""
        take(text, line)
        if self.open and "\ufffd" in text:
            self.open.odd.add("lost", "a letter was lost (�) before the file came here.", line)

    def end(self, line: int) -> tuple[Statement, ...]:
        """Give the statements once the last record is taken."""
        if self.group is not None:
            raise Refused(f"the file ends without its record 9; {_DAMAGED}", line)
        if self.more == "1":
            self.statements[-1].odd.add("more", "another part is announced, but the file ends here.", line)
        return tuple([statement.statement() for statement in self.statements])

    def _header(self, text: str, line: int) -> None:
        if text[127] != _VERSION:
            raise Refused(f"CODA version {text[127]!r} is not read; expected 2; ask the bank for version 2.", line)
        if text[83:88].strip(" 0"):
            raise Refused(
                f"the file holds the details of a separate application ({text[83:88]}), not a statement; "
                "its total is booked from the ordinary CODA file, which is the one to import.",
                line,
            )
        self.group = []
        self.duplicate = text[16] == "D"
        self.records = 0

    def _old_balance(self, text: str, line: int) -> None:
        if self.open:
            raise Refused(f"the statement begun at line {self.open.line} has no record 8; {_DAMAGED}", line)
        self.open = _Open(text, line, duplicate=self.duplicate)
        self._here().append(self.open)
        self.draft = None
        self.records += 1

    def _movement(self, text: str, line: int) -> None:
        statement = self._statement(text, line)
        self.records += 1
        if text[1] == "1":
            self.draft = Draft(text, line)
            statement.add(self.draft)
            return
        draft = self.draft
        if (
            draft is None
            or draft.head[2:10] != text[2:10]
            or draft.information
            or draft.third
            or (text[1] == "2" and draft.second)
            or text[1] not in "23"
        ):
            raise self._stray(text, line)
        if text[1] == "2":
            draft.second = text
        else:
            draft.third = text

    def _information(self, text: str, line: int) -> None:
        self._statement(text, line)
        self.records += 1
        draft = self.draft
        if draft is None or draft.head[2:6] != text[2:6] or text[1] not in "123":
            raise self._stray(text, line)
        if text[1] == "1":
            if text[39] not in "01 ":
                raise Refused(f"information type {text[39]!r} is unknown; expected 0 or 1.", line)
            draft.information.append([text])
            return
        if not draft.information:
            raise self._stray(text, line)
        parts = draft.information[-1]
        if parts[0][6:10] != text[6:10] or parts[-1][1] >= text[1]:
            raise self._stray(text, line)
        parts.append(text)

    def _message(self, text: str, line: int) -> None:
        """Let the bank's messages to its customers go: they concern no movement."""
        if not self._here():
            raise self._stray(text, line)

    def _new_balance(self, text: str, line: int) -> None:
        statement = self._statement(text, line)
        self.records += 1
        statement.close(text, line)
        statement.last_line = line
        self.open = None

    def _trailer(self, text: str, line: int) -> None:
        """Take record 9: where a statement has no record 8, nothing may have moved."""
        group = self._here()
        if not group or (self.open and self.open.movements):
            raise Refused(f"record 9 comes before the new balance (record 8); {_DAMAGED}", line)
        self.open, self.group, self.draft = None, None, None
        moved = [draft.thousandths for statement in group for draft in statement.movements]
        totals = (-sum(part for part in moved if part < 0), sum(part for part in moved if part > 0))
        said = (amount_of("0", text[22:37], line), amount_of("0", text[37:52], line))
        if totals != said:
            raise Refused(
                f"the movements make {decimal_of(totals[0])} debit and {decimal_of(totals[1])} credit, record 9 says "
                f"{decimal_of(said[0])} and {decimal_of(said[1])}; {_DAMAGED}",
                line,
            )
        if text[16:22] != f"{self.records:06}":
            text_said = f"record 9 counts {text[16:22].lstrip('0') or '0'} records, there are {self.records}."
            group[-1].odd.add("count", text_said, line)
        group[-1].last_line = line
        self.more = text[127]
        self.statements += group

    def _here(self) -> list[_Open]:
        return self.group if self.group is not None else []

    def _statement(self, text: str, line: int) -> _Open:
        if self.open is None:
            raise self._stray(text, line)
        return self.open

    def _announced(self, text: str, line: int) -> None:
        """Compare the record just read with what follows: positions 126 and 128 announce it."""
        before = self.before
        continues = text[0] == before[0] and text[1] > before[1] and text[2:10] == before[2:10]
        linked = text[:2] == "31" and text[2:6] == before[2:6]
        said = (before[125] == "1", before[125] != "1" and before[127] == "1")
        if said != (continues, linked) and self.open:
            self.open.odd.add("codes", "the record before does not announce this one: a record may be lost.", line)

    def _stray(self, text: str, line: int) -> Refused:
        return Refused(f"record {text[:2]} of {text[2:10]!r} does not follow what it belongs to; {_DAMAGED}", line)
