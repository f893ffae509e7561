"""In whose books an entry stands."""

from __future__ import annotations

from beancount.core import data

from beancoop.model import directives as d
from beancoop.model.accounts import COOP, parse_account

_UNSEALED = (data.Query,)


def unit_of(entry: data.Directive) -> str | None:
    """Say in whose books a directive stands: an account's unit, or the unit it names; the structure's otherwise.

    None for what belongs to no books: directives of Fava, stored queries, transactions without postings.
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


def _owner(account: str) -> str:
    name = parse_account(account)
    return name.unit if name and name.unit else COOP


def _named_unit(entry: data.Custom) -> str | None:
    if entry.type not in d.FORMS:
        return None
    position = {d.MEETING: None, d.VAT_RETURN: None, d.CLOSED: 1}.get(entry.type, 0)
    values = [value.value for value in entry.values or ()]
    return COOP if position is None or len(values) <= position else str(values[position])
