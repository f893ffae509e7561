"""Fixed assets: the register, its errors, the table, and what is still to be written down."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.year.asset_table import asset_table
from beancoop.year.assets import AssetRegister
from beancoop.year.stock import assets_without_depreciation
from books import books_of
from hypothesis import given, settings
from hypothesis import strategies as st

YEAR = Span.of_year(2026)
HEAD = """
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2020-01-01 custom "cooperative" "Les Sources SC"
2020-01-01 custom "activity" "A003"
  months: 200
  overdraft: 99999 EUR
2020-01-01 custom "activity" "A004"
  months: 200
  overdraft: 99999 EUR
"""
ACCOUNTS = (
    *("Assets:20:200-Constitution", "Assets:20:2009-Amortissements", "Assets:24:2409-Amortissements"),
    *("Assets:23:230-Machines", "Assets:23:2309-Amortissements", "Assets:24:240-Mobilier", "Assets:27:270-EnCours"),
    *("Expenses:63:630-Amortissements", "Assets:55:5500-Banque", "Expenses:61:610-Loyer", "Equity:14:140-Reporte"),
)
OPENS = "".join(f"2020-01-01 open {account}:{unit}\n" for account in ACCOUNTS for unit in ("A003", "A004", "COOP"))


def entry(day, *postings, text="Achat", tag=""):
    """Write an entry: each posting is an account, an amount and its metadata."""
    lines = [f'{day} * "{text}" {tag}']
    for account, amount, *meta in postings:
        lines += [f"  {account}  {amount} EUR", *(f"    {each}" for each in meta)]
    return "\n".join(lines) + "\n"


def bought(number="A003-01", day="2026-03-12", cost="1000.00", life="3", account="Assets:23:230-Machines:A003"):
    """Write the purchase of an asset."""
    unit = account.rpartition(":")[2]
    meta = [f'asset: "{number}"', *([f"life: {life}"] if life else [])]
    return entry(day, (account, cost, *meta), (f"Assets:55:5500-Banque:{unit}", f"-{cost}".replace("--", "")))


def written(amount, day="2026-12-31", number="A003-01", contra="Assets:23:2309-Amortissements:A003"):
    """Write an asset down."""
    unit = contra.rpartition(":")[2]
    charge = f"Expenses:63:630-Amortissements:{unit}"
    return entry(day, (charge, amount, f'asset: "{number}"'), (contra, f"-{amount}", f'asset: "{number}"'))


def books(*entries):
    """Give the books, which load without an error."""
    found = books_of(HEAD + OPENS + "".join(entries))
    assert found.ledger.findings == []
    return found


def codes(*entries):
    """Give the errors of the register by code, with the lines they point at."""
    found = books(*entries)
    text = (HEAD + OPENS + "".join(entries)).splitlines()
    return [(each.code, text[each.line - 1].split()[0]) for each in AssetRegister(found).findings]


def due(asset, *days):
    return [str(asset.due(datetime.date.fromisoformat(day))) for day in days]


def test_an_asset_loses_month_by_month_from_that_of_its_purchase():
    (asset,) = AssetRegister(books(bought())).assets
    assert (asset.number, asset.unit, asset.life, asset.text) == ("A003-01", "A003", 36, "Achat")
    # March to December are 10 months of 36: 1000 x 10 / 36 = 277.777..., and so on
    ends = ("2025-12-31", "2026-12-31", "2027-12-31", "2028-12-31", "2029-12-31", "2040-12-31")
    assert due(asset, *ends) == ["0.00", "277.78", "611.11", "944.44", "1000.00", "1000.00"]


def test_half_a_cent_is_rounded_up():
    (asset,) = AssetRegister(books(bought(cost="0.18", day="2026-12-31", life="1"))).assets
    assert due(asset, "2026-12-31") == ["0.02"]  # 0.015


def test_what_is_booked_is_taken_off_and_what_was_forgotten_caught_up():
    (asset,) = AssetRegister(books(bought(), written("200.00"))).assets
    assert due(asset, "2026-12-31", "2027-12-31") == ["77.78", "411.11"]


def test_what_is_booked_later_counts_for_an_earlier_year():
    """Whoever runs 2027 first has caught 2026 up, and 2026 has nothing left."""
    (asset,) = AssetRegister(books(bought(), written("611.11", "2027-12-31"))).assets
    assert due(asset, "2026-12-31", "2027-12-31", "2028-12-31") == ["0.00", "0.00", "333.33"]


def sold(day="2027-06-30", depreciated="277.78", left="722.22"):
    return entry(
        day,
        ("Assets:23:230-Machines:A003", "-1000.00", 'asset: "A003-01"'),
        ("Assets:23:2309-Amortissements:A003", depreciated, 'asset: "A003-01"'),
        ("Assets:55:5500-Banque:A003", left),
    )


def test_what_is_sold_leaves_with_what_was_written_down():
    found = books(bought(), written("277.78"), sold())
    register = AssetRegister(found)
    (asset,) = register.assets
    assert register.findings == []
    assert (asset.left, asset.cost(asset.left), asset.depreciated(asset.left)) == (datetime.date(2027, 6, 30), 0, 0)
    assert due(asset, "2026-12-31", "2027-12-31", "2030-12-31") == ["0.00", "0.00", "0.00"]
    assert assets_without_depreciation(found, 2027) == []
    table = asset_table(found, Span.of_year(2027))
    assert table.rubrics == {}
    (line,) = table.left
    assert (line.cost, line.before, line.during, line.value) == (1000, Decimal("277.78"), 0, Decimal("722.22"))
    assert table.difference == 0


def test_what_is_written_down_in_the_year_of_the_sale_agrees_too():
    found = books(
        bought(), written("277.78"), written("166.67", "2027-06-30"), sold(depreciated="444.45", left="555.55")
    )
    table = asset_table(found, Span.of_year(2027))
    (line,) = table.left
    assert (line.before, line.during, line.value) == (Decimal("277.78"), Decimal("166.67"), Decimal("555.55"))
    assert [str(each.difference) for each in table.agreements] == ["0.00", "0.00", "0.00"]


def test_an_asset_bought_back_is_there_again():
    again = entry(
        "2027-09-01",
        ("Assets:23:230-Machines:A003", "500.00", 'asset: "A003-01"'),
        ("Assets:55:5500-Banque:A003", "-500.00"),
    )
    (asset,) = AssetRegister(books(bought(), sold(depreciated="0.00", left="1000.00"), again)).assets
    assert (asset.left, asset.cost(datetime.date(2027, 12, 31))) == (None, 500)


def test_a_credit_note_lowers_the_cost():
    back = entry(
        "2026-05-01",
        ("Assets:23:230-Machines:A003", "-100.00", 'asset: "A003-01"'),
        ("Assets:55:5500-Banque:A003", "100.00"),
    )
    (asset,) = AssetRegister(books(bought(), back)).assets
    assert due(asset, "2026-12-31") == ["250.00"]


def test_an_opening_brings_in_what_was_written_down_before():
    opening = entry(
        "2026-01-01",
        (
            "Assets:24:240-Mobilier:COOP",
            "6000.00",
            'asset: "COOP-01"',
            "life: 5",
            "since: 2024-07-15",
            'text: "Tables"',
        ),
        ("Assets:24:2409-Amortissements:COOP", "-1800.00", 'asset: "COOP-01"'),
        ("Equity:14:140-Reporte:COOP", "-4200.00"),
        tag="#opening",
    )
    found = books(opening)
    ((line,),) = asset_table(found, YEAR).rubrics.values()
    assert (line.asset.text, line.asset.bought) == ("Tables", datetime.date(2024, 7, 15))
    # July 2024 to December 2026 are 30 months of 60
    assert (line.before, line.during, line.due, line.value) == (1800, 0, Decimal("1200.00"), 4200)
    (missed,) = assets_without_depreciation(found, 2026)
    assert (missed.asset.number, missed.amount) == ("COOP-01", Decimal("1200.00"))


def test_the_table_adds_up_by_rubric_and_says_what_belongs_to_no_asset():
    loose = entry("2026-04-01", ("Assets:24:240-Mobilier:A003", "90.00"), ("Assets:55:5500-Banque:A003", "-90.00"))
    other = bought("A004-01", "2026-01-31", "120.00", "10", "Assets:24:240-Mobilier:A004")
    found = books(bought(), written("277.78"), loose, other)
    table = asset_table(found, YEAR)
    assert [*table.rubrics] == ["23", "24"]
    shown = {each.numbers: (str(each.register), str(each.ledger), str(each.difference)) for each in table.agreements}
    assert shown == {
        "23": ("1000.00", "1000.00", "0.00"),
        "23x9": ("277.78", "277.78", "0.00"),
        "24": ("120.00", "210.00", "90.00"),
        "24x9": ("0", "0", "0"),
        "630": ("277.78", "277.78", "0.00"),
    }
    assert table.difference == 90
    assert [str(each.amount) for each in table.unnumbered] == ["90.00"]
    alone = asset_table(found, YEAR, "A004")
    assert ([*alone.rubrics], alone.difference, alone.unnumbered) == (["24"], 0, [])


WRONG = {
    "BC380": bought().replace('asset: "A003-01"', "asset: 3"),
    "BC381": bought(life="0"),
    "BC384": bought(account="Assets:27:270-EnCours:A003"),
    "BC385": bought(life=""),
    "BC389": bought(cost="-5.00"),
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_told_once_at_its_posting(code):
    account = "Assets:27:270-EnCours:A003" if code == "BC384" else "Assets:23:230-Machines:A003"
    assert codes(WRONG[code]) == [(code, account)]


@pytest.mark.parametrize("life", ["-5", "0.7", '"5"', "TRUE", "2026-01-01"])
def test_a_life_is_a_number_that_makes_months(life):
    assert codes(bought(life=life)) == [("BC381", "Assets:23:230-Machines:A003")]


def test_a_life_of_half_years_is_one():
    (asset,) = AssetRegister(books(bought(life="2.5"))).assets
    assert asset.life == 30


def test_a_life_without_a_number_asks_for_one():
    assert codes(bought().replace('    asset: "A003-01"\n', "")) == [("BC380", "Assets:23:230-Machines:A003")]
    told = AssetRegister(books(bought().replace('    asset: "A003-01"\n', ""))).findings[0]
    assert '"A003-01"' in told.message
    assert codes(bought().replace('asset: "A003-01"', 'asset: ""')) == [("BC380", "Assets:23:230-Machines:A003")]


def test_two_purchases_of_one_number_are_twins():
    found = codes(bought(), bought(day="2026-04-01"))
    assert found == [("BC383", "Assets:23:230-Machines:A003")]


def test_an_asset_is_moved_in_its_own_unit():
    found = codes(bought(), written("1.00", contra="Assets:23:2309-Amortissements:A004"))
    assert found == [("BC386", "Assets:23:2309-Amortissements:A004")]


def test_no_more_is_written_down_than_it_cost_and_nothing_stays_behind():
    assert codes(bought(), written("1000.01")) == [("BC387", "Assets:23:2309-Amortissements:A003")]
    assert codes(bought(), written("1000.00")) == []
    left = sold(depreciated="200.00", left="800.00")
    assert codes(bought(), written("277.78"), left) == [("BC387", "Assets:23:2309-Amortissements:A003")]


def test_the_number_stands_on_the_posting():
    whole = (
        bought().replace('"Achat" ', '"Achat"\n  asset: "A003-01"').replace('    asset: "A003-01"\n    life: 3\n', "")
    )
    assert codes(whole) == [("BC388", "2026-03-12")]


def test_a_life_on_what_is_written_down_or_on_a_cost_is_refused():
    contra = written("5.00").replace('-5.00 EUR\n    asset: "A003-01"', '-5.00 EUR\n    asset: "A003-01"\n    life: 3')
    assert codes(contra) == [("BC384", "Assets:23:2309-Amortissements:A003")]
    cost = entry(
        "2026-01-05",
        ("Expenses:61:610-Loyer:A003", "5.00", 'asset: "A003-01"', "life: 3"),
        ("Assets:55:5500-Banque:A003", "-5.00", 'asset: "A003-01"'),
    )
    assert [code for code, _ in codes(cost)] == ["BC384", "BC384"]


@settings(deadline=None)
@given(
    cost=st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100),
    life=st.integers(1, 600),
    first=st.integers(0, 11),
    last=st.integers(1, 12),
)
def test_all_years_together_write_down_the_cost_to_the_cent(cost, life, first, last):
    """Each year's share is what is planned less what is booked: never below zero, nor above the cost, whole at last."""
    asset = BARE._replace(life=life, bought=Month(2026, first + 1).first_day)
    asset = asset._replace(moves=(MOVE._replace(day=asset.bought, amount=cost),))
    booked = Decimal(0)
    end = Month(2026, last).last_day
    while end.year <= 2026 + life // 12 + 2:
        share = asset.due(end)
        assert share >= 0
        assert share == share.quantize(Decimal("0.01"))
        booked += share
        assert booked <= cost
        if share:
            asset = asset._replace(moves=(*asset.moves, MOVE._replace(day=end, amount=share, is_depreciation=True)))
        assert asset.due(end) == 0  # a second run adds nothing
        end = Month(end.year + 1, last).last_day
    assert booked == cost


