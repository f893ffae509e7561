"""Whether the treasuries can bear the levies that are about to be written (contract, section 6).

Only an activity whose contribution moves at once between shares of a bank account (`settlement: "treasury"`) can fall
short; what is levied weighs on each day from the end of the month on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.model.accounts import parse_account
from beancoop.model.findings import Finding
from beancoop.model.money import ZERO
from beancoop.model.pcmn import TREASURY
from beancoop.model.provenance import is_injected
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancoop.model.activity import Activity
    from beancoop.model.months import Month
    from beancoop.model.register import Register

CANNOT_BEAR = error(
    "BC528",
    "The treasury of {unit} cannot bear its contribution of {month}, {levy}: {missing} is missing on {day}. Let it go "
    "below zero (overdraft: in its terms), or settle that month through its account: {terms}",
)


def short_treasuries(
    entries: Iterable[data.Directive],
    register: Register,
    levies: Mapping[str, Sequence[data.Transaction]],
    month: Month,
) -> list[Finding]:
    """Tell of each activity whose treasury the levies of *month* would take below its overdraft, at its declaration.

    Args:
        entries: of the loaded ledger, in order.
        register: of that ledger.
        levies: by unit, the transactions that would be written in its books.
        month: the month they are of.

    """
    added = {unit: _on_treasury(written, unit, register.currency) for unit, written in levies.items()}
    purses = {
        unit: _Purse(register.activities[unit], amount, month.last_day)
        for unit, amount in added.items()
        if amount < ZERO and unit in register.activities
    }
    if not purses:
        return []
    for entry in entries:
        if isinstance(entry, data.Transaction) and not is_injected(entry):
            for posting in entry.postings:
                name = parse_account(posting.account)
                if name and (purse := purses.get(name.unit or "")) and name.number.startswith(TREASURY):
                    purse.add(entry.date, posting, register.currency)
    return [purse.finding(month, register.currency) for _, purse in sorted(purses.items()) if purse.is_short()]


def _on_treasury(written: Iterable[data.Transaction], unit: str, currency: str) -> Decimal:
    """Give what transactions move on the treasury of *unit*, below zero for what leaves it."""
    return sum(
        (
            _moved(posting, currency)
            for entry in written
            for posting in entry.postings
            if (name := parse_account(posting.account)) and name.unit == unit and name.number.startswith(TREASURY)
        ),
        ZERO,
    )


def _moved(posting: data.Posting, currency: str) -> Decimal:
    units = posting.units
    return units.number or ZERO if units is not None and units.currency == currency else ZERO


class _Purse:
    """What an activity has at the end of each day from the month's last one on, the levy paid."""

    def __init__(self, activity: Activity, levy: Decimal, since: datetime.date) -> None:
        self.activity, self.levy, self.since = activity, levy, since
        self.days: dict[datetime.date, Decimal] = {since: levy}
        self._last = since

    def add(self, day: datetime.date, posting: data.Posting, currency: str) -> None:
        """Count a movement; they come in order."""
        day = max(day, self.since)
        self.days[day] = self.days.setdefault(day, self.days[self._last]) + _moved(posting, currency)
        self._last = day

    def _missing(self) -> tuple[Decimal, datetime.date]:
        """Give what is missing on the worst day, and that day; what is missing is below zero where all is well."""
        return max(
            ((-balance - self.activity.terms_on(day).overdraft, day) for day, balance in self.days.items()),
            key=lambda each: (each[0], -each[1].toordinal()),
        )

    def is_short(self) -> bool:
        """Say whether it falls below its overdraft."""
        return self._missing()[0] > ZERO

    def finding(self, month: Month, currency: str) -> Finding:
        """Say what is missing, when, and the ways out."""
        missing, day = self._missing()
        unit = self.activity.unit
        message = CANNOT_BEAR(
            unit=unit,
            month=month,
            levy=Amount(-self.levy, currency),
            missing=Amount(missing, currency),
            day=day,
            terms=f'{month.last_day} custom "activity-terms" "{unit}", settlement: "account"',
        )
        return Finding.at(self.activity.entry, message)
