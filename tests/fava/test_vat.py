"""The page "TVA": the return, its entries, what needs a word and what falls due; and her part of it on "Autonomie"."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from beancoop.storage.atomic import write_text
from beancoop_cli.main import main
from beancoop_fava.server.app import create_app
from click.testing import CliRunner
from fava.application import create_app as stock_fava
from selenium.webdriver.common.by import By
from werkzeug.test import Client

from tests.fava.conftest import waiting
from tests.fava.reading import EXAMPLE, SLUG, amount, client, page, tables, written
from tests.fava.test_entries import figures, total
from tests.fava.test_pages import AXE, CLIPPED, LEVELS, RUN, at_rest
from tests.vat.filing_books import Cooperative, purchase, sale

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome

    from tests.fava.conftest import Coop, Server

PAGE = "/les-sources-sc/extension/TVA/"
ATTACK = "<img src=x onerror=document.title=`PWNED`>"
QUARTERS = ["2025-Q1", "2025-Q4", "2026-Q2"]


@pytest.fixture(scope="module")
def asking() -> Client:
    return client(EXAMPLE)


def found(folder: Path) -> Cooperative:
    """Found a cooperative whose pages follow their reader's language."""
    made = Cooperative(folder)
    text = made.main.read_text(encoding="utf-8").replace('"Coopérative"', '"Les Sources SC"')
    write_text(made.main, text.replace('2026-01-01 custom "fava-option" "language" "fr"\n', ""))
    return made


@pytest.fixture
def cooperative(tmp_path: Path) -> Cooperative:
    made = found(tmp_path)
    made.write(sale("2026-01-15", "1000.00", "210.00"))
    made.write(purchase("2026-02-03", "400.00", "84.00"))
    made.write(sale("2026-03-31", "100.00", "6.00", "A002"), "A002")
    made.write(purchase("2026-04-10", "-50.00", "-10.50"))
    return made


def shown(cooperative: Cooperative, time: str = "", language: str = "en", grid: str = "") -> str:
    return asked(Client(create_app(cooperative.main, hosts=("localhost",))), time, language, grid)


def ungated(cooperative: Cooperative, time: str = "", *, incognito: bool = False) -> str:
    """Give the page in Fava as it is without our server, whose gate lets neither markup nor stray dates pass."""
    return asked(Client(stock_fava([cooperative.main], load=True, incognito=incognito)), time, grid="03")


