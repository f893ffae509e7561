"""What a `bank-ref` tells of the movement that bears it (see `booking`)."""

from __future__ import annotations

import datetime
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.bank.booking import BOOKING_DATE, REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core import data


class Source(NamedTuple):
    """What a reference begins with: the format, and the account with its currency."""

    format: str
    account: str


def source_of(movement: data.Transaction) -> Source:
    """Tell where a movement came from."""
    name, *account = str(movement.meta[REFERENCE]).split("/", 3)[:3]
    return Source(name, " ".join(account))


def own_day(movement: data.Transaction) -> datetime.date:
    """Give the day on which the bank booked a movement, be it booked later here, in a month that is open."""
    said = movement.meta.get(BOOKING_DATE)
    if isinstance(said, str):  # as Fava's import page keeps it
        with suppress(ValueError):
            return datetime.date.fromisoformat(said)
    return said if isinstance(said, datetime.date) else movement.date


def by_account(movements: Iterable[data.Transaction]) -> dict[str, list[data.Transaction]]:
    """Sort movements by the account they came from."""
    groups: dict[str, list[data.Transaction]] = {}
    for one in movements:
        groups.setdefault(source_of(one).account, []).append(one)
    return groups
