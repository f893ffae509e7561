"""Opening the books of a cooperative with the balances of those kept before (contract, section 6, `#opening`).

One transaction a unit, on the first day of its transactions, in its own books; the accounts it needs are opened with
it, and what the bank accounts hold is asserted the day after. Nothing is written of a table in which anything is wrong,
and nothing that the ledger does not take: it is loaded again, and what it then finds and did not find before takes all
back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding, Refusal, news
from beancoop.model.ownership import sealed_in
from beancoop.model.provenance import OPENING, is_injected
from beancoop.model.register import read_register
from beancoop.opening.balances import Opening, Part, balances
from beancoop.opening.banks import bank_balances
from beancoop.opening.table import Line, read_table
from beancoop.rules.dry_run import DryRun
from beancoop.storage.commit import Writing, commit_entries, to_be_written
from beancoop.storage.layout import book_to_write
from beancoop.storage.new_account import first_open_day
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register
    from beancoop.rules import engine
    from beancoop.words.messages import Text

FILE = "opening.beancount"
TITLE, NARRATION = "bilan d'ouverture", "Reprise des soldes"
"""Texts of the books, which are in French whoever opens them."""

NOTHING_HERE = error("BC1430", "{file} holds no balance other than zero to open books with.")
UNKNOWN_UNIT = error("BC1431", "The ledger has no unit {unit}; it has {known}.")
OPENED_ALREADY = error("BC1432", "The books of {unit} are open already: an entry is tagged #opening. Correct that one.")
NOT_FIRST = error(
    "BC1433",
    "The books of {unit} have this entry before {day}; their opening stands on their first day. Ask for it: {command}",
)
OPENS_LATER = error(
    "BC1434", "{account} is open from {opened} on, after the opening on {day}; open it earlier, or date the opening so."
)
WRONG_TABLE = error("BC1435", "The balances cannot be taken over as they are; nothing was written.")
DOES_NOT_HOLD = error(
    "BC1436", "With these balances the ledger finds what it did not find before; nothing was written."
)


NOT_INCLUDED = error(
    "BC1437",
    "{file} is not included by {ledger}; make it, empty, where it is not there, include it, and open the books again.",
)


class Asked(NamedTuple):
    """What is to be opened.

    Attributes:
        file: the table of balances.
        day: the day of the opening; the first of each unit's books, where it is None.
        unit: the only unit to open, or None for all those of the table.

    """

    file: Path
    day: datetime.date | None = None
    unit: str | None = None


def plan_opening(ledger: Ledger, asked: Asked, rules: Sequence[type[engine.Rule]]) -> list[Writing]:
    """Work out what opens the books, and prove that the ledger takes it; writes nothing.

    Raises:
        Refusal: the table, a unit of it or the ledger is not as it has to be.
        OSError: the table cannot be read.

    """
    lines = read_table(asked.file, asked.unit)
    register = read_register(ledger.entries, ledger.options)
    openings = [each for each in _openings(ledger, register, asked, lines) if each.parts]
    if not openings:
        raise Refusal(NOTHING_HERE(file=asked.file))
    written = [Writing(each.unit, each.path, _entries(register, each)) for each in openings]
    writings = [*written, *_assertions(ledger, register, openings, is_whole=asked.unit is None)]
    _prove(ledger, rules, [entry for writing in writings for entry in writing.entries])
    return writings


def write_opening(path: Path, asked: Asked, rules: Sequence[type[engine.Rule]]) -> list[Writing]:
    """Open the books of the ledger at *path*: all of it, or nothing.

    Raises:
        Refusal: see `plan_opening`; or what was written did not load as it was meant, and was taken back.
        ConflictError: another program is writing, or changed a file meanwhile.
        OSError: a file could not be read or written.

    """
    with to_be_written(path) as ledger:
        writings = plan_opening(ledger, asked, rules)

        def judge(after: Ledger) -> list[Finding]:
            return [*_unread(after, writings), *news(ledger.findings, after.findings)]

        commit_entries(ledger, writings, TITLE, judge)
    return writings


def _openings(ledger: Ledger, register: Register, asked: Asked, lines: Sequence[Line]) -> list[Opening]:
    """Give the opening of each unit, the structure's last; refuse with all that is wrong with any of them."""
    by_unit: dict[str, list[Line]] = {}
    for line in lines:
        by_unit.setdefault(line.unit, []).append(line)
    openings: list[Opening] = []
    wrong: list[Finding] = []
    for unit in sorted(by_unit, key=lambda unit: (unit == COOP, unit)):
        try:
            openings.append(_opening(ledger, register, unit, asked.day, by_unit[unit]))
        except Refusal as refused:
            wrong += refused.findings or [by_unit[unit][0].place._replace(message=refused.message)]
    if wrong:
        raise Refusal(WRONG_TABLE(), wrong)
    return openings


