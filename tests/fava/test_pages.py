"""Our pages in a real Chromium: one server and one browser for all, so that each page costs half a second."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import selenium_axe_python
from beancoop.storage.atomic import write_text
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions

from tests.fava.conftest import make_coop, serving, waiting
from tests.fava.reading import amount, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from tests.fava.conftest import Coop, Server

AXE = Path(selenium_axe_python.__file__).parent / "axe-core" / "axe.min.js"  # MPL-2.0; a test needs it, the program not
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "const done = arguments[1]; axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']}).then(done)"
ATTACK = "<img src=x onerror=document.title=`PWNED`>"
SLUG = "/toute-la-coop/extension"
PAGES = {
    "Activites": "",
    "Autonomie": "unit=A001",
    "Reserves": "",
    "Suivi": "",
    "Tresorerie": "",
    "TVA": "",
    "Ecritures": "unit=A001&numbers=40",
}
STRUCTURE = f"""
2026-01-01 open Assets:55:5500-Banque
  iban: "BE68 5390 0754 7034"
2026-01-05 open Assets:55:5500-Banque:COOP
2026-01-05 open Equity:11:110-Apports:COOP
2026-01-05 open Equity:13:1311-ReservesIndisponibles:COOP
2026-01-05 open Equity:14:140-Reporte:COOP
2026-01-05 open Expenses:62:620-Remunerations:COOP
2026-01-05 open Expenses:69:694-Dividende:COOP
2026-01-05 open Liabilities:47:471-Dividendes:COOP
2026-01-05 * "{ATTACK}" "Ouverture"
  Assets:55:5500-Banque:COOP                     7000.00 EUR
  Equity:11:110-Apports:COOP                    -3000.00 EUR
  Equity:13:1311-ReservesIndisponibles:COOP     -3000.00 EUR
  Equity:14:140-Reporte:COOP                    -1000.00 EUR
2026-02-10 * "Personnel" "Paie"
  Expenses:62:620-Remunerations:COOP             2000.00 EUR
  Assets:55:5500-Banque:COOP                    -2000.00 EUR
2026-06-10 * "Assemblée" "Dividende"
  appropriates: 2026
  Expenses:69:694-Dividende:COOP                  105.00 EUR
  Liabilities:47:471-Dividendes:COOP             -105.00 EUR
2026-02-20 balance Assets:55:5500-Banque         6600.00 EUR
2026-02-20 custom "meeting" "monthly"
  attended: "A001"
"""
OWN = f"""
2026-01-05 open Assets:49:499-CompteAttente:A001
2026-01-05 open Liabilities:45:451-TVAPayer:A001
2026-02-12 custom "follow-up" "A001" "commercial" 1.5
2026-02-13 custom "follow-up" "A001" "{ATTACK}" 0.25
2026-05-01 custom "activity-pause" "A001"
2026-06-15 custom "activity-resume" "A001"
2026-03-04 ! "{ATTACK}" "Inconnu"
  Assets:55:5500-Banque:A001           25.00 EUR
  Assets:49:499-CompteAttente:A001    -25.00 EUR
2026-03-05 * "{ATTACK}" "Facture 2" ^A001-2026-0002
  due: 2026-04-05
  Assets:40:400-Clients:A001              121.00 EUR
  Income:70:700-VentesPrestations:A001   -100.00 EUR
  Liabilities:45:451-TVAPayer:A001        -21.00 EUR
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Coop:
    made = make_coop(tmp_path_factory.mktemp("pages") / "ledgers")
    write_text(made.main, made.main.read_text(encoding="utf-8") + STRUCTURE)
    made.add("A001", OWN)
    return made


@pytest.fixture(scope="module")
def site(books: Coop) -> Iterator[Server]:
    with serving() as start:
        yield start(books.main)


@pytest.fixture(autouse=True)
def desk(browser: Chrome) -> Iterator[None]:
    """Begin at a desk, in French, by daylight."""
    browser.set_script_timeout(60)
    look(browser, 1280, "light")
    speak(browser, "fr")
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    yield
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [], "media": ""})
    speak(browser, "en-US")


def look(browser: Chrome, width: int, scheme: str) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def speak(browser: Chrome, language: str) -> None:
    agent = browser.execute_script("return navigator.userAgent")
    browser.execute_cdp_cmd("Network.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": language})


