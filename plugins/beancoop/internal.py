"""Class 9 stays inside the company: each of its parents sums to zero over all units, every day.

Before, A001 works for A002 and both books say so, but not the same:

    2026-01-05 custom "activity" "A001"
    2026-01-05 custom "activity" "A002"
    2026-01-05 open Assets:55:5500-Banque:COOP
    2026-02-10 * "Site pour A002" ^PI-2026-001
      Assets:9:960-Liaison:A001                    300.00 EUR
      Expenses:9:951-PrestationsInternes:A001     -300.00 EUR
    2026-02-10 * "Site par A001" ^PI-2026-001
      Expenses:9:951-PrestationsInternes:A002      200.00 EUR
      Assets:9:960-Liaison:A002                   -200.00 EUR

After, as errors:

    line 4: A001 books -300.00 EUR of internal services on 2026-02-10, but A002 books 200.00 EUR on 2026-02-10 at
        <string>:7. Both sides take one date and opposite amounts. [BC321]
    line 7: Assets:9:960-Liaison is 100.00 EUR over all units at the end of 2026-02-10; class 9 is internal and sums to
        zero every day. Look for the transaction whose other side is missing, or has another date or amount. [BC324]
    line 7: Expenses:9:951-PrestationsInternes is -100.00 EUR over all units at the end of 2026-02-10; class 9 is
        internal and sums to zero every day. Look for the transaction whose other side is missing, or has another date
        or amount. [BC324]

Where the structure's books are not part of the ledger (a sub-ledger alone), the sums are not whole and the other side
of a service may not be there: then only two sides that are both there are compared.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.amount import Amount

from beancoop.contribution.entries import TAG
from beancoop.model.accounts import COOP
from beancoop.model.findings import BeancoopError, place
from beancoop.model.money import ZERO
from beancoop.model.pcmn import INTERNAL, INTERNAL_SERVICES
from beancoop.rules import engine
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from beancount.core.data import Directives, Transaction

    from beancoop.model.accounts import AccountName
    from beancoop.model.register import Register
    from beancoop.rules.part import Column, Part

__plugins__ = ("internal",)

SIDES_DIFFER = error(
    "BC321",
    "{unit} books {amount} of internal services on {day}, but {other} books {other_amount} on {other_day} at {place}. "
    "Both sides take one date and opposite amounts.",
)
NO_SIDE_MIRRORS = error(
    "BC322",
    "{unit} books {amount} of internal services on {day}, and none of the transactions with its ^link ({places}) books "
    "the opposite on that day. Both sides take one date and opposite amounts.",
)
NO_OTHER_SIDE = error(
    "BC323",
    "{unit} books {amount} of internal services on {day}, and no transaction of another unit shares its ^link. Write "
    "the other side, with the same link.",
)
PARENT_NOT_ZERO = error(
    "BC324",
    "{account} is {sum} over all units at the end of {day}; class 9 is internal and sums to zero every day. Look for "
    "the transaction whose other side is missing, or has another date or amount.",
)


class Side(NamedTuple):
    """What one transaction of a unit books on internal services, in one currency.

    Attributes:
        unit: whose books they are.
        currency: the currency.
        place: the transaction, by its place in its part.
        day: its day, by its number.
        links: its links, in order.
        amount: debits positive.

    """

    unit: str
    currency: str
    place: int
    day: int
    links: tuple[str, ...]
    amount: Decimal

    @classmethod
    def of(cls, kept: tuple[Any, ...]) -> Side:
        """Give it from what is kept of it."""
        unit, currency, place, day, links, amount = kept
        return cls(unit, currency, place, day, links, Decimal(amount))

    def under(self, link: str) -> tuple[object, ...]:
        """Give what it books under one of its links."""
        return link, self.day, self.currency, self.amount

    def is_mirrored(self, booked: Booked) -> bool:
        """Say whether it books nothing, or another unit the opposite under one of its links on that day."""
        opposite = self.day, self.currency, -self.amount
        return not self.amount or any(booked.get((link, *opposite), set()) - {self.unit} for link in self.links)


Booked = Mapping[tuple[object, ...], AbstractSet[str]]
"""The units that book something under a link."""


_NOTHING = None, ""
"""What a posting without an amount moves."""


class Internal(engine.Rule):
    """Sums class 9 by parent and day, and pairs the two sides of internal services by their link."""

    numbers = (INTERNAL,)

    def __init__(self, register: Register) -> None:
        """Start with nothing seen."""
        super().__init__(register)
        self.days: defaultdict[tuple[str, str], dict[datetime.date, tuple[Decimal, int]]] = defaultdict(dict)
        self.sides: defaultdict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
        self.closing = _closing_since(register) if register.is_closing else {}

    def watch(self, account: AccountName, column: Column) -> engine.Poster | None:
        """Watch class 9: services everywhere, the rest where the structure's books are part of the ledger."""
        unit, is_service = account.unit, account.number == INTERNAL_SERVICES
        if unit is None or not (is_service or self.register.coop_is_open):
            return None
        parent = account.parent
        for at, day, units in zip(column.places, column.days, column.units, strict=True):
            number, currency = _NOTHING if units is None else units  # an amount of zero is false
            if number is None or (self.closing and self._is_half(column.transaction(at))):
                continue
            days = self.days[parent, currency]
            before = days.get(day)
            days[day] = (number, at) if before is None else (before[0] + number, max(before[1], at))
            if is_service:
                self.sides[at, unit, currency] += number
        return None

    def _is_half(self, transaction: Transaction) -> bool:
        """Say whether a closing under way has written one side of this levy, and the other is still in memory."""
        since = self.closing.get(str(transaction.meta.get("unit")))
        return since is not None and transaction.date > since and TAG in transaction.tags

    def keep(self, part: Part) -> engine.Kept:
        """Keep the sums of each day, and the sides."""
        sides = []
        for (at, unit, currency), amount in self.sides.items():
            entry = part.entries[at]
            sides.append((unit, currency, at, entry.date.toordinal(), tuple(sorted(entry.links)), str(amount)))
        return engine.Kept((tuple(map(_days, self.days.items())), tuple(sides)), ())

    @classmethod
    def conclude(
        cls, register: Register, shown: Sequence[engine.Shown], whole: Callable[[], Sequence[Any]]
    ) -> engine.Outcome:
        """Give the services whose sides differ, then the parents that are not zero where all units are there."""
        del whole
        wrong = [] if _all_mirrored(shown) else _differing(shown, is_whole=register.coop_is_open)
        return (), [*wrong, *(_not_zero(shown) if register.coop_is_open else ())]


