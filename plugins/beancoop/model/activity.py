"""An activity: its terms from date to date, its pauses, its exit, and the days on which it may sell."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dateutil.relativedelta import relativedelta

from beancoop.model.periods import day_after, day_before

if TYPE_CHECKING:
    from beancount.core.data import Custom

_ONE_DAY = datetime.timedelta(days=1)


@lru_cache(maxsize=1 << 12)  # pages and rules ask for the same again and again
def _last_of(start: datetime.date, months: int) -> datetime.date:
    """Give the eve of the day so many months after *start*, or the last day of a month that has no such day."""
    try:
        end = start + relativedelta(months=months)
    except (ValueError, OverflowError):
        return datetime.date.max
    return end - _ONE_DAY if end.day == start.day else end


def _later(day: datetime.date, by: datetime.timedelta) -> datetime.date:
    """Give a later day, or the calendar's last."""
    return day + min(by, datetime.date.max - day)


class NoSale(Enum):
    """What forbids a sale."""

    BEFORE_START = auto()
    AFTER_EXIT = auto()
    IN_PAUSE = auto()
    AFTER_LAST_DAY = auto()


class Reason(NamedTuple):
    """Why nothing may be sold on a day.

    Attributes:
        why: what forbids it.
        day: the start, the exit, the first day of the pause, or the last day to sell.
        months: how many calendar months the accompaniment may last, by the terms in force on that day.

    """

    why: NoSale
    day: datetime.date
    months: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What binds an activity and the cooperative from a date on (contract, section 4).

    Attributes:
        start: the first day of these terms.
        entry: the directive that states them.
        rate: share of the gross margin that the cooperative levies, 0 to 1.
        margin: "direct", class 70 minus class 60; "operating", classes 70 to 74 minus 60 and 61.
        negative: "refund" gives back the levy of a negative month at once; "carry" sets it off against later months.
        settlement: "account", through the current account 960; "treasury", between the units' shares of a bank account.
        treasury: that bank account, such as "5500-Banque".
        months: longest total accompaniment, in calendar months.
        overdraft: how far below zero the activity's treasury may go, in the operating currency.
        trade: its public trade name.

    """

    start: datetime.date
    entry: Custom
    rate: Decimal = Decimal("0.10")
    margin: str = "direct"
    negative: str = "refund"
    settlement: str = "account"
    treasury: str | None = None
    months: int = 18
    overdraft: Decimal = Decimal(0)
    trade: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which the clock stands still: from `start` to the day before `end`; still running where `end` is None."""

    start: datetime.date
    end: datetime.date | None = None

    def covers(self, day: datetime.date) -> bool:
        """Say whether *day* is a day of the pause; the day of the resume is not."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Exit:
    """The last day of an activity and what its entrepreneur left for."""

    date: datetime.date
    outcome: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity as its directives declare it.

    Attributes:
        unit: its code.
        entry: the directive that declares it.
        terms: its terms by date, at least one.
        pauses: its pauses by date.
        exit: its exit, or None.
        sound: whether every directive that sets its terms was accepted whole; where not, nothing is levied.

    """

    unit: str
    entry: Custom
    terms: tuple[Terms, ...]
    pauses: tuple[Pause, ...] = ()
    exit: Exit | None = None
    sound: bool = True

    @property
    def start(self) -> datetime.date:
        """The day it was declared, the first of its 18 months."""
        return self.entry.date

    def terms_on(self, day: datetime.date) -> Terms:
        """Give the terms in force on *day*; before the start, the first ones."""
        found = self.terms[0]
        for terms in self.terms[1:]:
            if terms.start > day:
                break
            found = terms
        return found

    def _end(self, months: int) -> datetime.date:
        """Give the last of so many calendar months from the start, or the calendar's own last day."""
        return _last_of(self.start, months)

    def last_day(self, on: datetime.date) -> datetime.date | None:
        """Give the last day to sell as known on the day *on*; None while a pause is running on that day.

        The eve of the day `months` calendar months after the start (or the last day of a month that has no such day),
        and as many days more as were paused. A pause that begins after the last day, by the terms in force on its
        first day, prolongs nothing.
        """
        paused = datetime.timedelta()
        for pause in self.pauses:
            if pause.start > on:
                break
            if pause.start > _later(self._end(self.terms_on(pause.start).months), paused):
                continue
            if pause.end is None or pause.covers(on):
                return None
            paused += pause.end - pause.start
        return _later(self._end(self.terms_on(on).months), paused)

    def months_left(self, on: datetime.date) -> int | None:
        """Count the whole months from *on* to the day after the last to sell; from the start where it is ahead.

        None while a pause is running on that day, and after the exit.
        """
        last = self.last_day(on)
        if last is None or (self.exit is not None and on > self.exit.date):
            return None
        left = relativedelta(day_after(last), max(on, self.start))
        return max(0, left.years * 12 + left.months)

    def sells_until(self) -> datetime.date:
        """Give a day up to which every day since the start may sell, as long as nothing special happens before."""
        months = min(terms.months for terms in self.terms)
        ends = [self._end(months)]
        if self.exit is not None:
            ends.append(self.exit.date)
        if self.pauses:
            ends.append(day_before(self.pauses[0].start))
        return min(ends)

    def months_used(self, on: datetime.date) -> int:
        """Count the whole months from the start to the end of the day *on*, the days of pauses left out."""
        paused = sum(
            (min(pause.end or datetime.date.max, day_after(on)) - pause.start).days
            for pause in self.pauses
            if pause.start <= on
        )
        used = relativedelta(day_after(on), self.start + datetime.timedelta(days=paused))
        return used.years * 12 + used.months

    def why_no_sale(self, day: datetime.date) -> Reason | None:
        """Say why nothing may be sold on *day*, or None where it may; the day of the exit may sell."""
        months = self.terms_on(day).months
        if day < self.start:
            return Reason(NoSale.BEFORE_START, self.start, months)
        if self.exit is not None and day > self.exit.date:
            return Reason(NoSale.AFTER_EXIT, self.exit.date, months)
        for pause in self.pauses:
            if pause.covers(day):
                return Reason(NoSale.IN_PAUSE, pause.start, months)
        last = self.last_day(day)
        return Reason(NoSale.AFTER_LAST_DAY, last, months) if last is not None and day > last else None

    def state(self, day: datetime.date) -> str:
        """Give its state on *day*: "future", "active", "paused", "ended" or the outcome of its exit."""
        if day < self.start:
            return "future"
        if self.exit is not None and day > self.exit.date:
            return self.exit.outcome
        if any(pause.covers(day) for pause in self.pauses):
            return "paused"
        last = self.last_day(day)
        return "ended" if last is not None and day > last else "active"
