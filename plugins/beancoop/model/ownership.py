"""Whose an entry is: for figures, and for the seals and files, which hold each entry once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import data

from beancoop.model import directives as d
from beancoop.model.accounts import COOP, parse_account

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_UNSEALED = (data.Query,)


def units_of(entry: data.Transaction) -> AbstractSet[str]:
    """Give the units whose entry it is: all those that its accounts name; the structure where they name none."""
    names = (parse_account(posting.account) for posting in entry.postings)
    units = {name.unit for name in names if name and name.unit}
    return units or ({COOP} if entry.postings else units)


def touches(entry: data.Transaction, number: str | tuple[str, ...]) -> bool:
    """Say whether an entry has a posting on an account whose number begins with *number*, or one of them."""
    names = (parse_account(posting.account) for posting in entry.postings)
    return any(name is not None and name.number.startswith(number) for name in names)


def sealed_in(entry: data.Directive) -> str | None:
    """Give the one unit that seals a directive, and whose files hold it: that of the first account it names.

    A directive of ours is sealed with the unit it names, any other with the structure. None for what is not sealed:
    directives of Fava, stored queries, transactions without postings.
    """
    if isinstance(entry, data.Transaction):
        accounts = [posting.account for posting in entry.postings]
        return _owner(accounts[0]) if accounts else None
    if isinstance(entry, data.Custom):
        return _named_unit(entry)
    if isinstance(entry, _UNSEALED):
        return None
    account = getattr(entry, "account", None)
    return _owner(account) if account else COOP


def bound_by(entry: data.Custom) -> str | None:
    """Give the unit for which a directive of ours says what holds: its terms, its pauses, its exit, what it has closed.

    What only tells of a unit, such as the hours it was accompanied, binds none.
    """
    values = [value.value for value in entry.values or ()]
    if entry.type in {d.COOPERATIVE, d.COOPERATIVE_TERMS}:
        return COOP
    position = {d.ACTIVITY: 0, d.TERMS: 0, d.PAUSE: 0, d.RESUME: 0, d.EXIT: 0, d.CLOSED: 1}.get(entry.type)
    return str(values[position]) if position is not None and len(values) > position else None


def _owner(account: str) -> str:
    name = parse_account(account)
    return name.unit if name and name.unit else COOP


def _named_unit(entry: data.Custom) -> str | None:
    if entry.type not in d.FORMS:
        return None
    position = {d.MEETING: None, d.VAT_RETURN: None, d.CLOSED: 1}.get(entry.type, 0)
    values = [value.value for value in entry.values or ()]
    return COOP if position is None or len(values) <= position else str(values[position])
