"""Fava's import page: the accountant's own writable Fava imports, and what only shows the books does not."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancoop.books.open_items import open_items
from beancount.loader import load_file
from fava.core import FavaLedger
from selenium.webdriver.common.by import By

from tests.fava.conftest import STATEMENT, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from tests.fava.conftest import Server

EXTRACT, NEXT, SAVE = "Extraire", "Suivant", "Sauvegarder"
FAVA = "from fava.cli import main; main()"


@pytest.fixture
def fava(ledgers: Path) -> Iterator[str]:
    """Start the accountant's own Fava, and give where its pages are."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-c", FAVA, str(ledgers / "main.beancount"), "--port", port])
    home = f"http://127.0.0.1:{port}/"

    def answers() -> str:
        try:
            with urllib.request.urlopen(home) as response:
                return str(response.url).partition("extension")[0]
        except OSError:
            return ""

    wait_for(answers, "Fava", 60)
    yield answers()
    process.terminate()
    process.wait(timeout=10)


def press(browser: Chrome, *names: str) -> str:
    """Press the first button on the page that bears one of *names*, once it is there; tell which."""

    def found() -> list[tuple[str, WebElement]]:
        return [(one.text, one) for one in browser.find_elements(By.CSS_SELECTOR, "button") if one.text in names]

    wait_for(found, f"a button {names}")
    text, button = found()[0]
    button.click()
    return text


def text(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def test_a_statement_is_extracted_reviewed_and_saved(browser: Chrome, fava: str, ledgers: Path) -> None:
    browser.set_window_size(1280, 900)
    browser.get(f"{fava}import/")
    press(browser, EXTRACT)
    while press(browser, NEXT, SAVE) != SAVE:
        pass
    wait_for(lambda: "Stored 8 entries" in text(browser), "the entries to be stored")

    for ledger in ("main.beancount", "activities/A003/ledger.beancount"):
        entries, errors, _ = load_file(str(ledgers / ledger))
        assert errors == []
        booked = {entry.meta["bank-ref"][-9:]: entry for entry in entries if "bank-ref" in entry.meta}
        assert len(booked) == 8
        assert {entry.meta["filename"] for entry in booked.values()} == {
            str(ledgers / "activities/A003/books/2026.beancount")
        }
        settled = booked["0003.0000"]
        assert (settled.flag, settled.links) == ("*", {"A003-2026-0028"})
        assert settled.postings[1].meta["invoice"] == "A003-2026-0028"
        assert booked["0006.0000"].meta["rule"] == "Frais de compte"
        assert "A003-2026-0028" not in {item.name for item in open_items(entries, "EUR")}

    before = (ledgers / "activities/A003/books/2026.beancount").read_bytes()
    browser.get(f"{fava}import/")
    press(browser, EXTRACT)
    wait_for(lambda: "No entries to import" in text(browser), "nothing new")
    assert (ledgers / "activities/A003/books/2026.beancount").read_bytes() == before


def test_what_is_added_by_hand_goes_to_the_books_of_its_unit(ledgers: Path) -> None:
    options = FavaLedger(str(ledgers / "main.beancount")).fava_options.insert_entry
    last = {option.re.pattern: option for option in sorted(options, key=lambda option: option.date)}
    assert Path(last[".*:A005$"].filename) == ledgers / "activities/A005/books/2026.beancount"
    coop = next(option for option in last.values() if option.re.match("Assets:55:5500-Banque:COOP"))
    assert Path(coop.filename) == ledgers / "coop/2026.beancount"
    assert coop.re.match("Assets:55:5500-Banque")
    assert not coop.re.match("Assets:55:5500-Banque:A001")


def test_the_ledger_s_own_insert_options_come_first(ledgers: Path) -> None:
    main = ledgers / "main.beancount"
    main.write_text(main.read_text() + '2026-01-01 custom "fava-option" "insert-entry" ".*"\n')
    (option,) = FavaLedger(str(main)).fava_options.insert_entry
    assert option.filename == str(main)


def test_where_the_books_are_only_shown_nothing_is_imported(serve: Callable[..., Server], ledgers: Path) -> None:
    trace = ledgers / "trace"
    config = ledgers / "import.py"
    config.write_text(f"open({str(trace)!r}, 'w').close()\n{config.read_text()}")
    server = serve(ledgers / "main.beancount")
    home = server.get("/")
    assert home.status == 200
    slug = "/les-sources-du-hoyoux-sc-coop%C3%A9rative-dactivit%C3%A9s"
    imports = server.get(f"{slug}/api/imports")
    assert imports.status == 200
    assert STATEMENT not in imports.text
    file = ledgers / "inbox" / STATEMENT
    assert server.get(f"{slug}/document/?filename={file}").status == 404
    assert server.get(f"{slug}/api/extract?filename={file}&importer=beancoop.coda").status == 404
    assert not trace.exists()
    plain = FavaLedger(str(ledgers / "main.beancount"))
    assert STATEMENT in [one.basename for one in plain.ingest.import_data()]
    assert trace.exists()
