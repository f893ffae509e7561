"""Another reader of CODA beside ours: where both read a file, they find the same movements.

`febelfin-coda` is not the first reader: it takes a file that is cut short for a whole one.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import coda as febelfin
import pytest
from beancoop_importers.model.identifiers import account_key
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import coda
from beancoop_importers.readers.charset import read_lines
from coda_writer import Line, Paper, text_of
from corpus import must_be_there, samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_properties import papers

if TYPE_CHECKING:
    import datetime
    from decimal import Decimal

SAMPLES = samples("coda")
READ_BY_BOTH = 8


class Moved(NamedTuple):
    """What both say of a movement, or of a detail of one."""

    booked: datetime.date
    amount: Decimal
    reference: str
    name: str
    details: list[Moved]


class Said(NamedTuple):
    """What both say of a statement."""

    account: str
    currency: str
    old: Decimal
    new: Decimal
    moved: list[Moved]


def ours(content: bytes) -> list[Said]:
    def moved(movements) -> list[Moved]:
        return [
            Moved(one.booked, one.amount, one.bank_reference, one.counterparty, moved(one.details)) for one in movements
        ]

    return [
        Said(
            one.iban,
            one.currency,
            one.old_balance,
            one.old_balance if one.new_balance is None else one.new_balance,
            moved(one.movements),
        )
        for one in coda.read(content)
    ]


def theirs(content: bytes) -> list[Said]:
    def moved(moves) -> list[Moved]:
        return [
            Moved(
                one.entry_date.replace(year=2000 + one.entry_date.year % 100),  # of two figures; it reads 69 as 1969
                one.amount,
                one.bank_reference.strip(),
                (one.counterparty_name or "").strip(),
                moved(one.moves),
            )
            for one in moves
        ]

    lines = io.StringIO("\n".join(read_lines(content, lambda line: len(line) == coda.WIDTH)))
    return [
        Said(account_key(one.account), one.account_currency, one.old_balance, one.new_balance, moved(one.moves))
        for one in febelfin.CODA(lines).statements
    ]


def read_by(reader, content: bytes) -> list[Said]:
    try:
        return reader(content)
    except (Refused, ValueError, AssertionError, IndexError, AttributeError, KeyError, TypeError):
        return []


def test_the_corpus_is_there():
    must_be_there(SAMPLES)


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_both_find_the_same_in_a_public_file(path, facts):
    content = path.read_bytes()
    mine, other = read_by(ours, content), read_by(theirs, content)
    assert mine == other or not (mine and other)


@pytest.mark.skipif(not SAMPLES, reason="no public corpus")
def test_enough_public_files_are_read_by_both():
    contents = [sample.values[0].read_bytes() for sample in SAMPLES]
    assert sum(bool(read_by(ours, each) and read_by(theirs, each)) for each in contents) >= READ_BY_BOTH


@st.composite
def dated(draw):
    """Draw a statement whose movements all have a value date; the other reader wants one."""
    paper = draw(papers())
    return replace(paper, lines=tuple(replace(line, value=line.booked) for line in paper.lines))


@given(st.lists(dated(), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_find_the_same_in_any_statement(written):
    content = text_of(*written).encode("utf-8")
    assert ours(content) == theirs(content)


def test_the_other_one_takes_a_file_that_is_cut_short():
    """Why it stays the second."""
    whole = text_of(Paper((Line(5_000), Line(-2_000, sequence=2)))).encode()
    cut = whole[: whole.rindex(b"\r\n8")]
    assert theirs(cut)[0].moved
    with pytest.raises(Refused):
        ours(cut)
