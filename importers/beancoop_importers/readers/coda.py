"""CODA 2, the Belgian banks' coded statement of account (Febelfin, "Coded statement of account", 2.6).

A file is one or more groups of 128-character records: 0 header, then per statement 1 old balance, 2 movements,
3 information, 8 new balance, 4 messages, and 9 totals. A statement is answered only where its own figures prove it
whole: old balance + movements = new balance, one account from end to end, totals of record 9 right. What is odd
but touches no amount is a warning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.model.faults import LETTER_LOST, UNBALANCED, UNDATED_BALANCE, WRONG_IBAN
from beancoop_importers.model.identifiers import iban_holds
from beancoop_importers.model.statement import Oddities, Refused, Statement
from beancoop_importers.readers.charset import read_lines
from beancoop_importers.readers.coda_records import (
    TOP_LEVEL,
    UNKNOWN_TYPE,
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

NOT_CODA = error(
    "BC720",
    "this is not CODA: its first record should begin with five zeros, a date and figures; ask the bank for the "
    "file named CODA, version 2.",
)
STRAY = error(
    "BC721",
    "record {record} of {number} does not follow what it belongs to; the file is damaged or incomplete; download "
    "it again from the bank.",
)
JUMP = error("BC722", "movement {now} follows {before}: numbers are missing.")
OTHER_ACCOUNT = error(
    "BC723",
    "the new balance is of account {new}, the old one (line {line}) of {old}; the file is damaged or incomplete; "
    "download it again from the bank.",
)
TWO_NUMBERS = error("BC724", "records 1 and 8 number it {first}, {last}.")
LATE_OLD_BALANCE = error("BC725", "the old balance ({day}) is later than the new one.")
DETAILS_DIFFER = error("BC726", "the details do not sum to their total.")
WRONG_WIDTH = error(
    "BC727",
    "the record has {width} characters; expected 128; the file is damaged or incomplete; download it again from "
    "the bank.",
)
RECORD_TYPE = error(
    "BC728",
    "record type {kind} is unknown; expected 0, 1, 2, 3, 4, 8 or 9; the file is damaged or incomplete; download "
    "it again from the bank.",
)
NO_PLACE = error(
    "BC729",
    "record {kind} has no place here: a file goes from record 0 to record 9; the file is damaged or incomplete; "
    "download it again from the bank.",
)
NO_TRAILER = error(
    "BC730",
    "the file ends without its record 9; the file is damaged or incomplete; download it again from the bank.",
)
PART_ANNOUNCED = error("BC731", "another part is announced, but the file ends here.")
OTHER_VERSION = error("BC732", "CODA version {version} is not read; expected 2; ask the bank for version 2.")
SEPARATE = error(
    "BC733",
    "the file holds the details of a separate application ({application}), not a statement; its total is booked "
    "from the ordinary CODA file, which is the one to import.",
)
NO_NEW_BALANCE = error(
    "BC734",
    "the statement begun at line {first} has no new balance (record 8) before this record; the file is damaged "
    "or incomplete; download it again from the bank.",
)
TOTALS_DIFFER = error(
    "BC736",
    "the movements make {debit} debit and {credit} credit, record 9 says {said_debit} and {said_credit}; the "
    "file is damaged or incomplete; download it again from the bank.",
)
COUNT_DIFFERS = error("BC737", "record 9 counts {announced} records, there are {found}.")
NOT_ANNOUNCED = error("BC738", "the record before does not announce this one: a record may be lost.")


WIDTH = 128
_TRAILER_WIDTH = 52  # what of record 9 is not blank; mail programs cut trailing blanks
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?00000[0-9]{6}[0-9 ]{3}[0-9]{2}")
_VERSION = "2"


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
            NOT_CODA(),
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
            self.odd.add("iban", WRONG_IBAN(account=self.account.key), line)

    def add(self, draft: Draft) -> None:
        """Put a movement in the balance, or a detail under what it details."""
        if draft.head[6:10] == TOP_LEVEL:
            self._follow(draft)
            self.movements.append(draft)
            self.batch = None
            return
        if not self.movements or self.movements[-1].head[2:6] != draft.head[2:6]:
            raise Refused(STRAY(record=draft.head[:2], number=repr(draft.head[2:10])), draft.line)
        total = self.batch if draft.kind == "9" and self.batch else self.movements[-1]
        total.details.append(draft)
        if draft.kind == "7":
            self.batch = draft

    def _follow(self, draft: Draft) -> None:
        """Warn where the sequence numbers jump; after 9999 comes 0000, at some banks 0001."""
        before = int(self.movements[-1].head[2:6]) if self.movements else 0
        now = int(draft.head[2:6])
        if now != (before + 1) % 10_000 and (before, now) != (9999, 1):
            self.odd.add("sequence", JUMP(now=f"{now:04}", before=f"{before:04}"), draft.line)

    def close(self, text: str, line: int) -> None:
        """Take record 8 and prove the chain."""
        if (ends := account_of(self.structure, text[4:41], line)) != self.account:
            raise Refused(
                OTHER_ACCOUNT(
                    new=f"{ends.key} {ends.currency}", line=self.line, old=f"{self.account.key} {self.account.currency}"
                ),
                line,
            )
        if text[1:4] != self.paper_number:
            self.odd.add("number", TWO_NUMBERS(first=repr(self.paper_number), last=repr(text[1:4])), line)
        self.new = amount_of(text[41], text[42:57], line)
        self.new_date = date_of(text[57:63], line)
        if self.new_date is None:
            raise Refused(UNDATED_BALANCE(), line)
        reached = self.old + sum(draft.thousandths for draft in self.movements)
        if reached != self.new:
            raise Refused(
                UNBALANCED(
                    old=decimal_of(self.old),
                    moved=decimal_of(reached - self.old),
                    made=decimal_of(reached),
                    new=decimal_of(self.new),
                ),
                line,
            )
        if self.old_date and self.old_date > self.new_date:
            self.odd.add("dates", LATE_OLD_BALANCE(day=self.old_date), line)

    def statement(self) -> Statement:
        for draft in self.movements:
            if draft.details and sum(detail.thousandths for detail in draft.details) != draft.thousandths:
                self.odd.add("details", DETAILS_DIFFER(), draft.line)
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
                raise Refused(WRONG_WIDTH(width=len(text)), line)
            text = text.ljust(WIDTH)
        kind = text[0]
        take = self.take_kind.get(kind)
        if take is None:
            raise Refused(RECORD_TYPE(kind=repr(kind)), line)
        if (kind == "0") is (self.group is not None):
            raise Refused(NO_PLACE(kind=kind), line)
        if self.before:
            self._announced(text, line)
        self.before = text if kind in "23" else ""
        take(text, line)
        if self.open and "\ufffd" in text:
            self.open.odd.add("lost", LETTER_LOST(), line)

    def end(self, line: int) -> tuple[Statement, ...]:
        """Give the statements once the last record is taken."""
        if self.group is not None:
            raise Refused(NO_TRAILER(), line)
        if self.more == "1":
            self.statements[-1].odd.add("more", PART_ANNOUNCED(), line)
        return tuple([statement.statement() for statement in self.statements])

    def _header(self, text: str, line: int) -> None:
        if text[127] != _VERSION:
            raise Refused(OTHER_VERSION(version=repr(text[127])), line)
        if text[83:88].strip(" 0"):
            raise Refused(
                SEPARATE(application=text[83:88]),
                line,
            )
        self.group = []
        self.duplicate = text[16] == "D"
        self.records = 0

    def _old_balance(self, text: str, line: int) -> None:
        if self.open:
            raise Refused(NO_NEW_BALANCE(first=self.open.line), line)
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
                raise Refused(UNKNOWN_TYPE(kind=repr(text[39])), line)
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
            raise Refused(NO_NEW_BALANCE(first=self.open.line if self.open else line), line)
        self.open, self.group, self.draft = None, None, None
        moved = [draft.thousandths for statement in group for draft in statement.movements]
        totals = (-sum(part for part in moved if part < 0), sum(part for part in moved if part > 0))
        said = (amount_of("0", text[22:37], line), amount_of("0", text[37:52], line))
        if totals != said:
            raise Refused(
                TOTALS_DIFFER(
                    debit=decimal_of(totals[0]),
                    credit=decimal_of(totals[1]),
                    said_debit=decimal_of(said[0]),
                    said_credit=decimal_of(said[1]),
                ),
                line,
            )
        if text[16:22] != f"{self.records:06}":
            text_said = COUNT_DIFFERS(announced=text[16:22].lstrip("0") or "0", found=self.records)
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
            self.open.odd.add("codes", NOT_ANNOUNCED(), line)

    def _stray(self, text: str, line: int) -> Refused:
        return Refused(STRAY(record=text[:2], number=repr(text[2:10])), line)
