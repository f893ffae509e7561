"""A cooperative of two activities, Fava served on it for real, and a real browser."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from beancoop.storage.atomic import write_text
from flask import Flask
from jinja2 import BytecodeCache
from selenium.webdriver.support.ui import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

    from jinja2 import Environment
    from jinja2.bccache import Bucket
    from selenium.webdriver import Chrome

HEAD = """\
option "title" "{title}"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
"""
TERMS = """\
2026-01-05 custom "activity" "{unit}"
  trade: "{trade}"
"""
BOOKS = """\
2026-01-05 open Assets:55:5500-Banque:{unit}
2026-01-05 open Assets:40:400-Clients:{unit}
2026-01-05 open Income:70:700-VentesPrestations:{unit}
2026-01-05 open Expenses:60:603-SousTraitance:{unit}

2026-01-20 * "{payee}" "Facture 1"
  Assets:40:400-Clients:{unit}              1234.56 EUR
  Income:70:700-VentesPrestations:{unit}   -1234.56 EUR

2026-02-10 * "{payee}" "Paiement"
  Assets:55:5500-Banque:{unit}              1000.00 EUR
  Assets:40:400-Clients:{unit}             -1000.00 EUR

2026-02-15 * "Fournisseur" "Sous-traitance"
  Expenses:60:603-SousTraitance:{unit}       200.00 EUR
  Assets:55:5500-Banque:{unit}              -200.00 EUR
"""


EXAMPLE = Path(__file__).parents[2] / "ledgers"
STATEMENT = "2026-09-A003.cod"


class Coop(NamedTuple):
    """Where the files of a cooperative are."""

    main: Path
    folder: Path

    def own(self, unit: str) -> Path:
        return self.folder / "activities" / unit / "ledger.beancount"

    def books(self, unit: str) -> Path:
        return self.own(unit).parent / "books" / "2026.beancount"

    def add(self, unit: str, text: str) -> None:
        """Add each directive where it belongs; what the gate keeps from a sub-ledger, to the cooperative's own text."""
        for block in re.split(r"^(?=[0-9]{4}-)", text, flags=re.MULTILINE):
            path = self._place(unit, block)
            write_text(path, path.read_text(encoding="utf-8") + "\n" + block)

    def _place(self, unit: str, block: str) -> Path:
        named = _OF_TERMS.match(block)
        if named and not _MARKUP.search(block) and self.own(named[1]).is_file():
            return self.own(named[1]).with_name("terms.beancount")
        others = set(_UNIT.findall(block)) - {unit}
        if named or others or _MARKUP.search(block) or _FOREIGN.search(block):
            return self.main
        return self.own(unit) if _OF_LEDGER.match(block) else self.books(unit)


_OF_TERMS = re.compile(r'\S+ custom "(?:activity\S*|follow-up)" "([^"]*)"')
_OF_LEDGER = re.compile(r"\S+ close ")
_UNIT = re.compile(r"^\s*(?:\S+ \w+ )?[A-Z]\w+(?::\S+)*:([A-Z][A-Z0-9-]*)(?=\s|$)", re.MULTILINE)
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_FOREIGN = re.compile(r'^\S+ (custom|price|event|pad) |^\S+ document \S+ "/|^\S+ query .*create table')


class Compiled(BytecodeCache):
    """The templates that this process has compiled, by their name and text."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Compile no template a second time for the next Fava: it takes longer than to load a small cooperative."""
    kept, make = Compiled(), Flask.create_jinja_environment

    def made(app: Flask) -> Environment:
        environment = make(app)
        environment.bytecode_cache = kept
        return environment

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "create_jinja_environment", made)
        yield


@pytest.fixture
def ledgers(tmp_path: Path) -> Path:
    """Copy the example cooperative, a statement in its inbox."""
    copy = tmp_path / "ledgers"
    shutil.copytree(EXAMPLE, copy)
    shutil.copy(copy / "statements" / STATEMENT, copy / "inbox")
    return copy


@pytest.fixture
def coop(tmp_path: Path) -> Coop:
    """Write a cooperative whose two activities have the same figures but other trades and clients."""
    return make_coop(tmp_path / "ledgers")


