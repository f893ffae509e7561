"""The page "Réserves": its figures are those of a query, and it says what a sub-ledger alone cannot show."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import beanquery
import pytest
from beancoop.model.periods import Period, Span
from beancoop.statements.distribution import CostYear, Distribution, Dividend
from beancoop.statements.equity import Equity, ReserveYear
from beancoop.storage.atomic import write_text
from beancoop_fava.server.app import create_app
from beancount import loader
from books import loaded
from fava.application import create_app as stock_fava
from selenium.webdriver.common.by import By
from werkzeug.test import Client

from tests.fava.conftest import waiting
from tests.fava.reading import SLUG, amount, tables, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver import Chrome

    from tests.fava.conftest import Coop, Server

EXAMPLE = Path(__file__).parents[2] / "ledgers" / "main.beancount"
PAGE = "/toute-la-coop/extension/Reserves/"
YEAR, NEXT = (Span.of_year(year)._replace(year=year) for year in (2026, 2027))
ALWAYS = Period(datetime.date.min, datetime.date.max, datetime.date(2026, 12, 1))
IN_2025 = Period(datetime.date(2025, 1, 1), datetime.date(2026, 1, 1), datetime.date(2025, 12, 31))
ATTACK = "<img src=x onerror=document.title=`PWNED`>"
STRUCTURE = """
2026-01-05 open Assets:55:5500-Banque:COOP
2026-01-05 open Assets:20:200-FraisEtablissement:COOP
2026-01-05 open Assets:21:210-Developpement:COOP
2026-01-05 open Liabilities:16:160-Provisions:COOP
2026-01-05 open Liabilities:17:173-Emprunt:COOP
2026-01-05 open Liabilities:47:471-Dividendes:COOP
2026-01-05 open Equity:11:110-Apports:COOP
2026-01-05 open Equity:11:1119-ApportsIndisponibles:COOP
2026-01-05 open Equity:12:121-PlusValues:COOP
2026-01-05 open Equity:13:1311-ReservesIndisponibles:COOP
2026-01-05 open Equity:14:140-Reporte:COOP
2026-01-05 open Income:74:740-Subsides:COOP
2026-01-05 open Expenses:62:620-Remunerations:COOP
2026-01-05 open Expenses:69:692-Dotation:COOP
2026-01-05 open Expenses:69:694-Dividende:COOP

2026-01-05 * "Ouverture" #opening
  Assets:55:5500-Banque:COOP                     7000.00 EUR
  Assets:20:200-FraisEtablissement:COOP           300.00 EUR
  Assets:21:210-Developpement:COOP                200.00 EUR
  Liabilities:16:160-Provisions:COOP             -150.00 EUR
  Liabilities:17:173-Emprunt:COOP               -1000.00 EUR
  Equity:11:110-Apports:COOP                    -3000.00 EUR
  Equity:11:1119-ApportsIndisponibles:COOP       -500.00 EUR
  Equity:12:121-PlusValues:COOP                  -250.00 EUR
  Equity:13:1311-ReservesIndisponibles:COOP     -1600.00 EUR
  Equity:14:140-Reporte:COOP                    -1000.00 EUR

2026-03-01 * "Région" "Subside"
  Assets:55:5500-Banque:COOP                     1000.00 EUR
  Income:74:740-Subsides:COOP                   -1000.00 EUR

2026-03-10 * "Personnel" "Paie"
  Expenses:62:620-Remunerations:COOP             2000.00 EUR
  Assets:55:5500-Banque:COOP                    -2000.00 EUR

2026-06-10 * "{payee}" "Affectation : dotation et dividende"
  appropriates: 2026
  Expenses:69:692-Dotation:COOP                   400.00 EUR
  Expenses:69:694-Dividende:COOP                  105.00 EUR
  Equity:13:1311-ReservesIndisponibles:COOP      -400.00 EUR
  Liabilities:47:471-Dividendes:COOP             -105.00 EUR

2026-06-20 * "Paiement du dividende"
  Liabilities:47:471-Dividendes:COOP              105.00 EUR
  Assets:55:5500-Banque:COOP                     -105.00 EUR

2027-01-10 * "Absorption d'une perte"
  Equity:13:1311-ReservesIndisponibles:COOP       100.00 EUR
  Equity:14:140-Reporte:COOP                     -100.00 EUR
