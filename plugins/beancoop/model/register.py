"""The register of a ledger: its units, its activities, its closed months and the accounts opened in it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from beancount.core.amount import Amount
from beancount.core.data import Close, Custom, Open, Transaction, new_metadata

from beancoop.model import directives as d
from beancoop.model.accounts import COOP, RootNames
from beancoop.model.activity import Activity, Exit, Pause, Terms
from beancoop.model.cooperative import Cooperative, read_cooperative
from beancoop.model.findings import BeancoopError, place
from beancoop.model.months import Month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from beancount.core.data import Directive

    from beancoop.model.directives import Declaration

BOOKS_CURRENCY = "EUR"
"""Belgian books are kept in euro: the operating currency of a ledger that names none."""


@dataclass(frozen=True, slots=True)
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
        opens: each Open directive by its account.
        closes: each Close directive by its account.
        coop_is_open: whether the structure's own books are part of the ledger.
        has_empty_custom: whether some `custom` directive has no values at all.
        follow_ups: the accepted follow-up directives.
        meetings: the accepted meeting directives.
        errors: what was refused, in order of date, file and line.

    """

    file: str
    currency: str
    tolerant: bool
    roots: RootNames
    activities: Mapping[str, Activity]
    cooperative: Cooperative
    seals: Mapping[str, Mapping[Month, Custom]]
    opens: Mapping[str, Open]
    closes: Mapping[str, Close]
    coop_is_open: bool
    has_empty_custom: bool
    follow_ups: tuple[Declaration, ...]
    meetings: tuple[Declaration, ...]
    errors: tuple[BeancoopError, ...]

    @property
    def earliest(self) -> datetime.date:
        """The start of the first activity; today's date has no part in a load, so without one it is the first day."""
        return min((activity.start for activity in self.activities.values()), default=datetime.date.min)

    def knows(self, unit: str) -> bool:
        """Say whether *unit* is the structure or a declared activity."""
        return unit == COOP or unit in self.activities

    def last_closed(self, unit: str) -> Month | None:
        """Give the last closed month of *unit*, or None: where the structure's books are there, its seal closes a month."""
        sealed = self.seals.get(unit, {}).keys()
        return max(sealed - set(self.orphans(unit)), default=None)

    def orphans(self, unit: str) -> Sequence[Month]:
        """Give the months that *unit* has sealed and the structure, whose books are there, has not: they close nothing."""
        if not self.coop_is_open:
            return ()
        return sorted(self.seals.get(unit, {}).keys() - self.seals.get(COOP, {}).keys())


def read_register(entries: Iterable[Directive], options: Mapping[str, Any]) -> Register:
    """Read every directive but the transactions; never raises, whatever they hold."""
    customs, opens, closes = _sort_out(entries)
    declared, errors = d.read_declarations(customs)
    currencies = list(dict.fromkeys(options["operating_currency"])) or [BOOKS_CURRENCY]
    currency = BOOKS_CURRENCY if BOOKS_CURRENCY in currencies else currencies[0]
    if len(currencies) > 1:
        errors.append(_too_many_currencies(currencies, options))
    of_kind: dict[str, list[Declaration]] = {kind: [] for kind in d.FORMS}
    for declaration in declared:
        of_kind[declaration.kind].append(declaration)
    activities = _Activities(currency, errors).read(of_kind)
    if len(currencies) > 1:
        activities = {unit: replace(activity, sound=False) for unit, activity in activities.items()}
    known = {COOP, *activities}
    return Register(
        file=str(options["filename"] or ""),
        currency=currency,
        tolerant=is_tolerant(options),
        roots=RootNames.of(options),
        activities=activities,
        cooperative=read_cooperative(of_kind[d.COOPERATIVE], of_kind[d.COOPERATIVE_TERMS], errors),
        seals=_read_seals(of_kind[d.CLOSED], known, errors),
        opens=opens,
        closes=closes,
        coop_is_open=any(account.endswith(f":{COOP}") for account in opens),
        has_empty_custom=any(custom.values is None for custom in customs),
        follow_ups=tuple(_of_known_units(of_kind[d.FOLLOW_UP], known, errors)),
        meetings=tuple(_attended_by_known_units(of_kind[d.MEETING], known, errors)),
        errors=tuple(sorted(errors, key=_where)),
    )


