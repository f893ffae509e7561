"""Closing a financial year: what settles it is sealed, in the books of every unit (contract, section 6).

Its months are closed before. What comes after them, dated the year's last day and tagged `#inventory` (stock,
depreciation, accruals, what the auditor asks for), is part of no month's seal; the year's holds it, together with all
the rest. Nothing is levied by it: the seal names the month in which the year's entries change the contribution, the
first one that the structure has not closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import data

from beancoop.closing.checklist import not_empty
from beancoop.closing.documents import missing_documents
from beancoop.closing.seal import digest_of_units, lines_by_unit, said_of, year_digest
from beancoop.closing.sealing import (
    CLOSED_ALREADY,
    DOCUMENTS_MISSING,
    EARLIER_IS_OPEN,
    NOT_OVER,
    NOTHING_TO_CLOSE,
    Closed,
    refuse_unready,
    seal_of,
)
from beancoop.model import directives as d
from beancoop.model.accounts import COOP
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.model.pcmn import INTERNAL_TRANSFERS, SUSPENSE
from beancoop.model.provenance import settles
from beancoop.model.register import Register, read_register
from beancoop.storage.commit import Writing
from beancoop.storage.layout import closed_file
from beancoop.words.messages import error
from beancoop.year.undecided import flagged

if TYPE_CHECKING:
    import datetime

    from beancoop.loading.ledger import Ledger
    from beancoop.model.periods import Span

NOT_SETTLED = error("BC575", "The year {year} is not settled.")


def plan_year_closing(ledger: Ledger, year: int, today: datetime.date) -> list[Writing]:
    """Work out the seals that close *year*, the structure's last; writes nothing.

    Raises:
        Refusal: the ledger has an error, the year is not over or is closed, an earlier one or a month of it is open,
            something waits on 58 or 499 or under the flag "!", or a document is missing.

    """
    register = read_register(ledger.entries, ledger.options)
    _refuse(ledger, register, year, today)
    span = register.cooperative.year(year)
    closed, levied_in = Closed(str(year), span.last), str(_first_open(register))
    lines = lines_by_unit(ledger.entries, ledger.options)
    began = [unit for unit in sorted(lines) if any(line.day <= span.last for line in lines[unit])]
    said: dict[str, str] = {}
    closings: list[Writing] = []
    for unit in [*(unit for unit in began if unit != COOP and register.knows(unit)), COOP]:
        digest = year_digest(lines.get(unit, []), span.last)
        said[unit] = said_of(digest.sha256, levied_in)
        more = {d.LEVIED_IN: levied_in} | ({"units": digest_of_units(said)} if unit == COOP else {})
        seal = seal_of(closed, unit, digest, register.year_seals.get(unit, {}).values(), **more)
        path = closed_file(ledger, register, unit, f"contributions-{year}.beancount")
        closings.append(Writing(unit, path, [seal]))
    return closings


def _refuse(ledger: Ledger, register: Register, year: int, today: datetime.date) -> None:
    refuse_unready(ledger, register)
    span = register.cooperative.year(year)
    if today <= span.last:
        raise Refusal(NOT_OVER(month=str(year), day=today, first=span.after))
    last = max(register.closed_years(COOP), default=None)
    if last is not None and year <= last:
        raise Refusal(CLOSED_ALREADY(month=str(year), last=str(last)))
    days = [entry.date for entry in ledger.entries if isinstance(entry, data.Transaction) and entry.date <= span.last]
    if not days:
        raise Refusal(NOTHING_TO_CLOSE(month=str(year)))
    first = last + 1 if last is not None else register.cooperative.year_of(days[0])
    if year > first:
        raise Refusal(EARLIER_IS_OPEN(first=str(first), command=f"beancoop close {first}"))
    if (month := _open_month(register, span, days[0])) is not None:
        raise Refusal(EARLIER_IS_OPEN(first=month, command=f"beancoop close {month}"))
    waits = not_empty(ledger.entries, (SUSPENSE, INTERNAL_TRANSFERS), span.last, str(year))
    if wrong := [*waits, *flagged(ledger.entries, span, register.currency)]:
        raise Refusal(NOT_SETTLED(year=str(year)), wrong)
    if gone := missing_documents(each for each in ledger.entries if settles(each) and each.date == span.last):
        raise Refusal(DOCUMENTS_MISSING(), gone)


def _open_month(register: Register, span: Span, first_day: datetime.date) -> Month | None:
    """Give the first month of the year that is open, if any."""
    closed = register.last_closed(COOP)
    first = closed.next() if closed else Month.of(first_day)
    return first if first <= Month.of(span.last) else None


def _first_open(register: Register) -> Month:
    closed = register.last_closed(COOP)
    assert closed is not None  # noqa: S101 - the months of the year are closed
    return closed.next()