"""


@pytest.fixture
def whole(coop: Coop) -> Coop:
    """Give the cooperative books of its own."""
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + STRUCTURE.format(payee=ATTACK))
    return coop


def equity(ledger: Path) -> Equity:
    entries, errors, options = loader.load_file(str(ledger))
    # More is absorbed than was lost, and shown all the same.
    assert {getattr(error.message, "code", None) for error in errors} <= {"BC343"}
    return Equity(loaded(entries, options))


def backing(ledger: Path) -> Distribution:
    entries, errors, options = loader.load_file(str(ledger))
    # More is absorbed than was lost, and shown all the same.
    assert {getattr(error.message, "code", None) for error in errors} <= {"BC343"}
    facts = loaded(entries, options)
    return Distribution(facts, Equity(facts).balances)


def page(ledger: Path, time: str = "", language: str = "fr", path: str = PAGE) -> str:
    asking = Client(create_app(ledger, hosts=("localhost",)))
    answer = asking.get(path, query_string={"time": time} if time else {}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def cells(text: str) -> list[list[str]]:
    """Give the texts of all rows of all tables."""
    rows = re.findall(r"<tr.*?</tr>", text, re.DOTALL)
    parts = [re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in parts]


def test_the_sheet_adds_up_by_pcmn_number(whole: Coop) -> None:
    sheet = equity(whole.main).sheet(ALWAYS)
    assert {group.key: group.total for group in sheet.groups} == {
        "shares": Decimal("3000.00"),
        "unavailable": Decimal("2400.00"),  # 1119: 500; 1311: 1600 + 400 - 100
        "carried": Decimal("1100.00"),
        "other": Decimal("250.00"),
    }
    assert [group.key for group in sheet.groups] == ["shares", "unavailable", "carried", "other"]
    assert (sheet.year.year, sheet.result) == (2026, Decimal("564.12"))  # 2 x 1034.56 + 1000 - 2000, 505 appropriated
    assert sheet.pending == Decimal("0.00")
    assert sheet.total == Decimal("7314.12")


def test_a_result_belongs_to_its_year_and_waits_for_its_appropriation(whole: Coop) -> None:
    sheet = equity(whole.main).sheet(ALWAYS._replace(today=datetime.date(2027, 2, 1)))
    assert (sheet.year.year, sheet.result, sheet.pending) == (2027, Decimal("0.00"), Decimal("564.12"))
    assert sheet.total == Decimal("7314.12")


def test_the_movements_of_the_reserves_by_year(whole: Coop) -> None:
    books = equity(whole.main)
    assert books.reserve_years(ALWAYS) == [
        ReserveYear(YEAR, Decimal("2100.00"), Decimal("400.00"), Decimal("0.00"), Decimal("2500.00")),
        ReserveYear(NEXT, Decimal("2500.00"), Decimal("0.00"), Decimal("100.00"), Decimal("2400.00")),
    ]
    assert [(str(each.entry.date), each.number, str(each.amount)) for each in books.movements(ALWAYS)] == [
        ("2027-01-10", "1311", "-100.00"),
        ("2026-06-10", "1311", "400.00"),
        ("2026-01-05", "1311", "1600.00"),
        ("2026-01-05", "1119", "500.00"),
    ]
    june = ALWAYS._replace(end=datetime.date(2026, 6, 10))
    assert [row.closing for row in books.reserve_years(june)] == [Decimal("2100.00")]
    assert len(books.movements(june)) == 2


def test_what_the_contributions_paid_for(whole: Coop) -> None:
    first, second = backing(whole.main).cost_years(ALWAYS)
    levied = Decimal("206.92")  # twice 103.46
    assert first == CostYear(YEAR, levied, Decimal("1000.00"), Decimal("2000.00"), (levied + 1000) / 2000)
    assert second == CostYear(NEXT, Decimal("0.00"), Decimal("0.00"), Decimal("0.00"), None)


def test_the_net_assets(whole: Coop) -> None:
    figures = {figure.key: figure.amount for figure in backing(whole.main).net_assets(ALWAYS)}
    assert figures == {
        "assets": Decimal("8464.12"),  # COOP 5895 + 500, the activities' banks 1600 and customers 469.12
        "provisions": Decimal("-150.00"),
        "debts": Decimal("-1000.00"),
        "formation": Decimal("-300.00"),
        "research": Decimal("-200.00"),
        "revaluation": Decimal("-250.00"),
        "unavailable": Decimal("-2400.00"),
        "net": Decimal("4164.12"),
    }


def test_dividends_beside_their_ceiling(whole: Coop) -> None:
    share = Decimal(105) / Decimal(3500)
    expected = Dividend(YEAR, Decimal("105.00"), Decimal("3500.00"), share, Decimal("0.06"), Decimal("210.00"))
    assert backing(whole.main).dividends(ALWAYS) == [expected]
    assert backing(whole.main).dividends(ALWAYS._replace(end=datetime.date(2026, 6, 10))) == []


@pytest.mark.parametrize("period", [ALWAYS, IN_2025])
def test_the_figures_are_those_of_queries(period: Period) -> None:
    entries, errors, options = loader.load_file(str(EXAMPLE))
    # More is absorbed than was lost, and shown all the same.
    assert {getattr(error.message, "code", None) for error in errors} <= {"BC343"}
    connection = beanquery.connect("beancount:", entries=entries, errors=[], options=options)

    def total(condition: str, since: str = "0001-01-01") -> Decimal:
        until = f"date >= {since} AND date < {period.end}"
        rows = connection.execute(f"SELECT sum(number) AS n WHERE {condition} AND {until}").fetchall()
        return rows[0][0] if rows and rows[0][0] is not None else Decimal(0)

    facts = loaded(entries, options)
    books = Equity(facts)
    behind = Distribution(facts, books.balances)
    sheet = books.sheet(period)
    assert sheet.total == -total("account ~ '^(Equity:1|Income:7|Expenses:6)'")
    january = f"{period.today.year}-01-01"
    assert sheet.result == -total("account ~ '^(Income:7|Expenses:6)[0-8]'", january)
    for group in sheet.groups:
        for line in group.lines:
            assert line.amount == -total(f"account ~ ':{line.number}-'")
    year = next(row for row in books.reserve_years(period) if row.year.year == period.today.year)
    assert year.closing == -total("account ~ ':(13[0-9]*|1119)-'") > 0
    costs = next(row for row in behind.cost_years(period) if row.year.year == period.today.year)
    assert costs.costs == total("account ~ ':6[0-8]:.*:COOP$'", january) > 0
    assert costs.contributions == -total("account ~ ':950-.*:COOP$'", january) > 0
    assert costs.contributions == total("account ~ ':950-' AND leaf(account) != 'COOP'", january)
    assert costs.subsidies == -total("account ~ ':740-.*:COOP$'", january) > 0
    figures = {figure.key: figure.amount for figure in behind.net_assets(period)}
    assert figures["assets"] == total("account ~ '^Assets:[2-5]'")
    assert figures["debts"] == total("account ~ '^Liabilities:(17|4)'")
    held_back = total("account ~ ':(111[0-9]*|131[0-9]*|12[0-9]*)-'") - total("account ~ ':(20[0-9]*|210[0-9]*)-'")
    assert figures["net"] == sheet.total + held_back
    liquid = {figure.key: figure.amount for figure in behind.liquidity(period)}
    assert liquid["treasury"] == total("account ~ '^Assets:5'") > 0
    assert liquid["receivables"] == total("account ~ '^Assets:(4[01]|49:49[01])'") > 0
    assert liquid["debts"] == total("account ~ '^Liabilities:4[2-8]'") + total("account ~ '^Liabilities:49:49[23]'")
    assert liquid["margin"] == liquid["treasury"] + liquid["receivables"] + liquid["debts"]


def test_the_page_in_french(whole: Coop) -> None:
    text = page(whole.main, time="2026")
    assert "– Réserves – 2026</h2>" in text  # noqa: RUF001
    rows = cells(text)
    assert ["1311", "Réserves statutairement indisponibles", "2\u202f000,00"] in rows
    assert ["Réserves indisponibles, impartageables", "2\u202f500,00"] in rows
    assert ["2026", "206,92", "1\u202f000,00", "2\u202f000,00", "60,3\xa0%"] in [[*row] for row in rows]
    assert ["2026", "105,00", "3\u202f500,00", "3,0\xa0%", "210,00 (6,0\xa0%)"] in rows
    assert "2027" not in [row[0] for row in rows]
    assert re.search(r'<a href="#context-[0-9a-f]{32,64}">10/06/2026</a>', text)


@pytest.mark.parametrize(
    ("language", "title", "number"),
    [("nl", "Reserves", "Jaar"), ("de", "Rücklagen", "Jahr"), ("en", "Reserves", "Year"), ("es", "Réserves", "Année")],
)
def test_the_page_in_each_language(whole: Coop, language: str, title: str, number: str) -> None:
    text = page(whole.main, language=language)
    assert f"– {title}</h2>" in text  # noqa: RUF001
    assert number in [row[0] for row in cells(text)]


def test_a_sub_ledger_alone_says_that_it_holds_none(coop: Coop) -> None:
    text = page(coop.own("A001"), path="/livre-a001/extension/Reserves/")
    assert "appartiennent à la coopérative" in text
    assert "<table" not in text


def test_a_structure_without_entries_has_a_page(coop: Coop) -> None:
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + "2026-01-05 open Assets:55:5500-Banque:COOP\n")
    assert "Aucun dividende" in page(coop.main)
    assert "Aucun dividende" in page(coop.main, time="2020")


def test_a_wrong_root_stops_nothing(whole: Coop) -> None:
    """It is an error of the ledger; its amount is told all the same."""
    wrong = """
