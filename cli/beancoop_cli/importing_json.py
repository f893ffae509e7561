"""What became of an imported file, as a program reads it: stable names, amounts as text, paths as given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop_importers.model.invoice import to_cents
from beancoop_importers.model.lines import rows_of

from beancoop_cli.telling import fields, relative

if TYPE_CHECKING:
    from beancoop.model.findings import Finding
    from beancoop_importers.ingest.results import Result
    from beancoop_importers.model.statement import Movement
    from beancount.core import data


def as_json(result: Result) -> dict[str, object]:
    """Give one result; what is refused has a `refusal`, and nothing of it is booked."""
    return {
        "file": str(result.file),
        "statements": result.statements,
        "invoices": result.invoices,
        "booked": result.booked,
        "known": result.skipped,
        "matched": result.matched,
        "targets": [relative(str(target)) for target in result.targets],
        "undecided": [_movement(one.movement, one.transactions[0], one.why) for one in result.undecided],
        "elsewhere": [_movement(one.movement, one.waiting, str(one.why)) for one in result.elsewhere],
        "warnings": [_finding(finding) for finding in result.warnings],
        "refusal": _finding(result.refusal) if result.refusal else None,
    }


def _finding(finding: Finding) -> dict[str, str | int]:
    return {**fields(finding), "rows": rows_of(finding.line)}


def _movement(movement: Movement, entry: data.Transaction, why: str) -> dict[str, object]:
    """Give a movement that a person has to decide on, and why."""
    currency = next((posting.units.currency for posting in entry.postings if posting.units is not None), "")
    return {
        "line": movement.line,
        "rows": rows_of(movement.line),
        "date": str(movement.booked),
        "amount": str(to_cents(movement.amount)),
        "currency": currency,
        "party": entry.payee or "",
        "why": why,
        "reference": entry.meta.get("bank-ref", ""),
    }