def _all_mirrored(shown: Sequence[engine.Shown]) -> bool:
    """Say whether each side is mirrored as it is written, as all are in good books: sooner than `Side.is_mirrored`."""
    booked: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    sides = [side for _, (_, own), *_ in shown for side in own]
    for unit, currency, _, day, links, amount in sides:
        for link in links:
            booked[link, day, currency, amount].add(unit)
    for unit, currency, _, day, links, amount in sides:
        opposite = amount[1:] if amount.startswith("-") else f"-{amount}"
        if not any(booked.get((link, day, currency, opposite), set()) - {unit} for link in links):
            return False
    return True


def _days(summed: tuple[tuple[str, str], Mapping[datetime.date, tuple[Decimal, int]]]) -> tuple[Any, ...]:
    """Give what a parent moves in a currency: the days, the place of the last movement of each, and the sums."""
    parent, sums = summed
    moved, places = zip(*sums.values(), strict=True)
    return *parent, tuple(map(datetime.date.toordinal, sums)), places, tuple(map(str, moved))


def _booked(sides: Iterable[Side]) -> Booked:
    found: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    for side in sides:
        for link in side.links:
            found[side.under(link)].add(side.unit)
    return found


def _differing(shown: Sequence[engine.Shown], *, is_whole: bool) -> Iterator[BeancoopError]:
    """Tell of the sides that are not mirrored, in their order in the ledger."""
    sides = [(part, Side.of(side)) for part, (_, own), *_ in shown for side in own]
    booked = _booked(side for _, side in sides)
    if all(side.is_mirrored(booked) for _, side in sides):
        return
    sides.sort(key=lambda each: (each[0].rank(each[1].place), each[1].unit, each[1].currency))
    by_link: defaultdict[str, list[tuple[Part, Side]]] = defaultdict(list)
    for part, side in sides:
        for link in side.links:
            by_link[link].append((part, side))
    units = {link: {side.unit for _, side in own} for link, own in by_link.items()}
    told: set[int] = set()
    for part, side in sides:
        if id(side) in told or side.is_mirrored(booked):
            continue
        if not is_whole and all(units[link] == {side.unit} for link in side.links):
            continue  # its other side is in books that are not here
        others = [other for link in side.links for other in by_link[link] if other[1] is not side]
        told.update(id(other) for _, other in others)
        yield _difference(part, side, others)


