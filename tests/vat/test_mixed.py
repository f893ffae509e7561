"""A mixed taxable person: the general prorata of the year's sales, and what the file for Intervat says of it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from beancoop.vat.prorata import Prorata
from filing_books import CUSTOMER, Cooperative, sale
from hypothesis import given
from hypothesis import strategies as st
from test_xml import valid

COURSE = 'vat: "EX44"'
AMOUNTS = st.decimals(Decimal(-5000), Decimal(500000), places=2)


@pytest.fixture
def cooperative(tmp_path) -> Cooperative:
    return Cooperative(tmp_path)


def test_the_last_return_of_a_year_proposes_its_prorata(cooperative):
    cooperative.write(sale("2026-03-15", "86000.00", "18060.00"))
    cooperative.write(sale("2026-04-15", "500.00", "0", meta='vat: "CC"'))
    cooperative.write(sale("2026-05-15", "-99.00", "-20.79"))
    cooperative.write(sale("2026-06-15", "13640.00", "0", "A002", COURSE), "A002")
    cooperative.write(sale("2026-06-20", "-50.00", "0", "A002", COURSE), "A002")
    cooperative.write(sale("2026-07-01", "7000.00", "0", meta='vat: "OUT"'))
    sold = f'2026-08-01 * "Vente"\n  vat: "S21"\n  {CUSTOMER}:A001  1210 EUR\n'
    cooperative.write(f"{sold}  Assets:24:241-Roulant:A001  -1000 EUR\n  Liabilities:45:451-TVAPayer:A001  -210 EUR\n")
    told = cooperative.vat("return", "2026-Q4").out
    assert "Sales with the right to deduct  86,401.00" in told
    assert "Sales exempt without deduction  13,590.00" in told
    assert "87 %, as 86410 of 100000; with the first return of the next year: --prorata 2026:87" in told
    assert "prorata" not in cooperative.vat("return", "2026-Q3").out


def test_who_has_no_exempt_sale_is_told_of_no_prorata(cooperative):
    cooperative.write(sale("2026-10-15", "100.00", "21.00"))
    assert "prorata" not in cooperative.vat("return", "2026-Q4").out


@pytest.mark.parametrize(
    ("deductible", "exempt", "percent"),
    [("0", "100", 0), ("100", "0", 100), ("1", "999990", 1), ("-20", "10", 0), ("120", "-30", 100), ("-9", "0", 0)],
)
def test_a_prorata_is_rounded_up_and_stays_a_percentage(deductible, exempt, percent):
    assert Prorata(2026, Decimal(deductible), Decimal(exempt)).percent == percent


@given(AMOUNTS, AMOUNTS)
def test_the_prorata_is_the_fraction_of_both_sides_rounded_up_to_ten(deductible, exempt):
    some, every = (max(0, 10 * ceil(Fraction(amount) / 10)) for amount in (deductible, deductible + exempt))
    wanted = min(100, ceil(Fraction(100 * some, every))) if every else 0
    assert Prorata(2026, deductible, exempt).percent == wanted


def test_the_file_says_the_prorata_and_the_shares_and_is_valid(cooperative):
    asked = ("--prorata", "2025:87", "--use", "3:10", "--use", "1:40", "--use", "2:50")
    root = valid(cooperative.vat("return", "2026-Q1", "--format", "xml", *asked).out, "return")
    said = [(each.tag.partition("}")[2], each.text, *each.attrib.values()) for each in root.find(".//{*}Deduction")]
    assert said == [
        ("AdjustedPeriod", "2025"),
        ("AdjustedValue", "87"),
        ("UseProRataPercentage", "40", "1"),
        ("UseProRataPercentage", "50", "2"),
        ("UseProRataPercentage", "10", "3"),
    ]
    assert cooperative.file("2026-Q1", "2026-04-20", *asked).status == 0
    filed = (cooperative.ledgers / "coop/vat/2026-Q1.xml").read_text()
    assert valid(filed, "return").findtext(".//{*}AdjustedValue") == "87"
    assert cooperative.vat("drift", "2026-Q1").status == 0
    assert cooperative.run("check").status == 0


def test_shares_alone_and_a_prorata_alone_are_valid_too(cooperative):
    show = ("return", "2026-Q1", "--format", "xml")
    shares = valid(cooperative.vat(*show, "--use", "1:100").out, "return").find(".//{*}Deduction")
    assert [each.text for each in shares] == ["100"]
    prorata = valid(cooperative.vat(*show, "--prorata", "2025:0").out, "return").find(".//{*}Deduction")
    assert [each.text for each in prorata] == ["2025", "0"]
    assert valid(cooperative.vat(*show).out, "return").find(".//{*}Deduction") is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--prorata", "2025"), "BC430"),
        (("--prorata", "2025:101"), "BC430"),
        (("--prorata", "2025:-1"), "BC430"),
        (("--prorata", "25:87"), "BC430"),
        (("--prorata", "2025:87.5"), "BC430"),
        (("--prorata", "٢٠٢٥:87"), "BC430"),
        (("--prorata", ""), "BC430"),
        (("--use", "4:100"), "BC431"),
        (("--use", "0:100"), "BC431"),
        (("--use", "100"), "BC431"),
        (("--use", "1:60"), "BC432"),
        (("--use", "1:200"), "BC432"),
        (("--use", "1:50", "--use", "1:50"), "BC432"),
    ],
)
def test_what_is_no_prorata_is_misuse(cooperative, asked, code):
    for command in (("return", "2026-Q1", "--format", "xml"), ("file", "2026-Q1", "--today", "2026-04-20")):
        done = cooperative.vat(*command, *asked)
        assert done.status == 2
        assert f"[{code}]" in done.err
    assert not (cooperative.ledgers / "coop/vat").exists()
