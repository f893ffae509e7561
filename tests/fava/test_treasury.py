"""The page "Trésorerie": the banks beside the books, each unit's share, what waits, and the overdrafts."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import beanquery
import pytest
from beancoop.model.periods import Period
from beancoop.statements.treasury import Bank, CashBalances, Headroom, Share
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
PAGE = "/toute-la-coop/extension/Tresorerie/"
ALWAYS = Period(datetime.date.min, datetime.date.max, datetime.date(2026, 12, 1))
UNTIL_FEBRUARY_12 = Period(datetime.date(2026, 1, 1), datetime.date(2026, 2, 12), datetime.date(2026, 2, 11))
ATTACK = "<img src=x onerror=document.title=`PWNED`>"
SHARED = """
2026-01-01 open Assets:55:5500-Banque
  iban: "BE68 5390 0754 7034"
2026-01-05 open Assets:55:5500-Banque:COOP
2026-02-12 balance Assets:55:5500-Banque  2000.00 EUR
2026-02-20 balance Assets:55:5500-Banque  1600.00 EUR
"""
OWN = f"""
2026-01-05 open Assets:55:5500-Banque2:A001
  iban: "BE<b>"
2026-01-05 open Assets:49:499-CompteAttente:A001
2026-03-01 custom "activity-terms" "A001"
  overdraft: 50.00 EUR
2026-03-02 * "Reçu par erreur"
  Assets:55:5500-Banque:A001           10.00 EUR
  Assets:49:499-CompteAttente:A001    -10.00 EUR
2026-03-03 * "Rendu"
  Assets:55:5500-Banque:A001          -10.00 EUR
  Assets:49:499-CompteAttente:A001     10.00 EUR
2026-03-04 ! "{ATTACK}" "Inconnu"
  Assets:55:5500-Banque:A001           25.00 EUR
  Assets:49:499-CompteAttente:A001    -25.00 EUR
2026-03-05 * "Virement vers l'épargne"
  Assets:55:5500-Banque2:A001         300.00 EUR
  Assets:55:5500-Banque:A001         -300.00 EUR
2026-03-06 ! "Partie expliquée"
  Income:70:700-VentesPrestations:A001  -5.00 EUR
  Assets:49:499-CompteAttente:A001       5.00 EUR
