"""Whether a financial year is sealed: the one place that asks (contract, section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Custom

from beancoop.model.accounts import COOP
from beancoop.model.directives import CLOSED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Directive


def is_year_sealed(entries: Iterable[Directive], year: int, unit: str) -> bool:
    """Say whether a seal of the financial *year* is there, of *unit* itself or of the structure."""
    return any(
        isinstance(entry, Custom)
        and entry.type == CLOSED
        and [value.value for value in entry.values or ()] in ([f"{year}", unit], [f"{year}", COOP])
        for entry in entries
    )
