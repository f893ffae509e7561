"""The page "Autonomie": each figure is that of a query on the same books, or adds up to one."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from beancoop.leaving.preview import leaving
from beancoop.model.months import Month
from beancoop.model.periods import Period, year_to
from beancoop.statements.accompaniment import course
from beancoop.statements.available import available, steps
from beancoop.statements.customers import ages, customers, owed
from beancoop.statements.twelve_months import statement
from beancoop.storage.atomic import write_text
from beancount import loader
from beancount.core.data import Custom, Transaction
from books import loaded

from tests.fava.reading import EXAMPLE, SLUG, ZERO, Books, amount, client, day, load, page, tables

if TYPE_CHECKING:
    from werkzeug.test import Client

    from tests.fava.conftest import Coop

UNITS = [f"A00{number}" for number in range(1, 9)]
ATTACK = "<script>alert(1)</script>"
OWN = f"{SLUG}/extension/Autonomie/"
YEAR = [Month(2025, month) for month in range(9, 13)] + [Month(2026, month) for month in range(1, 9)]


@pytest.fixture(scope="module")
def example() -> Books:
    return load(EXAMPLE)


@pytest.fixture(scope="module")
def asking() -> Client:
    return client(EXAMPLE)


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_available_is_the_sum_of_queries(example: Books, asking: Client, unit: str) -> None:
    for time, end in (("", None), ("2025", day("2026-01-01")), ("2025-11", day("2025-12-01"))):
        rows = tables(page(asking, OWN, unit=unit, time=time))["steps"][1:]
        held = example.total(unit, "5", end=end)
        others = (["411", "451"], ["46"], ["44"], ["453", "454", "455"], ["960"])
        owed = [min(ZERO, example.total(unit, *numbers, end=end)) for numbers in others]
        expected = [held, *owed]
        assert [amount(row[1]) for row in rows] == [*expected, sum(expected)]


@pytest.mark.parametrize("unit", UNITS)
def test_the_statement_is_that_of_queries(example: Books, asking: Client, unit: str) -> None:
    rows = tables(page(asking, OWN, unit=unit, time="2025-09 - 2026-08"))["statement"][1:]
    assert len(rows) == 14
    for row, month in zip(rows, YEAR, strict=False):
        span = {"begin": month.first_day, "end": month.next().first_day}
        sales, services, purchases, margin, contribution, costs, income, result = map(amount, row[1:])
        assert sales == -example.total(unit, "70", **span)
        assert services == -example.total(unit, "951", **span)
        assert purchases == -example.total(unit, "60", **span)
        assert margin == sales + services + purchases
        assert contribution == -example.total(unit, "950", **span)
        assert costs == -example.total(unit, *["61", "62", "63", "64", "65", "66", "67", "68", "69"], **span)
        assert income == -example.total(unit, *["71", "72", "73", "74", "75", "76", "77", "78", "79"], **span)
        assert result == margin + contribution + costs + income
    totals = [sum(map(amount, column), ZERO) for column in zip(*(row[1:] for row in rows[:12]), strict=True)]
    assert list(map(amount, rows[12][1:])) == totals
    sold = totals[0]
    for share, total in zip(rows[13][1:], totals, strict=True):
        assert abs(amount(share) - 100 * total / sold) <= Decimal("0.05")


@pytest.mark.parametrize("unit", UNITS)
def test_each_levy_is_that_of_the_books_and_of_its_lines(example: Books, asking: Client, unit: str) -> None:
    found = tables(page(asking, OWN, unit=unit, time="2025-09 - 2026-08"))
    by_month = example.totals("substr(str(date), 0, 7)", f"leaf(account) = '{unit}' AND account ~ ':950-'")
    lines: defaultdict[str, list[list[str]]] = defaultdict(list)
    for row in found["lines"][1:]:
        lines[row[0]].append(row)
    levied = {}
    months = dict(zip([row[0] for row in found["statement"][1:13]], YEAR, strict=True))
    for name, margin, cumulative, exact, due, before, levy, carried, state in found["levies"][1:]:
        assert sum((amount(line[4]) for line in lines[name]), ZERO) == amount(margin)
        assert amount(due) == max(ZERO, round_half_up(amount(exact)))
        assert amount(carried) == amount(due) - amount(before) - amount(levy)
        end = months[name].next().first_day
        assert amount(cumulative) == -example.total(unit, "70", "60", "951", end=end)
        assert state == "Provisoire"
        levied[name] = amount(levy)
    shown = {str(months[name]): levy for name, levy in levied.items() if levy}
    assert shown == {month: by_month[month] for month in map(str, YEAR) if month in by_month}
    assert len(shown) > 5
    for row in found["lines"][1:]:
        assert abs(amount(row[7]) - amount(row[4]) * amount(row[5]) / 100) < Decimal("0.0001")


def round_half_up(exact: Decimal) -> Decimal:
    return exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_each_line_leads_to_its_entry(asking: Client) -> None:
    text = page(asking, OWN, unit="A001", time="2026-02")
    body = text[text.index('<section id="lines">') :]
    links = re.findall(r'href="(#context-[0-9a-f]+)"', body)
    assert len(links) > 30
    answer = asking.get(f"{SLUG}/api/context", query_string={"entry_hash": links[0].removeprefix("#context-")})
    assert answer.status_code == 200
    assert 'id="levy-2026-02"' in body
    assert 'href="#levy-2026-02"' in text


def test_a_credit_note_is_told_with_the_rate_of_its_invoice(asking: Client) -> None:
    rows = tables(page(asking, OWN, unit="A001", time="2026-02"))["lines"]
    (note,) = [row for row in rows if row[3] == "A001-2025-0031" and amount(row[4]) < 0]
    assert note[1] == "18/02/2026"
    assert note[5] == "10,0\xa0%"
    assert "2025" in note[6]


@pytest.mark.parametrize("unit", UNITS)
def test_the_customers_are_those_of_queries(example: Books, asking: Client, unit: str) -> None:
    found = tables(page(asking, OWN, unit=unit, time="2025-09 - 2026-08"))
    span = "date >= 2025-09-01 AND date < 2026-09-01"
    sold = example.totals("payee", f"leaf(account) = '{unit}' AND account ~ ':70:' AND {span}")
    shown = {row[0]: amount(row[1]) for row in found["customers"][1:]}
    assert {name: sales for name, sales in shown.items() if sales} == {name: -sales for name, sales in sold.items()}
    facts = [row[1] for row in found["customers-facts"][1:]]
    assert int(facts[0]) == len(shown)
    assert abs(amount(facts[1]) - 100 * max(shown.values()) / sum(shown.values())) <= Decimal("0.05")
    owed_now = example.total(unit, "40", end=day("2026-09-01"))
    assert sum((amount(row[2]) for row in found["ages"][1:-1]), ZERO) == amount(found["ages"][-1][2]) == owed_now
    open_rows = found.get("open", [])[1:]
    assert sum((amount(row[5]) for row in open_rows), ZERO) == owed_now
    assert len(open_rows) == int(found["ages"][-1][1])


def test_the_days_to_be_paid_weigh_each_amount(coop: Coop) -> None:
    entry = """