def _opening(
    ledger: Ledger, register: Register, unit: str, wanted: datetime.date | None, lines: Sequence[Line]
) -> Opening:
    units = [*([COOP] if register.coop_is_open else []), *register.activities]
    if unit not in units:
        raise Refusal(UNKNOWN_UNIT(unit=unit, known=units))
    own = [each for each in ledger.entries if isinstance(each, data.Transaction) and sealed_in(each) == unit]
    own = [each for each in own if not is_injected(each)]
    for each in own:
        if OPENING in each.tags:
            raise _refusal(each, OPENED_ALREADY(unit=unit))
    day = first_open_day(register, unit, wanted)
    if own and own[0].date < day:
        raise _refusal(own[0], NOT_FIRST(unit=unit, day=day, command=f"--date {own[0].date}"))
    parts = balances(register, unit, lines)
    if late := list(_late(register, parts, day)):
        raise Refusal(late[0].message, late)
    return Opening(unit, day, book_to_write(ledger, register, unit, FILE), parts)


def _refusal(entry: data.Transaction, why: Text) -> Refusal:
    return Refusal(why, [Finding.at(entry, why)])


def _late(register: Register, parts: Iterable[Part], day: datetime.date) -> Iterator[Finding]:
    for part in parts:
        opened = register.opens.get(part.account)
        if opened is not None and opened.date > day and not is_injected(opened):
            text = OPENS_LATER(account=part.account, opened=opened.date, day=day)
            yield part.place._replace(message=text)


def _entries(register: Register, opening: Opening) -> list[data.Directive]:
    """Give the accounts that are not open, and the transaction that brings the balances in."""
    meta = _meta(opening.path)
    there = {account for account, opened in register.opens.items() if not is_injected(opened)}
    new = dict.fromkeys(part.account for part in opening.parts if part.account not in there)
    opens = [data.Open(meta, opening.day, account, None, None) for account in new]  # type: ignore[arg-type]
    postings = [
        data.Posting(part.account, Amount(part.amount, register.currency), None, None, None, {**meta, **part.facts})
        for part in opening.parts
    ]
    tags = frozenset((OPENING,))
    return [*opens, data.Transaction(meta, opening.day, "*", None, NARRATION, tags, frozenset(), postings)]


def _assertions(
    ledger: Ledger, register: Register, openings: Sequence[Opening], *, is_whole: bool
) -> Iterator[Writing]:
    for asserted in bank_balances(ledger.entries, register, openings, is_whole=is_whole):
        path = book_to_write(ledger, register, asserted.unit, FILE)
        amount = Amount(asserted.amount, register.currency)
        balance = data.Balance(_meta(path), asserted.day, asserted.account, amount, None, None)
        yield Writing(asserted.unit, path, [balance])


def _prove(ledger: Ledger, rules: Sequence[type[engine.Rule]], entries: Sequence[data.Directive]) -> None:
    """Load the ledger in memory as it would be."""
    before, after = (DryRun(ledger, rules, new).wrong() for new in ((), entries))
    if found := news(before, after):
        raise Refusal(DOES_NOT_HOLD(), found)


def _unread(ledger: Ledger, writings: Sequence[Writing]) -> list[Finding]:
    """Tell of a file that was written, and is none of the ledger's."""
    files = dict.fromkeys(writing.path for writing in writings if writing.path not in ledger.files)
    return [Finding(str(file), 0, NOT_INCLUDED(file=file, ledger=ledger.path)) for file in files]


def _meta(path: Path) -> dict[str, Any]:
    return data.new_metadata(str(path), 0)