def _sums_to_zero(shown: Sequence[engine.Shown]) -> bool:
    """Say whether each day is zero by itself, as all are in good books."""
    totals: defaultdict[tuple[str, str], dict[int, Decimal]] = defaultdict(dict)
    for _, (own, _), *_ in shown:
        for name, currency, days, _, numbers in own:
            total = totals[name, currency]
            for day, number in zip(days, numbers, strict=True):
                total[day] = total.get(day, ZERO) + Decimal(number)
    return not any(number for total in totals.values() for number in total.values())


def _not_zero(shown: Sequence[engine.Shown]) -> Iterator[BeancoopError]:
    """Tell of each parent on the first day that does not end at zero: those after it follow from it."""
    if _sums_to_zero(shown):
        return
    days: defaultdict[tuple[str, str], defaultdict[int, list[tuple[Part, Decimal, int]]]]
    days = defaultdict(lambda: defaultdict(list))
    for part, (own, _), *_ in shown:
        for name, currency, *moved in own:
            for day, last, number in zip(*moved, strict=True):
                days[name, currency][day].append((part, Decimal(number), last))
    for (name, currency), sums in days.items():
        total = ZERO
        for _, moved in sorted(sums.items(), key=itemgetter(0)):
            total += sum((number for _, number, _ in moved), ZERO)
            if total:
                part, _, at = max(moved, key=lambda each: each[0].rank(each[2]))
                last = part.entries[at]
                amount = Amount(total, currency)
                message = PARENT_NOT_ZERO(account=name, sum=amount, day=last.date)
                yield BeancoopError(last.meta, message, last)
                break


def _closing_since(register: Register) -> dict[str, datetime.date]:
    """Give the units that are closed further than the structure, with the day after which they are."""
    last = register.last_closed(COOP)
    since = last.last_day if last else datetime.date.min
    ahead = [unit for unit, seals in register.seals.items() if any(month.last_day > since for month in seals)]
    return dict.fromkeys(ahead, since)


def _difference(part: Part, side: Side, others: Sequence[tuple[Part, Side]]) -> BeancoopError:
    transaction = part.entries[side.place]
    booked = {"unit": side.unit, "amount": Amount(side.amount, side.currency), "day": transaction.date}
    against = [(other, theirs.entries[other.place]) for theirs, other in others]
    match against:
        case []:
            message = NO_OTHER_SIDE(**booked)
        case [(other, entry)]:
            message = SIDES_DIFFER(
                **booked,
                other=other.unit,
                other_amount=Amount(other.amount, other.currency),
                other_day=entry.date,
                place=place(entry.meta),
            )
        case _:
            places = dict.fromkeys(place(entry.meta) for _, entry in against)
            message = NO_SIDE_MIRRORS(**booked, places=[*places])
    return BeancoopError(transaction.meta, message, transaction)


def internal(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check class 9; adds nothing."""
    return engine.run_plugin(__name__, (Internal,), entries, options)
