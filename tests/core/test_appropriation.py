"""Annual accounts before and after the appropriation of a result, in years that may begin on any day."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple

import pytest
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.statements.annual import appropriated_sheet, balance_sheet, equity_changes, gross_margin, income_statement
from beancoop.statements.appropriation import decisions
from beancoop.statements.appropriation_table import appropriation_table
from beancoop.statements.equity import Equity
from beancoop.statements.journal import journal
from beancoop.statements.nbb import MODELS
from beancoop.statements.state import Leftover
from beancoop.statements.trial_balance import trial_balance
from books import books_of
from hypothesis import given, settings
from hypothesis import strategies as st

ZERO = Decimal(0)
OPTIONS = (
    'option "title" "C"\noption "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
)
NAMES = (
    *("Assets:55:5500-Banque", "Assets:40:400-Clients", "Assets:41:411-TVA", "Assets:24:240-Mobilier"),
    *("Liabilities:44:440-Fournisseurs", "Liabilities:45:451-TVA", "Liabilities:45:453-Precomptes"),
    *("Liabilities:47:471-Dividendes", "Liabilities:46:460-Acomptes", "Liabilities:43:433-Credit"),
    *("Equity:11:1109-Apports", "Equity:13:1311-Reserve", "Equity:14:140-Reporte", "Equity:14:141-PerteReportee"),
    *("Expenses:61:610-Loyer", "Expenses:65:650-Interets", "Expenses:66:6631-MoinsValues", "Income:70:700-Ventes"),
    *("Income:74:740-Subsides", "Income:76:7631-PlusValues", "Expenses:69:690-PerteReportee"),
    *("Expenses:69:6921-Dotation", "Expenses:69:693-AReporter", "Expenses:69:694-Dividende"),
    *("Income:79:790-BeneficeReporte", "Income:79:792-Prelevement", "Income:79:793-PerteAReporter"),
    "Income:79:794-Intervention",
)
OPENS = "".join(f"2020-01-01 open {name}:COOP\n" for name in NAMES)
SHORT = {name.split(":")[2].partition("-")[0]: f"{name}:COOP" for name in NAMES}


def entry(day, *postings, says=""):
    """Write a transaction from numbers and amounts; debits are positive."""
    lines = "".join(f"  {SHORT[number]}  {Decimal(amount):.2f} EUR\n" for number, amount in postings)
    return f'{day} * "x"\n{says}{lines}'


def kept(*entries, cooperative=""):
    """Give the books of a cooperative with these entries; they load without an error."""
    books = books_of(OPTIONS + cooperative + OPENS + "".join(entries))
    assert [error.message for error in books.ledger.errors] == []
    return books


def year(books, number):
    """Give the days of a financial year."""
    return books.register.cooperative.year(number)


def amounts(sheet):
    """Give the amounts that are not zero, by code."""
    lines = (*sheet.assets, sheet.total_assets, *sheet.liabilities, sheet.total_liabilities)
    return {line.rubric.code: line.amount for line in lines if line.amount}


def table(books, number):
    """Give the table of appropriations, what is not zero, by code."""
    return {
        line.rubric.code: line.amount for line in appropriation_table(books, year(books, number)).lines if line.amount
    }


SHARES = entry("2025-01-02", ("5500", 10000), ("1109", -10000))
SALE = entry("2025-06-30", ("5500", 1000), ("700", -1000))
DECIDED = (("6921", 400), ("694", 200), ("693", 400), ("1311", -400), ("471", -200), ("140", -400))
NEXT = entry("2026-03-31", ("5500", 300), ("700", -300))


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2025-12-31", ""),
        ("2026-05-28", ""),
        ("2026-05-28", "  appropriates: 2025\n"),
        ("2025-12-31", "  appropriates: 2025\n"),
    ],
)
def test_an_appropriation_is_of_its_year_wherever_it_is_dated(day, says):
    books = kept(SHARES, SALE, NEXT, entry(day, *DECIDED, says=says))
    before, after = balance_sheet(books, year(books, 2025).last), appropriated_sheet(books, year(books, 2025))
    assert before.difference == after.difference == ZERO
    assert {code: amounts(before).get(code) for code in ("9905", "14", "13", "47/48", "20/58")} == {
        "9905": 1000,
        "14": None,
        "13": None,
        "47/48": None,
        "20/58": 11000,
    }
    assert {code: amounts(after).get(code) for code in ("9905", "14", "1311", "47/48", "20/58")} == {
        "9905": None,
        "14": 400,
        "1311": 400,
        "47/48": 200,
        "20/58": 11000,
    }
    assert after.leftovers == before.leftovers == []
    assert str(after.until) == day
    assert table(books, 2025) == {
        "9906": 1000,
        "(9905)": 1000,
        "691/2": 400,
        "6921": 400,
        "(14)": 400,
        "694/7": 200,
        "694": 200,
    }
    later = amounts(balance_sheet(books, year(books, 2026).last))
    assert (later["14"], later["9905"], later["1311"]) == (400, 300, 400)
    assert table(books, 2026) == {"9906": 700, "(9905)": 300, "14P": 400}  # nothing decided: nothing else is told


def test_a_loss_carried_forward_is_negative():
    loss = entry("2025-06-30", ("610", 500), ("5500", -500))
    books = kept(SHARES, loss, entry("2026-05-28", ("141", 500), ("793", -500)))
    assert table(books, 2025) == {"9906": -500, "(9905)": -500, "(14)": -500}
    assert amounts(appropriated_sheet(books, year(books, 2025)))["14"] == -500
    assert table(books, 2026) == {"9906": -500, "14P": -500}


def test_what_is_not_recurrent_and_financial_is_outside_the_gross_margin():
    sold = entry("2025-06-30", ("5500", 1000), ("7631", -1000)), entry("2025-07-30", ("6631", 300), ("5500", -300))
    books = kept(SHARES, *sold, entry("2025-08-30", ("5500", 50), ("700", -50)))
    statement = income_statement(books, year(books, 2025))
    codes = ("9900", "76A", "9901", "75/76B", "76B", "65/66B", "66B", "66A", "9903", "9904", "9905")
    assert [statement.amount(code) for code in codes] == [50, 0, 50, 1000, 1000, 300, 300, 0, 750, 750, 750]
    assert gross_margin(books, year(books, 2025)) == 50


def test_what_is_brought_forward_by_790_and_without_it_gives_the_same_table():
    first = entry("2025-12-31", *DECIDED)
    second = entry("2025-07-31", ("5500", 0), ("700", 0))
    told = (("790", -400), ("140", 400), ("693", 700), ("140", -700))
    bare = (("693", 300), ("140", -300))
    expected = {"9906": 700, "(9905)": 300, "14P": 400, "(14)": 700}
    for moved in (told, bare):
        books = kept(SHARES, SALE, second, first, NEXT, entry("2026-12-31", *moved))
        assert table(books, 2026) == expected
        assert amounts(appropriated_sheet(books, year(books, 2026)))["14"] == 700


def test_a_loss_brought_forward_may_be_told_by_690_and_absorbed_by_reserves():
    loss = entry("2025-06-30", ("610", 500), ("5500", -500))
    opening = entry("2025-01-02", ("5500", 900), ("1311", -900)).replace('"x"', '"x" #opening')
    absorbed = entry("2025-12-31", ("1311", 200), ("792", -200), ("141", 300), ("793", -300))
    books = kept(opening, loss, absorbed)
    assert table(books, 2025) == {"9906": -500, "(9905)": -500, "791/2": 200, "(14)": -300}
    again = entry("2026-12-31", ("690", 300), ("141", -300), ("141", 300), ("793", -300))
    assert table(kept(opening, loss, absorbed, again), 2026) == {"9906": -300, "14P": -300, "(14)": -300}


def test_members_may_take_over_a_part_of_a_loss():
    loss = entry("2025-06-30", ("610", 500), ("5500", -500))
    covered = entry("2026-05-28", ("5500", 100), ("794", -100)), entry("2026-05-28", ("141", 400), ("793", -400))
    books = kept(SHARES, loss, *covered)
    assert table(books, 2025) == {"9906": -500, "(9905)": -500, "794": 100, "(14)": -400}
    assert amounts(appropriated_sheet(books, year(books, 2025)))["14"] == -400


def test_what_moves_from_14_to_reserves_without_69_is_a_transfer_all_the_same():
    direct = entry("2026-12-31", ("140", 150), ("1311", -150), says="  appropriates: 2026\n")
    books = kept(SHARES, SALE, entry("2025-12-31", *DECIDED), NEXT, direct)
    assert table(books, 2026) == {"9906": 700, "(9905)": 300, "14P": 400, "691/2": 150, "6921": 150, "(14)": 550}
    back = entry("2026-12-31", ("140", -150), ("1311", 150), says="  appropriates: 2026\n")
    books = books_of(OPTIONS + OPENS + SHARES + SALE + entry("2025-12-31", *DECIDED) + NEXT + back)  # the lock says so
    assert table(books, 2026) == {"9906": 700, "(9905)": 300, "14P": 400, "791/2": 150, "(14)": 850}


def test_a_result_appropriated_in_part_leaves_the_rest_in_14_and_says_so():
    part = entry("2026-05-28", ("6921", 400), ("1311", -400))
    books = kept(SHARES, SALE, part)
    after = appropriated_sheet(books, year(books, 2025))
    assert (amounts(after)["14"], amounts(after)["1311"]) == (600, 400)
    assert after.leftovers == [Leftover(2025, Decimal("600.00"))]
    assert table(books, 2025)["(14)"] == 600


def test_an_older_year_never_appropriated_is_in_14_and_named():
    books = kept(SHARES, SALE, NEXT)
    sheet = balance_sheet(books, year(books, 2026).last)
    assert (amounts(sheet)["14"], amounts(sheet)["9905"]) == (1000, 300)
    assert sheet.leftovers == [Leftover(2025, Decimal("1000.00"))]
    assert balance_sheet(books, datetime.date(2025, 12, 31)).leftovers == []
    assert decisions(books, year(books, 2025)) == []


def test_the_first_and_the_last_day_of_a_year_belong_to_it():
    first_day = entry("2026-01-01", ("5500", 50), ("700", -50))
    late = entry("2026-12-31", *DECIDED, says="  appropriates: 2025\n")
    books = kept(SHARES, SALE, first_day, late)
    sheet = balance_sheet(books, year(books, 2026).last)
    assert (amounts(sheet)["14"], amounts(sheet)["9905"], amounts(sheet)["1311"]) == (400, 50, 400)
    assert sheet.leftovers == []


def test_balances_that_an_opening_brings_in_decide_nothing():
    opening = SHARES.replace('"x"\n', '"x" #opening\n').replace(
        "  Equity",
        "  Expenses:69:6921-Dotation:COOP  400.00 EUR\n  Equity:13:1311-Reserve:COOP  -400.00 EUR\n  Equity",
        1,
    )
    assert decisions(kept(opening, SALE), Span.of_year(2024)._replace(year=2024)) == []


def test_a_meeting_held_late_is_counted_in_what_is_brought_forward():
    late = entry("2027-02-01", *DECIDED, says="  appropriates: 2025\n")
    of_2026 = entry("2027-05-20", ("693", 300), ("140", -300))
    books = kept(SHARES, SALE, NEXT, late, of_2026)
    assert amounts(balance_sheet(books, year(books, 2026).last))["14"] == 1000  # on that day nothing was decided
    assert table(books, 2026) == {"9906": 700, "(9905)": 300, "14P": 400, "(14)": 700}
    assert amounts(appropriated_sheet(books, year(books, 2026)))["14"] == 700
    of_2025 = appropriated_sheet(books, year(books, 2025))  # without what is decided of the next
    assert (amounts(of_2025)["14"], str(of_2025.until)) == (400, "2027-02-01")


SHIFTED = '2025-01-01 custom "cooperative" "C"\n  year-start: "07-01"\n'
FIRST = '2024-10-01 custom "cooperative" "C"\n  first-year: 2024-10-01\n  first-year-end: 2025-12-31\n'


def test_a_year_that_begins_in_july_has_its_own_statements():
    autumn, spring = (
        entry("2025-10-30", ("5500", 700), ("700", -700)),
        entry("2026-03-30", ("5500", 300), ("700", -300)),
    )
    books = kept(SHARES, autumn, spring, cooperative=SHIFTED)
    span = year(books, 2026)
    assert (str(span.first), str(span.last), str(span)) == ("2025-07-01", "2026-06-30", "2026")
    assert amounts(balance_sheet(books, span.last))["9905"] == 1000
    assert income_statement(books, span).amount("9904") == gross_margin(books, span) == 1000
    quarter = Span.of_quarter(2026, 1)
    assert [(line.number, line.opening, line.closing) for line in trial_balance(books, quarter).lines][-1] == (
        *("700", Decimal(-700), Decimal(-1000)),
    )
    assert trial_balance(books, Span.of_quarter(2026, 3)).earlier == -1000
    assert Equity(books).sheet(span.period).year == span
    assert [each.year.year for each in Equity(books).reserve_years(span.period)] == [2025, 2026]


def test_an_appropriation_dated_the_last_day_of_june_is_of_the_year_that_ends():
    sale = entry("2025-10-30", ("5500", 1000), ("700", -1000))
    books = kept(SHARES, sale, entry("2026-06-30", *DECIDED), cooperative=SHIFTED)
    assert amounts(appropriated_sheet(books, year(books, 2026)))["14"] == 400
    assert amounts(balance_sheet(books, datetime.date(2026, 6, 30)))["9905"] == 1000
    shown = Equity(books).sheet(year(books, 2026).period)
    assert (shown.result, shown.pending) == (ZERO, ZERO)


def test_a_short_first_year_is_compared_with_nothing():
    short = '2025-06-01 custom "cooperative" "C"\n  first-year: 2025-06-01\n'
    books = kept(SHARES.replace("2025-01-02", "2025-06-01"), SALE, NEXT, cooperative=short)
    assert year(books, 2025) == Span(datetime.date(2025, 6, 1), datetime.date(2025, 12, 31), 2025)
    assert books.register.cooperative.year_before(year(books, 2025)) is None
    assert income_statement(books, year(books, 2025)).amount("9904") == 1000
    assert table(books, 2026) == {"9906": 1300, "(9905)": 300, "14P": 1000}


def test_entries_are_numbered_from_one_in_each_financial_year():
    days = ("2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01")
    books = kept(*(entry(day, ("5500", 1), ("700", -1)) for day in days), cooperative=SHIFTED)
    found = journal(books, Span(datetime.date(2025, 1, 1), datetime.date(2026, 12, 31)))
    assert [(str(each.transaction.date), each.number) for each in found] == list(zip(days, (1, 1, 2, 3), strict=True))
    assert [each.number for each in journal(books, Span.of_month(Month(2026, 1)))] == [3]


def test_a_long_first_year_is_one_year():
    early = entry("2024-11-30", ("5500", 100), ("700", -100))
    books = kept(entry("2024-10-02", ("5500", 10000), ("1109", -10000)), early, SALE, cooperative=FIRST)
    span = year(books, 2025)
    assert (str(span.first), str(span.last)) == ("2024-10-01", "2025-12-31")
    assert income_statement(books, span).amount("9904") == 1100
    assert books.register.cooperative.year_before(span) is None
    assert books.register.cooperative.year_before(year(books, 2026)) == span
    assert year(books, 2024) == Span(datetime.date(2024, 1, 1), datetime.date(2024, 9, 30), 2024)
    assert not books.register.cooperative.cuts(span)


class Move(NamedTuple):
    """An entry of random books: on which day, which accounts, how much."""

    day: datetime.date
    debit: str
    credit: str
    amount: Decimal


FREE = ("5500", "400", "411", "240", "440", "451", "460", "433", "610", "650", "6631", "700", "740", "7631")
MOVES = st.builds(
    Move,
    st.dates(datetime.date(2024, 7, 1), datetime.date(2027, 6, 30)),
    st.sampled_from(FREE),
    st.sampled_from(FREE),
    st.integers(1, 500_000).map(lambda cents: Decimal(cents) / 100),
)
STARTS = st.sampled_from(["01-01", "07-01", "04-15"])


@st.composite
def decided(draw, number, result, last):
    """Draw what a meeting makes of a result, dated the year's last day or in the next."""
    day = draw(st.sampled_from([last, last + datetime.timedelta(140)]))
    says = f"  appropriates: {number}\n"
    if result <= 0:
        return entry(day, ("141", -result), ("793", result), says=says) if result else ""
    reserve = (result * draw(st.sampled_from([0, 1, 2])) / 4).quantize(Decimal("0.01"))
    dividend = min(draw(st.sampled_from([ZERO, Decimal("5.00")])), result - reserve)
    rest = result - reserve - dividend
    tax = (dividend * Decimal("0.3")).quantize(Decimal("0.01"))
    given_ = (
        *(("6921", reserve), ("694", dividend), ("693", rest)),
        *(("1311", -reserve), ("471", tax - dividend), ("453", -tax), ("140", -rest)),
    )
    return entry(day, *(each for each in given_ if each[1]), says=says)