2026-02-20 * "Madame Dupont" "Solde"
  Assets:55:5500-Banque:A001               234.56 EUR
  Assets:40:400-Clients:A001              -234.56 EUR
2026-02-21 * "Monsieur Note" "Facture"
  Assets:40:400-Clients:A001               500.00 EUR
  Income:70:700-VentesPrestations:A001    -500.00 EUR
2026-02-28 * "Monsieur Note" "Note de crédit"
  Assets:40:400-Clients:A001              -500.00 EUR
  Income:70:700-VentesPrestations:A001     500.00 EUR
"""
    coop.add("A001", entry)
    entries, errors, options = loader.load_file(str(coop.main))
    assert not errors
    found = customers(loaded(entries, options), "A001", day("2026-01-01"), day("2027-01-01"))
    assert found.days == round((1000 * 21 + Decimal("234.56") * 31) / Decimal("1234.56")) == 23
    assert (found.number, found.customers[1].sales) == (2, ZERO)  # a credit note is no payment
    before = customers(loaded(entries, options), "A001", day("2026-01-01"), day("2026-02-01"))
    assert before.days is None


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2026-01-20", 0), ("2026-01-21", 1), ("2026-02-19", 1), ("2026-02-20", 2), ("2026-03-22", 3), ("2026-06-01", 4)],
)
def test_an_open_invoice_is_in_the_class_of_its_age(coop: Coop, today: str, expected: int) -> None:
    facts = load(coop.main).facts
    found = ages(owed(facts.items.at(None, "A001")), day(today))
    assert [bound.number for bound in found] == [int(position == expected) for position in range(5)]
    assert sum((bound.amount for bound in found), ZERO) == Decimal("234.56")


@pytest.mark.parametrize("unit", UNITS)
def test_the_hours_and_the_calendar_are_those_of_the_directives(example: Books, asking: Client, unit: str) -> None:
    found = tables(page(asking, OWN, unit=unit, time="2025-01 - 2026-08"))
    written: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    met = 0
    for each in example.entries:
        if isinstance(each, Custom) and each.type == "follow-up" and each.values[0].value == unit:
            written[each.values[1].value] += each.values[2].value
        if isinstance(each, Custom) and each.type == "meeting":
            met += unit in each.meta["attended"].split()
    french = {"commercial": "Commercial", "marketing": "Marketing", "communication": "Communication"}
    french["management"] = "Gestion"
    hours = {row[0]: amount(row[1]) for row in found["follow-up"][1:]}
    assert hours.pop("Total") == sum(written.values())
    assert hours == {french[name]: number for name, number in written.items()}
    rows = found["course"]
    assert int(rows[-1][3]) == met
    assert amount(rows[-1][4]) == sum(written.values())


PAUSED = """
2026-05-01 custom "activity-pause" "A001"
2026-06-15 custom "activity-resume" "A001"
"""


def test_the_calendar_counts_each_day_once(coop: Coop) -> None:
    coop.add("A001", PAUSED)
    facts = load(coop.main).facts
    months = course(facts.register, facts.activities["A001"], day("2026-07-01"))
    assert (months[0].month, months[-1].month) == (Month(2026, 1), Month(2027, 8))
    assert [(each.active, each.paused) for each in months[:6]] == [
        (27, 0),
        (28, 0),
        (31, 0),
        (30, 0),
        (0, 31),
        (16, 14),
    ]
    assert months[-1].active == 18  # to 2027-08-18, the 18 months and 45 days
    assert sum(each.paused for each in months) == 45
    whole = (day("2027-08-18") - day("2026-01-05")).days + 1
    assert sum(each.active + each.paused for each in months) == whole
    running = course(facts.register, facts.activities["A001"], day("2026-05-10"))
    assert running[-1].month == Month(2026, 5)
    assert (running[-1].active, running[-1].paused) == (0, 10)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("until", ["9999-12-31", "2026-01-01", "2025-11-15"])
def test_what_remains_on_leaving_is_all_that_was_earned_and_not_spent(example: Books, unit: str, until: str) -> None:
    end = day(until)
    facts = example.facts
    today = min(end, day("2026-12-01")) - datetime.timedelta(days=1)
    found = leaving(facts, unit, end, today)
    earned = -example.total(unit, "6", "7", "950", "951", end=end)
    assert found.remains == earned + found.contribution
    for part in (*found.takes, *found.settles):
        numbers = {name.split(":")[2].split("-")[0] for name in part.accounts}
        exactly = [
            each.amount for each in example.moved if each.unit == unit and each.number in numbers and each.date < end
        ]
        assert part.amount == sum(exactly)


def test_leaving_gives_back_what_was_carried_and_levies_what_is_not_levied_yet(coop: Coop) -> None:
    coop.add("A001", '2026-01-05 custom "activity-terms" "A001"\n  negative: "carry"\n')
    facts = load(coop.main).facts
    end = leaving(facts, "A001", datetime.date.max, day("2026-03-01"))
    assert end.contribution == Decimal("20.00")  # levied 123.46 in January, due 103.46
    middle = leaving(facts, "A001", day("2026-01-25"), day("2026-01-24"))
    assert middle.contribution == Decimal("-123.46")
    gone = '2026-04-30 custom "activity-exit" "A001" "independent"\n'
    coop.add("A001", gone)
    assert leaving(load(coop.main).facts, "A001", datetime.date.max, day("2026-12-01")).contribution == ZERO


def test_an_operating_margin_takes_its_part_of_costs_and_income(coop: Coop) -> None:
    terms = """
