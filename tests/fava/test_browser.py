"""Fava's pages and ours in a real Chromium, through the real server."""

from __future__ import annotations

import base64
import http.server
import threading
from typing import TYPE_CHECKING

import pytest
from beancoop.storage.atomic import write_text
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from tests.fava.conftest import make_coop, serving, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

    from tests.fava.conftest import Coop, Server

ATTACK = "<img src=x onerror=document.title=`PWNED`>"
SLUG = "/toute-la-coop"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a cooperative that a bank counterparty, a trade and a document try to script."""
    coop = make_coop(tmp_path_factory.mktemp("scripted") / "ledgers")
    svg = coop.own("A001").parent / "documents" / "logo.svg"
    svg.parent.mkdir()
    write_text(svg, "<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=`PWNED`'/>")
    coop.add(
        "A001",
        f"""\
2026-03-01 * "{ATTACK}" "{ATTACK}"
  Assets:55:5500-Banque:A001   5.00 EUR
  Assets:40:400-Clients:A001  -5.00 EUR
2026-03-01 custom "activity-terms" "A002"
  trade: "{ATTACK}"
2026-03-01 document Assets:55:5500-Banque:A001 "../documents/logo.svg"
2026-03-01 query "ventes" "select account, payee, sum(position) group by account, payee"
""",
    )
    with serving() as start:
        yield start(coop.main)


def show(browser: Chrome, url: str, selector: str) -> str:
    """Open *url* and give the text of the page once *selector* is there."""
    leave(browser)
    browser.get(url)
    waiting(browser, 15).until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, selector))
    return browser.find_element(By.TAG_NAME, "article").text


@pytest.fixture(autouse=True)
def wide(browser: Chrome) -> None:
    """Give each test the window of a desk; others look at the pages on a telephone."""
    browser.set_window_size(1280, 900)


def leave(browser: Chrome) -> None:
    """Leave the page before, which asks again and again for a server that may be gone, and forget what was told."""
    browser.get("about:blank")
    complaints(browser)


def complaints(browser: Chrome) -> list[str]:
    """Give the errors the browser has told since it was last asked."""
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in log if entry["level"] == "SEVERE"]


@pytest.mark.parametrize(
    ("path", "selector", "words"),
    [
        ("income_statement/", "article svg rect", "700-VentesPrestations"),
        ("balance_sheet/", "article svg path", "5500-Banque"),
        ("trial_balance/", "article ol", "400-Clients"),
        ("journal/", "article li.transaction", "Madame Dupont"),
        ("account/Assets:55:5500-Banque:A001/", "article li.transaction", "Madame Dupont"),
        ("query/?query_string=run+ventes", "article table td", "Madame Dupont"),
        ("editor/", "article .cm-content", "Toute la coop"),
        ("errors/", "article", ""),
        ("options/", "article table td", "tolerance_multiplier"),
        ("extension/Activites/", "article table td", "Menuiserie"),
    ],
)
def test_the_page_renders_and_the_text_of_an_entry_runs_nothing(
    browser: Chrome, site: Server, path: str, selector: str, words: str
) -> None:
    text = show(browser, f"{site.url}{SLUG}/{path}", selector)
    assert words in text
    assert complaints(browser) == []
    assert "PWNED" not in browser.title
    assert not browser.find_elements(By.CSS_SELECTOR, "article img")


def test_a_script_that_reached_the_page_all_the_same_would_not_run(browser: Chrome, site: Server) -> None:
    """The policy alone, without the escaping: the second of two defences."""
    inject = "document.querySelector('article').innerHTML = arguments[0]"
    show(browser, f"{site.url}{SLUG}/journal/", "article li.transaction")
    browser.execute_script(inject, ATTACK)
    waiting(browser, 10).until(lambda chrome: any("Content Security Policy" in each for each in complaints(chrome)))
    assert "PWNED" not in browser.title


def test_the_same_script_runs_where_there_is_no_policy(browser: Chrome) -> None:
    browser.get("data:text/html,<title>calm</title><article></article>")
    browser.execute_script("document.querySelector('article').innerHTML = arguments[0]", ATTACK)
    waiting(browser, 10).until(lambda chrome: chrome.title == "PWNED")


def test_a_document_does_not_open_in_the_page(browser: Chrome, site: Server) -> None:
    show(browser, f"{site.url}{SLUG}/journal/", "article a.filename")
    link = browser.find_element(By.CSS_SELECTOR, "article a.filename").get_attribute("href")
    assert link
    try:
        browser.get(link)
    except WebDriverException as error:  # a download ends a navigation
        assert "ERR_ABORTED" in str(error)  # noqa: PT017 - either way is right
    assert "PWNED" not in browser.title
    assert not browser.find_elements(By.CSS_SELECTOR, "svg[onload]")


@pytest.fixture
def foreign(site: Server) -> Iterator[str]:
    """Serve a page of another origin that asks for our data in every way a page can."""
    asks = f"{site.url}{SLUG}/api/query?query_string=select+1"
    text = f"""<title>evil</title><img id=i src="{asks}"><iframe src="{site.url}{SLUG}/journal/"></iframe>