@settings(max_examples=40, deadline=None)  # two loads each
@given(st.lists(MOVES, min_size=1, max_size=12), STARTS, st.data())
def test_random_books_hold_before_and_after(moves, start, data):
    cooperative = f'2020-01-01 custom "cooperative" "C"\n  year-start: "{start}"\n'
    shares = entry("2020-01-02", ("5500", 10000), ("1109", -10000))
    text = [entry(move.day, (move.debit, move.amount), (move.credit, -move.amount)) for move in moves]
    bare = kept(shares, *text, cooperative=cooperative)
    span = year(bare, 2026)
    results = {number: income_statement(bare, year(bare, number)).amount("9905") for number in (2025, 2026)}
    meetings = [data.draw(decided(number, made, year(bare, number).last)) for number, made in results.items()]
    books = kept(shares, *text, *meetings, cooperative=cooperative)

    before, after = balance_sheet(books, span.last), appropriated_sheet(books, span)
    for sheet in (before, after):
        assert sheet.difference == ZERO
        assert all(line.amount >= ZERO for line in sheet.assets if not line.rubric.code.startswith("2"))
        others = [line for line in sheet.liabilities if line.rubric.code[0] == "4"]
        assert all(line.amount >= ZERO for line in others)
    leaves = {line.rubric.code for line in before.liabilities if not line.rubric.sum} | {"9905"}
    changed = {code for code in leaves if amounts(before).get(code, ZERO) != amounts(after).get(code, ZERO)}
    assert changed <= {"1311", "14", "9905", "47/48", "450/3"}
    assert [line.amount for line in before.assets] == [line.amount for line in after.assets]
    assert "9905" not in amounts(after)
    assert before.total_assets.amount == after.total_assets.amount == balance_sheet(bare, span.last).total_assets.amount

    statement = income_statement(books, span)
    assert statement.amount("9905") == results[2026]
    changes = equity_changes(books, span)
    moved = changes.contributions + changes.revaluation + changes.subsidies + changes.advances + changes.distributed
    assert statement.amount("9904") == changes.closing - changes.opening - moved
    lines = {line.rubric.code: line.amount for line in appropriation_table(books, span).lines}
    assert lines["9906"] == lines["(9905)"] + lines["14P"]
    if decisions(books, span):
        given_ = lines["691/2"] + lines["694/7"] - lines["791/2"] - lines["794"]
        assert lines["9906"] - given_ == lines["(14)"] == amounts(after).get("14", ZERO)
    for model in MODELS:
        assert amounts(appropriated_sheet(books, span, model=model)) == amounts(after)
        printed = income_statement(books, span, model=model)
        assert all(line.amount == statement.amount(line.rubric.code) for line in printed.lines)
