"""What the closings of a month and of a year share: the seal as a directive, the rehearsal, and the writing.

Each closing is a plan: what it writes to a ledger, the structure's part last, or why it refuses.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancount.core import data
from beancount.parser.grammar import ValueType

from beancoop.closing.soundness import refuse_what_is_wrong, wrong_in
from beancoop.model import directives as d
from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding, Refusal
from beancoop.model.provenance import sources
from beancoop.rules.dry_run import DryRun
from beancoop.storage.commit import commit_entries, to_be_written
from beancoop.storage.scaffold import CLOSED_TITLE
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from beancoop.closing.seal import Digest
    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register
    from beancoop.rules import engine
    from beancoop.storage.commit import Writing

    Plan: TypeAlias = Callable[[Ledger], list[Writing]]

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


def refuse_unready(ledger: Ledger, register: Register) -> None:
    """Let nothing be closed in a ledger that is not in order, or not the cooperative's.

    Raises:
        Refusal: see above.

    """
    if not register.coop_is_open:
        raise Refusal(NOT_THE_STRUCTURES(structure=COOP))
    refuse_what_is_wrong(ledger)


def rehearse(ledger: Ledger, plan: Plan, rules: Sequence[type[engine.Rule]]) -> list[Writing]:
    """Give what *plan* writes, and load in memory what the ledger would be; writes nothing.

    Raises:
        Refusal: of the plan; or what would be written would not load, by these *rules* of the suite.

    """
    closings = plan(ledger)
    wrong = DryRun(ledger, rules, [entry for closing in closings for entry in closing.entries]).wrong()
    wrong += _not_included(ledger, closings)
    if wrong:
        raise Refusal(WOULD_NOT_LOAD(), wrong)
    return closings


def close(path: Path, plan: Plan) -> list[Writing]:
    """Write what *plan* gives for the cooperative whose main ledger is at *path*: all of it, or nothing.

    Raises:
        Refusal: of the plan; or what was written did not load as it was meant, and was taken back.
        ConflictError: another program is writing, or changed a file meanwhile.
        OSError: a file could not be written.

    """
    with to_be_written(path) as ledger:
        closings = plan(ledger)
        commit_entries(ledger, closings, CLOSED_TITLE, lambda after: [*wrong_in(after), *_unread(after, closings)])
    return closings


def _unread(after: Ledger, closings: Sequence[Writing]) -> Iterable[Finding]:
    """Tell of what was written where the ledger does not read it."""
    read = {_said(entry) for entry in sources(after.entries, after.options) if isinstance(entry, data.Custom)}
    for closing in closings:
        if _said(closing.entries[-1]) not in read:
            yield Finding(str(closing.path), 0, NOT_INCLUDED())


def _said(seal: data.Directive) -> tuple[str, ...]:
    assert isinstance(seal, data.Custom)  # noqa: S101 - the seal comes last
    return (seal.type, *(str(value.value) for value in seal.values or ()))


def _not_included(ledger: Ledger, closings: Sequence[Writing]) -> Iterator[Finding]:
    """Tell of each file that would be written where the ledger reads none."""
    paths = {closing.path for closing in closings}
    return (Finding(str(path), 0, NOT_INCLUDED()) for path in sorted(paths) if path.parent not in ledger.folders)
