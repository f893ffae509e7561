"""What belongs to one unit of a ledger: the entries and documents she takes along, and nothing of any other unit.

Her entries are those of her own accounts, of her own directives, and the contributions that the suite adds in memory. A
meeting she attended says so of her alone. Codes of other units in her texts are replaced (`discretion`), documents that
name one are left out; each is told, so that nothing is lost in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancount.core import data
from beancount.core.getters import get_entry_accounts

from beancoop.leaving.documents import find_papers
from beancoop.leaving.redaction import Discretion
from beancoop.model import directives as d
from beancoop.model.accompaniment import ATTENDED, attendance
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.findings import BeancoopError, Finding, Refusal, in_order
from beancoop.model.ownership import sealed_in
from beancoop.model.register import Register, read_register
from beancoop.storage.layout import ACTIVITIES, sub_ledgers
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from beancoop.loading.ledger import Ledger
    from beancoop.model.activity import Activity

_LIFE = (d.ACTIVITY, d.TERMS, d.PAUSE, d.RESUME, d.EXIT)
"""The directives that say what an activity is, whatever the days."""


UNREAD = error("BC1305", "Beancount cannot read these books without an error; correct it first.")
OF_TWO_UNITS = error("BC1306", "An entry is of two units, and cannot go along with one of them.")
TOUCHES_ANOTHER = error("BC1307", "This transaction touches {unit} and another unit; write one in the books of each.")
WITHOUT_COMPANY = error(
    "BC1308",
    "Who else came to this meeting is left out.",
    "Who else came to this meeting is left out, here and at {count} meetings in all.",
)
NOT_OF_HER_ACCOUNTS = error("BC1309", "This {directive} directive is not of her accounts; it is left out.")
WITHOUT_PAD = error("BC1310", "This pad is left out; the entries it makes are written.")


class Days(NamedTuple):
    """The days asked for, both included; None where there is no bound."""

    first: datetime.date | None = None
    last: datetime.date | None = None

    def hold(self, day: datetime.date) -> bool:
        """Say whether *day* is one of them."""
        return not self.follow(day) and (self.last is None or day <= self.last)

    def follow(self, day: datetime.date) -> bool:
        """Say whether *day* comes before them all."""
        return self.first is not None and day < self.first


@dataclass(frozen=True, slots=True)
class Extract:
    """What one unit takes along.

    Attributes:
        activity: the activity.
        register: the register of the ledger it comes from.
        days: the days asked for.
        entries: its entries of those days, in order; a document is named from the folder BOOKS.
        before: its transactions before those days, in order.
        papers: its documents: for each path in the folder, the file to be copied.
        remarks: what was replaced or left out, and where.

    """

    activity: Activity
    register: Register
    days: Days
    entries: Sequence[data.Directive]
    before: Sequence[data.Transaction]
    papers: Mapping[str, Path]
    remarks: Sequence[Finding]

    @property
    def unit(self) -> str:
        """The code of the activity."""
        return self.activity.unit


def extract(ledger: Ledger, unit: str, days: Days) -> Extract:
    """Gather what belongs to the activity *unit* of *ledger*.

    Raises:
        Refusal: Beancount cannot read her books without an error, or an entry of hers is also another's.

    """
    register = read_register(ledger.entries, ledger.options)
    activity = register.activities[unit]
    home = _home(activity)
    _refuse(ledger, unit, home)
    discretion = Discretion(unit, _units(ledger, register))
    own = [entry for entry in ledger.entries if _belongs(entry, unit, home)]
    meetings = [entry for entry in ledger.entries if _was_attended(entry, unit) and days.hold(entry.date)]
    every = sorted([*own, *_opens_besides(own, register), *meetings], key=_place)
    before = [
        discretion.entry(entry)[0] for entry in every if isinstance(entry, data.Transaction) and days.follow(entry.date)
    ]
    asked = [entry for entry in every if _falls_in(entry, days)]
    papers = find_papers(
        [entry for entry in own if isinstance(entry, data.Document)], activity, home, days.hold, discretion
    )
    remarks = {*papers.remarks, *_left_behind(ledger, own, home), *_company(meetings)}
    clean: list[data.Directive] = [*papers.entries]
    for entry in asked:
        if not isinstance(entry, data.Document | data.Pad):
            kept, replaced = discretion.entry(_alone(entry, unit))
            remarks |= {each.told_at(entry) for each in replaced}
            clean.append(kept)
    return Extract(activity, register, days, sorted(clean, key=_place), before, papers.files, in_order(remarks))


def _home(activity: Activity) -> Path | None:
    """Give the folder of a sub-ledger, named after its unit; None where the ledger has another layout."""
    folder = Path(activity.entry.meta["filename"]).parent
    return folder if folder.name == activity.unit else None


def _refuse(ledger: Ledger, unit: str, home: Path | None) -> None:
    """Refuse books that are read in part, or that cannot be told apart; a rule that is broken hinders nobody."""
    elsewhere = {str(file) for file in ledger.files - {ledger.path} if home and not file.is_relative_to(home)}
    unread = [
        Finding.of(error)
        for error in ledger.errors
        if not isinstance(error, BeancoopError) and str((error.source or {}).get("filename")) not in elsewhere
    ]
    if unread:
        raise Refusal(UNREAD(), unread)
    mixed = [
        Finding.at(entry, TOUCHES_ANOTHER(unit=unit))
        for entry in ledger.entries
        if isinstance(entry, data.Transaction) and unit in (units := _units_of(entry)) and len(units) > 1
    ]
    if mixed:
        raise Refusal(OF_TWO_UNITS(), mixed)


def _units_of(entry: data.Transaction) -> set[str]:
    names = (parse_account(posting.account) for posting in entry.postings)
    return {name.unit for name in names if name and name.unit}


def _units(ledger: Ledger, register: Register) -> set[str]:
    """Give every unit there is a trace of: a sub-ledger alone knows the others by the folders beside its own."""
    opened = (parse_account(account) for account in register.opens)
    beside = [path.name for path in sub_ledgers(ledger.path)]
    if ledger.path.parent.parent.name == ACTIVITIES:
        beside += [path.name for path in ledger.path.parent.parent.iterdir() if path.is_dir()]
    return {COOP, *register.activities, *beside, *(name.unit for name in opened if name and name.unit)}


def _belongs(entry: data.Directive, unit: str, home: Path | None) -> bool:
    owner = sealed_in(entry)
    if owner is not None or isinstance(entry, data.Custom):
        return owner == unit
    return home is not None and Path(entry.meta["filename"]).is_relative_to(home)  # a stored query


def _opens_besides(own: Sequence[data.Directive], register: Register) -> Iterator[data.Directive]:
    """Give the openings of what her transactions use although its name tells no unit."""
    used = {account for entry in own if isinstance(entry, data.Transaction) for account in get_entry_accounts(entry)}
    opened = {entry.account for entry in own if isinstance(entry, data.Open)}
    yield from (register.opens[account] for account in sorted(used - opened) if account in register.opens)


def _was_attended(entry: data.Directive, unit: str) -> bool:
    return unit in attendance(entry)


def _alone(entry: data.Directive, unit: str) -> data.Directive:
    """Give a meeting without the others who attended it, and any other entry as it is."""
    return entry._replace(meta={**entry.meta, ATTENDED: unit}) if attendance(entry) else entry


def _company(meetings: Sequence[data.Directive]) -> Iterator[Finding]:
    """Tell once of all meetings that others attended too."""
    shared = [entry for entry in meetings if len(attendance(entry)) > 1]
    if shared:
        yield Finding.at(shared[0], WITHOUT_COMPANY(count=len(shared)))


def _left_behind(ledger: Ledger, own: Sequence[data.Directive], home: Path | None) -> Iterator[Finding]:
    """Tell of directives in her own folder that do not go along, and of pads, which do as the entries they make."""
    kept = set(map(id, own))
    for entry in ledger.entries:
        file = Path(entry.meta["filename"])
        if id(entry) not in kept and home is not None and file.is_relative_to(home):
            yield Finding.at(entry, NOT_OF_HER_ACCOUNTS(directive=type(entry).__name__.lower()))
        elif id(entry) in kept and isinstance(entry, data.Pad):
            yield Finding.at(entry, WITHOUT_PAD())


def _falls_in(entry: data.Directive, days: Days) -> bool:
    """Say whether *entry* goes along: what opens or declares does so from before those days too."""
    declares = isinstance(entry, data.Open) or (isinstance(entry, data.Custom) and entry.type in _LIFE)
    return days.hold(entry.date) or (declares and days.follow(entry.date))


def _place(entry: data.Directive) -> tuple[datetime.date, int, str, int, str]:
    """Order entries as Beancount does, whatever the order in which the files were read."""
    meta = entry.meta
    order = data.SORT_ORDER.get(type(entry), 0)
    return entry.date, order, str(meta["filename"]), int(meta["lineno"]), str(getattr(entry, "account", ""))