def is_tolerant(options: Mapping[str, Any]) -> bool:
    """Say whether Beancount, under these options, lets a sum or a balance be off by a little."""
    return bool(options["tolerance_multiplier"] or any(options["inferred_tolerance_default"].values()))


def _sort_out(entries: Iterable[Directive]) -> tuple[list[Custom], dict[str, Open], dict[str, Close]]:
    customs: list[Custom] = []
    opens: dict[str, Open] = {}
    closes: dict[str, Close] = {}
    for entry in entries:
        if isinstance(entry, Transaction):  # most of them, and not asked about anything else
            continue
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
    return BeancoopError(
        new_metadata(options["filename"] or "<ledger>", 1),
        f"The ledger names {len(currencies)} operating currencies ({', '.join(currencies)}); a contribution is counted "
        'in one. Keep a single line such as: option "operating_currency" "EUR".',
        None,
    )


class _Activities:
    """Puts the declarations of each activity together, and collects what contradicts itself."""

    def __init__(self, currency: str, errors: list[BeancoopError]) -> None:
        self.currency = currency
        self.errors = errors
        self.activities: dict[str, Activity] = {}

    def read(self, of_kind: Mapping[str, Sequence[Declaration]]) -> dict[str, Activity]:
        for declaration in of_kind[d.ACTIVITY]:
            self._declare(declaration)
        self._each_unit(of_kind[d.EXIT], self._leave)
        self._each_unit(of_kind[d.TERMS], self._set_terms)
        self._each_unit([*of_kind[d.PAUSE], *of_kind[d.RESUME]], self._pause)
        return dict(sorted(self.activities.items()))

    def _refuse(self, declaration: Declaration, message: str) -> None:
        self.errors.append(BeancoopError(declaration.entry.meta, message, declaration.entry))

    def _declare(self, declaration: Declaration) -> None:
        unit = declaration.values[0]
        if unit == COOP:
            self._refuse(
                declaration,
                f"{COOP} is the structure itself, not an activity; give the activity another code.",
            )
        elif first := self.activities.get(unit):
            self._refuse(declaration, f"{unit} is already declared at {place(first.entry.meta)}; keep one of the two.")
        else:
            terms, sound = self._terms(declaration, Terms(declaration.date, declaration.entry))
            self.activities[unit] = Activity(unit, declaration.entry, (terms,), sound=sound)

    def _terms(self, declaration: Declaration, before: Terms) -> tuple[Terms, bool]:
        """Give the terms in force after *declaration*, and whether all of it was accepted."""
        changes = dict(declaration.terms)
        sound = declaration.sound
        if isinstance(overdraft := changes.pop("overdraft", None), Amount):
            if overdraft.currency == self.currency:
                changes["overdraft"] = overdraft.number
            else:
                self._refuse(declaration, f"The overdraft is {overdraft}; write it in {self.currency}.")
                sound = False
        if isinstance(months := changes.get("months"), Decimal):
            changes["months"] = int(months)
        terms = replace(before, start=declaration.date, entry=declaration.entry, **changes)  # type: ignore[arg-type]
        if terms.settlement == "treasury" and terms.treasury is None:
            self._refuse(
                declaration,
                'settlement: "treasury" needs the bank account: add a line such as treasury: "5500-Banque".',
            )
            sound = False
        return terms, sound

    def _each_unit(self, given: Iterable[Declaration], read: Callable[[Activity, list[Declaration]], Activity]) -> None:
        """Apply *read* to each activity with those of its declarations that do not come before its start."""
        unit_of = _first_value
        for unit, group in groupby(sorted(given, key=unit_of), unit_of):
            activity = self.activities.get(unit)
            accepted = []
            for declaration in group:
                if activity is None:
                    self._refuse(declaration, _undeclared(unit))
                elif declaration.date < activity.start:
                    self._refuse(
                        declaration,
                        f'"{declaration.kind}" of {unit} comes before its start, {activity.start} at '
                        f"{place(activity.entry.meta)}; correct one of the two dates.",
                    )
                else:
                    accepted.append(declaration)
            if activity is not None:
                self.activities[unit] = read(activity, accepted)

    def _leave(self, activity: Activity, exits: list[Declaration]) -> Activity:
        for second in exits[1:]:
            self._refuse(
                second,
                f"{activity.unit} has already left at {place(exits[0].entry.meta)}; keep one of the two.",
            )
        return replace(activity, exit=Exit(exits[0].date, exits[0].values[1])) if exits else activity

    def _set_terms(self, activity: Activity, changes: list[Declaration]) -> Activity:
        terms, sound = list(activity.terms), activity.sound
        for day, group in groupby(changes, attrgetter("date")):
            change, *others = group
            for other in others:
                self._refuse(
                    other,
                    f"{activity.unit} already has terms from {day} at {place(change.entry.meta)}; "
                    "write them in one directive.",
                )
            new, accepted = self._terms(change, terms[-1])
            terms.append(new)
            sound = sound and accepted and not others
        return replace(activity, terms=tuple(terms), sound=sound)

    def _pause(self, activity: Activity, given: list[Declaration]) -> Activity:
        pauses: list[Pause] = []
        given.sort(key=attrgetter("date"))
        for _, group in groupby(given, attrgetter("date")):
            paused = bool(pauses) and pauses[-1].end is None
            # on one day, the directive that makes sense comes first, wherever it stands in the files
            for declaration in sorted(group, key=lambda each: (each.kind == d.PAUSE) == paused):
                self._pause_or_resume(pauses, declaration)
        return replace(activity, pauses=tuple(pauses))

    def _pause_or_resume(self, pauses: list[Pause], declaration: Declaration) -> None:
        unit = declaration.values[0]
        paused = bool(pauses) and pauses[-1].end is None
        if declaration.kind == d.PAUSE and paused:
            self._refuse(declaration, f"{unit} is already in the pause that began on {pauses[-1].start}.")
        elif declaration.kind == d.PAUSE:
            pauses.append(Pause(declaration.date))
        elif paused:
            pauses[-1] = replace(pauses[-1], end=declaration.date)
        else:
            self._refuse(
                declaration,
                f'{unit} is not in a pause on {declaration.date}; a resume needs an "{d.PAUSE}" before it.',
            )


