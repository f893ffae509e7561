"""MT940, the statement of account of SWIFT messages, in the dialects of the banks.

On every page the old balance and the movements make the new one, and pages of one statement make one statement. The
library `mt-940` reads the same files in the tests: it loses a movement that has no type, and passes over what it does
not expect.
"""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error

from beancoop_importers.model.faults import NO_DATE, NO_STATEMENT, WRONG_IBAN
from beancoop_importers.model.identifiers import account_key, iban_holds
from beancoop_importers.model.statement import UNNUMBERED, Movement, Oddities, Refused, Statement, prove
from beancoop_importers.readers.charset import read_lines
from beancoop_importers.readers.mt940_fields import pages_of
from beancoop_importers.readers.mt940_text import said_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop_importers.readers.mt940_fields import Entry, Page

PAGE_BEFORE = error("BC756", "the statement begins on a page that is not in this file.")
PAGE_AFTER = error("BC757", "the statement goes on on a page that is not in this file.")
PAGE_BETWEEN = error(
    "BC758",
    "the page begins at {old}, but the one before it ends at {new} (line {line}); the file is damaged or "
    "incomplete; download it again from the bank.",
)
UNDATED = error("BC760", "a movement has no entry date; its value date is {value_date}, it is booked on {day}.")
LATE = error("BC761", "a movement entered on {day} counts in the balance of {balance_day}; it is booked on that day.")

_HEAD = re.compile(rb"(?:^|[\r\n]):(?:20|21|25P?|28C?|60[FM]?|61|62[FM]?|86):")
_LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}")
_BIC_BEFORE = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?/")
_ONE_DAY = datetime.timedelta(days=1)


def recognises(head: bytes) -> bool:
    """Tell whether a file that begins so means to be MT940; whether it is sound, only `read` tells."""
    return _HEAD.search(head) is not None


def read(data: bytes) -> tuple[Statement, ...]:
    """Read the statements of an MT940 file.

    Raises:
        Refused: the file is no MT940, is damaged or incomplete, or its balances do not agree with its movements;
            nothing of it may be booked.

    """
    pages = list(pages_of(read_lines(data, lambda _: True)))
    if not pages:
        raise Refused(NO_STATEMENT(format="MT940"), 1)
    groups: list[list[_Read]] = []
    for page in pages:
        one = _Read(page, _account(page.account, page.opening.currency))
        if groups and one.continues(groups[-1][-1]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return tuple(map(_statement, groups))


class _Read(NamedTuple):
    """A page, and whose account it is of."""

    page: Page
    account: str

    @property
    def number(self) -> str:
        """The statement's number without that of the page."""
        return self.page.number.partition("/")[0]

    def continues(self, before: _Read) -> bool:
        """Tell whether it is the next page of the statement that *before* is a page of.

        Raises:
            Refused: it is, but does not begin where that one ends.

        """
        names = [(one.account, one.page.opening.currency, one.number) for one in (before, self)]
        if self.page.opening.is_final or before.page.closing.is_final or names[0] != names[1]:
            return False
        if self.page.opening.amount != before.page.closing.amount:
            raise Refused(
                PAGE_BETWEEN(
                    old=self.page.opening.amount,
                    new=before.page.closing.amount,
                    line=before.page.closing.line,
                ),
                self.page.opening.line,
            )
        return True


def _account(written: str, currency: str) -> str:
    """Normalise an account; banks put their own code before it, or the currency after it."""
    number = written.removesuffix(currency).strip(" /-") or written
    if match := _BIC_BEFORE.match(number):
        iban = account_key(number[match.end() :])
        if iban_holds(iban):
            return iban
    return account_key(number)


def _statement(group: Sequence[_Read]) -> Statement:
    """Make one statement of its pages, each proved."""
    first, last = group[0], group[-1]
    old, new = first.page.opening, last.page.closing
    for one in group:
        opening, closing = one.page.opening, one.page.closing
        prove(opening.amount, (entry.amount for entry in one.page.entries), closing.amount, closing.line)
    odd = Oddities()
    number = first.number if first.number.strip("0").isdecimal() else UNNUMBERED
    identity = number if number != UNNUMBERED else f"{UNNUMBERED}@{old.amount:.2f}"
    if _LIKE_IBAN.match(first.account) and not iban_holds(first.account):
        odd.add("iban", WRONG_IBAN(account=first.account[:40]), first.page.line)
    if not old.is_final:
        identity = first.page.number or identity
        odd.add("before", PAGE_BEFORE(), old.line)
    if not new.is_final:
        odd.add("after", PAGE_AFTER(), new.line)
    sayer = _Sayer(old.date, new.date, odd)
    entries = [entry for one in group for entry in one.page.entries]
    return Statement(
        format="mt940",
        account=first.page.account,
        iban=first.account,
        currency=old.currency,
        number=number,
        old_date=old.date,
        old_balance=old.amount,
        new_date=new.date,
        new_balance=new.amount,
        movements=tuple([sayer.movement(entry, place) for place, entry in enumerate(entries, 1)]),
        duplicate=False,
        first_line=first.page.line,
        last_line=new.line,
        warnings=(*(note for one in group for note in one.page.odd.notes()), *odd.notes()),
        identity=identity,
    )


class _Sayer(NamedTuple):
    """Says the movements of one statement, from one balance to the other."""

    old_date: datetime.date
    new_date: datetime.date
    odd: Oddities

    def movement(self, entry: Entry, position: int) -> Movement:
        """Say the statement's *position*-th movement."""
        said = said_of(entry)
        return Movement(
            line=entry.line,
            sequence=f"{position:04}",
            detail="0000",
            booked=self._booked(entry),
            value_date=entry.value_date,
            amount=entry.amount,
            code=said.code,
            bank_reference=said.bank_reference,
            communication=said.communication,
            structured=said.structured,
            information=said.information,
            customer_reference=said.customer_reference,
            counterparty=said.counterparty,
            counterparty_account=said.account,
            counterparty_bic=said.bic,
            return_reason=said.return_reason,
            identity=said.bank_reference,
        )

    def _booked(self, entry: Entry) -> datetime.date:
        """Give the day of the entry; without one, the day of the statement that is nearest to the value date.

        The new balance holds at the end of its day, so what counts in it was booked by then.
        """
        booked: datetime.date | None
        if not entry.day:
            booked = min(max(entry.value_date, self.old_date + _ONE_DAY), self.new_date)
            if booked != entry.value_date:
                text = UNDATED(value_date=entry.value_date, day=booked)
                self.odd.add("undated", text, entry.line)
            return booked
        booked = _nearest(entry.day, entry.value_date)
        if booked is None:
            raise Refused(NO_DATE(written=repr(entry.day), example="0131"), entry.line)
        if booked > self.new_date:
            text = LATE(day=booked, balance_day=self.new_date)
            self.odd.add("late", text, entry.line)
        return min(booked, self.new_date)


@lru_cache(maxsize=4096)
def _nearest(entry: str, value_date: datetime.date) -> datetime.date | None:
    """Give an entry date, month and day, the year that brings it nearest to the value date; None where none does."""
    found = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        with suppress(ValueError):  # 29 February
            found.append(datetime.date(year, int(entry[:2]), int(entry[2:])))
    return min(found, key=lambda booked: abs(booked - value_date), default=None)