def at_rest(browser: Chrome) -> None:
    """Wait until nothing moves: Fava lets its side bar slide."""
    waiting(browser, 15).until(lambda chrome: chrome.execute_async_script(MOVING) == 0)


MOVING = """
const told = arguments[0];
requestAnimationFrame(() => requestAnimationFrame(
    () => told(document.getAnimations().filter(each => each.playState === "running").length)));
"""


def show(browser: Chrome, site: Server, name: str, query: str = "") -> WebElement:
    """Open a page, wait until Fava has drawn what is around it and in it, and see that nothing was complained of."""
    browser.get(f"{site.url}{SLUG}/{name}/?{'&'.join(filter(None, (PAGES[name], query)))}")
    drawn = waiting(browser, 15)
    drawn.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "aside a"))
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    server = site.url.removeprefix("http://")
    assert [each["message"] for each in log if each["level"] == "SEVERE" and server in each["message"]] == []
    assert "PWNED" not in browser.title
    article = browser.find_element(By.TAG_NAME, "article")
    assert not article.find_elements(By.TAG_NAME, "img")
    return article


TITLES = {
    "fr": ("Activités", "Autonomie", "Réserves", "Suivi", "Trésorerie", "TVA", "Écritures"),
    "nl": ("Activiteiten", "Autonomie", "Reserves", "Opvolging", "Geldmiddelen", "Btw", "Boekingen"),
    "de": ("Tätigkeiten", "Eigenständigkeit", "Rücklagen", "Betreuung", "Flüssige Mittel", "MwSt.", "Buchungen"),
    "en": ("Activities", "Autonomy", "Reserves", "Follow-up", "Treasury", "VAT", "Journal entries"),
}
AMOUNTS = {"fr": "1\u202f134,56", "nl": "1.134,56", "de": "1.134,56", "en": "1,134.56"}


@pytest.mark.parametrize("language", TITLES)
def test_each_page_is_drawn_in_each_language(browser: Chrome, site: Server, language: str) -> None:
    speak(browser, language)
    for name, title in zip(PAGES, TITLES[language], strict=True):
        article = show(browser, site, name)
        assert article.find_element(By.TAG_NAME, "h2").text.endswith(f" {title}")
        assert browser.execute_script("return document.documentElement.lang") == language
        assert article.find_elements(By.CSS_SELECTOR, "table td")
        if name == "Activites":
            assert AMOUNTS[language] in article.text


def test_each_page_obeys_the_period(browser: Chrome, site: Server) -> None:
    for name in PAGES:
        article = show(browser, site, name, "time=2026-02")
        assert article.find_element(By.TAG_NAME, "h2").text.endswith(" 2026-02")
    assert "5\u202f800,00" not in show(browser, site, "Tresorerie", "time=2026-01").text
    assert "Aucune réunion" in show(browser, site, "Suivi", "time=2026-01").text
    note = "cette page ne tient compte que de la période"
    assert note in show(browser, site, "Suivi", "account=A001&time=2026").text


CLIPPED = """
const page = document.querySelector("article");
const cut = [...page.querySelectorAll("td.num")].filter(cell => cell.scrollWidth > cell.clientWidth);
return [page.scrollWidth > page.clientWidth, cut.map(cell => cell.innerText)];
"""


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_violation_of_level_a_or_aa_and_each_prints(browser: Chrome, site: Server, name: str) -> None:
    show(browser, site, name)
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            look(browser, width, scheme)
            at_rest(browser)
            result: Any = browser.execute_async_script(RUN, LEVELS)
            found = [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]]
            assert found == [], (width, scheme)
        assert browser.execute_script(CLIPPED) == [False, []]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    sheet = {"width": 718, "height": 900, "deviceScaleFactor": 1, "mobile": True}  # A4 between margins of 1 cm
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sheet)
    for around in ("header", "aside", ".beancoop nav", ".beancoop .download"):
        assert not any(each.is_displayed() for each in browser.find_elements(By.CSS_SELECTOR, around))
    wide, paper = browser.execute_script("const r = document.documentElement; return [r.scrollWidth, r.clientWidth]")
    assert wide <= paper


def test_the_checker_finds_what_is_wrong(browser: Chrome, site: Server) -> None:
    """So that no violation means that there is none."""
    show(browser, site, "Suivi")
    bad = "document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=data:, style=width:9px>')"
    browser.execute_script(bad)
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    result: Any = browser.execute_async_script(RUN, LEVELS)
    assert [each["id"] for each in result["violations"]] == ["image-alt"]


