"""Whatever Fava offers a reader is answered: every route, and every link of its pages in a real browser."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from beancoop.storage.atomic import write_text
from beancoop_cli.main import main
from beancoop_fava.server import doors as adapter
from beancoop_fava.server.app import create_app
from beancount.core.data import Transaction
from beancount.parser.parser import parse_string
from click.testing import CliRunner
from fava.application import CLIENT_SIDE_REPORTS
from fava.help import HELP_PAGES
from selenium.webdriver.common.by import By
from werkzeug.test import Client, TestResponse

from tests.fava.conftest import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

    from tests.fava.conftest import Server

HOST = "compta.example.be"
EXAMPLE = Path(__file__).parents[2] / "ledgers"
MIXED = """
2026-01-12 * "Commune de Huy" "Facture 1"
  Assets:40:400-Clients:A001               1000.00 EUR
  Income:70:700-VentesPrestations:A001    -1000.00 EUR

2026-03-12 * "Commune de Huy" "Facture 2"
  document: "../documents/facture.txt"
  Assets:40:400-Clients:A001                500.00 EUR
  Income:70:700-VentesPrestations:A001     -500.00 EUR

2026-03-13 query "ventes" "select date, number where account ~ '70'"
2026-03-13 document Assets:40:400-Clients:A001 "../documents/facture.txt"
"""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a cooperative with a closed month, open ones, a document, a query and an error."""
    folder = tmp_path_factory.mktemp("coop")
    with contextlib.chdir(folder):
        assert CliRunner().invoke(main, ["init", ".", "--start", "2026-01-01"]).exit_code == 0
        own = folder / "ledgers/activities/A001"
        (own / "documents").mkdir(exist_ok=True)
        write_text(own / "documents/facture.txt", "Facture 2")
        books = own / "books/2026.beancount"
        write_text(books, books.read_text(encoding="utf-8") + MIXED)
        assert CliRunner().invoke(main, ["close", "2026-01"]).exit_code == 0
        write_text(
            books, books.read_text(encoding="utf-8") + "\n2026-03-14 balance Assets:55:5500-Banque:A001 7.00 EUR\n"
        )
    return folder / "ledgers"