def _first_value(declaration: Declaration) -> str:
    return declaration.values[0]


def _undeclared(unit: str) -> str:
    return f'{unit} is not declared; add a directive such as: 2026-01-05 custom "activity" "{unit}".'


def _of_known_units(
    given: Iterable[Declaration], known: set[str], errors: list[BeancoopError]
) -> Iterable[Declaration]:
    for declaration in given:
        if (unit := declaration.values[0]) in known:
            yield declaration
        else:
            errors.append(BeancoopError(declaration.entry.meta, _undeclared(unit), declaration.entry))


def _attended_by_known_units(
    given: Iterable[Declaration], known: set[str], errors: list[BeancoopError]
) -> Iterable[Declaration]:
    for declaration in given:
        attended = str(declaration.terms.get("attended", "")).split()
        errors.extend(
            BeancoopError(declaration.entry.meta, _undeclared(unit), declaration.entry)
            for unit in attended
            if unit not in known
        )
        yield declaration


def _read_seals(
    given: Iterable[Declaration], known: set[str], errors: list[BeancoopError]
) -> dict[str, dict[Month, Custom]]:
    """Give the closed months of each unit; a gap between two is an error, and the month in it stays closed."""
    seals: dict[str, dict[Month, Custom]] = {}
    for seal in given:
        period, unit = seal.values
        month = Month.parse(period)
        assert month is not None  # noqa: S101 - its form was checked
        if unit not in known:
            message = _undeclared(unit)
        elif seal.date != month.last_day:
            message = f"The seal of {period} is dated {seal.date}; it must be dated {month.last_day}."
        elif first := seals.setdefault(unit, {}).get(month):
            message = f"{period} of {unit} is already closed at {place(first.meta)}; a month has one seal."
        else:
            seals[unit][month] = seal.entry
            continue
        errors.append(BeancoopError(seal.entry.meta, message, seal.entry))
    for unit, months in seals.items():
        errors.extend(_gaps(unit, months))
    return seals


def _gaps(unit: str, months: Mapping[Month, Custom]) -> Iterable[BeancoopError]:
    for before, after in pairwise(sorted(months)):
        if before.next() != after:
            yield BeancoopError(
                months[after].meta,
                f"{after} of {unit} is closed but {before.next()} is not; months close one after the other.",
                months[after],
            )
