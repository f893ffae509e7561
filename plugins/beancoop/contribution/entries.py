"""The entries that settle a levy, one transaction in the books of each of the two units (contract, section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Open, Posting, Transaction, new_metadata

from beancoop.model.accounts import COOP
from beancoop.model.findings import BeancoopError
from beancoop.model.provenance import MARK, ORIGIN, PROVISIONAL, is_injected
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.contribution.levy import Levy
    from beancoop.model.activity import Activity, Terms
    from beancoop.model.months import Month
    from beancoop.model.register import Register

TAG = "contribution"
_LEVY, _PROVISIONAL_LEVY = frozenset((TAG,)), frozenset((TAG, PROVISIONAL))
CONTRIBUTION_STEM, LIAISON_STEM = "950-Contribution", "960-Liaison"


NO_SHARE = error(
    "BC411",
    'settlement: "treasury" of {unit} needs {account}, which is not open; open it, or write settlement: "account". '
    "Until then nothing is levied.",
)
OPENS_LATE = error(
    "BC412",
    "{account} opens on {day}; the contribution needs it from {by} on. Open it by then, or take the line away and it "
    "opens by itself. Until then nothing is levied.",
)
CLOSES_EARLY = error(
    "BC413",
    "{account} closes on {day}; the contribution still needs it: it cannot be closed before {until}. As it stands, "
    "nothing is levied.",
)


class Need(NamedTuple):
    """An account that the levies of one or more activities need.

    Attributes:
        account: its name.
        since: the day on which it is opened where nobody did.
        by: the day of its first levy, by which it must be open.
        until: the day of its last one, before which it may not be closed.
        terms: for an activity's share of a bank account, which somebody must open, the terms that name it; else None.

    """

    account: str
    since: datetime.date
    by: datetime.date
    until: datetime.date
    terms: Terms | None

    def with_other(self, other: Need) -> Need:
        """Give what both need of one account."""
        return self._replace(by=min(self.by, other.by), until=max(self.until, other.until))


class Settlement(NamedTuple):
    """What the levies of all activities need.

    Attributes:
        opened: the accounts to open.
        units: the activities whose levies nothing stands in the way of.
        obstacles: what stands in the way of the others.

    """

    opened: Sequence[Open]
    units: Sequence[str]
    obstacles: Sequence[BeancoopError]


def settlement_stem(terms: Terms) -> str:
    """Give the account, without root and unit, through which a levy passes from one unit to the other."""
    return terms.treasury if terms.settlement == "treasury" and terms.treasury else LIAISON_STEM


def prepare(register: Register, levied: Mapping[str, Iterable[Month]]) -> Settlement:
    """Give what the levies of some months of each activity need.

    An activity whose declaration, or one of whose accounts, stands in the way gets no levy: the error says why, once
    for each account.
    """
    sound = {unit: months for unit, months in levied.items() if register.activities[unit].sound}
    needs = {unit: _needs(register, register.activities[unit], months) for unit, months in sound.items()}
    units = [
        unit
        for unit, own in needs.items()
        if not any(True for need in own.values() for _ in _obstacle(register, unit, need))
    ]
    missing: dict[str, datetime.date] = {}
    for need in (each for unit in units for each in needs[unit].values() if each.account not in register.opens):
        missing[need.account] = min(need.since, missing.get(need.account, need.since))  # of several units, for all
    opened = [_open(name, since) for name, since in missing.items()]
    return Settlement(opened, units, list(_obstacles(register, needs)))


def settle(register: Register, levies: Iterable[Levy], halves: Mapping[Month, Decimal]) -> list[Directive]:
    """Give the entries of the levies of one activity that are due and not yet written.

    While a closing is under way, the activity's side of a levy is written and sealed before the structure's: what the
    latter still misses of a month, in *halves*, is given here.
    """
    entries: list[Directive] = []
    for levy in levies:
        if levy.levy and not levy.closed:
            entries += levy_entries(register, levy)
        if missing := halves.get(levy.month):
            entries.append(levy_entries(register, levy._replace(levy=missing))[1])
    return entries


def _units(register: Register, activity: Activity) -> tuple[str, ...]:
    return (activity.unit, COOP) if register.coop_is_open else (activity.unit,)


def _needs(register: Register, activity: Activity, months: Iterable[Month]) -> dict[str, Need]:
    """Give each account that the levies of those months need."""
    days = [month.last_day for month in _telling(activity, sorted(set(months)))]
    stems: dict[str, list[tuple[datetime.date, Terms]]] = {}
    for day in days:
        terms = activity.terms_on(day)
        stems.setdefault(settlement_stem(terms), []).append((day, terms))
    needs: dict[str, Need] = {}
    for unit in _units(register, activity) if days else ():
        start = register.earliest if unit == COOP else activity.start
        charged = register.roots.account("expenses", CONTRIBUTION_STEM, unit)
        since = min(start, days[0])  # a slip may come before it starts
        needs[charged] = Need(charged, since, days[0], days[-1], None)
        for stem, own in stems.items():
            (first, terms), (last, _) = own[0], own[-1]
            settled = register.roots.account("assets", stem, unit)
            named = terms if stem != LIAISON_STEM and unit != COOP else None
            needs[settled] = Need(settled, min(start, first), first, last, named)
    return needs


def _telling(activity: Activity, months: list[Month]) -> list[Month]:
    """Give the months from which it is known what all of them need: the first and the last where one account does."""
    return months if len({settlement_stem(terms) for terms in activity.terms}) > 1 else [*months[:1], *months[-1:]]


def _obstacles(register: Register, needs: Mapping[str, Mapping[str, Need]]) -> Iterator[BeancoopError]:
    """Tell of each account that stands in the way of a levy, as all activities together need it."""
    together: dict[str, tuple[str, Need]] = {}
    for unit, each in needs.items():
        for name, need in each.items():
            first, before = together.get(name, (unit, need))
            together[name] = first, before.with_other(need)
    for unit, need in together.values():
        yield from _obstacle(register, unit, need)


def _obstacle(register: Register, unit: str, need: Need) -> Iterator[BeancoopError]:
    account, opened, closed = need.account, register.opens.get(need.account), register.closes.get(need.account)
    if opened is None and need.terms is not None:
        yield BeancoopError(need.terms.entry.meta, NO_SHARE(unit=unit, account=account), need.terms.entry)
    if opened is not None and opened.date > need.by:
        yield BeancoopError(opened.meta, OPENS_LATE(account=account, day=opened.date, by=need.by), opened)
    if closed is not None and closed.date < need.until:
        message = CLOSES_EARLY(account=account, day=closed.date, until=need.until)
        yield BeancoopError(closed.meta, message, closed)


def opens_to_write(register: Register, unit: str, levied: Iterable[Transaction], month: Month) -> list[Open]:
    """Give the accounts that the closing of *month* opens in the books of *unit*: those of its levies that nobody has.

    The first closing opens the contribution and the current account even where nothing is levied yet: later, they would
    be dated in a month that is closed by then. A share of a bank account may be opened in the month of its first levy.
    """
    names, since = [posting.account for entry in levied for posting in entry.postings], month.first_day
    if not register.seals.get(unit):
        charged = register.roots.account("expenses", CONTRIBUTION_STEM, unit)
        names = [charged, register.roots.account("assets", LIAISON_STEM, unit), *names]
        since = register.earliest if unit == COOP else register.activities[unit].start
    return [_open(name, since) for name in dict.fromkeys(names) if not _is_written(register.opens.get(name))]


def _is_written(opened: Open | None) -> bool:
    """Say whether somebody has opened an account; one that the load itself opens in memory is in no file."""
    return opened is not None and not is_injected(opened)


def _open(account: str, since: datetime.date) -> Open:
    return Open(new_metadata(ORIGIN, 0, {MARK: True}), since, account, None, None)  # type: ignore[arg-type]


def levy_entries(register: Register, levy: Levy, *, provisional: bool = True) -> list[Transaction]:
    """Give both sides of a levy, the activity's own first; in a sub-ledger alone, that one only."""
    activity, currency = register.activities[levy.unit], register.currency
    day, period = levy.month.last_day, str(levy.month)
    stem = settlement_stem(activity.terms_on(day))
    tags, links = _PROVISIONAL_LEVY if provisional else _LEVY, frozenset((f"{TAG}-{period}",))
    margin, cumulative, due = (Amount(number, currency) for number in (levy.margin, levy.cumulative, levy.due))
    entries = []
    for unit, sign in zip(_units(register, activity), (1, -1), strict=False):
        charged = _posting(register.roots.account("expenses", CONTRIBUTION_STEM, unit), sign * levy.levy, currency)
        settled = _posting(register.roots.account("assets", stem, unit), -sign * levy.levy, currency)
        said = {"unit": levy.unit, "period": period, "margin": margin, "cumulative": cumulative, "due": due}
        entries.append(
            Transaction(
                new_metadata(ORIGIN, 0, {MARK: True, **said}),
                day,
                "*",
                None,
                f"Contribution {levy.unit} {period}",
                tags,
                links,
                [charged, settled] if unit != COOP else [settled, charged],
            )
        )
    return entries


def _posting(account: str, number: Decimal, currency: str) -> Posting:
    return Posting(account, Amount(number, currency), None, None, None, None)
