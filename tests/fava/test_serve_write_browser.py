"""`beancoop serve --write` in a real browser: it imports, asks, and tells what was written."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_file
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions

from tests.fava.conftest import wait_for, waiting
from tests.fava.test_import_page import EXTRACT, NEXT, SAVE, press, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

BOOKS = "activities/A003/books/2026.beancount"
PUT = """
const done = arguments[arguments.length - 1], base = location.pathname.split("/")[1];
fetch(`/${base}/api/source?filename=${encodeURIComponent(arguments[0])}`).then((got) => got.json()).then(({ data }) => {
  const body = { file_path: data.file_path, source: data.source + arguments[1], sha256sum: data.sha256sum };
  const headers = { "Content-Type": "application/json" };
  window.answered = fetch(`/${base}/api/source`, { method: "PUT", headers, body: JSON.stringify(body) });
  window.answered.then((answer) => { window.outcome = answer.status; });
  done();
});
"""


@pytest.fixture
def desk(ledgers: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start `beancoop serve --write`, and give where its pages are."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    program = [sys.executable, "-c", "from beancoop_cli.main import main; main()", "--lang", "en", "serve", "--write"]
    command = [*program, "--ledger", str(ledgers / "main.beancount"), "--bind", bind]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == f"beancoop: http://{bind} (accountants can write; Ctrl-C stops)\n"
    yield f"http://{bind}", process
    process.terminate()
    process.wait(timeout=10)


def test_what_is_imported_is_written_and_told_and_what_is_decided_is_asked(
    browser: Chrome, desk: tuple[str, subprocess.Popen[str]], ledgers: Path
) -> None:
    home, process = desk
    browser.set_window_size(1280, 900)
    browser.get(home)
    wait_for(lambda: "/extension/" in browser.current_url, "the first page")
    browser.get(f"{browser.current_url.partition('/extension/')[0]}/import/")
    press(browser, EXTRACT)
    while press(browser, NEXT, SAVE) != SAVE:
        pass
    wait_for(lambda: "Stored 8 entries" in text(browser), "the entries to be stored", 60)
    wait_for(lambda: f"A003, {BOOKS}" in text(browser), "to be told where")
    assert process.stdout is not None
    assert process.stdout.readline() == f"Written: A003, {BOOKS}\n"
    entries, errors, _ = load_file(str(ledgers / "main.beancount"))
    assert errors == []
    assert sum("bank-ref" in entry.meta and entry.meta["filename"].endswith(BOOKS) for entry in entries) >= 8

    main = ledgers / "main.beancount"
    before = main.read_text(encoding="utf-8")
    for yes, status in ((False, 428), (True, 200)):
        browser.execute_async_script(PUT, str(main), "; une remarque\n")
        question = waiting(browser, 60).until(expected_conditions.alert_is_present())
        assert "main.beancount" in question.text
        question.accept() if yes else question.dismiss()
        wait_for(lambda: browser.execute_script("return window.outcome"), "the answer", 60)
        assert browser.execute_script("const got = window.outcome; window.outcome = 0; return got") == status
        assert main.read_text(encoding="utf-8") == before + ("; une remarque\n" if yes else "")
    assert browser.find_elements(By.CSS_SELECTOR, "a.add-transaction")
