"""What the closings of a month and of a year share: the seal as a directive, and whether the ledger reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancount.core import data
from beancount.parser.grammar import ValueType

from beancoop.model import directives as d
from beancoop.model.findings import Finding
from beancoop.model.provenance import sources
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence

    from beancoop.closing.seal import Digest
    from beancoop.loading.ledger import Ledger
    from beancoop.storage.commit import Writing

NOT_THE_STRUCTURES = error(
    "BC503", "The ledger does not hold the books of {structure}; close from the cooperative's own."
)
NOT_OVER = error("BC504", "{month} is not over on {day}; close it from {first} on.")
CLOSED_ALREADY = error("BC505", "{month} is closed already; the last closed month is {last}.")
EARLIER_IS_OPEN = error("BC506", "{first} is still open; close it first: {command}")
NOTHING_TO_CLOSE = error("BC507", "There is no entry up to {month}, and nothing to close.")
NOT_INCLUDED = error(
    "BC508",
    "The ledger does not include this file; make it, empty, where it is not there, include it, and close again.",
)
DOCUMENTS_MISSING = error("BC533", "A document that would be sealed is not there.")
WOULD_NOT_LOAD = error("BC535", "What would be written would not load as it is meant.")


class Closed(NamedTuple):
    """A month or year as its seals say it.

    Attributes:
        name: as in `2026-03` or `2026`.
        last_day: on which its seals are dated.

    """

    name: str
    last_day: datetime.date


def seal_of(closed: Closed, unit: str, digest: Digest, before: Iterable[data.Custom], **more: str) -> data.Custom:
    """Give the seal of a month or year.

    Args:
        closed: what it closes.
        unit: whose books.
        digest: what it holds.
        before: the unit's seals of earlier months or years.
        more: what else it says.

    """
    last = max(before, key=lambda seal: seal.date, default=None)
    previous = str(last.meta.get("sha256")) if last else ""
    meta = {"entries": Decimal(digest.entries), "sha256": digest.sha256, "previous": previous, **more}
    values = [ValueType(closed.name, str), ValueType(unit, str)]
    return data.Custom(data.new_metadata("<closing>", 0, meta), closed.last_day, d.CLOSED, values)


def unread(after: Ledger, closings: Sequence[Writing]) -> Iterable[Finding]:
    """Tell of what was written where the ledger does not read it."""
    read = {_said(entry) for entry in sources(after.entries, after.options) if isinstance(entry, data.Custom)}
    for closing in closings:
        if _said(closing.entries[-1]) not in read:
            yield Finding(str(closing.path), 0, NOT_INCLUDED())


def _said(seal: data.Directive) -> tuple[str, ...]:
    assert isinstance(seal, data.Custom)  # noqa: S101 - the seal comes last
    return (seal.type, *(str(value.value) for value in seal.values or ()))


def not_included(ledger: Ledger, closings: Sequence[Writing]) -> Iterator[Finding]:
    """Tell of each file that would be written where the ledger reads none."""
    paths = {closing.path for closing in closings}
    return (Finding(str(path), 0, NOT_INCLUDED()) for path in sorted(paths) if path.parent not in ledger.folders)