<script>window.got = []; fetch("{asks}").then(r => got.push("read"), e => got.push("refused"));
fetch("{asks}", {{mode: "no-cors"}}).then(r => got.push("sent"), e => got.push("refused"));</script>"""

    class Evil(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()


def test_a_page_of_another_site_reads_nothing(browser: Chrome, foreign: str) -> None:
    complaints(browser)
    browser.get(foreign)
    waiting(browser, 10).until(lambda chrome: len(chrome.execute_script("return got")) == 2)
    assert browser.execute_script("return got") == ["refused", "refused"]
    assert browser.execute_script("return document.getElementById('i').naturalWidth") == 0
    browser.switch_to.frame(0)
    assert not browser.find_elements(By.CSS_SELECTOR, "li.transaction")
    browser.switch_to.default_content()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Activités", "Mois restants")),
        ("nl", ("Activiteiten", "Resterende maanden")),
        ("de", ("Tätigkeiten", "Verbleibende Monate")),
        ("en", ("Activities", "Months left")),
    ],
)
def test_the_activities_in_each_language(
    browser: Chrome, coop: Coop, serve: Callable[..., Server], language: str, words: tuple[str, str]
) -> None:
    title, heads = words
    coop.add("A001", f'2026-01-01 custom "fava-option" "language" "{language}"\n')
    text = show(browser, f"{serve(coop.main).url}{SLUG}/extension/Activites/", "article tbody tr")
    assert heads in text
    assert f"{title} - Toute la coop" in browser.title
    waiting(browser, 15).until(lambda chrome: title in chrome.find_element(By.TAG_NAME, "aside").text)
    assert complaints(browser) == []


def test_the_table_sorts_by_number_and_keeps_its_total_last(
    browser: Chrome, coop: Coop, serve: Callable[..., Server]
) -> None:
    coop.add(
        "A002", '2026-03-01 * "x"\n  Assets:55:5500-Banque:A002 9200 EUR\n  Assets:40:400-Clients:A002 -9200 EUR\n'
    )
    show(browser, f"{serve(coop.main).url}{SLUG}/extension/Activites/", "article tbody tr")
    head = browser.find_element(By.CSS_SELECTOR, "article th.num")
    orders = []
    for _ in range(2):
        head.click()
        first = browser.find_elements(By.CSS_SELECTOR, "article table tr")
        orders.append([row.text.split()[0] for row in first][1:])
    assert sorted(orders) == [["A001", "A002", "Total"], ["A002", "A001", "Total"]]
    cell = browser.find_element(By.CSS_SELECTOR, "article tbody td.num")
    assert cell.value_of_css_property("text-align") == "right"


def test_the_row_leads_to_the_accounts_of_the_activity_alone(
    browser: Chrome, coop: Coop, serve: Callable[..., Server]
) -> None:
    show(browser, f"{serve(coop.main).url}{SLUG}/extension/Activites/?time=2026", "article tbody tr")
    browser.find_element(By.LINK_TEXT, "Menuiserie").click()
    waiting(browser, 15).until(lambda chrome: "trial_balance" in chrome.current_url)
    waiting(browser, 15).until(lambda chrome: chrome.find_elements(By.LINK_TEXT, "A001"))
    assert "time=2026" in browser.current_url
    assert not browser.find_elements(By.LINK_TEXT, "A002")


def test_the_page_prints_on_a_sheet_without_fava_around_it(
    browser: Chrome, coop: Coop, serve: Callable[..., Server]
) -> None:
    coop.add("A001", '2026-01-01 custom "fava-option" "language" "fr"\n')
    coop.add("A001", '2026-04-01 custom "activity-exit" "A001" "independent"\n')
    coop.add(
        "A001",
        '2026-03-01 * "x"\n  Assets:40:400-Clients:A001 9000000 EUR\n'
        "  Income:70:700-VentesPrestations:A001 -9000000 EUR\n",
    )
    show(browser, f"{serve(coop.main).url}{SLUG}/extension/Activites/", "article tbody tr")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for around in ("header", "aside"):
            assert not browser.find_element(By.TAG_NAME, around).is_displayed()
        assert browser.find_element(By.CSS_SELECTOR, "article table").is_displayed()
        browser.set_window_size(680, 900)  # the width of an A4 page between its margins, in CSS pixels
        fits = "const r = document.documentElement; return r.scrollWidth <= r.clientWidth"
        waiting(browser, 30).until(lambda _: browser.execute_script(fits))  # once it is laid out anew
        assert base64.b64decode(browser.print_page()).startswith(b"%PDF")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.set_window_size(1280, 900)


def test_figures_follow_a_change_of_the_books(browser: Chrome, coop: Coop, serve: Callable[..., Server]) -> None:
    url = f"{serve(coop.main).url}{SLUG}/extension/Activites/"
    assert "1,034.56" in show(browser, url, "article tbody tr") or "1\u202f034,56" in show(
        browser, url, "article tbody tr"
    )
    coop.add(
        "A001", '2026-03-01 * "x"\n  Assets:40:400-Clients:A001 7 EUR\n  Income:70:700-VentesPrestations:A001 -7 EUR\n'
    )
    browser.refresh()
    waiting(browser, 15).until(lambda chrome: "041" in chrome.find_element(By.TAG_NAME, "article").text)
