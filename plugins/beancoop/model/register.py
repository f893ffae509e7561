"""The register of a ledger: its units, its activities, its closed months and the accounts opened in it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from beancount.core.data import Close, Custom, Open, Transaction, new_metadata

from beancoop.model import directives as d
from beancoop.model.accompaniment import FollowUp, Meeting
from beancoop.model.accounts import COOP, RootNames
from beancoop.model.assembly import UNDECLARED, Assembly
from beancoop.model.cooperative import Cooperative, read_cooperative
from beancoop.model.doubts import Doubts
from beancoop.model.findings import BeancoopError
from beancoop.model.seals import read_seals
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from beancount.core.data import Directive

    from beancoop.model.activity import Activity
    from beancoop.model.directives import Declaration
    from beancoop.model.months import Month

BOOKS_CURRENCY = "EUR"
"""Belgian books are kept in euro: the operating currency of a ledger that names none."""

TOO_MANY_CURRENCIES = error(
    "BC121",
    "The ledger names {count} operating currencies ({currencies}); a contribution is counted in one. Keep a single "
    'line such as: option "operating_currency" "EUR".',
)


@dataclass(frozen=True)  # without slots, so that what is asked for again and again is worked out once
class Register:
    """What the directives of a ledger say, apart from its transactions.

    Attributes:
        file: the main file of the ledger, as Beancount names it.
        currency: the operating currency.
        tolerant: whether Beancount lets a transaction be out of balance by less than some tolerance.
        roots: the names of the five roots.
        activities: each activity by its unit's code.
        cooperative: the cooperative itself.
        seals: the closed months of each unit, each with its seal.
        year_seals: the closed financial years of each unit, each with its seal.
        opens: each Open directive by its account.
        closes: each Close directive by its account.
        coop_is_open: whether the structure's own books are part of the ledger.
        knows_years: whether it says when a financial year ends; a sub-ledger alone does not.
        has_empty_custom: whether some `custom` directive has no values at all.
        accepted_hours: the hours that were accepted, by date, as they were declared.
        meetings: the meetings that were accepted, by date.
        vat_returns: the VAT returns that were filed, by date, file and line.
        errors: what was refused, in order of date, file and line.
        doubts: what that leaves open; nothing that would follow from it is told.

    """

    file: str
    currency: str
    tolerant: bool
    roots: RootNames
    activities: Mapping[str, Activity]
    cooperative: Cooperative
    seals: Mapping[str, Mapping[Month, Custom]]
    year_seals: Mapping[str, Mapping[int, Custom]]
    opens: Mapping[str, Open]
    closes: Mapping[str, Close]
    coop_is_open: bool
    knows_years: bool
    has_empty_custom: bool
    accepted_hours: tuple[Declaration, ...]
    meetings: tuple[Meeting, ...]
    vat_returns: tuple[Declaration, ...]
    errors: tuple[BeancoopError, ...]
    doubts: Doubts

    @cached_property
    def earliest(self) -> datetime.date:
        """The start of the first activity; today's date has no part in a load, so without one it is the first day."""
        return min((activity.start for activity in self.activities.values()), default=datetime.date.min)

    @cached_property
    def follow_ups(self) -> Sequence[FollowUp]:
        """The hours that were accepted, by date."""
        return [*map(FollowUp.of, self.accepted_hours)]

    @cached_property
    def is_closing(self) -> bool:
        """Whether some unit has sealed what the structure, whose books are there, has not: a closing is under way."""
        return any(self.orphans(unit) or self.orphaned_years(unit) for unit in self.activities)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is in doubt and no closing is under way.

        What holds of a unit then follows from its own books and from the structure's.
        """
        return not self.errors and not self.is_closing

    def knows(self, unit: str) -> bool:
        """Say whether *unit* is the structure or a declared activity."""
        return unit == COOP or unit in self.activities

    def misses(self, unit: str) -> bool:
        """Say whether *unit* is to be told as undeclared."""
        return not self.knows(unit) and not self.doubts.may_declare(unit)

    def last_closed(self, unit: str) -> Month | None:
        """Give the last closed month of *unit*, or None; where the structure's books are there, its seal closes."""
        sealed = self.seals.get(unit, {}).keys()
        return max(sealed - set(self.orphans(unit)), default=None)

    def orphans(self, unit: str) -> Sequence[Month]:
        """Give the months that *unit* has sealed and the structure, whose books are there, has not."""
        if not self.coop_is_open:
            return ()
        return sorted(self.seals.get(unit, {}).keys() - self.seals.get(COOP, {}).keys())

    def closed_years(self, unit: str) -> Mapping[int, Custom]:
        """Give the closed years of *unit* with their seals; where the structure's books are there, its seals close."""
        own, closing = self.year_seals.get(unit, {}), self.year_seals.get(COOP, {})
        return {year: seal for year, seal in own.items() if year in closing} if self.coop_is_open else own

    def has_sealed(self, unit: str, year: int) -> bool:
        """Say whether *unit* or the structure has a seal of a financial *year*."""
        return any(year in self.year_seals.get(each, {}) for each in (unit, COOP))

    def orphaned_years(self, unit: str) -> Sequence[int]:
        """Give the years that *unit* has sealed and the structure, whose books are there, has not."""
        return sorted(self.year_seals.get(unit, {}).keys() - self.closed_years(unit).keys())


