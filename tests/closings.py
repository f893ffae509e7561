"""Closing a month as the command does, without the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.closing import sealing
from beancoop.closing.close import plan_closing

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from beancoop.model.months import Month
    from beancoop.storage.commit import Writing


def close_month(path: Path, month: Month, today: datetime.date) -> list[Writing]:
    """Close *month* of the cooperative whose main ledger is at *path*."""
    return sealing.close(path, lambda ledger: plan_closing(ledger, month, today))