def make_coop(folder: Path) -> Coop:
    """Write that cooperative in *folder*."""
    made = Coop(folder / "main.beancount", folder)
    people = {"A001": ("Menuiserie", "Madame Dupont"), "A002": ("Couture", "Monsieur Peeters")}
    for unit, (trade, payee) in people.items():
        made.books(unit).parent.mkdir(parents=True)
        write_text(made.books(unit), BOOKS.format(unit=unit, payee=payee))
        write_text(made.own(unit).with_name("terms.beancount"), TERMS.format(unit=unit, trade=trade))
        includes = 'include "terms.beancount"\ninclude "books/*.beancount"\n'
        write_text(made.own(unit), HEAD.format(title=f"Livre {unit}") + includes)
    includes = "".join(f'include "activities/{unit}/ledger.beancount"\n' for unit in people)
    extension = '2020-01-01 custom "fava-extension" "beancoop_fava"\n'
    write_text(made.main, HEAD.format(title="Toute la coop") + extension + includes)
    return made


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    text: str
    headers: dict[str, str]


class Server(NamedTuple):
    """A running `serve.run` in a process of its own."""

    url: str
    process: subprocess.Popen[str]

    def get(self, path: str, headers: dict[str, str] | None = None, timeout: float = 30) -> Answer:
        """Give the answer, once the books have been read."""
        found: list[Answer] = []

        def answered() -> bool:
            found[:] = [self.ask(path, headers, timeout)]
            return not is_loading(found[0].status, found[0].text)

        wait_for(answered, f"the books behind {path}", 60)
        return found[0]

    def ask(self, path: str, headers: dict[str, str] | None = None, timeout: float = 30) -> Answer:
        """Give the answer as it is."""
        request = urllib.request.Request(self.url + path, headers=headers or {})  # noqa: S310 - our own http
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
                return Answer(response.status, response.read().decode(), dict(response.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), dict(error.headers))


def is_loading(status: int, text: str) -> bool:
    """Tell whether an answer says that the books are being read."""
    return status == 503 and ("BC1504" in text or 'http-equiv="refresh"' in text)


_START = """\
import sys
from pathlib import Path
from beancoop_server.app import run
from beancoop_server.workers import Limits
main, people, bind, seconds = sys.argv[1:]
run(Path(main), people_file=Path(people) if people else None, bind=bind, limits=Limits(seconds=float(seconds)))
"""


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Give a function that starts a server, stopped when the test ends."""
    with serving() as start:
        yield start


@contextlib.contextmanager
def serving(*, is_measured: bool = False) -> Iterator[Callable[..., Server]]:
    """Give a function that starts a server, stopped in the end.

    Args:
        is_measured: whether coverage counts in it, which slows what it answers: for what no test asks in its process.

    """
    running: list[subprocess.Popen[str]] = []
    told = {name: value for name, value in os.environ.items() if is_measured or not name.startswith("COVERAGE_")}

    def start(main: Path, people: Path | None = None, seconds: float = 20, bind: str = "") -> Server:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            bind = bind or f"127.0.0.1:{probe.getsockname()[1]}"
        command = [sys.executable, "-c", _START, str(main), str(people or ""), bind, str(seconds)]
        process = subprocess.Popen(command, env=told, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        assert bind in process.stdout.readline()
        server = Server(f"http://{bind}", process)
        if people is None:
            server.get("/")  # a browser would show that they are being read
        return server

    try:
        yield start
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start a real Chromium without window."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        message = "no chromium and chromedriver on the PATH: the pages are not seen in a real browser"
        if os.environ.get("BEANCOOP_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    from selenium import webdriver  # noqa: PLC0415 - only needed where there is a browser

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options, webdriver.ChromeService(driver))
    chrome.set_page_load_timeout(60)
    yield chrome
    chrome.quit()


def waiting(browser: Chrome, seconds: float) -> WebDriverWait[Chrome]:
    """Wait for what a page shows, and look often."""
    return WebDriverWait(browser, seconds, poll_frequency=0.05)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 15) -> None:
    """Wait until *condition* gives something true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)
