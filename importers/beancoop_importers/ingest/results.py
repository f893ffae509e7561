"""What an import is given and what it answers: files as read, what became of each, and somebody who watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from beancoop_importers.routing.route import MATCHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from beancoop.model.findings import Finding

    from beancoop_importers.model.statement import Refused
    from beancoop_importers.readers.sources import Contents
    from beancoop_importers.routing.belonging import Elsewhere
    from beancoop_importers.routing.splitting import Routed

_Thing = TypeVar("_Thing")


class Watch(Protocol):
    """Goes over *things* one by one, and shows how far the work, named *what*, has come."""

    def __call__(self, things: Sequence[_Thing], what: str) -> Iterable[_Thing]:
        """Give the things again, one by one."""


def unwatched(things: Sequence[_Thing], what: str) -> Iterable[_Thing]:  # noqa: ARG001 - nothing is shown
    """Go over *things* and show nothing."""
    return things


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file.

    Attributes:
        file: the file.
        statements: how many statements it holds.
        invoices: how many invoices.
        invoices_booked: how many of these were added to the ledger.
        skipped: how many movements or invoices the ledger already held.
        routed: the movements that were added to the ledger, each with what told where it goes.
        elsewhere: the movements that the ledger holds in the books of another unit than they are of.
        targets: the ledger's files they were added to.
        warnings: what the accountant should look at, and where.
        refusal: why nothing of the file was booked, and where that is wrong, or None.

    """

    file: Path
    statements: int = 0
    invoices: int = 0
    invoices_booked: int = 0
    skipped: int = 0
    routed: tuple[Routed, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    targets: tuple[Path, ...] = ()
    warnings: tuple[Finding, ...] = ()
    refusal: Finding | None = None

    @property
    def booked(self) -> int:
        """How many movements or invoices were added to the ledger."""
        return len(self.routed) + self.invoices_booked

    @property
    def matched(self) -> int:
        """How many of them go to an invoice they name, or undo a payment that did."""
        return sum(one.way in MATCHED for one in self.routed)

    @property
    def undecided(self) -> tuple[Routed, ...]:
        """Those that leave something to decide."""
        return tuple(one for one in self.routed if not one.decided)


class Source(NamedTuple):
    """A file as read.

    Attributes:
        file: where it is.
        contents: what is in it.
        refused: why it cannot be read, or None.

    """

    file: Path
    contents: Contents
    refused: Refused | None