class Reader(NamedTuple):
    """Somebody who reads a ledger."""

    client: Client
    base: str

    @classmethod
    def of(cls, ledger: Path) -> Reader:
        client = Client(create_app(ledger, hosts=(HOST,)))
        where = client.get("/", headers={"Host": HOST}).headers["Location"]
        return cls(client, f"/{where.split('/')[1]}")

    def ask(self, path: str) -> TestResponse:
        return self.client.get(f"{self.base}/{path}", headers={"Host": HOST})

    def get(self, path: str) -> TestResponse:
        answer = self.ask(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return answer

    def data(self, path: str) -> Any:
        return json.loads(self.get(f"api/{path}").text)["data"]


@pytest.fixture(scope="module")
def desk(mixed: Path) -> Reader:
    """Read that cooperative."""
    return Reader.of(mixed / "main.beancount")


LEDGERS = {
    "example": lambda _mixed: EXAMPLE / "main.beancount",
    "sub-ledger": lambda _mixed: EXAMPLE / "activities/A001/ledger.beancount",
    "closed and open": lambda mixed: mixed / "main.beancount",
}


@pytest.fixture(scope="module", params=LEDGERS)
def reader(request: pytest.FixtureRequest, mixed: Path) -> Reader:
    """Read one ledger after the other."""
    return Reader.of(LEDGERS[request.param](mixed))


FILTERS = [
    "",
    "time=2026-03",
    "account=Assets",
    "filter=%23provisional",
    "conversion=units&interval=quarter",
    "time=1990",
]
REPORTS = ["income_statement", "balance_sheet", "trial_balance", "journal", "documents", "events", "commodities"]
"""The reports of the API that take filters; `statistics` beside them."""


def routes(reader: Reader) -> Iterator[tuple[str, str]]:
    """Give each endpoint that is shown with the addresses it is asked for by, as Fava's pages make them."""
    ledger = reader.data("ledger_data")
    yield from _of_pages(ledger)
    yield from _of_names(ledger, reader.data("narrations"))
    yield from _of_entries(reader.data("journal"), reader.data("documents"))
    text = quote("select date, account, number where number > 100")
    yield "download_query", f"download-query/query_result.csv?query_string={text}"
    yield "json_api.get_query", f"api/query?query_string={text}"
    for name in (*REPORTS, "statistics"):
        yield from ((f"json_api.get_{name}", f"api/{name}?{each}") for each in FILTERS)
    for page in ("page=1&order=asc", "page=1&order=desc"):
        yield "json_api.get_journal_page", f"api/journal_page?{page}"
    for name in ("changed", "errors", "imports", "ledger_data", "narrations", "options", "source"):
        yield f"json_api.get_{name}", f"api/{name}"
    yield "json_api.get_help", "api/help?page_slug=_index"


def _of_pages(ledger: Any) -> Iterator[tuple[str, str]]:
    yield from (("report", f"{name}/") for name in CLIENT_SIDE_REPORTS)
    yield from (("account", f"account/{quote(name)}/") for name in ledger["accounts"][:6])
    yield from (("holdings_by", f"holdings/by_{key}/") for key in ("account", "currency", "cost_currency"))
    yield from (("extension_report", f"extension/{each['name']}/") for each in ledger["extensions"])
    yield from (("help_page", f"help/{page if page != '_index' else ''}") for page in HELP_PAGES)
    yield from (("download_journal", f"download-journal/?{each}") for each in FILTERS)
    for each in ledger["user_queries"]:
        yield "json_api.get_query", f"api/query?query_string={quote(each['query_string'])}"
    for file in ledger["options"]["include"]:
        yield "json_api.get_source", f"api/source?filename={quote(file)}"


def _of_names(ledger: Any, narrations: list[str]) -> Iterator[tuple[str, str]]:
    for name in ledger["accounts"][::7]:
        yield "json_api.get_account_report", f"api/account_report?a={quote(name)}"
        yield "json_api.get_account_report", f"api/account_report?a={quote(name)}&r=balances"
    for payee in ledger["payees"][:5]:
        yield "json_api.get_payee_accounts", f"api/payee_accounts?payee={quote(payee)}"
        yield "json_api.get_payee_transaction", f"api/payee_transaction?payee={quote(payee)}"
    for narration in narrations[:5]:
        yield "json_api.get_narration_transaction", f"api/narration_transaction?narration={quote(narration)}"


def _of_entries(entries: Any, documents: Any) -> Iterator[tuple[str, str]]:
    hashes = [each["entry_hash"] for each in entries]
    provisional = [each["entry_hash"] for each in entries if "provisional" in each.get("tags", ())]
    for each in (*hashes[:: max(1, len(hashes) // 15)], *provisional[:3]):
        yield "json_api.get_context", f"api/context?entry_hash={each}"
        yield "json_api.get_source_slice", f"api/source_slice?entry_hash={each}"
    for each in documents:
        yield "document", f"document/?filename={quote(each['filename'])}"
    for each in entries:
        for key in each["meta"]:
            if key.startswith("document"):
                yield "statement", f"statement/?entry_hash={each['entry_hash']}&key={key}"


ELSEWHERE = {"static", "index", "jump", "extension_endpoint", "extension_js_module"}
"""Asked for by the pages themselves: see the links below, and the downloads of our own pages in test_downloads."""


def test_every_route_is_answered(reader: Reader) -> None:
    asked = set()
    for endpoint, address in routes(reader):
        reader.get(address)
        asked.add(endpoint)
    unasked = adapter.SHOWN - ELSEWHERE - asked
    assert unasked <= {"document", "statement"}  # not every ledger has documents


def test_each_document_is_answered(desk: Reader) -> None:
    asked = [endpoint for endpoint, _ in routes(desk)]
    assert {"document", "statement"} <= set(asked)


def test_the_journal_that_is_downloaded_is_whole_and_can_be_read(reader: Reader) -> None:
    entries, errors, _ = parse_string(reader.get("download-journal/").text)
    assert errors == []
    shown = [each for each in reader.data("journal") if each["t"] in {"Transaction", "Balance"}]
    provisional = [each for each in shown if "provisional" in each.get("tags", ())]
    assert provisional
    assert len(entries) == len(shown)
    told = [entry for entry in entries if isinstance(entry, Transaction) and "provisional" in entry.tags]
    assert len(told) == len(provisional)


WRONG = [
    *(
        f"{path}?{said}"
        for path in ("download-journal/", "api/income_statement")
        for said in ("time=zzz", "filter=((", "account=((")
    ),
    *(f"api/query?query_string={quote(text)}" for text in ("select", "select x", "run rien", "select 1 from")),
    f"download-query/query_result.csv?query_string={quote('select x')}",
    f"download-query/query_result.csv?query_string={quote('print')}",
    f"download-query/query_result.xlsx?query_string={quote('select date')}",
]


@pytest.mark.parametrize("address", WRONG)
def test_what_cannot_be_understood_is_told_as_such(desk: Reader, address: str) -> None:
    answer = desk.ask(address)
    assert answer.status_code == 400, answer.text
    assert "Traceback" not in answer.text
    assert "Internal Server Error" not in answer.text
    assert answer.text.strip()


@pytest.mark.parametrize(
    ("columns", "cell"),
    [
        ("account, number > 0 as positive", "True"),
        ("entry_meta('margin')", "1000.00 EUR"),
        ("any_meta('lineno')", "0"),
        ("tags", "contribution"),
    ],
)
def test_the_table_of_a_query_is_downloaded_whatever_its_columns(desk: Reader, columns: str, cell: str) -> None:
    text = quote(f"select {columns}")
    answer = desk.get(f"download-query/query_result.csv?query_string={text}")
    assert any(cell in line for line in answer.text.splitlines()[1:])


def links(browser: Chrome) -> set[str]:
    """Give what the page leads to on this server."""
    script = "return [...document.querySelectorAll('a[href]')].map((each) => each.getAttribute('href') && each.href)"
    here = urlsplit(browser.current_url).netloc
    parts = [urlsplit(each) for each in browser.execute_script(script) if isinstance(each, str)]
    return {f"{part.path}?{part.query}" for part in parts if part.netloc == here}


def status_of(address: str) -> int:
    """Give the status of an answer, whatever it holds."""
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own http
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


PAGES = [
    "income_statement",
    "balance_sheet",
    "trial_balance",
    "journal",
    "query",
    "holdings",
    "commodities",
    "documents",
]
PAGES += ["events", "statistics", "editor", "errors", "options", "help", "extension/Activites", "extension/Autonomie"]
SHOWN = "return document.querySelector('article').childElementCount > 0"
EMPTY = {"commodities", "events"}
"""Pages with nothing on them here."""
_SOME = 12
"""Links of one kind that are followed: a journal has one for every entry."""


def test_every_link_that_a_reader_sees_leads_somewhere(
    browser: Chrome, serve: Callable[..., Server], mixed: Path
) -> None:
    server = serve(mixed / "main.beancount")
    browser.set_window_size(1280, 900)
    browser.get(server.url)
    wait_for(lambda: "/extension/" in browser.current_url, "the first page")
    home = browser.current_url.partition("/extension/")[0]
    found: dict[str, set[str]] = {}
    for page in PAGES:
        browser.get(f"{home}/{page}/")
        wait_for(lambda: browser.find_elements(By.CSS_SELECTOR, "aside a"), f"the page {page}")
        if page not in EMPTY:
            wait_for(lambda: browser.execute_script(SHOWN), f"what the page {page} shows")
        for control in (
            "aside a.add-transaction",
            'aside a[href*="/import/"]',
            ".fixed-fullsize-container button[type=submit]",
        ):
            assert not any(each.is_displayed() for each in browser.find_elements(By.CSS_SELECTOR, control)), (
                page,
                control,
            )
        for link in links(browser):
            path = urlsplit(link).path.removeprefix(urlsplit(home).path)
            found.setdefault("/".join(path.split("/")[:3][: 2 if "account" in path else 3]), set()).add(link)
    followed = {link: status_of(server.url + link) for each in found.values() for link in sorted(each)[:_SOME]}
    assert len(followed) > 30
    assert {link for link, status in followed.items() if status != 200} == set()
