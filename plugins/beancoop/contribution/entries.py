"""The entries that settle a levy, one transaction in the books of each of the two units (contract, section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount
from beancount.core.data import Open, Posting, Transaction, new_metadata

from beancoop.model.accounts import COOP
from beancoop.model.findings import BeancoopError, place
from beancoop.model.money import ZERO
from beancoop.model.months import Month
from beancoop.model.provenance import MARK, ORIGIN, PROVISIONAL, is_injected

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.contribution.levy import Levy
    from beancoop.model.activity import Activity, Terms
    from beancoop.model.register import Register

TAG = "contribution"
CONTRIBUTION_STEM, LIAISON_STEM = "950-Contribution", "960-Liaison"


class Need(NamedTuple):
    """An account that levies need.

    Attributes:
        account: its name.
        since: the day on which it is opened where nobody did.
        by: the day by which it must be open where somebody did.
        until: the day before which it may not be closed; None where there is no such day yet.
        opens: whether it is opened where nobody did; an activity's share of a bank account is not.

    """

    account: str
    since: datetime.date
    by: datetime.date
    until: datetime.date | None
    opens: bool


def settlement_stem(terms: Terms) -> str:
    """Give the account, without root and unit, through which a levy passes from one unit to the other."""
    return terms.treasury if terms.settlement == "treasury" and terms.treasury else LIAISON_STEM


def settle(
    register: Register, levies: Mapping[str, Iterable[Levy]], coop_written: Mapping[tuple[str, Month], Decimal]
) -> tuple[list[Directive], list[BeancoopError]]:
    """Give the entries of the levies that are due and not yet written, with the accounts they need.

    An activity whose declaration, or one of whose accounts, stands in the way gets no levy: the error says why.
    While a closing is under way, the activity's side of a levy is written before the structure's: until that month of
    the structure is closed too, what *coop_written* does not hold of its side is given here.
    """
    entries: list[Directive] = []
    errors: list[BeancoopError] = []
    opened: dict[str, Open] = {}
    earliest = register.earliest
    for unit, months in levies.items():
        activity = register.activities[unit]
        due = [levy for levy in months if levy.levy]
        if not due or not activity.sound:
            continue
        needs = list(_needs(register, activity, due, earliest))
        obstacles = list(_obstacles(register, activity, needs))
        errors += [error for error in obstacles if error not in errors]
        if not obstacles:
            opened.update(
                {need.account: _open(need.account, need.since) for need in needs if need.account not in register.opens}
            )
            entries += [entry for levy in due if not levy.closed for entry in levy_entries(register, levy)]
            entries += _missing_sides(register, [levy for levy in due if levy.closed], coop_written)
    return [*opened.values(), *entries], errors


def _units(register: Register, activity: Activity) -> tuple[str, ...]:
    return (activity.unit, COOP) if register.coop_is_open else (activity.unit,)


def _needs(register: Register, activity: Activity, due: list[Levy], earliest: datetime.date) -> Iterator[Need]:
    """Give each account that the levies need, once."""
    after_exit = Month.of(activity.exit.date).next().first_day if activity.exit else None
    first_use: dict[str, datetime.date] = {}
    for levy in due:
        first_use.setdefault(settlement_stem(activity.terms_on(levy.month.last_day)), levy.month.last_day)
    for unit in _units(register, activity):
        since = earliest if unit == COOP else activity.start
        yield Need(register.roots.account("expenses", CONTRIBUTION_STEM, unit), since, since, after_exit, opens=True)
        for stem, day in first_use.items():
            is_share = stem != LIAISON_STEM  # a bank account may be opened long after the activity
            account = register.roots.account("assets", stem, unit)
            yield Need(account, since, day if is_share else since, after_exit, opens=not is_share or unit == COOP)


def _obstacles(register: Register, activity: Activity, needs: Iterable[Need]) -> Iterator[BeancoopError]:
    for need in needs:
        opened, closed = register.opens.get(need.account), register.closes.get(need.account)
        if opened is None and not need.opens:
            terms = next(terms for terms in activity.terms if settlement_stem(terms) in need.account)
            yield BeancoopError(
                terms.entry.meta,
                f'settlement: "treasury" of {activity.unit} needs {need.account}, which is not open; open it, or write '
                'settlement: "account". Until then nothing is levied.',
                terms.entry,
            )
            return
        if opened is not None and opened.date > need.by:
            yield BeancoopError(
                opened.meta,
                f"{need.account} opens on {opened.date}; the contribution needs it from {need.by} on. Open it by "
                "then, or take the line away and it opens by itself. Until then nothing is levied.",
                opened,
            )
        if closed is not None and (need.until is None or closed.date < need.until):
            day = f"before {need.until}" if need.until else f"while {activity.unit} has not left"
            yield BeancoopError(
                closed.meta,
                f"{need.account} closes on {closed.date}; the contribution of {activity.unit} "
                f"({place(activity.entry.meta)}) still needs it: it cannot be closed {day}.",
                closed,
            )


def _missing_sides(
    register: Register, closed: Iterable[Levy], coop_written: Mapping[tuple[str, Month], Decimal]
) -> Iterator[Transaction]:
    coop_closed = register.last_closed(COOP)
    for levy in closed:
        if register.coop_is_open and (coop_closed is None or levy.month > coop_closed):
            missing = levy.levy - coop_written.get((levy.unit, levy.month), ZERO)
            if missing:
                yield levy_entries(register, levy._replace(levy=missing))[1]


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
    activity = register.activities[levy.unit]
    stem = settlement_stem(activity.terms_on(levy.month.last_day))
    entries = []
    for unit, sign in zip(_units(register, activity), (1, -1), strict=False):
        charged = _posting(register.roots.account("expenses", CONTRIBUTION_STEM, unit), sign * levy.levy, register)
        settled = _posting(register.roots.account("assets", stem, unit), -sign * levy.levy, register)
        entries.append(
            Transaction(
                _metadata(levy, register.currency),
                levy.month.last_day,
                "*",
                None,
                f"Contribution {levy.unit} {levy.month}",
                frozenset((TAG, PROVISIONAL) if provisional else (TAG,)),
                frozenset((f"{TAG}-{levy.month}",)),
                [charged, settled] if unit != COOP else [settled, charged],
            )
        )
    return entries


def _posting(account: str, number: Decimal, register: Register) -> Posting:
    return Posting(account, Amount(number, register.currency), None, None, None, None)


def _metadata(levy: Levy, currency: str) -> dict[str, object]:
    return new_metadata(
        ORIGIN,
        0,
        {
            MARK: True,
            "unit": levy.unit,
            "period": str(levy.month),
            "margin": Amount(levy.margin, currency),
            "cumulative": Amount(levy.cumulative, currency),
            "due": Amount(levy.due, currency),
        },
    )
