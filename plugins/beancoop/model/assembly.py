"""Puts the directives of each activity together, and tells what contradicts itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from beancount.core.amount import Amount

from beancoop.model import directives as d
from beancoop.model import doubts as doubtful
from beancoop.model.accounts import COOP
from beancoop.model.activity import Activity, Exit, Pause, Terms
from beancoop.model.findings import BeancoopError, place
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from beancoop.model.directives import Declaration
    from beancoop.model.doubts import Doubts

UNDECLARED = error("BC111", '{unit} is not declared; add a directive such as: 2026-01-05 custom "activity" "{unit}".')
COOP_AS_ACTIVITY = error("BC112", "COOP is the structure itself, not an activity; give the activity another code.")
DECLARED_TWICE = error("BC113", "{unit} is already declared at {place}; keep one of the two.")
OVERDRAFT_CURRENCY = error("BC114", "The overdraft is {overdraft}; write it in {currency}.")
NO_TREASURY = error(
    "BC115", 'settlement: "treasury" needs the bank account: add a line such as treasury: "5500-Banque".'
)
BEFORE_START = error(
    "BC116", '"{directive}" of {unit} comes before its start, {start} at {place}; correct one of the two dates.'
)
LEFT_TWICE = error("BC117", "{unit} has already left at {place}; keep one of the two.")
TERMS_TWICE = error("BC118", "{unit} already has terms from {day} at {place}; write them in one directive.")
PAUSED_TWICE = error(
    "BC119",
    "{unit} is already in the pause that began on {day}; take one of the two away, or end the first with an "
    '"activity-resume" by {second}.',
)
NOT_PAUSED = error("BC120", '{unit} is not in a pause on {day}; a resume needs an "activity-pause" before it.')


class Assembly:
    """Puts the declarations of each activity together, and collects what contradicts itself."""

    def __init__(self, currency: str, errors: list[BeancoopError], doubts: Doubts) -> None:
        """Start with no activity; what is wrong is added to *errors*, what that leaves open to *doubts*."""
        self.currency = currency
        self.errors = errors
        self.doubts = doubts
        self.activities: dict[str, Activity] = {}

    def read(self, of_kind: Mapping[str, Sequence[Declaration]]) -> dict[str, Activity]:
        """Give the activities by their codes."""
        for declaration in of_kind[d.ACTIVITY]:
            self._declare(declaration)
        self._each_unit(of_kind[d.EXIT], self._leave)
        self._each_unit(of_kind[d.TERMS], self._set_terms)
        self._each_unit([*of_kind[d.PAUSE], *of_kind[d.RESUME]], self._pause)
        return {
            unit: replace(activity, sound=not self.doubts.refuses(unit, *d.TERM_KEYS))
            for unit, activity in sorted(self.activities.items())
        }

    def _refuse(self, declaration: Declaration, message: str, *open_questions: str) -> None:
        self.errors.append(BeancoopError(declaration.entry.meta, message, declaration.entry))
        self.doubts.add(declaration.values[0], open_questions)

    def _declare(self, declaration: Declaration) -> None:
        unit = declaration.values[0]
        if unit == COOP:
            self._refuse(declaration, COOP_AS_ACTIVITY())
        elif first := self.activities.get(unit):
            message = DECLARED_TWICE(unit=unit, place=place(first.entry.meta))
            self._refuse(declaration, message, *declaration.terms)
        else:
            terms = self._terms(declaration, Terms(declaration.date, declaration.entry))
            self.activities[unit] = Activity(unit, declaration.entry, (terms,))

    def _terms(self, declaration: Declaration, before: Terms) -> Terms:
        """Give the terms in force after *declaration*, as far as it was accepted."""
        changes = dict(declaration.terms)
        if isinstance(overdraft := changes.pop("overdraft", None), Amount):
            if overdraft.currency == self.currency:
                changes["overdraft"] = overdraft.number
            else:
                message = OVERDRAFT_CURRENCY(overdraft=str(overdraft), currency=self.currency)
                self._refuse(declaration, message, "overdraft")
        if isinstance(months := changes.get("months"), Decimal):
            changes["months"] = int(months)
        terms = replace(before, start=declaration.date, entry=declaration.entry, **changes)  # type: ignore[arg-type]
        if terms.settlement == "treasury" and terms.treasury is None and not self._may_name_treasury(declaration):
            self._refuse(declaration, NO_TREASURY(), "treasury")
        return terms

    def _may_name_treasury(self, declaration: Declaration) -> bool:
        return self.doubts.about(declaration.values[0], "settlement", "treasury")

    def _each_unit(self, given: Iterable[Declaration], read: Callable[[Activity, list[Declaration]], Activity]) -> None:
        """Apply *read* to each activity with those of its declarations that do not come before its start."""
        unit_of = _first_value
        for unit, group in groupby(sorted(given, key=unit_of), unit_of):
            activity = self.activities.get(unit)
            accepted = []
            for declaration in group:
                if activity is None:
                    if not self.doubts.may_declare(unit):
                        self._refuse(declaration, UNDECLARED(unit=unit))
                elif declaration.date < activity.start:
                    self._refuse(declaration, _too_early(declaration, activity), *_what_it_says(declaration))
                else:
                    accepted.append(declaration)
            if activity is not None:
                self.activities[unit] = read(activity, accepted)

    def _leave(self, activity: Activity, exits: list[Declaration]) -> Activity:
        for second in exits[1:]:
            message = LEFT_TWICE(unit=activity.unit, place=place(exits[0].entry.meta))
            self._refuse(second, message, doubtful.EXIT)
        return replace(activity, exit=Exit(exits[0].date, exits[0].values[1])) if exits else activity

    def _set_terms(self, activity: Activity, changes: list[Declaration]) -> Activity:
        terms = list(activity.terms)
        for day, group in groupby(changes, attrgetter("date")):
            change, *others = group
            for other in others:
                message = TERMS_TWICE(unit=activity.unit, day=day, place=place(change.entry.meta))
                self._refuse(other, message, *d.TERM_KEYS)
            terms.append(self._terms(change, terms[-1]))
        return replace(activity, terms=tuple(terms))

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
        unit, day = declaration.values[0], declaration.date
        paused = bool(pauses) and pauses[-1].end is None
        if declaration.kind == d.PAUSE and not paused:
            pauses.append(Pause(day))
        elif declaration.kind == d.RESUME and paused:
            pauses[-1] = replace(pauses[-1], end=day)
        elif not self.doubts.about(unit, doubtful.PAUSE):  # the one that is missing may have been refused
            message = (
                PAUSED_TWICE(unit=unit, day=pauses[-1].start, second=day) if paused else NOT_PAUSED(unit=unit, day=day)
            )
            self._refuse(declaration, message, doubtful.PAUSE)


def _first_value(declaration: Declaration) -> str:
    return declaration.values[0]


def _too_early(declaration: Declaration, activity: Activity) -> str:
    return BEFORE_START(
        directive=declaration.kind, unit=activity.unit, start=activity.start, place=place(activity.entry.meta)
    )


def _what_it_says(declaration: Declaration) -> tuple[str, ...]:
    return tuple(declaration.terms) or d.FORMS[declaration.kind].says