"""


@pytest.fixture
def banked(coop: Coop) -> Coop:
    """Give the cooperative a shared bank account, and one activity an account of its own."""
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + SHARED)
    coop.add("A001", OWN)
    return coop


def purses(ledger: Path) -> CashBalances:
    entries, errors, options = loader.load_file(str(ledger))
    assert not errors
    return CashBalances(loaded(entries, options))


def page(ledger: Path, time: str = "", language: str = "fr", path: str = PAGE) -> str:
    asking = Client(create_app(ledger, hosts=("localhost",)))
    answer = asking.get(path, query_string={"time": time} if time else {}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_each_bank_account_beside_what_the_bank_says(banked: Coop) -> None:
    shared, own = purses(banked.main).banks(ALWAYS)
    amount = Decimal("1600.00")
    name, iban = "Assets:55:5500-Banque", "BE68 5390 0754 7034"
    shares = [
        Share("A001", Decimal("525.00"), f"{name}:A001"),
        Share("A002", Decimal("800.00"), f"{name}:A002"),
    ]
    day = datetime.date(2026, 2, 20)
    stated = shared.balance
    assert stated is not None
    assert (stated.account, stated.date, stated.amount.number) == (name, day, amount)
    assert shared == Bank(name, iban, None, amount, day, amount, Decimal("0.00"), stated, shares, Decimal("1325.00"))
    saved, name = Decimal("300.00"), "Assets:55:5500-Banque2:A001"
    kept = [Share("A001", saved, name)]
    assert own == Bank(name, "BE<b>", None, None, None, None, None, None, kept, saved)


def test_the_period_chooses_the_balance_and_the_shares(banked: Coop) -> None:
    shared, _ = purses(banked.main).banks(UNTIL_FEBRUARY_12)
    assert (shared.on, shared.asserted, shared.held) == (datetime.date(2026, 2, 12), 2000, 2000)
    assert [share[:2] for share in shared.shares] == [("A001", Decimal("1000.00")), ("A002", Decimal("1000.00"))]


def test_a_difference_with_the_bank_is_a_figure(banked: Coop) -> None:
    text = banked.main.read_text(encoding="utf-8")
    write_text(banked.main, text.replace("Banque  1600.00 EUR", "Banque  1612.34 EUR"))
    entries, errors, options = loader.load_file(str(banked.main))
    assert len(errors) == 1
    bank = CashBalances(loaded(entries, options)).banks(ALWAYS)[0]
    assert (bank.asserted, bank.held, bank.difference) == (Decimal("1612.34"), 1600, Decimal("-12.34"))
    assert re.search(r">-12,34<", page(banked.main))


def test_what_waits_is_what_came_since_the_account_was_at_zero(banked: Coop) -> None:
    books = purses(banked.main)
    found = [(each.entry.narration, each.unit, str(each.amount)) for each in books.waiting(ALWAYS)]
    assert found == [("Inconnu", "A001", "-25.00"), ("Partie expliquée", "A001", "5.00")]
    until = ALWAYS._replace(end=datetime.date(2026, 3, 3))
    assert [each.entry.narration for each in books.waiting(until)] == ["Reçu par erreur"]
    assert books.waiting(ALWAYS._replace(end=datetime.date(2026, 3, 4))) == []


def test_the_activity_nearest_to_its_overdraft_comes_first(banked: Coop) -> None:
    rooms = purses(banked.main).rooms(ALWAYS)
    first = Headroom("A002", Decimal("800.00"), Decimal("0.00"), Decimal("800.00"))
    second = Headroom("A001", Decimal("825.00"), Decimal("50.00"), Decimal("875.00"))
    assert rooms == [first, second]
    assert {row.overdraft for row in purses(banked.main).rooms(UNTIL_FEBRUARY_12)} == {Decimal("0.00")}


@pytest.mark.parametrize("end", ["9999-12-31", "2026-01-01", "2025-11-20"])
def test_the_figures_are_those_of_queries(end: str) -> None:
    entries, errors, options = loader.load_file(str(EXAMPLE))
    assert not errors
    connection = beanquery.connect("beancount:", entries=entries, errors=[], options=options)

    def totals(key: str, condition: str, until: object) -> dict[str, Decimal]:
        query = f"SELECT {key} AS k, sum(number) AS n WHERE {condition} AND date < {until} GROUP BY k"
        return {key: amount for key, amount in connection.execute(query).fetchall() if amount}

    period = ALWAYS._replace(end=datetime.date.fromisoformat(end))
    books = CashBalances(loaded(entries, options))
    banks = books.banks(period)
    assert {bank.iban for bank in banks} == {"BE13999041726339", "BE90998552011432"}
    for bank in banks:
        condition = f"account ~ '^{bank.account}(:|$)'"
        assert {share.unit: share.amount for share in bank.shares} == totals("leaf(account)", condition, end)
        if bank.on:
            assert bank.held == sum(totals("leaf(account)", condition, bank.on).values())
            assert (bank.held, bank.difference) == (bank.asserted, Decimal(0))
    assert any(bank.on for bank in banks)
    held = totals("leaf(account)", "account ~ '^Assets:5' AND leaf(account) != 'COOP'", end)
    assert {row.unit: row.treasury for row in books.rooms(period) if row.treasury} == held
    waiting: dict[str, Decimal] = {}
    for each in books.waiting(period):
        waiting[each.unit] = waiting.get(each.unit, Decimal(0)) + each.amount
    assert waiting == totals("leaf(account)", "account ~ ':499'", end)


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("fr", "Trésorerie", "Découvert autorisé"),
        ("nl", "Geldmiddelen", "Toegelaten krediet"),
        ("de", "Flüssige Mittel", "Erlaubte Überziehung"),
        ("en", "Treasury", "Overdraft allowed"),
    ],
)
def test_the_page_in_each_language(banked: Coop, language: str, title: str, words: str) -> None:
    text = page(banked.main, time="2026", language=language)
    assert f"– {title} – 2026</h2>" in text  # noqa: RUF001
    assert words in text


def test_a_sub_ledger_alone_has_nothing_of_the_cooperative_to_show(banked: Coop) -> None:
    text = page(banked.own("A001"), path="/livre-a001/extension/Tresorerie/")
    assert "n’a rien à y montrer" in text  # noqa: RUF001
    assert "<table" not in text


STATEMENT = """
2026-03-09 * "Banque" "Frais"
  bank-ref: "coda/BE68539007547034/EUR/2026-03-10/044/0001.0000"
  Expenses:60:603-SousTraitance:A001     2.00 EUR
  Assets:55:5500-Banque:A001            -2.00 EUR
2026-03-11 balance Assets:55:5500-Banque  1323.00 EUR
  bank-ref: "coda/BE68539007547034/EUR/2026-03-10/044"