def test_the_headings_sort_from_the_keyboard(browser: Chrome, site: Server) -> None:
    article = show(browser, site, "Activites")
    button = article.find_elements(By.CSS_SELECTOR, "thead button")[3]
    orders = []
    for _ in range(2):
        button.send_keys(Keys.ENTER)
        orders.append([row.text.split()[0] for row in article.find_elements(By.CSS_SELECTOR, "table tr")][1:])
    assert orders == [["A002", "A001", "Total"], ["A001", "A002", "Total"]]


def unfold(browser: Chrome) -> None:
    """Click on the heading of each part that is folded."""
    for heading in browser.find_elements(By.CSS_SELECTOR, "details.fold > summary"):
        heading.click()


def test_a_figure_leads_to_its_entries(browser: Chrome, site: Server) -> None:
    article = show(browser, site, "Activites")
    wait = waiting(browser, 15)
    article.find_element(By.LINK_TEXT, "A001").click()
    wait.until(lambda chrome: "Autonomie/?unit=A001" in chrome.current_url)
    wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "section#levies td"))
    unfold(browser)
    browser.find_element(By.CSS_SELECTOR, "#statement tbody tr:nth-last-child(2) td:nth-child(2) a").click()
    wait.until(lambda chrome: "/Ecritures/" in chrome.current_url)
    wait.until(lambda chrome: "Facture 2" in chrome.find_element(By.TAG_NAME, "article").text)
    assert "Sous-traitance" not in browser.find_element(By.TAG_NAME, "article").text
    browser.back()  # what was unfolded still is
    wait.until(lambda chrome: chrome.find_element(By.CSS_SELECTOR, "#lines tbody td a").is_displayed())
    browser.find_element(By.CSS_SELECTOR, "#lines tbody td a").click()
    wait.until(lambda chrome: "A001/books/2026.beancount" in chrome.find_element(By.TAG_NAME, "body").text)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "Ecritures"])
def test_amounts_that_are_clicked_lead_to_their_total(browser: Chrome, site: Server, name: str) -> None:
    show(browser, site, name)
    unfold(browser)
    wait, links = waiting(browser, 15), "section:not(#entries) td.num a[href*='/Ecritures/'], #grids td.num a"
    addresses = [each.get_attribute("href") for each in browser.find_elements(By.CSS_SELECTOR, links)]
    assert addresses
    seen = 0
    for position in range(
        0, len(addresses), -(-len(addresses) // 3)
    ):  # three of each page, all through Fava's own router
        wait.until(lambda chrome: len(chrome.find_elements(By.CSS_SELECTOR, links)) == len(addresses))
        link = browser.find_elements(By.CSS_SELECTOR, links)[position]
        wait.until(expected_conditions.visibility_of(link))
        shown = link.text
        if "," in shown:
            link.click()
            wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "output[data-total]"))
            total = browser.find_element(By.CSS_SELECTOR, "output[data-total]")
            assert Decimal(total.get_attribute("data-total") or "") == amount(shown), addresses[position]
            seen += 1
            browser.back()
            wait.until(lambda chrome: f"/{name}/" in chrome.current_url)
    assert seen >= 1


def test_an_account_that_is_clicked_shows_its_entries(browser: Chrome, site: Server) -> None:
    article = show(browser, site, "Tresorerie")
    article.find_element(By.LINK_TEXT, "Assets:55:5500-Banque").click()
    wait = waiting(browser, 15)
    wait.until(lambda chrome: "Sous-traitance" in chrome.find_element(By.TAG_NAME, "article").text)


def test_the_charts_are_drawn_and_change_their_interval(browser: Chrome, site: Server) -> None:
    article = show(browser, site, "Activites")
    bars = "svg.plot[aria-label^=Contributions] .bar"
    assert len(article.find_elements(By.CSS_SELECTOR, bars)) == 3
    assert len(article.find_elements(By.CSS_SELECTOR, "svg.plot[aria-label^=Marge] .bar")) == 2
    article.find_element(By.LINK_TEXT, "Par année").click()
    waiting(browser, 15).until(lambda chrome: len(chrome.find_elements(By.CSS_SELECTOR, bars)) == 1)
    article = show(browser, site, "Autonomie")
    treasury, months = article.find_elements(By.CSS_SELECTOR, "svg.plot[role=img]")[:2]
    assert len(months.find_elements(By.CSS_SELECTOR, ".bar")) == 36
    assert months.get_attribute("aria-label").startswith("Ventes, coûts et résultat de douze mois, en EUR, du ")
    assert treasury.find_elements(By.CSS_SELECTOR, ".curve")


