"""How figures are written, and that every key of the core has its words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal, format_percent
from beancoop.leaving import preview as leaving
from beancoop.model.directives import MARGINS, NEGATIVES, SETTLEMENTS
from beancoop.model.months import Month
from beancoop.presentation import names as words
from beancoop.presentation.section import Cell, Column, Row, Table
from beancoop.statements import available as spendable
from beancoop.statements import distribution as backing
from beancoop.statements import equity
from beancoop.statements import twelve_months as statement
from beancoop.words.formats import month, number, share
from beancoop.words.language import LANGUAGES
from hypothesis import given
from hypothesis import strategies as st

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
