"""Filing a return: what was declared is frozen, and settled, all of it or nothing (contract, section 9).

A filed return is never written again. What changes afterwards is told by `drift`; what was forgotten goes into the next
return, or into one that replaces this one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Custom, Transaction, new_metadata

from beancoop.closing.soundness import refuse_what_is_wrong, wrong_in
from beancoop.model import directives as d
from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding, Refusal
from beancoop.model.months import Month
from beancoop.model.periods import YEARS
from beancoop.storage.commit import Writing, commit_entries, to_be_written
from beancoop.storage.layout import book_to_write, closed_file
from beancoop.storage.step import Change
from beancoop.vat.drift import check_returns
from beancoop.vat.filed import FOLDER, as_csv, digest, file_name, rows_of
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import VatDesk
from beancoop.vat.settling import opens, settled, settlement
from beancoop.vat.xml import Asked, Declarant, Deduction, return_xml
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from beancount.core.data import Directive

    from beancoop.loading.ledger import Ledger
    from beancoop.vat.returns import VatReturn

NOT_THE_COOPERATIVES = error(
    "BC1080", "The ledger does not hold the books of {structure}; file from the cooperative's."
)
NO_SUCH_DAY = error("BC433", "{day} is no day of filing: these books run from {first} to {last}. Correct --today.")
NOT_OVER = error("BC1081", "{period} is not over on {day}; file it from {first} on.")
FILED_ALREADY = error(
    "BC1082",
    "{period} was filed on {day}, and a filed return is never written again. To file another in its place, give "
    "Intervat's reference of it: {command}",
)
EARLIER_IS_OPEN = error("BC1083", "{first} is not filed yet; file it first: {command}")
UNDECIDED = error("BC1084", "{count} entry needs a code.", "{count} entries need a code.")
FLAGGED = error("BC1085", "This entry is flagged ! and would be declared; settle what is open in it first.")
NOT_READY = error("BC1086", "The return is not ready.")
NEEDS_A_REASON = error("BC1087", "Intervat will ask for a reason; look at it, and give yours: {command}")
NO_ENTERPRISE = error("BC1088", 'The enterprise number is missing; add to custom "cooperative": {line}')
DRIFTED = error("BC1089", "A filed return no longer holds; take the change back first.")
DAY_IS_CLOSED = error("BC1090", "{month} is closed, and the settlement would be dated in it; file on {first} or later.")
NOTHING_TO_REPLACE = error("BC1092", "{period} was never filed, so that nothing can be replaced.")
NOT_THE_LAST = error(
    "BC1093",
    "{last} is filed since; {period} is corrected in the next return, with an entry whose code is {codes}.",
)
OTHER_REFERENCE = error("BC1094", "The filed return has the reference {reference}, and not {given}.")
NOT_READ_BACK = error("BC1095", "The ledger does not read what was written here.")

_REFERENCE = re.compile(r"\d+-\d{10}-\d{6}")
_TITLE = "TVA, décomptes des déclarations"
"""Of a new file: a text of the books, which are in French whoever files."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is said to `vat file` beside the period.

    Attributes:
        today: the day of filing.
        reason: why a control does not hold; "" for none.
        replaces: Intervat's reference of the return that this one replaces; "" for none.
        restitution: whether the State is asked to pay back what it owes.
        deduction: what a mixed taxable person says of its deduction.

    """

    today: datetime.date
    reason: str = ""
    replaces: str = ""
    restitution: bool = False
    deduction: Deduction = field(default_factory=Deduction)


class Filing(NamedTuple):
    """A return as it was filed.

    Attributes:
        made: the return.
        files: what was written.

    """

    made: VatReturn
    files: Sequence[Path]


def is_reference(text: str) -> bool:
    """Say whether *text* has the form of the reference that Intervat gives a return (NewTVA-in, schema)."""
    return _REFERENCE.fullmatch(text) is not None


def file_return(path: Path, period: VatPeriod, wish: Wish) -> Filing:
    """File the return of *period* of the cooperative whose main ledger is at *path*: all of it, or nothing.

    Raises:
        Refusal: it is not ready, not over, not its turn, or filed already; or it did not load as it was meant.
        ConflictError: another program is writing, or changed a file meanwhile.
        OSError: a file could not be written.

    """
    with to_be_written(path) as ledger:
        desk = VatDesk(ledger)
        _refuse(desk, period, wish)
        made = desk.prepare(period)
        _refuse_unready(desk, period, made, wish)
        number = sum(filed.period == period for filed in desk.filed) + 1
        xml, table = xml_of(desk, period, made, _asked(desk, period, wish)), as_csv(rows_of(made.counted))
        writings = _writings(desk, period, made, wish, hashlib.sha256(xml).hexdigest())
        folder = writings[-1].path.parent / FOLDER
        beside = [
            Change(folder / file_name(period, number, suffix), None, content)
            for suffix, content in (("xml", xml), ("csv", table.encode()))
        ]
        commit_entries(ledger, writings, _TITLE, lambda after: _wrong(after, writings, number, period), beside)
    return Filing(made, [*(change.path for change in beside), *dict.fromkeys(writing.path for writing in writings)])


def xml_of(desk: VatDesk, period: VatPeriod, made: VatReturn, asked: Asked) -> bytes:
    """Write the file of a return.

    Raises:
        Refusal: the cooperative's enterprise number is not written.

    """
    return return_xml(declarant(desk), period, made.grids, asked)


def declarant(desk: VatDesk) -> Declarant:
    """Give who files.

    Raises:
        Refusal: the cooperative's enterprise number is not written.

    """
    cooperative = desk.register.cooperative
    if not cooperative.enterprise:
        raise Refusal(NO_ENTERPRISE(line='enterprise: "0..."'))
    return Declarant(cooperative.enterprise, cooperative.name)


def no_clients(desk: VatDesk, period: VatPeriod) -> bool:
    """Say whether the return has to tell that the year's listing of customers is empty."""
    return period.is_last_of_year and not desk.clients(period.year).lines


