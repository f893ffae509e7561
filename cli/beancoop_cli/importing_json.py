"""What became of an imported file, as a program reads it: stable names, amounts as text, paths as given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop_cli.common import fields, relative

if TYPE_CHECKING:
    from beancoop_importers.ingest.results import Result
    from beancoop_importers.routing.splitting import Routed


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
        "undecided": [_undecided(routed) for routed in result.undecided],
        "warnings": [fields(finding) for finding in result.warnings],
        "refusal": fields(result.refusal) if result.refusal else None,
    }


def _undecided(routed: Routed) -> dict[str, object]:
    first = routed.transactions[0]
    currency = next((posting.units.currency for posting in first.postings if posting.units is not None), "")
    return {
        "line": routed.movement.line,
        "date": str(routed.movement.booked),
        "amount": str(routed.movement.amount),
        "currency": currency,
        "party": first.payee or "",
        "why": routed.why,
        "reference": first.meta.get("bank-ref", ""),
    }
