"""What holds for every CODA file, drawn at random: read back as written, or refused."""

from __future__ import annotations

import datetime
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop_importers.bank.accounts import BankAccount
from beancoop_importers.bank.booking import book
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.printing import print_proved
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import coda
from beancount.core import data
from beancount.parser import parser
from coda_writer import FREE, Line, Paper, text_of
from cooperative import found
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

LETTERS = st.characters(codec="cp1252", exclude_categories=("Cc", "Cs"), exclude_characters="\xad\xa0")
PLAIN = "".join(chr(code) for code in range(32, 127))
HOSTILE = st.text(
    st.sampled_from([*'<>"\\;#^*!{}/@~', "\u202e", "\u200b", "\x00", "\x1b", "\t", "é", "€", "1", "X", " ", "4", "a"])
)


def words(size: int):
    return st.text(LETTERS, max_size=size).map(str.strip)


DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 30)).map(lambda day: day.strftime("%d%m%y"))
AMOUNTS = st.integers(-(10**12), 10**12)


@st.composite
def lines(draw, sequence: int):
    total = Line(
        draw(AMOUNTS),
        sequence=sequence,
        booked=draw(DAYS),
        value=draw(st.one_of(st.just("000000"), DAYS)),
        reference=draw(words(21)),
        communication=draw(words(149)),
        customer=draw(words(35)),
        name=draw(words(35)),
        information=tuple((FREE, text) for text in draw(st.lists(words(268), max_size=2))),
    )
    details = draw(st.lists(AMOUNTS, max_size=3))
    return [total, *(Line(part, sequence=sequence, detail=at, kind="5") for at, part in enumerate(details, 1))]


@st.composite
def papers(draw):
    groups = [draw(lines(number)) for number in range(1, draw(st.integers(0, 4)) + 1)]
    return Paper(
        tuple(line for group in groups for line in group),
        old=draw(AMOUNTS),
        number=draw(st.from_regex(r"[0-9]{3}", fullmatch=True)),
        currency=draw(st.sampled_from(["EUR", "USD"])),
    )


@given(st.lists(papers(), min_size=1, max_size=3), st.sampled_from(["cp1252", "utf-8"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read(written, charset):
    statements = coda.read(text_of(*written).encode(charset, "replace"))
    assert [(one.iban, one.currency, one.number) for one in statements] == [
        (paper.account, paper.currency, paper.number) for paper in written
    ]
    for paper, statement in zip(written, statements, strict=True):
        tops = [line for line in paper.lines if line.detail == 0]
        parts = [line for line in paper.lines if line.detail]
        assert statement.old_balance == Decimal(paper.old) / 1000
        assert statement.new_balance == Decimal(paper.old + sum(line.amount for line in tops)) / 1000
        assert [movement.amount * 1000 for movement in statement.movements] == [line.amount for line in tops]
        assert [part.amount * 1000 for one in statement.movements for part in one.details] == [
            part.amount for part in parts
        ]
        if paper.lines and charset == "utf-8":
            assert [movement.counterparty for movement in statement.movements] == [line.name for line in tops]
            assert [movement.customer_reference for movement in statement.movements] == [line.customer for line in tops]


BASE = text_of(
    Paper((Line(5_000, communication="Loyer", name="X"), Line(-2_000, sequence=2), Line(-2_000, 2, 1, kind="5")))
).encode()


@st.composite
def mutations(draw):
    content = bytearray(BASE)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content) - 1)) if content else 0
        match draw(st.sampled_from(["set", "cut", "swap", "drop", "twice"])):
            case "set" if content:
                content[at] = draw(st.integers(0, 255))
            case "cut":
                del content[at:]
            case "swap" if len(content) > 260:
                first, second = draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))
                rows = bytes(content).split(b"\r\n")
                first, second = first % len(rows), second % len(rows)
                rows[first], rows[second] = rows[second], rows[first]
                content = bytearray(b"\r\n".join(rows))
            case "drop":
                del content[at : at + draw(st.integers(1, 300))]
            case "twice":
                content[at:at] = content[at : at + 130]
    return bytes(content)


def read_or_refused(content: bytes):
    """Read, or give None where the reader says in words why not; anything else it raises is a fault."""
    try:
        return coda.read(content)
    except Refused as refused:
        return None if refused.message else ()


@given(mutations())
@settings(max_examples=400, deadline=None)
def test_a_damaged_file_is_refused_or_still_proves_itself(content):
    statements = read_or_refused(content)
    event("refused" if statements is None else "read")
    for statement in statements or ():
        assert statement.new_balance is None or statement.old_balance + sum(
            movement.amount for movement in statement.movements
        ) == (statement.new_balance)


@given(st.binary(max_size=600))
def test_any_bytes_are_refused_in_words(content):
    assert read_or_refused(content) is None


BANK = BankAccount(
    data.Open({"filename": "x", "lineno": 1}, datetime.date(2020, 1, 1), "Assets:55:5500-Banque", None, None),
    "Assets:55:5500-Banque:COOP",
    "COOP",
    "Assets:49:499-CompteAttente:COOP",
)


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=150, deadline=None)
def test_hostile_names_come_back_from_the_ledger_as_meant(name, communication, customer):
    line = Line(1_000, name=name[:35], communication=communication[:149], customer=customer[:35])
    content = text_of(Paper((line,))).encode("utf-8")
    (statement,) = coda.read(content)
    booking = book(statement, BANK, "bank.cod")
    text = "".join(print_proved([*booking.transactions, booking.closing], {}))
    entries, errors, _ = parser.parse_string(text)
    assert errors == []
    movement = next(entry for entry in entries if isinstance(entry, data.Transaction))
    assert (movement.payee or "") == clean(name[:35])
    assert "<" not in text
    assert len(movement.postings) == 2


@given(st.lists(st.integers(-50_000, 50_000).map(lambda cents: cents * 10), max_size=5), st.integers(0, 10))
@settings(max_examples=8, deadline=None)
def test_importing_twice_is_importing_once(amounts, cut):
    """Whatever part of a day's movements was imported first, the day ends the same."""
    part = tuple(Line(amount, sequence=number) for number, amount in enumerate(amounts, 1))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "ledgers"
        root.mkdir()
        cooperative = found(root)
        for name, paper in (("noon", Paper(part[:cut])), ("night", Paper(part)), ("again", Paper(part))):
            file = Path(folder) / f"{name}.cod"
            file.write_bytes(text_of(paper).encode())
            (result,) = import_files(cooperative.main, [file])
            assert result.refusal is None
        assert [one.postings[0].units.number * 1000 for one in cooperative.movements()] == amounts
        assert [one.amount.number * 1000 for one in cooperative.balances()] == [sum(amounts)]
        assert cooperative.errors() == []


@pytest.mark.parametrize(
    "spoil",
    [
        {"flag": "nonsense"},
        {"meta": {"filename": "bank.cod", "lineno": 3, "Not A Key": "x"}},
        {"tags": frozenset({"not a tag"})},
        {"payee": "", "narration": "a\rb\n2026-01-01 open"},
    ],
)
def test_what_beancount_would_read_otherwise_is_refused(spoil):
    (statement,) = coda.read(text_of(Paper((Line(1_000, name="X"),))).encode())
    (meant,) = book(statement, BANK, "bank.cod").transactions
    with pytest.raises(Refused) as caught:
        print_proved([meant._replace(**spoil)], {})
    assert caught.value.line == 3
