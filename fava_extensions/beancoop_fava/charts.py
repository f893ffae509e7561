"""The data of Fava's own charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable
    from decimal import Decimal

    Points: TypeAlias = Iterable[tuple[datetime.date, Decimal]]

Chart: TypeAlias = "dict[str, Any]"


def bars(label: str, currency: str, points: Points) -> Chart:
    """Draw a bar for each amount, above the last day it counts."""
    data = [
        {"date": str(day), "balance": {currency: amount}, "account_balances": {}, "budgets": {}}
        for day, amount in points
    ]
    return {"type": "bar", "label": label, "data": data}


def curve(label: str, currency: str, points: Points) -> Chart:
    """Draw a line through what is held from each day on."""
    return {
        "type": "balances",
        "label": label,
        "data": [{"date": str(day), "balance": {currency: amount}} for day, amount in points],
    }