def test_a_bar_is_reached_by_keyboard_and_leads_to_its_entries(browser: Chrome, site: Server) -> None:
    show(browser, site, "Activites")
    wait, path = waiting(browser, 15), "svg.reach[aria-label^=Marge] a"
    bar = browser.find_element(By.CSS_SELECTOR, path)
    shown = amount((bar.get_attribute("aria-label") or "").rpartition(" : ")[2])
    assert "img" not in {each.get_attribute("role") for each in browser.find_elements(By.CSS_SELECTOR, "svg:has(a)")}
    browser.execute_script("arguments[0].focus()", bar)
    assert browser.switch_to.active_element == bar
    bar.send_keys(Keys.ENTER)
    wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "output[data-total]"))
    total = browser.find_element(By.CSS_SELECTOR, "output[data-total]").get_attribute("data-total")
    assert Decimal(total or "") == shown


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["Activites", "Autonomie", "Reserves", "Tresorerie"])
def test_no_text_of_a_chart_covers_another_and_each_target_is_large(
    browser: Chrome, site: Server, name: str, width: int
) -> None:
    browser.set_window_size(width, 900)
    try:
        show(browser, site, name)
        covered, small, outside = browser.execute_script(COVERED)
    finally:
        browser.set_window_size(1280, 900)
    assert (covered, small, outside) == ([], [], [])


COVERED = """
const seen = each => getComputedStyle(each).display !== 'none', box = each => each.getBoundingClientRect();
const covered = [], small = [], outside = [];
for (const plot of document.querySelectorAll('svg.plot')) {
  const texts = [...plot.querySelectorAll('text')].filter(seen);
  texts.forEach((one, place) => texts.slice(place + 1).forEach(other => {
    const [a, b] = [box(one), box(other)];
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4)
      covered.push([one.textContent, other.textContent]);
  }));
  const isOutside = each => box(each).right > innerWidth || box(each).left < 0;
  outside.push(...texts.filter(isOutside).map(each => each.textContent));
}
for (const link of document.querySelectorAll('svg.reach a')) {
  const {width, height} = box(link);
  if (width && (width < 23.9 || height < 23.9)) small.push(link.getAttribute('aria-label'));
}
return [covered, small, outside];
"""


def test_a_table_is_downloaded_and_says_what_the_books_say(
    browser: Chrome, site: Server, books: Coop, tmp_path: Path
) -> None:
    behaviour = {"behavior": "allow", "downloadPath": str(tmp_path), "eventsEnabled": False}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    article = show(browser, site, "Activites")
    article.find_element(By.LINK_TEXT, "CSV").click()
    article.find_element(By.LINK_TEXT, "Tous les tableaux en XLSX").click()
    table, workbook = tmp_path / "Activites-2026-06-10-activities.csv", tmp_path / "Activites-2026-06-10.xlsx"
    waiting(browser, 15).until(lambda _: table.exists() and workbook.exists())
    asked = load(books.main)
    *rows, _, _ = csv.reader(
        table.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"
    )  # the last says how fresh the books are
    assert [row[0] for row in rows] == ["Activité", "A001", "A002", "Total (2)"]
    for row in rows[1:3]:
        assert amount(row[3]) == asked.total(row[0], "5")
        assert amount(row[5]) == -asked.total(row[0], "70", "60", "951")
        assert amount(row[6]) == asked.total(row[0], "950")
    assert workbook.read_bytes().startswith(b"PK")
    assert "Activites" in browser.current_url  # the page stays


def test_a_sub_ledger_alone_shows_its_page(browser: Chrome, coop: Coop) -> None:
    people = coop.folder.parent / "people.toml"
    write_text(people, '[people]\nlea = "A001"\n[proxy]\nheader = "X-Remote-User"\n')
    with serving() as start:
        server = start(coop.main, people)
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"X-Remote-User": "lea"}})
        try:
            for name, words in (("Autonomie", "Disponible à dépenser"), ("Suivi", "n’a rien à y montrer")):  # noqa: RUF001
                browser.get(f"{server.url}/livre-a001/extension/{name}/")
                waiting(browser, 15).until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "aside a"))
                text = browser.find_element(By.TAG_NAME, "body").text
                assert words in text
                assert "A002" not in text
        finally:
            browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})