2026-01-05 open Equity:55:5500-Caisse:COOP
2026-01-06 * "Racine fausse"
  Equity:55:5500-Caisse:COOP  1.00 EUR
  Equity:14:140-Reporte:COOP  -1.00 EUR
"""
    write_text(whole.main, whole.main.read_text(encoding="utf-8") + wrong)
    assert ["5500", "-1,00"] in [[row[0], row[-1]] for row in cells(page(whole.main))]


def test_hostile_text_is_escaped(whole: Coop) -> None:
    text = page(whole.main)
    assert ATTACK not in text
    assert "&lt;img src=x" in text


def test_numbers_are_hidden_incognito(whole: Coop) -> None:
    text = Client(stock_fava([whole.main], load=True, incognito=True)).get(PAGE).text
    assert len(written(text)) > 30
    assert not [figure for figure in written(text) if re.search(r"\d", figure.partition("(")[0])]


def test_whatever_goes_wrong_with_a_page_is_an_error_of_the_ledger(
    whole: Coop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("beancoop_fava.Equity", fail)
    asking = Client(create_app(whole.main, hosts=("localhost",)))
    assert "ne peuvent pas être affichées" in asking.get(PAGE).text
    assert "ZeroDivisionError" in asking.get("/toute-la-coop/api/errors").text
    assert "Menuiserie" in asking.get("/toute-la-coop/extension/Activites/").text


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_a_browser(browser: Chrome, whole: Coop, serve: Callable[..., Server], width: int) -> None:
    browser.set_window_size(width, 900)
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    browser.get(f"{serve(whole.main).url}{PAGE}")
    waiting(browser, 15).until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "article table td"))
    article = browser.find_element(By.TAG_NAME, "article")
    assert "1311" in article.text
    assert ATTACK in article.text  # as text
    assert not browser.find_elements(By.CSS_SELECTOR, "article img")
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    server = browser.current_url.split("/")[2]  # a page of a test before may still ask for its own, which is gone
    assert [entry for entry in log if entry["level"] == "SEVERE" and server in entry["message"]] == []
    assert browser.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", article)
    browser.find_element(By.CSS_SELECTOR, "article a[href^='#context-']").click()
    source = "Equity:13:1311-ReservesIndisponibles:COOP"
    waiting(browser, 15).until(lambda chrome: source in chrome.find_element(By.TAG_NAME, "body").text)


def test_what_the_equity_was_and_is_comes_after_whose_it_is() -> None:
    text = page(EXAMPLE, "2026", path=f"{SLUG}/extension/Reserves/")
    found = tables(text)
    assert list(found)[:3] == ["whose", "equity-moved", "costs"]
    assert "Tout ce que la société possède n’est pas à la coopérative" in text  # noqa: RUF001
    by_name = {row[0]: row[1:] for row in found["whose"]}
    ends = [row[3] for row in found["equity-moved"][1:]]
    assert ends == by_name["Capitaux propres"]
    for _, *cells in found["equity-moved"][1:]:
        start, change, end, before, difference = map(amount, cells)
        assert start + change == end
        assert before + difference == end
    own, activities, total = ([amount(each) for each in row[1:]] for row in found["equity-moved"][1:])
    assert [one + other for one, other in zip(own, activities, strict=True)] == total


def test_contributions_and_subsidies_are_drawn_beside_the_costs() -> None:
    text = page(EXAMPLE, path=f"{SLUG}/extension/Reserves/")
    links = re.findall(r'<a href="[^"]*" aria-label="(20[^"]*)">', text)
    assert [link.rpartition(" : ")[0] for link in links] == [
        f"{year}, {name}" for year in (2025, 2026) for name in ("Contributions", "Subsides", "Charges")
    ]
    rows = tables(text)["costs"][1:]
    assert [link.rpartition(" : ")[2] for link in links] == [cell for row in rows for cell in row[1:4]]
