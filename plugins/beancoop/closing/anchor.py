"""The anchor: a line for each closed month and year, kept outside the books that are held against it (contract, 6).

Who may write all files of a ledger can write all its seals anew, and they agree with each other. They do not agree with
a line that was printed when it was closed, and lies in a mailbox, with an auditor, or on paper.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding, Refusal
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from beancount.core.data import Custom

    from beancoop.model.register import Register
    from beancoop.words.messages import Text

NO_ANCHOR = error("BC529", "{file} holds no line that begins with {word}; give the file in which the anchors are kept.")
NOT_AN_ANCHOR = error("BC530", "This line is not as a closing prints it; expected: {form}.")
NOT_CLOSED = error("BC531", "{period} was closed when this line was printed, and the ledger has no seal of it now.")
SEALED_AFRESH = error(
    "BC532",
    "{period} is not as it was closed: its seal was written anew since this line was printed. Find the change with the "
    "version history, and take it back.",
)

WORD = "anchor"
_FORM = f"{WORD} 2026-03 <sha256> <units>"
_LINE = re.compile(rf"{WORD} (\d{{4}}(?:-\d{{2}})?) ([0-9a-f]{{64}}) ([0-9a-f]{{64}})")


class Anchor(NamedTuple):
    """What was printed when a period was closed.

    Attributes:
        period: the month or year, such as `2026-03` or `2026`.
        sha256: of the structure's seal of it.
        units: of all units' seals of it.

    """

    period: str
    sha256: str
    units: str

    def __str__(self) -> str:
        """Write the line."""
        return f"{WORD} {self.period} {self.sha256} {self.units}"


def anchor_of(period: object, seal: Custom) -> Anchor:
    """Give the anchor of the structure's seal of a month or year."""
    return Anchor(str(period), str(seal.meta.get("sha256")), str(seal.meta.get("units")))


class Anchors(NamedTuple):
    """The lines of a file that begin with `anchor`, each with its number."""

    file: str
    lines: tuple[tuple[int, str], ...]


def read_anchors(file: Path) -> Anchors:
    """Read the anchors that *file* keeps, among whatever else it says.

    Raises:
        Refusal: there is none.
        OSError: it cannot be read.

    """
    text = file.read_text(encoding="utf-8", errors="replace")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    kept = tuple((number, line) for number, line in lines if line.split(" ", 1)[0] == WORD)
    if not kept:
        raise Refusal(NO_ANCHOR(file=file, word=WORD))
    return Anchors(str(file), kept)


def check_anchors(anchors: Anchors, register: Register) -> list[Finding]:
    """Compare every line with the structure's seals in the ledger, at the line."""
    of_months, of_years = register.seals.get(COOP, {}).items(), register.year_seals.get(COOP, {}).items()
    sealed = {str(period): anchor_of(period, seal) for period, seal in (*of_months, *of_years)}
    return [Finding(anchors.file, number, wrong) for number, line in anchors.lines if (wrong := _differs(line, sealed))]


def _differs(line: str, sealed: Mapping[str, Anchor]) -> Text | None:
    """Say what is wrong with a kept line, or None where the ledger agrees with it."""
    said = _LINE.fullmatch(line)
    if said is None:
        return NOT_AN_ANCHOR(form=_FORM)
    kept = Anchor(*said.groups())
    if kept.period not in sealed:
        return NOT_CLOSED(period=kept.period)
    return None if sealed[kept.period] == kept else SEALED_AFRESH(period=kept.period)