def read_register(
    entries: Iterable[Directive], options: Mapping[str, Any], declared: Iterable[Declaration] | None = None
) -> Register:
    """Read every directive but the transactions; never raises, whatever they hold.

    Args:
        entries: of the ledger.
        options: of the ledger.
        declared: what they declare, where nothing is wrong with any of them taken by itself.

    """
    customs, opens, closes = _sort_out(entries)
    read, errors, doubts = (
        d.read_declarations(customs, options["include"])
        if declared is None
        else d.Declarations(list(declared), [], Doubts())
    )
    currencies = list(dict.fromkeys(options["operating_currency"])) or [BOOKS_CURRENCY]
    currency = BOOKS_CURRENCY if BOOKS_CURRENCY in currencies else currencies[0]
    if len(currencies) > 1:
        errors.append(_too_many_currencies(currencies, options))
    of_kind: dict[str, list[Declaration]] = {kind: [] for kind in d.FORMS}
    for declaration in d.in_order(read):
        of_kind[declaration.kind].append(declaration)
    activities = Assembly(currency, errors, doubts).read(of_kind)
    if len(currencies) > 1:
        activities = {unit: replace(activity, sound=False) for unit, activity in activities.items()}
    units = _Units({COOP, *activities}, doubts, errors)
    cooperative = read_cooperative(of_kind[d.COOPERATIVE], of_kind[d.COOPERATIVE_TERMS], errors)
    coop_is_open = any(account.endswith(f":{COOP}") for account in opens)
    knows_years = coop_is_open or cooperative.entry is not None
    seals, gaps = read_seals(of_kind[d.CLOSED], cooperative if knows_years else None, units.has, units.refuse, doubts)
    errors.extend(gaps)
    return Register(
        file=str(options["filename"] or ""),
        currency=currency,
        tolerant=is_tolerant(options),
        roots=RootNames.of(options),
        activities=activities,
        cooperative=cooperative,
        seals=seals.months,
        year_seals=seals.years,
        opens=opens,
        closes=closes,
        coop_is_open=coop_is_open,
        knows_years=knows_years,
        has_empty_custom=any(custom.values is None for custom in customs),
        accepted_hours=tuple(units.of_known(of_kind[d.FOLLOW_UP])),
        meetings=tuple(units.attended(of_kind[d.MEETING])),
        vat_returns=tuple(of_kind[d.VAT_RETURN]),
        errors=tuple(sorted(errors, key=_where)),
        doubts=doubts,
    )


def is_tolerant(options: Mapping[str, Any]) -> bool:
    """Say whether Beancount, under these options, lets a sum or a balance be off by a little."""
    return bool(options["tolerance_multiplier"] or any(options["inferred_tolerance_default"].values()))


def _sort_out(entries: Iterable[Directive]) -> tuple[list[Custom], dict[str, Open], dict[str, Close]]:
    customs: list[Custom] = []
    opens: dict[str, Open] = {}
    closes: dict[str, Close] = {}
    for entry in [each for each in entries if type(each) is not Transaction]:  # most of them
        if isinstance(entry, Custom):
            customs.append(entry)
        elif isinstance(entry, Open):
            opens.setdefault(entry.account, entry)
        elif isinstance(entry, Close):
            closes[entry.account] = entry
    return customs, opens, closes


def _where(error: BeancoopError) -> tuple[datetime.date, str, int]:
    day = error.entry.date if error.entry else datetime.date.min
    return day, error.source["filename"], error.source["lineno"]


def _too_many_currencies(currencies: Sequence[str], options: Mapping[str, Any]) -> BeancoopError:
    source = new_metadata(options["filename"] or "<ledger>", 1)
    return BeancoopError(source, TOO_MANY_CURRENCIES(count=len(currencies), currencies=currencies), None)


class _Units:
    """The units that are declared, and an error for each directive of one that is not."""

    def __init__(self, known: set[str], doubts: Doubts, errors: list[BeancoopError]) -> None:
        self.known = known
        self.doubts = doubts
        self.errors = errors

    def refuse(self, declaration: Declaration, message: str) -> None:
        self.errors.append(BeancoopError(declaration.entry.meta, message, declaration.entry))

    def has(self, unit: str, declaration: Declaration) -> bool:
        """Say whether a unit is declared; where it is not, tell so."""
        if unit not in self.known and not self.doubts.may_declare(unit):
            self.refuse(declaration, UNDECLARED(unit=unit))
        return unit in self.known

    def of_known(self, given: Iterable[Declaration]) -> list[Declaration]:
        return [declaration for declaration in given if self.has(declaration.values[0], declaration)]

    def attended(self, given: Iterable[Declaration]) -> Iterable[Meeting]:
        for declaration in given:
            meeting = Meeting.of(declaration)
            for unit in meeting.attended:
                self.has(unit, declaration)
            yield meeting