2026-02-10 custom "activity-terms" "A001"
  margin: "operating"
2026-01-05 open Expenses:61:611-Loyer:A001
2026-01-05 open Income:74:740-Prime:A001
2026-02-01 * "Loyer"
  Expenses:61:611-Loyer:A001     50.00 EUR
  Assets:55:5500-Banque:A001    -50.00 EUR
2026-02-20 * "Loyer"
  Expenses:61:611-Loyer:A001     30.00 EUR
  Assets:55:5500-Banque:A001    -30.00 EUR
2026-02-21 * "Prime"
  Assets:55:5500-Banque:A001     11.00 EUR
  Income:74:740-Prime:A001      -11.00 EUR
"""
    bank = '2026-01-05 * "Apport"\n  Assets:55:5500-Banque:A001  100 EUR\n  Assets:40:400-Clients:A001  -100 EUR\n'
    coop.add("A001", terms + bank)
    facts = load(coop.main).facts
    lines = {line.key: line.total for line in statement(facts.sums, facts.activities["A001"], [Month(2026, 2)])}
    assert lines["operating"] == Decimal("-19.00")
    assert lines["margin"] == Decimal("-219.00")
    assert (lines["costs"], lines["income"]) == (Decimal("-50.00"), ZERO)
    assert lines["result"] == lines["margin"] + lines["contribution"] - 50


def test_the_activity_is_chosen_by_the_address_or_by_the_account_filter(asking: Client) -> None:
    assert [row[0] for row in tables(page(asking, OWN))["choice"][1:]] == UNITS
    assert [row[0] for row in tables(page(asking, OWN, unit="A099"))["choice"][1:]] == UNITS
    assert "<h3>A003 " in page(asking, OWN, unit="A003")
    assert "<h3>A003 " in page(asking, OWN, account="A003")
    assert "<h3>A003 " in page(asking, OWN, account=":A003$")
    assert f'href="{quote(OWN)}?unit=A003&amp;time=2026"' in page(asking, OWN, time="2026")


def test_the_only_activity_needs_no_choice(coop: Coop) -> None:
    own = coop.own("A001")
    text = page(client(own), "/livre-a001/extension/Autonomie/")
    assert "<h3>A001 – Menuiserie</h3>" in text  # noqa: RUF001
    assert amount(tables(text)["steps"][-1][1]) == available(load(own).facts.sums, "A001", datetime.date.max)


def test_an_activity_without_any_entry_has_a_page(coop: Coop) -> None:
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + '2026-01-05 custom "activity" "A003"\n')
    text = page(client(coop.main), "/toute-la-coop/extension/Autonomie/", unit="A003")
    assert [row[1] for row in tables(text)["steps"][1:]] == ["0,00"] * 7
    (levy,) = tables(text)["levies"][1:]
    assert levy[:3] == ["janv. 2026", "0,00", "0,00"]
    assert "Rien n’a été vendu." in text  # noqa: RUF001


def test_the_terms_are_those_in_force(asking: Client) -> None:
    before = {row[0]: row[1] for row in tables(page(asking, OWN, unit="A001", time="2025"))["terms"]}
    after = {row[0]: row[1] for row in tables(page(asking, OWN, unit="A001", time="2026"))["terms"]}
    assert (before["Taux de la contribution"], after["Taux de la contribution"]) == ("10,0\xa0%", "8,0\xa0%")
    assert (before["Jours restants"], before["Premier jour"]) == ("181", "06/01/2025")
    assert after["Jours restants"] == "–"  # noqa: RUF001


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Autonomie", "Disponible à dépenser", "Ce qui reste à régler")),
        ("nl", ("Autonomie", "Vrij te besteden", "Wat nog te vereffenen is")),
        ("de", ("Eigenständigkeit", "Frei verfügbar", "Was noch zu begleichen ist")),
        ("en", ("Autonomy", "Available to spend", "What remains to settle")),
    ],
)
def test_the_page_in_each_language(coop: Coop, language: str, words: tuple[str, ...]) -> None:
    text = page(client(coop.own("A001")), "/livre-a001/extension/Autonomie/", language)
    for word in words:
        assert word in text


def test_hostile_text_is_escaped(coop: Coop) -> None:
    hostile = f"""
