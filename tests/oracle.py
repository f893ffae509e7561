"""The contribution computed a second time, the slow way, straight from the words of the contract.

Everything is rescanned for every unit, and all but its margins for every month, in exact fractions, so that each
function is one sentence of the contract. It imports nothing from the program: where the two agree, two readings agree.
"""

from __future__ import annotations

import datetime
import math
from calendar import monthrange
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Custom, Open, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive, Posting

DEFAULTS = {"rate": Fraction(1, 10), "margin": "direct", "negative": "refund", "settlement": "account"}
DIRECT = ("60", "70")
OPERATING = ("60", "61", "70", "71", "72", "73", "74")


class Row(NamedTuple):
    """One activity and one month; money in the operating currency."""

    unit: str
    period: str
    end: datetime.date
    margin: Fraction
    cumulative: Fraction
    exact: Fraction
    due: Fraction
    levied: Fraction
    levy: Fraction  # what is injected: nothing in a closed month
    closed: bool
    counterpart: str  # number and label of the account that faces 950


def rows(entries: Sequence[Directive], currency: str = "EUR") -> list[Row]:
    """Give every month of every activity, in no promised order."""
    return [row for unit in activities(entries) for row in rows_of(entries, unit, currency)]


def rows_of(entries: Sequence[Directive], unit: str, currency: str) -> list[Row]:
    """Walk the months of one activity, remembering only what was levied before."""
    found: list[Row] = []
    lines = [*margin_lines(entries, unit, currency)]
    for end in month_ends(first_day(entries, unit), last_event(entries, unit, lines)):
        margins = [(day, rate, amount) for day, rate, amount in lines if day <= end]
        exact = sum((rate * amount for _, rate, amount in margins), Fraction(0))
        due = max(Fraction(0), half_up(exact))
        levied = written(entries, unit, end) + sum((row.levy for row in found), Fraction(0))
        closed = last_day(end) in seals(entries, unit)
        levy = due - levied
        if terms(entries, unit, end)["negative"] == "carry" and not exited(entries, unit, end):
            levy = max(Fraction(0), levy)
        found.append(
            Row(
                unit=unit,
                period=f"{end:%Y-%m}",
                end=end,
                margin=sum((amount for day, _, amount in margins if last_day(day) == end), Fraction(0)),
                cumulative=sum((amount for _, _, amount in margins), Fraction(0)),
                exact=exact,
                due=due,
                levied=levied,
                levy=Fraction(0) if closed else levy,
                closed=closed,
                counterpart=counterpart(entries, unit, end),
            )
        )
    return found


def activities(entries: Sequence[Directive]) -> list[str]:
    """Every unit that an activity directive declares; COOP is none."""
    return [entry.values[0].value for entry in customs(entries, "activity")]


def margin_lines(
    entries: Sequence[Directive], unit: str, currency: str
) -> Iterator[tuple[datetime.date, Fraction, Fraction]]:
    """Give the day on which it counts, the rate and the margin of each posting that makes the unit's margin."""
    for entry in transactions(entries):
        for posting in entry.postings if "opening" not in entry.tags else ():
            if unit_of(posting) != unit:
                continue
            if makes_margin(number_of(posting), terms(entries, unit, entry.date)["margin"]):
                yield counts_on(entries, unit, entry), rate(entries, unit, entry), -value(posting, currency)


def counts_on(entries: Sequence[Directive], unit: str, entry: Transaction) -> datetime.date:
    """Give the entry's own day; what settles a year counts in the month its seal names, else in the first open one."""
    if "inventory" not in entry.tags:
        return entry.date
    sealed = [seal for seal in year_seals(entries, unit) if seal.date == entry.date]
    if sealed:
        return datetime.date.fromisoformat(f"{sealed[0].meta['levied-in']}-01")
    day = next_month(last_day(entry.date))
    while any(end >= last_day(day) for end in seals(entries, unit)):
        day = next_month(day)
    return day


def year_seals(entries: Sequence[Directive], unit: str) -> list[Custom]:
    """Give the seals of the unit's closed years: where the structure is open, of those that it has closed too."""
    years = {
        each: {seal.values[0].value: seal for seal in customs(entries, "closed") if is_of(seal, each, months=False)}
        for each in (unit, "COOP")
    }
    closed = years["COOP"] if is_open(entries, "COOP") else years[unit]
    return [seal for year, seal in years[unit].items() if year in closed]


def is_of(seal: Custom, unit: str, *, months: bool) -> bool:
    """Tell whether a seal is the unit's, and of a month or of a year."""
    return seal.values[1].value == unit and ("-" in seal.values[0].value) is months


def makes_margin(number: str, mode: object) -> bool:
    """Tell whether a PCMN number is part of the margin."""
    return number == "951" or number[:2] in (OPERATING if mode == "operating" else DIRECT)


def value(posting: Posting, currency: str) -> Fraction:
    """Give a posting's worth in the operating currency: its units, or its units at its own price.

    The product is taken in Beancount's own decimals, so that a price Beancount made from a total (`@@`) gives
    that total back.
    """
    number, own = amount_of(posting)
    if own == currency:
        return Fraction(number)
    assert posting.price is not None
    assert posting.price.currency == currency
    assert posting.price.number is not None
    return Fraction(number * posting.price.number)