"""


def test_the_last_statement_imported_is_told(banked: Coop) -> None:
    write_text(banked.main, banked.main.read_text(encoding="utf-8") + STATEMENT)
    shared, own = purses(banked.main).banks(ALWAYS)
    assert shared.statement is not None
    assert shared.statement[:2] == (datetime.date(2026, 3, 10), "2026-03-10/044")
    assert own.statement is None
    (before, _) = purses(banked.main).banks(ALWAYS._replace(end=datetime.date(2026, 3, 10)))
    assert before.statement is not None
    assert before.statement[:2] == (datetime.date(2026, 3, 9), "2026-03-10/044/0001.0000")
    assert purses(banked.main).banks(UNTIL_FEBRUARY_12)[0].statement is None
    assert "2026-03-10/044" in page(banked.main)


def test_a_ledger_without_a_bank_has_a_page(coop: Coop) -> None:
    text = page(coop.main)
    assert "Aucun compte de ce livre" in text
    assert "Rien n’est en attente." in text  # noqa: RUF001


def test_hostile_text_is_escaped(banked: Coop) -> None:
    text = page(banked.main)
    assert ATTACK not in text
    assert "&lt;img src=x" in text
    assert "BE&lt;b&gt;" in text


def test_numbers_are_hidden_incognito(banked: Coop) -> None:
    text = Client(stock_fava([banked.main], load=True, incognito=True)).get(PAGE).text
    assert any("XXX" in figure for figure in written(text))
    assert not [figure for figure in written(text) if re.search(r"\d", figure)]


def test_whatever_goes_wrong_with_a_page_is_an_error_of_the_ledger(
    banked: Coop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("beancoop_fava.CashBalances", fail)
    asking = Client(create_app(banked.main, hosts=("localhost",)))
    assert "ne peut pas être affichée" in asking.get(PAGE).text
    assert "ZeroDivisionError" in asking.get("/toute-la-coop/api/errors").text


def test_one_line_shows_each_page_once(banked: Coop) -> None:
    text = Client(create_app(banked.main, hosts=("localhost",))).get(PAGE).text
    for name in ("Activites", "Reserves", "Tresorerie"):
        assert text.count(f'"name":"{name}"') + text.count(f'"name": "{name}"') == 1
    assert '"Page"' not in text


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_a_browser(browser: Chrome, banked: Coop, serve: Callable[..., Server], width: int) -> None:
    browser.set_window_size(width, 900)
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    browser.get(f"{serve(banked.main).url}{PAGE}")
    waiting(browser, 15).until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "article table td"))
    article = browser.find_element(By.TAG_NAME, "article")
    assert "BE68 5390 0754 7034" in article.text
    assert ATTACK in article.text  # as text
    assert not browser.find_elements(By.CSS_SELECTOR, "article img")
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    server = browser.current_url.split("/")[2]  # a page of a test before may still ask for its own, which is gone
    assert [entry for entry in log if entry["level"] == "SEVERE" and server in entry["message"]] == []
    assert browser.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", article)


def test_whose_money_it_is_comes_first_in_words_and_three_lines(banked: Coop) -> None:
    text = page(banked.main, "2026-02 - 2026-03")
    found = tables(text)
    assert next(iter(found)) == "moved"
    assert "La coopérative ne décide que de la première ligne" in text
    assert found["moved"] == [
        ["À qui c’est", "Au début", "Variation", "À la fin", "Un an avant", "Écart"],  # noqa: RUF001
        ["L’argent propre de la coopérative", *["0,00"] * 3, "–", "–"],  # noqa: RUF001
        ["Ce que détiennent ses activités", "0,00", "1\u202f625,00", "1\u202f625,00", "–", "–"],  # noqa: RUF001
        ["Le tout, en banque et en caisse", "0,00", "1\u202f625,00", "1\u202f625,00", "–", "–"],  # noqa: RUF001
    ]
    assert found["months"][1:] == [
        ["janv. 2026", "0,00", "0,00", "0,00"],
        ["févr. 2026", "0,00", "1\u202f600,00", "1\u202f600,00"],
        ["mars 2026", "0,00", "1\u202f625,00", "1\u202f625,00"],
    ]
    assert len(re.findall(r'<rect class="bar', text)) == 2 * 3 + 2  # and the samples of the legend


def test_the_money_of_the_example_is_that_of_a_query() -> None:
    entries, errors, options = loader.load_file(str(EXAMPLE))
    assert not errors
    connection = beanquery.connect("beancount:", entries=entries, errors=[], options=options)
    found = tables(page(EXAMPLE, "2026", path=f"{SLUG}/extension/Tresorerie/"))["moved"][1:]
    conditions = ("leaf(account) = 'COOP'", "leaf(account) != 'COOP'", "leaf(account) != ''")
    for row, condition in zip(found, conditions, strict=True):
        held = []
        for until in ("2026-01-01", "2027-01-01", "2025-09-01"):
            query = f"SELECT sum(number) WHERE account ~ '^Assets:5' AND {condition} AND date < {until}"
            held.append(connection.execute(query).fetchall()[0][0])
        start, end, before = held
        assert [amount(each) for each in row[1:]] == [start, end - start, end, before, end - before]