def _asked(desk: VatDesk, period: VatPeriod, wish: Wish) -> Asked:
    return Asked(wish.restitution, no_clients(desk, period), wish.replaces, wish.reason, wish.deduction)


def _refuse(desk: VatDesk, period: VatPeriod, wish: Wish) -> None:
    """Refuse a ledger that is not in order, and a period that it is not the turn of."""
    if not desk.register.coop_is_open:
        raise Refusal(NOT_THE_COOPERATIVES(structure=COOP))
    refuse_what_is_wrong(desk.ledger)
    if wish.today.year not in YEARS:
        raise Refusal(NO_SUCH_DAY(day=wish.today, first=str(YEARS[0]), last=str(YEARS[-1])))
    if wish.today <= period.span.last:
        raise Refusal(NOT_OVER(period=str(period), day=wish.today, first=period.span.after))
    _refuse_turn(desk, period, wish)
    closed = desk.register.last_closed(COOP)
    if closed and wish.today <= closed.last_day:
        raise Refusal(DAY_IS_CLOSED(month=Month.of(wish.today), first=closed.next().first_day))
    if broken := check_returns(desk, replacing=period if wish.replaces else None):
        raise Refusal(DRIFTED(), broken)


def _refuse_turn(desk: VatDesk, period: VatPeriod, wish: Wish) -> None:
    filed, last = desk.filed_for(period), desk.in_force[-1] if desk.in_force else None
    if filed and not wish.replaces:
        command = f"beancoop vat file {period} --replaces 1234-0123456789-123456"
        raise Refusal(FILED_ALREADY(period=str(period), day=filed.day, command=command))
    if wish.replaces:
        if filed is None:
            raise Refusal(NOTHING_TO_REPLACE(period=str(period)))
        if last is not filed:
            codes = ["ADJ-STATE", "ADJ-SELF"]
            raise Refusal(NOT_THE_LAST(last=str(last.period if last else ""), period=str(period), codes=codes))
        if filed.reference and filed.reference != wish.replaces:
            raise Refusal(OTHER_REFERENCE(reference=filed.reference, given=wish.replaces))
        return
    first = (
        _first_open(desk, period) if last is None else VatPeriod.of(desk.register.cooperative, last.period.span.after)
    )
    if first != period:
        raise Refusal(EARLIER_IS_OPEN(first=str(first), command=f"beancoop vat file {first}"))