BARE = AssetRegister(books(bought())).assets[0]
MOVE = BARE.moves[0]


def test_an_activity_that_leaves_takes_its_assets_out_of_the_register():
    """The entry of the exit moves whole accounts: each asset goes with its part, and what none accounts for is told."""
    loose = entry("2026-04-01", ("Assets:23:230-Machines:A003", "90.00"), ("Assets:55:5500-Banque:A003", "-90.00"))
    second = bought("A003-02", "2026-05-01", "500.00", "5")
    handed = entry(
        "2027-03-31",
        ("Assets:23:230-Machines:A003", "-1590.00"),
        ("Assets:23:2309-Amortissements:A003", "277.78"),
        ("Assets:55:5500-Banque:A003", "1312.22"),
        tag="^exit-A003",
    )
    found = books(bought(), second, written("277.78"), loose, handed)
    register = AssetRegister(found)
    assert register.findings == []
    assert [(asset.number, asset.left) for asset in register.assets] == [
        ("A003-01", datetime.date(2027, 3, 31)),
        ("A003-02", datetime.date(2027, 3, 31)),
    ]
    assert [str(each.amount) for each in register.unnumbered] == ["90.00", "-90.00"]
    assert assets_without_depreciation(found, 2027) == []
    table = asset_table(found, Span.of_year(2027))
    assert ([line.asset.number for line in table.left], table.difference) == (["A003-01", "A003-02"], 0)
    before = asset_table(found, YEAR)
    assert [[str(line.cost) for line in lines] for lines in before.rubrics.values()] == [["1000.00", "500.00"]]


def test_what_a_sale_brings_may_name_the_asset_too():
    gain = entry(
        "2027-06-30",
        ("Assets:23:230-Machines:A003", "-1000.00", 'asset: "A003-01"'),
        ("Assets:55:5500-Banque:A003", "900.00"),
        ("Expenses:63:630-Amortissements:A003", "100.00", 'asset: "A003-01"'),
    )
    assert codes(bought(), gain) == []
