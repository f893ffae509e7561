"""The register of shares: its lines, what is wrong with them, and whether the ledger has the same."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.books.books import Books
from beancoop.loading.ledger import load_ledger
from beancoop.model.cooperative import CooperativeTerms
from beancoop.model.periods import Span
from beancoop.year.share_agreement import agreements, gaps, right
from beancoop.year.shares import COLUMNS, Holding, read_shares
from hypothesis import given, settings
from hypothesis import strategies as st

HEAD = """
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-01 open Assets:55:5500-Banque:COOP
2026-01-01 open Equity:11:1109-Apports:COOP
2026-01-01 open Equity:11:1119-Apports:COOP
2026-01-01 * "Bilan d'ouverture" #opening
  Assets:55:5500-Banque:COOP    3500.00 EUR
  Equity:11:1109-Apports:COOP  -2500.00 EUR
  Equity:11:1119-Apports:COOP  -1000.00 EUR
2026-03-10 * "Souscription"
  Assets:55:5500-Banque:COOP     500.00 EUR
  Equity:11:1109-Apports:COOP   -500.00 EUR
"""
HEADINGS = ",".join(COLUMNS)
OPENED = (
    "2019-05-01,COOP,subscribed,,0,1000.00,1119,rendu indisponible",
    "2019-05-01,M001,subscribed,A,8,1500.00,1109,",
    "2020-02-01,M001,paid,A,0,500.00,1109,solde",
    "2021-02-01,M002,subscribed,A,2,500.00,1109,",
)
NEW = "2026-03-10,M003,subscribed,B,2,500.00,1109,"
LAST = datetime.date(2026, 12, 31)


@pytest.fixture
def books(tmp_path):
    """Give books beside which a register is written."""

    def made(*lines, headings=HEADINGS, encoding="utf-8", ledger=HEAD):
        (tmp_path / "main.beancount").write_text(ledger)
        (tmp_path / "coop").mkdir(exist_ok=True)
        if headings is not None:
            (tmp_path / "coop/shares.csv").write_text("\n".join([headings, *lines, ""]), encoding=encoding)
        found = Books(load_ledger(tmp_path / "main.beancount"))
        assert found.ledger.findings == []
        return found

    return made


def codes(found):
    return [(finding.line, finding.code) for finding in read_shares(found).findings]


def test_each_member_has_what_the_lines_add_up_to(books):
    register = read_shares(books(*OPENED, NEW))
    assert register.findings == []
    assert register.holdings(LAST) == {
        "COOP": Holding(0, Decimal("1000.00")),
        "M001": Holding(8, Decimal("2000.00")),
        "M002": Holding(2, Decimal("500.00")),
        "M003": Holding(2, Decimal("500.00")),
    }
    assert [each.member for each in register.within(Span.of_year(2026))] == ["M003"]
    assert "M003" not in register.holdings(datetime.date(2026, 3, 9))


def test_register_and_ledger_agree_by_number_and_the_opening_brings_all_before(books):
    found = books(*OPENED, NEW)
    register = read_shares(found)
    sums = [(each.account, str(each.register), str(each.ledger)) for each in agreements(found, register, LAST)]
    assert sums == [("1109", "3000.00", "3000.00"), ("1119", "1000.00", "1000.00")]
    assert gaps(found, register, LAST) == []


def test_a_difference_is_named_with_its_day_and_goes_when_it_is_made_good(books):
    late = NEW.replace("2026-03-10", "2026-03-12")
    found = books(*OPENED, late)
    days = [
        (str(gap.date), str(gap.register), str(gap.ledger), str(gap.difference))
        for gap in gaps(found, read_shares(found), LAST)
    ]
    assert days == [("2026-03-10", "0", "500.00", "500.00"), ("2026-03-12", "500.00", "0", "0.00")]
    assert all(not each.difference for each in agreements(found, read_shares(found), LAST))
    found = books(*OPENED)
    (gap,) = gaps(found, read_shares(found), LAST)
    assert (gap.account, str(gap.difference)) == ("1109", "500.00")
    assert gaps(found, read_shares(found), datetime.date(2026, 3, 9)) == []


def test_semicolons_commas_for_cents_and_a_mark_are_read_too(books):
    line = "10/03/2026;M003;subscribed;B;2;500,00;1109;"
    found = books(
        *(each.replace(",", ";") for each in OPENED), line, headings=HEADINGS.replace(",", ";"), encoding="utf-8-sig"
    )
    assert codes(found) == []
    assert read_shares(found).holdings(LAST)["M003"] == Holding(2, Decimal("500.00"))


def test_without_a_file_there_is_no_register(books):
    found = books(headings=None)
    register = read_shares(found)
    assert (register.is_there, register.movements, register.findings) == (False, (), ())
    assert [str(each.difference) for each in agreements(found, register, LAST)] == ["3000.00", "1000.00"]


@pytest.mark.parametrize("headings", ["", "date,member", "datum,lid,beweging,klasse,aandelen,volgestort,rekening,nota"])
def test_the_headings_are_those_of_the_contract(books, headings):
    assert codes(books(*OPENED, headings=headings)) == [(1, "BC396")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("31-31-2026,M003,subscribed,B,2,500.00,1109,", "date"),
        (",M003,subscribed,B,2,500.00,1109,", "date"),
        ("2026-03-10,Jeanne Dupont,subscribed,B,2,500.00,1109,", "member"),
        ("2026-03-10,M003,bought,B,2,500.00,1109,", "movement"),
        ("2026-03-10,M003,subscribed,B,two,500.00,1109,", "shares"),
        ("2026-03-10,M003,subscribed,B,,500.00,1109,", "shares"),
        ("2026-03-10,M003,subscribed,B,1.5,500.00,1109,", "shares"),
        ("2026-03-10,M003,subscribed,B,2,1.234,1109,", "paid"),
        ("2026-03-10,M003,subscribed,B,2,500.00,416,", "account"),
        ("2026-03-10,M003,subscribed,B,2,500.00,,", "account"),
        ("2026-03-10,M003,subscribed,B,0,500.00,1109,", "shares"),
        ("2026-03-10,M003,subscribed,B,2,-500.00,1109,", "paid"),
        ("2026-03-10,M001,resigned,B,2,-500.00,1109,", "shares"),
        ("2026-03-10,M001,excluded,B,-2,500.00,1109,", "paid"),
        ("2026-03-10,M001,paid,B,1,500.00,1109,", "shares"),
        ("2026-03-10,M001,refused,B,-1,0,,", "shares"),
        ("2026-03-10,M001,refused,B,0,1.00,1109,", "paid"),
        ("2026-03-10,M001,transferred,B,0,1.00,1109,", "shares"),
    ],
)
def test_a_cell_that_cannot_stand_is_told_at_its_line(books, line, said):
    found = books(*OPENED, line)
    assert codes(found) == [(6, "BC397")]
    assert read_shares(found).findings[0].message.startswith(f"{said}: ")
    assert len(read_shares(found).movements) == len(OPENED)


def test_lines_come_in_the_order_of_dates(books):
    assert codes(books(*OPENED, NEW, "2026-03-09,M003,paid,B,0,1.00,1109,")) == [(7, "BC398")]


def test_nobody_gives_back_more_than_there_is(books):
    assert codes(books(*OPENED, "2026-03-10,M002,resigned,A,-3,-500.00,1109,")) == [(6, "BC399")]
    assert codes(books(*OPENED, "2026-03-10,M002,resigned,A,-2,-500.01,1109,")) == [(6, "BC399")]
    assert codes(books(*OPENED, "2026-03-10,M002,resigned,A,-2,-500.00,1109,")) == []


def test_what_one_member_transfers_another_receives(books):
    give, take = "2026-03-10,M001,transferred,A,-2,-500.00,1109,", "2026-03-10,M003,transferred,A,2,500.00,1109,"
    assert codes(books(*OPENED, give, take)) == []
    assert codes(books(*OPENED, give)) == [(6, "BC382")]
    assert codes(books(*OPENED, give, take.replace(",2,", ",1,"))) == [(7, "BC382")]


def test_empty_lines_and_missing_last_cells_do_no_harm(books):
    assert codes(books(*OPENED, ",,,,,,,", "", "2026-02-17,M009,refused,A,0")) == []


def test_a_quotation_mark_that_is_not_closed_is_told(books):
    assert codes(books(*OPENED, f'2026-03-10,M003,subscribed,B,2,500.00,1109,"{"x" * 200000}'))[0][1] == "BC396"


TERMS = CooperativeTerms(datetime.date(2026, 1, 1))


def test_the_right_of_a_member_by_hand():
    # ten shares of 250.00: 6 % net is 150.00, of which 30 % was withheld: 214.28 (LAW.md, 2.3)
    assert right(Decimal("2500.00"), TERMS) == (Decimal("150.00"), Decimal("214.28"))
    assert right(Decimal("333.33"), TERMS).net == Decimal("19.99")  # 19.9998, cut
    assert right(Decimal("100.00"), CooperativeTerms(TERMS.start, withholding=Decimal(1))) == (6, 0)


@settings(deadline=None)
@given(st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100))
def test_no_cent_of_a_right_is_above_the_ceiling(paid):
    most = right(paid, TERMS)
    assert most.net <= paid * TERMS.dividend_ceiling < most.net + Decimal("0.01")
    assert most.gross * (1 - TERMS.withholding) <= paid * TERMS.dividend_ceiling