def rate(entries: Sequence[Directive], unit: str, entry: Transaction) -> Fraction:
    """Give the rate on the day of the earliest sale that binds this entry, else on its own day."""
    days = [
        other.date
        for other in transactions(entries)
        if any(unit_of(posting) == unit and number_of(posting)[:2] == "70" for posting in other.postings)
        and other.links & entry.links
        and other.date <= entry.date
    ]
    found = terms(entries, unit, min(days, default=entry.date))["rate"]
    assert isinstance(found, Fraction)
    return found


def terms(entries: Sequence[Directive], unit: str, day: datetime.date) -> dict[str, object]:
    """Give the terms in force on a day; a key that later terms do not repeat stays as it was."""
    declared = [*customs(entries, "activity", unit), *customs(entries, "activity-terms", unit)]
    found: dict[str, object] = dict(DEFAULTS)
    for entry in sorted(declared, key=lambda entry: entry.date):
        if entry.date <= day:
            found |= entry.meta
    return found | {"rate": Fraction(str(found["rate"]))}


def written(entries: Sequence[Directive], unit: str, end: datetime.date) -> Fraction:
    """Sum what the text itself levies on the unit to the end of the month."""
    return sum(
        (
            Fraction(amount_of(posting)[0])
            for entry in transactions(entries)
            if "contribution" in entry.tags and entry.date <= end
            for posting in entry.postings
            if unit_of(posting) == unit and number_of(posting) == "950"
        ),
        Fraction(0),
    )


def seals(entries: Sequence[Directive], unit: str) -> set[datetime.date]:
    """Give the last day of each month that is closed for the unit: where the structure is open, by its seal too."""
    own, structures = seals_of(entries, unit), seals_of(entries, "COOP")
    return own & structures if is_open(entries, "COOP") else own


def seals_of(entries: Sequence[Directive], unit: str) -> set[datetime.date]:
    """Give the last day of each month of which the unit has a seal."""
    return {last_day(entry.date) for entry in customs(entries, "closed") if is_of(entry, unit, months=True)}


def orphans(entries: Sequence[Directive], unit: str) -> set[tuple[str, str]]:
    """Give the period and unit of each seal of the unit that the structure, whose books are open, has not."""
    own, structures = (
        {seal.values[0].value for seal in customs(entries, "closed") if seal.values[1].value == each}
        for each in (unit, "COOP")
    )
    return {(period, unit) for period in (own - structures if is_open(entries, "COOP") else ())}


def is_open(entries: Sequence[Directive], unit: str) -> bool:
    """Tell whether any account of the unit is open."""
    return any(isinstance(entry, Open) and entry.account.split(":")[-1] == unit for entry in entries)


def exited(entries: Sequence[Directive], unit: str, end: datetime.date) -> bool:
    """Tell whether the month is that of the unit's exit, or a later one."""
    return any(entry.date <= end for entry in customs(entries, "activity-exit", unit))


def counterpart(entries: Sequence[Directive], unit: str, end: datetime.date) -> str:
    """Give the account that faces 950: the current account, or the bank account settled through at once."""
    found = terms(entries, unit, end)
    return str(found["treasury"]) if found["settlement"] == "treasury" else "960-Liaison"


def first_day(entries: Sequence[Directive], unit: str) -> datetime.date:
    """Give the day the activity is declared."""
    return customs(entries, "activity", unit)[0].date


def last_event(
    entries: Sequence[Directive], unit: str, lines: Sequence[tuple[datetime.date, Fraction, Fraction]]
) -> datetime.date:
    """Give the last day that calls for a month: margin, terms, exit, the day after the last seal."""
    terms_and_exit = [*customs(entries, "activity-terms", unit), *customs(entries, "activity-exit", unit)]
    return max(
        [
            first_day(entries, unit),
            *(day for day, _, _ in lines),
            *(entry.date for entry in terms_and_exit),
            *(next_month(end) for end in seals(entries, unit)),
        ]
    )


def customs(entries: Sequence[Directive], kind: str, unit: str | None = None) -> list[Custom]:
    """Give the custom directives of one type, of one unit where one is named first among the values."""
    return [
        entry
        for entry in entries
        if isinstance(entry, Custom) and entry.type == kind
        if unit is None or entry.values[0].value == unit
    ]


def transactions(entries: Sequence[Directive]) -> list[Transaction]:
    """Give the transactions of the text."""
    return [entry for entry in entries if isinstance(entry, Transaction)]


def unit_of(posting: Posting) -> str:
    """Give the last component of the account."""
    return posting.account.split(":")[-1]


def number_of(posting: Posting) -> str:
    """Give the PCMN number, which opens the third component of the account; "" where there is none."""
    return [*posting.account.split(":"), "", ""][2].split("-")[0]


def amount_of(posting: Posting) -> tuple[Decimal, str]:
    """Give the number and the currency of a posting, which Beancount has filled in."""
    assert posting.units is not None
    assert posting.units.number is not None
    return posting.units.number, posting.units.currency


def half_up(amount: Fraction) -> Fraction:
    """Round to the cent; half a cent goes up."""
    return Fraction(math.floor(amount * 100 + Fraction(1, 2)), 100)


def half_away(amount: Fraction) -> Fraction:
    """Round to the cent; half a cent goes away from zero."""
    return half_up(amount) if amount >= 0 else -half_up(-amount)


def last_day(day: datetime.date) -> datetime.date:
    """Give the last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_month(day: datetime.date) -> datetime.date:
    """Give the first day of the month after a day's."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return day.replace(year=year, month=month + 1, day=1)


def month_ends(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """Give the last day of every month from one day's to another's, both included."""
    while first <= last_day(last):
        yield last_day(first)
        first = next_month(first)