2026-03-01 custom "activity-terms" "A001"
  trade: "{ATTACK}"
2026-03-02 * "{ATTACK}" "{ATTACK}"
  Assets:40:400-Clients:A001               100.00 EUR
  Income:70:700-VentesPrestations:A001    -100.00 EUR
2026-03-03 custom "follow-up" "A001" "{ATTACK}" 1.0
"""
    coop.add("A001", hostile)
    text = page(client(coop.main), "/toute-la-coop/extension/Autonomie/", unit="A001")
    assert ATTACK not in text
    cells = [cell for table in tables(text).values() for row in table for cell in row]
    assert cells.count(ATTACK) >= 4  # trade, customer, open invoice, domain
    assert f"{ATTACK} – {ATTACK}" in cells  # noqa: RUF001 - the line of the contribution


def test_a_unit_that_looks_like_a_regular_expression_leads_to_its_own_entries(coop: Coop) -> None:
    write_text(
        coop.main,
        coop.main.read_text(encoding="utf-8")
        + '2026-01-05 custom "activity" "A-1"\n2026-01-05 open Assets:55:5500-Banque:A-1\n'
        + "2026-01-05 open Assets:57:570-Caisse:A-1\n",
    )
    text = page(client(coop.main), "/toute-la-coop/extension/Autonomie/", unit="A-1")
    assert 'Ecritures/?figure=available&amp;unit=A-1&amp;numbers=5"' in text


def test_the_figures_follow_the_period(coop: Coop) -> None:
    facts = load(coop.main).facts
    assert [str(step.amount) for step in steps(facts.sums, "A001", day("2026-02-01"))] == [
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        "-123.46",
    ]
    assert Period(day("2026-01-01"), day("2026-02-01"), day("2026-01-31")).last_month(day("2026-05-01")) == Month(
        2026, 1
    )
    assert year_to(Month(2026, 8)) == YEAR
    assert any(isinstance(entry, Transaction) for entry in facts.of("A001"))


def test_what_is_folded_opens_where_it_is_asked_for(asking: Client) -> None:
    closed = page(asking, OWN, unit="A003")
    assert '<details class="fold" open>' not in closed
    assert closed.count('<details class="fold">') == 9
    opened = page(asking, OWN, unit="A003", open="course")
    assert re.findall(r'<details class="fold" open>\s*<summary>([^<]*)', opened) == ["L’accompagnement"]  # noqa: RUF001
    assert f'{SLUG}/extension/Autonomie/?unit=A003&amp;open=course#course"' in unquote(closed)


def test_the_numbers_of_accounts_are_told_when_asked(asking: Client) -> None:
    shown = page(asking, OWN, unit="A003", time="2026-03")
    assert tables(shown)["steps"][2][0] == "TVA nette"
    assert "Avec les numéros de compte" in shown
    asked = page(asking, OWN, unit="A003", time="2026-03", numbered="1")
    assert tables(asked)["steps"][2][0] == "TVA nette (411, 451)"
    assert "Sans les numéros de compte" in asked
    assert re.search(r'href="\?unit=A003&amp;time=2026-03">Sans', asked)
