"""Damage a bank file as transfers, editors and people do, one fault at a time, and judge what a reader makes of it.

For another format add its reader and its `Marks` to `FORMATS`. What is judged are the figures: account, currency,
balances, and the amounts, in any order. A date or a text that is changed, no bank's format can show.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import camt, coda, mt940, ofx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from decimal import Decimal

    from beancoop_importers.model.statement import Statement

EVERY = 20
"""Bytes from one place where a file is cut to the next."""

DISTANCES = (1, 2, 5)
"""How far two lines that are swapped stand from each other."""

KINDS = ("cut", "swap", "sign", "digit")


class Marks(NamedTuple):
    """Where a format keeps its figures; in each pattern the group that matches is what is changed.

    Attributes:
        read: its reader.
        signs: finds the signs of movements and balances.
        turned: the other sign of each.
        figures: finds the figures of movements and balances.

    """

    read: Callable[[bytes], tuple[Statement, ...]]
    signs: re.Pattern[bytes]
    turned: dict[bytes, bytes]
    figures: re.Pattern[bytes]


FORMATS = {
    "coda": Marks(
        coda.read,
        re.compile(rb"^1.{41}([01])|^8.{40}([01])|^21.{4}0000.{21}([01])", re.MULTILINE),
        {b"0": b"1", b"1": b"0"},
        re.compile(
            rb"^1.{42}([0-9]{15})|^8.{41}([0-9]{15})|^21.{4}0000.{22}([0-9]{15})|^9.{21}([0-9]{30})", re.MULTILINE
        ),
    ),
    "camt": Marks(
        camt.read,
        re.compile(rb"CdtDbtInd>(CRDT|DBIT)<"),
        {b"CRDT": b"DBIT", b"DBIT": b"CRDT"},
        re.compile(rb"Amt Ccy=[^>]*>([0-9.]+)<"),
    ),
    "mt940": Marks(
        mt940.read,
        re.compile(rb"^:6[02][FM]?:([CD])|^:61:[0-9]{6}(?:[0-9 ]{4})?R?([CD])", re.MULTILINE),
        {b"C": b"D", b"D": b"C"},
        re.compile(
            rb"^:6[02][FM]?:[CD][0-9]{6}[A-Z]{3}([0-9,]+)|^:61:[0-9]{6}(?:[0-9 ]{4})?R?[CD][A-Z]?([0-9,]+)",
            re.MULTILINE,
        ),
    ),
    "ofx": Marks(
        ofx.read,
        re.compile(rb"<(?:TRNAMT|BALAMT)>\s*([+-]?)(?=[0-9.,])"),
        {b"-": b"", b"+": b"-", b"": b"-"},
        re.compile(rb"<(?:TRNAMT|BALAMT)>\s*[+-]?([0-9.,]+)"),
    ),
}


class Damage(NamedTuple):
    """One fault: what stands from *start* to *stop* becomes *put*."""

    kind: str
    start: int
    stop: int
    put: bytes

    def of(self, content: bytes) -> bytes:
        return content[: self.start] + self.put + content[self.stop :]


def damages(content: bytes, marks: Marks, kind: str) -> Iterator[Damage]:
    """Give every fault of one of `KINDS`."""
    if kind == "cut":
        for at in range(0, len(content), EVERY):
            yield Damage(kind, at, len(content), b"")
    elif kind == "swap":
        yield from _swaps(content)
    elif kind == "sign":
        for match in marks.signs.finditer(content):
            start, stop = match.span(match.lastindex)
            yield Damage(kind, start, stop, marks.turned[content[start:stop]])
    else:
        for match in marks.figures.finditer(content):
            for at in range(*match.span(match.lastindex)):
                if content[at : at + 1].isdigit():
                    yield Damage(kind, at, at + 1, b"%d" % ((content[at] - ord("0") + 1) % 10))


def _swaps(content: bytes) -> Iterator[Damage]:
    rows = content.splitlines(keepends=True)
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    spans = list(pairwise(starts))
    for distance in DISTANCES:
        for (start, first_stop), (second_start, stop) in zip(spans, spans[distance:], strict=False):
            put = content[second_start:stop] + content[first_stop:second_start] + content[start:first_stop]
            if put != content[start:stop]:
                yield Damage("swap", start, stop, put)


def sampled(content: bytes, marks: Marks, count: int, seed: str) -> Iterator[Damage]:
    """Give *count* faults of each kind at most, the same ones each time."""
    chance = random.Random(seed)
    for kind in KINDS:
        every = list(damages(content, marks, kind))
        yield from chance.sample(every, min(count, len(every)))


def figures(statement: Statement) -> tuple[object, ...]:
    """Give all of a statement that money depends on."""
    amounts: list[Decimal] = sorted(movement.amount for movement in statement.movements)
    return statement.iban, statement.currency, statement.old_balance, statement.new_balance, tuple(amounts)


def fate(marks: Marks, sound: Iterable[Statement], content: bytes) -> str:
    """Say what becomes of a file that was damaged: `BOOKED`, as if it were sound, must never be.

    `refused`; `same`, where all it gives is of the *sound* one; `told`, where the import warns, that no balances
    prove it or that it does not begin where the ledger stands; `nothing`, where no movement is booked of it.
    """
    known = set(map(figures, sound))
    begins = {(one.iban, one.old_balance) for one in sound}
    try:
        statements = marks.read(content)
    except Refused as refused:
        return "refused" if refused.message else "BOOKED"
    changed = [one for one in statements if figures(one) not in known]
    if not changed:
        return "same"
    if all(one.unproved or (one.iban, one.old_balance) not in begins for one in changed if one.movements):
        return "told" if any(one.movements for one in changed) else "nothing"
    return "BOOKED"


def fates(name: str, content: bytes, chosen: Iterable[Damage]) -> Counter[str]:
    """Count what becomes of a file of a format under each of the faults *chosen*."""
    marks = FORMATS[name]
    sound = marks.read(content)
    return Counter(fate(marks, sound, damage.of(content)) for damage in chosen)
