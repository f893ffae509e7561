"""How figures are written, and that every key of the core has its words."""

from __future__ import annotations

import datetime
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from babel.numbers import format_decimal, format_percent
from beancoop.leaving import preview as leaving
from beancoop.model.directives import MARGINS, NEGATIVES, SETTLEMENTS
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.presentation import names as words
from beancoop.presentation.section import Cell, Column, Row, Table
from beancoop.presentation.texts import Words
from beancoop.statements import available as spendable
from beancoop.statements import distribution as backing
from beancoop.statements import equity
from beancoop.statements import twelve_months as statement
from beancoop.words.formats import day, day_in_words, month, number, rate, share
from beancoop.words.language import LANGUAGES
from beancoop.words.messages import phrase
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

AMOUNTS = st.decimals(-(10**12), 10**12, places=2)


@given(AMOUNTS, st.sampled_from(LANGUAGES))
def test_an_amount_is_written_as_babel_writes_it(amount: Decimal, language: str) -> None:
    assert number(amount, language) == format_decimal(amount + 0, "#,##0.00", locale=language)


@given(st.decimals(-5, 5, places=6), st.sampled_from(LANGUAGES))
def test_an_exact_amount_loses_no_digit(amount: Decimal, language: str) -> None:
    written = number(amount, language, None)
    point = {"en": "."}.get(language, ",")
    assert Decimal(written.replace(point, ".")) == amount
    assert len(written.partition(point)[2]) >= 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["0", "0.06", "1.3987", "-0.18126", "12"])
def test_a_share_is_written_to_a_tenth_of_a_per_cent(part: str, language: str) -> None:
    assert share(Decimal(part), language) == format_percent(
        Decimal(part), "#,##0.0\N{NO-BREAK SPACE}%", locale=language
    )


@pytest.mark.parametrize(
    ("language", "text"), [("fr", "mars 2026"), ("nl", "mrt 2026"), ("de", "März 2026"), ("en", "Mar 2026")]
)
def test_a_month(language: str, text: str) -> None:
    assert month(Month(2026, 3).first_day, language) == text


@pytest.mark.parametrize(
    ("named", "keys"),
    [
        (words.STEPS, spendable.STEPS),
        (words.LINES, statement.LINES),
        (words.MARGINS, MARGINS),
        (words.NEGATIVES, NEGATIVES),
        (words.SETTLEMENTS, SETTLEMENTS),
        (words.TAKES, leaving.TAKES),
        (words.SETTLES, leaving.SETTLES),
        (words.PARTS, equity.GROUPS),
        (words.NET_ASSETS, [*backing.NET_ASSETS, "net"]),
        (words.LIQUIDITY, [*backing.LIQUIDITY, "margin"]),
    ],
)
def test_each_key_has_its_words(named: dict[str, str], keys: list[str]) -> None:
    assert list(named) == list(keys) or set(named) == set(keys)


def test_a_cell_over_several_columns_leaves_the_others_empty() -> None:
    columns = (Column("A"), Column("B"), Column("C", "money"), Column("D", "share"))
    rows = [Row((Cell("x", span=2), Cell(Decimal("1.00")), Cell(Decimal("0.1234"))))]
    table = Table("key", "Title", columns, rows, Row((Cell("Total", span=3), Cell(None))))
    assert table.headings == ["A", "B", "C", "D (%)"]
    assert [[value for value, _ in row] for row in table.values()] == [
        ["x", None, Decimal("1.00"), Decimal("12.3")],
        ["Total", None, None, None],
    ]


@pytest.mark.parametrize(("part", "text"), [("0.1", "10,0"), ("0.06125", "6,125"), ("0", "0,0"), ("1", "100,0")])
def test_a_rate_is_never_rounded(part: str, text: str) -> None:
    assert rate(Decimal(part), "fr") == f"{text}\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("language", "figures", "words"),
    [
        ("fr", "01/03/2026", "1er mars 2026"),
        ("nl", "01/03/2026", "1 maart 2026"),
        ("de", "01.03.2026", "1. März 2026"),
        ("en", "2026-03-01", "1 March 2026"),
    ],
)
def test_a_date_is_in_figures_in_a_table_and_in_words_in_a_title(language: str, figures: str, words: str) -> None:
    date = datetime.date(2026, 3, 1)
    assert (day(date, language), day_in_words(date, language)) == (figures, words)
    assert "11" in day_in_words(datetime.date(2026, 3, 11), "fr")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span.of_month(Month(2026, 3)), "mars 2026"),
        (Span.of_quarter(2026, 1), "1er trimestre 2026"),
        (Span.of_year(2026)._replace(year=2026), "Exercice 2026"),
        (Span(datetime.date(2026, 1, 1), datetime.date(2026, 2, 2)), "Du 1er janvier 2026 au 2 février 2026"),
    ],
)
def test_the_days_of_a_statement(span: Span, text: str) -> None:
    assert Words("fr").span(span) == text


def test_one_day_is_a_day_and_two_are_days() -> None:
    days = phrase("{count} day", "{count} days")
    assert [Words("nl").t(days, count=number) for number in (1, 2)] == ["1 dag", "2 dagen"]


def test_a_load_without_errors_waits_for_no_language(tmp_path: Path) -> None:
    (tmp_path / "x.beancount").write_text('plugin "beancoop"\n2026-01-01 open Assets:55:5500-Banque:COOP\n')
    program = "import sys; from beancount import loader; "
    program += "import beancoop.presentation.texts, beancoop.presentation.drawing; "
    program += "loader.load_file(sys.argv[1]); print({'babel', 'xlsxwriter'} & set(sys.modules))"
    command = [sys.executable, "-c", program, str(tmp_path / "x.beancount")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "set()\n"