def _first_open(desk: VatDesk, period: VatPeriod) -> VatPeriod:
    """Give the period of the first operation, if that comes before *period*: returns begin with it."""
    for entry in desk.ledger.entries:
        if entry.date >= period.span.first:
            break
        if isinstance(entry, Transaction):
            declared, undecided, _ = desk.books.read([entry])
            if declared or undecided:
                return VatPeriod.of(desk.register.cooperative, entry.date)
    return period


def _refuse_unready(desk: VatDesk, period: VatPeriod, made: VatReturn, wish: Wish) -> None:
    if made.undecided:
        raise Refusal(UNDECIDED(count=len(made.undecided)), made.undecided)
    entries = (each.operation.entry for each in made.counted)
    if flagged := [Finding.at(entry, FLAGGED()) for entry in entries if entry.flag == "!"]:
        raise Refusal(NOT_READY(), flagged)
    obstacles = desk.obstacles(period, made)
    main = str(desk.ledger.path)
    if obstacles.wrong:
        raise Refusal(NOT_READY(), [Finding(main, 1, message) for message in obstacles.wrong])
    if obstacles.odd and not wish.reason:
        command = f'beancoop vat file {period} --justify "..."'
        raise Refusal(NEEDS_A_REASON(command=command), [Finding(main, 1, message) for message in obstacles.odd])


def _writings(desk: VatDesk, period: VatPeriod, made: VatReturn, wish: Wish, xml_sha256: str) -> list[Writing]:
    """Give the settlement of each unit, and the directive behind the structure's."""
    register = desk.register
    before = settled(desk.ledger.entries, period, register.currency)
    entries = settlement(register, period, made, before, wish.today)
    opened = opens(register, entries, wish.today)
    name = f"vat-{period.year}.beancount"
    directive = _directive(period, made, wish, digest(rows_of(made.counted)), xml_sha256)
    writings = [
        Writing(unit, closed_file(desk.ledger, register, unit, name), [*opened[unit], entry])
        for unit, entry in entries.items()
        if unit != COOP
    ]
    structures: list[Directive] = [*opened.get(COOP, ()), *([entries[COOP]] if COOP in entries else ()), directive]
    return [*writings, Writing(COOP, book_to_write(desk.ledger, register, COOP, name), structures)]


def _directive(period: VatPeriod, made: VatReturn, wish: Wish, sha256: str, xml_sha256: str) -> Custom:
    meta: dict[str, object] = {
        **_amounts(d.GRID, made.grids),
        **_amounts(d.CARRY, made.carried),
        "sha256": sha256,
        "xml-sha256": xml_sha256,
    }
    if wish.replaces:
        meta["replaces"] = wish.replaces
    return Custom(new_metadata("<vat>", 0, meta), wish.today, d.VAT_RETURN, [(str(period), str)])


def _amounts(prefix: str, grids: Mapping[str, Decimal]) -> dict[str, Amount]:
    return {f"{prefix}{grid}": Amount(amount, "EUR") for grid, amount in grids.items() if amount or prefix == d.GRID}


def _wrong(after: Ledger, writings: Sequence[Writing], number: int, period: VatPeriod) -> list[Finding]:
    """Give what is wrong with the ledger as it was written."""
    desk = VatDesk(after)
    return [*wrong_in(after), *_unread(desk, writings, number, period), *check_returns(desk)]


def _unread(desk: VatDesk, writings: Sequence[Writing], number: int, period: VatPeriod) -> Iterator[Finding]:
    for writing in writings:
        if writing.path not in desk.ledger.files:
            yield Finding(str(writing.path), 0, NOT_READ_BACK())
    filed = desk.filed_for(period)
    if filed is None or filed.number != number:
        yield Finding(str(writings[-1].path), 0, NOT_READ_BACK())