def asked(asking: Client, time: str, language: str = "en", grid: str = "") -> str:
    answer = asking.get(PAGE, query_string={"time": time, "grid": grid}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def table(asking: Client, key: str, **parameters: str) -> list[list[str]]:
    address = f"{SLUG}/extension/TVA/download-table.csv"
    answer = asking.get(
        address, query_string={"table": key, "plain": "1", **parameters}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code in {200, 404}  # without rows there is no file
    rows = list(csv.reader(io.StringIO(answer.get_data().decode()))) if answer.status_code == 200 else []
    return rows[1:-2]  # the last says how fresh the books are


def returned(quarter: str, style: str) -> str:
    return CliRunner().invoke(main, ["vat", "return", quarter, "--format", style, "--ledger", str(EXAMPLE)]).stdout


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_figures_are_those_of_the_command(asking: Client, quarter: str) -> None:
    answered: dict[str, Any] = json.loads(returned(quarter, "json"))
    grids = {grid: number for grid, _, number in table(asking, "grids", time=quarter)}
    assert grids == answered["grids"]
    said: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(returned(quarter, "csv"))):
        said[row["grid"]].append((row["unit"], row["code"], row["amount"]))
    for grid, lines in said.items():
        *drawn, total = table(asking, "entries", time=quarter, grid=grid)
        assert [tuple(row[2:]) for row in drawn] == lines
        assert total[4] == grids[grid]
    undecided = {f"{each['file']}:{each['line']}" for each in answered["undecided"]}
    assert {row[1] for row in table(asking, "undecided", time=quarter)} == undecided
    owed = {unit: Decimal(own.get("71", 0)) - Decimal(own.get("72", 0)) for unit, own in answered["units"].items()}
    assert {row[0]: Decimal(row[3]) for row in table(asking, "units", time=quarter)} == owed


def test_each_grid_leads_to_its_entries_and_they_add_up_to_it(asking: Client) -> None:
    text = page(asking, f"{SLUG}/extension/TVA/", time="2026-Q2")
    for grid, _, number in tables(text)["grids"][1:]:
        if grid in {"71", "72"}:
            continue
        [href] = set(re.findall(rf'href="([^"]*TVA/\?grid={grid}&amp;time=2026-Q2#entries)"', text))
        led = asking.get(unescape(href)).text
        *lines, total = tables(led)["entries"][1:]
        assert sum(amount(row[4]) for row in lines) == amount(total[-1]) == amount(number)
        assert led.count('href="#context-') >= 2 * len(lines)


def test_a_grid_that_holds_nothing_is_none_to_choose(asking: Client) -> None:
    text = page(asking, f"{SLUG}/extension/TVA/", time="2026-Q2", grid="<b>")
    assert "Choisissez une grille." in text
    assert "<b>" not in text


def test_of_many_findings_the_first_are_shown(cooperative: Cooperative, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beancoop_fava.pages.views.vat._MOST", 1)
    for _ in range(2):
        cooperative.write(sale("2026-03-01", "10.00", "0"))
    text = shown(cooperative, "2026-Q1")
    assert "2 in all; the first 1 are shown." in text
    assert text.count("[BC1013]") == 1


@pytest.mark.parametrize(
    ("time", "period"),
    [("", "2026-Q3"), ("2026", "2026-Q3"), ("2026-Q1", "2026-Q1"), ("2026-02", "2026-Q1"), ("2025-12-31", "2025-Q4")],
)
def test_the_period_shown_is_the_last_that_has_begun(asking: Client, time: str, period: str) -> None:
    text = page(asking, f"{SLUG}/extension/TVA/", time=time)
    assert f"<h3>Déclaration TVA {period}</h3>" in text


def test_before_the_first_entry_there_is_none(asking: Client) -> None:
    text = page(asking, f"{SLUG}/extension/TVA/", time="2020")
    assert "Aucune période de déclaration" in text
    assert "<table" not in text


@pytest.mark.parametrize(
    ("language", "title", "grid", "words"),
    [
        ("fr", "TVA", "Ventes à 21 %", "La déclaration est prête"),
        ("nl", "Btw", "Verkopen aan 21 %", "De aangifte is klaar"),
        ("de", "MwSt.", "Verkäufe zu 21 %", "Die Erklärung kann"),
        ("en", "VAT", "Sales at 21 %", "The return is ready"),
    ],
)
def test_the_page_in_each_language(cooperative: Cooperative, language: str, title: str, grid: str, words: str) -> None:
    text = shown(cooperative, "2026-Q1", language)
    assert f"– {title} – 2026-Q1</h2>" in text  # noqa: RUF001
    assert grid in text
    assert words in text


def test_what_is_undecided_is_told_in_the_reader_s_language_with_its_place(cooperative: Cooperative) -> None:
    line = cooperative.write(sale("2026-03-01", "10.00", "0"))
    text = shown(cooperative, "2026-Q1", "nl")
    assert f">activities/A001/books/2026.beancount:{line}</a>" in text
    assert "[BC1013]" in text
    assert "De aangifte is niet klaar." in text


def test_what_is_odd_is_told(cooperative: Cooperative) -> None:
    cooperative.write(sale("2026-03-01", "10.00", "2.00", meta='vat: "S21"'))
    cooperative.write(purchase("2026-03-02", "10.00", "2000.00"))
    text = shown(cooperative, "2026-Q1")
    assert "[BC1034]" in text
    assert "[BC1051]" in text
    assert "a reason may justify it" in text
    cooperative.write(sale("2026-03-01", "1000.00", "60.00", meta='vat: "S21"'))
    assert "to be put right" in shown(cooperative, "2026-Q1")


def test_what_is_filed_is_shown_as_it_was_filed_and_what_differs(cooperative: Cooperative) -> None:
    assert cooperative.file("2026-Q1", "2026-04-20").status == 0
    text = shown(cooperative, "2026-Q1")
    assert "Filed on 2026-04-20: this is what was filed. The books still say the same." in text
    cooperative.write(sale("2026-02-01", "10.00", "2.10", narration="Oubliée"))
    text = shown(cooperative, "2026-Q1")
    assert "What differs from what was filed" in text
    assert "Oubliée" in text
    assert "[BC1068]" in text
    cooperative.write(purchase("2026-02-01", "10.00", "2.10"))
    later = shown(cooperative, "2026-Q2")
    assert "Late: purchases of earlier periods" in later
    assert "Left to the next return" in later


def test_a_counted_entry_that_is_gone_is_said_to_be(cooperative: Cooperative) -> None:
    cooperative.file("2026-Q1", "2026-04-20")
    cooperative.change("  Assets:40:400-Clients:A001  1210.00 EUR", "  Assets:40:400-Clients:A001  1210.01 EUR")
    cooperative.change(
        "  Income:70:700-VentesPrestations:A001  -1000.00 EUR", "  Income:70:700-VentesPrestations:A001  -1000.01 EUR"
    )
    assert "no longer in the ledger as it was counted" in shown(cooperative, "2026-Q1", grid="03")


def test_what_was_carried_stands_in_its_grid(cooperative: Cooperative) -> None:
    cooperative.file("2026-Q1", "2026-04-20")
    text = shown(cooperative, "2026-Q2")
    assert "Left to the next return" in text
    assert 'TVA/?grid=81&amp;time=2026-Q2#entries"' in text
    assert "Carried in, or carried on" in shown(cooperative, "2026-Q2", grid="81")


def test_every_amount_leads_to_its_total_whatever_was_filed_carried_or_late(cooperative: Cooperative) -> None:
    def wrong() -> list[object]:
        asking = Client(create_app(cooperative.main, hosts=("localhost",)))
        found: list[object] = []
        for quarter in ("2026-Q1", "2026-Q2"):
            shown = [each for each in figures(asked(asking, quarter, "fr")) if each.table != "entries"]
            assert len(shown) > 6
            found += [(each, made) for each in shown if (made := total(asking, each.href)) != each.value]
        return found

    assert wrong() == []
    cooperative.file("2026-Q1", "2026-04-20")
    cooperative.write(purchase("2026-02-01", "10.00", "2.10"))
    assert wrong() == []
    cooperative.write(purchase("2026-05-02", "900.00", "189.00"))  # the State owes
    assert wrong() == []


def test_a_filed_return_that_cannot_be_read_is_told(cooperative: Cooperative) -> None:
    cooperative.file("2026-Q1", "2026-04-20")
    rows = cooperative.ledgers / "coop/vat/2026-Q1.csv"
    rows.unlink()
    rows.mkdir()
    assert "[BC1098]" in shown(cooperative, "2026-Q1")


def test_what_falls_due_is_told_from_the_last_entry_on_and_without_what_is_filed(cooperative: Cooperative) -> None:
    found = tables(shown(cooperative))["deadlines"]
    assert [row[0] for row in found[1:]] == ["2026-04-25", "2026-07-25", "2027-03-31"]
    assert [row[2] for row in found[1:]] == ["2026-Q1", "2026-Q2", "2026"]
    cooperative.file("2026-Q1", "2026-04-20")
    assert [row[2] for row in tables(shown(cooperative))["deadlines"][1:]] == ["2026-Q2", "2026"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "4100-05-01"])
def test_a_stray_date_leaves_the_page_standing(cooperative: Cooperative, day: str) -> None:
    cooperative.write(sale(day, "10.00", "2.10", narration="Loin"))
    assert "Loin" in ungated(cooperative, day[:4])


def test_a_ledger_without_entries_has_a_page(tmp_path: Path) -> None:
    assert "There is no period of a return by then." in shown(found(tmp_path))


def test_a_sub_ledger_alone_has_nothing_of_the_cooperative_to_show(coop: Coop) -> None:
    answer = Client(create_app(coop.own("A001"), hosts=("localhost",))).get("/livre-a001/extension/TVA/")
    assert "n’a rien à y montrer" in answer.text  # noqa: RUF001
    assert "<table" not in answer.text


def test_her_part_is_on_her_own_page_and_alone_it_is_the_same(cooperative: Cooperative) -> None:
    path = PAGE.replace("TVA", "Autonomie")
    asking = Client(create_app(cooperative.main, hosts=("localhost",)))
    text = asking.get(path, query_string={"unit": "A001"}, headers={"Accept-Language": "en"}).text
    rows = tables(text)["vat"]
    assert [row[:6] for row in rows[1:] if row[0].startswith("2026")] == [
        ["2026-Q1", "2026-04-25", "210.00", "84.00", "126.00", "0"],
        ["2026-Q2", "2026-07-25", "10.50", "0.00", "10.50", "0"],
    ]
    assert {tuple(row[6:8]) for row in rows[1:]} == {("0.00", "Not filed yet")}
    cooperative.file("2026-Q1", "2026-04-20")
    alone = cooperative.ledgers / "activities/A001/ledger.beancount"
    for ledger in (cooperative.main, alone):
        asking = Client(create_app(ledger, hosts=("localhost",)))
        address = f"/{asking.get('/').headers['Location'].split('/')[1]}/extension/Autonomie/"
        text = asking.get(address, query_string={"unit": "A001"}, headers={"Accept-Language": "en"}).text
        first = next(row for row in tables(text)["vat"] if row[0] == "2026-Q1")
        assert first[4:8] == ["126.00", "0", "126.00", "Filed on 2026-04-20"]


def test_hostile_text_is_escaped(cooperative: Cooperative) -> None:
    cooperative.write(sale("2026-03-02", "10.00", "2.10", narration=ATTACK))
    text = ungated(cooperative, "2026-Q1")
    assert ATTACK not in text
    assert "&lt;img src=x" in text


def test_numbers_are_hidden_incognito(cooperative: Cooperative) -> None:
    text = ungated(cooperative, "2026-Q1", incognito=True)
    assert any("XXX" in figure for figure in written(text))
    assert not [figure for figure in written(text) if re.search(r"\d", figure)]


def test_whatever_goes_wrong_at_load_is_an_error_of_the_ledger(
    cooperative: Cooperative, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("beancoop_fava.pages.views.alerts.VatFigures", fail)
    assert "La TVA ne peut pas être affichée" in shown(cooperative, language="fr")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_a_browser(
    browser: Chrome, cooperative: Cooperative, serve: Callable[..., Server], width: int
) -> None:
    cooperative.write(sale("2026-03-01", "10.00", "0"))
    browser.set_window_size(width, 900)
    browser.set_script_timeout(60)
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    browser.get(f"{serve(cooperative.main).url}{PAGE}?time=2026-Q1")
    wait = waiting(browser, 15)
    wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "#grids td a"))
    at_rest(browser)
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    assert browser.execute_async_script(RUN, LEVELS)["violations"] == []
    assert browser.execute_script(CLIPPED) == [False, []]
    browser.find_element(By.CSS_SELECTOR, '#grids a[href*="grid=03"]').click()
    wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "#entries tbody td.num a"))
    browser.find_element(By.CSS_SELECTOR, "#entries tbody td.num a").click()
    wait.until(lambda chrome: "A001/books/2026.beancount" in chrome.find_element(By.TAG_NAME, "body").text)
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    server = browser.current_url.split("/")[2]
    assert [entry for entry in log if entry["level"] == "SEVERE" and server in entry["message"]] == []


def test_an_undecided_entry_is_one_click_away(
    browser: Chrome, cooperative: Cooperative, serve: Callable[..., Server]
) -> None:
    cooperative.write(sale("2026-03-01", "10.00", "0", narration="Sans code"))
    browser.get(f"{serve(cooperative.main).url}{PAGE}?time=2026-Q1")
    wait = waiting(browser, 15)
    wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "#undecided td a"))
    browser.find_element(By.CSS_SELECTOR, "#undecided td a").click()
    wait.until(lambda chrome: "Sans code" in chrome.find_element(By.CSS_SELECTOR, "textarea, .cm-content").text)
