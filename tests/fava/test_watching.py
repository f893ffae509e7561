"""What changes on disk, in whatever way, is seen by whoever asks next."""

from __future__ import annotations

import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from beancoop_fava.server import app, fava_ledger
from beancoop_fava.server.app import create_app
from beancoop_fava.server.fava_accounts import Accounts
from beancoop_fava.server.open_pages import open_pages
from beancoop_fava.server.time_limit import TooLong
from werkzeug.test import Client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = {"Accept-Language": "en", "Origin": "http://localhost"}
EVENT = '\n2026-05-05 event "place" "{}"\n'
COOP = "coop/2026.beancount"


class Reader:
    """Whoever reads the example in a browser."""

    def __init__(self, folder: Path, **how: Any) -> None:
        self.folder = folder
        self.client = Client(create_app(folder / "main.beancount", hosts=("localhost",), **how))
        self.base = "/" + self.client.get("/", headers=HERE).headers["Location"].split("/")[1]

    def status(self) -> int:
        return self.client.get(f"{self.base}/api/events", headers=HERE).status_code

    def asked(self, name: str) -> Any:
        answer = self.client.get(f"{self.base}/api/{name}", headers=HERE)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)["data"]

    def places(self) -> set[str]:
        return {each["description"] for each in self.asked("events")}

    def page(self, path: str) -> str:
        return self.client.get(f"{self.base}/{path}", headers=HERE).text

    def add(self, name: str, text: str) -> Path:
        path = self.folder / name
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
        return path


@pytest.fixture
def reader(ledgers: Path) -> Reader:
    return Reader(ledgers)


def test_the_folder_of_an_activity_goes_and_comes_back(reader: Reader, tmp_path: Path) -> None:
    own = reader.folder / "activities/A007"
    before = reader.asked("ledger_data")["accounts"]
    own.rename(tmp_path / "elsewhere")
    without = reader.asked("ledger_data")["accounts"]
    (tmp_path / "elsewhere").rename(own)
    assert reader.asked("ledger_data")["accounts"] == before != without


def test_a_first_file_in_a_folder_that_is_included(ledgers: Path) -> None:
    (ledgers / "more").mkdir()
    (ledgers / "main.beancount").write_text((ledgers / "main.beancount").read_text() + '\ninclude "more/*.beancount"\n')
    reader = Reader(ledgers)
    assert reader.places() == set()
    reader.add("more/a.beancount", EVENT.format("Huy"))
    assert reader.places() == {"Huy"}


def test_an_edit_while_a_load_is_on(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    load = vars(fava_ledger)["load"]

    def edited(path: str) -> Any:
        loaded = load(path)
        monkeypatch.setattr(fava_ledger, "load", load)
        reader.add(COOP, EVENT.format("Liège"))
        return loaded

    monkeypatch.setattr(fava_ledger, "load", edited)
    reader.add(COOP, EVENT.format("Huy"))
    assert reader.places() == {"Huy"}
    assert reader.places() == {"Huy", "Liège"}


def test_an_edit_while_a_load_after_others_is_on(ledgers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of a file by whose name nobody would know that it is one of the ledger's."""
    (ledgers / "coop/apart.txt").write_text("; nothing yet\n")
    (ledgers / "main.beancount").write_text((ledgers / "main.beancount").read_text() + '\ninclude "coop/apart.txt"\n')
    reader, load = Reader(ledgers), vars(fava_ledger)["load"]
    for before, after in (("Huy", "Liège"), ("Namur", "Mons")):

        def edited(path: str, text: str = EVENT.format(after)) -> Any:
            loaded = load(path)
            monkeypatch.setattr(fava_ledger, "load", load)
            reader.add("coop/apart.txt", text)
            return loaded

        monkeypatch.setattr(fava_ledger, "load", edited)
        reader.add(COOP, EVENT.format(before))
        assert after not in reader.places()
        assert {before, after} <= reader.places()
        reader.add(COOP, "; x\n")
        assert reader.status() == 200


def test_an_edit_during_the_first_load(ledgers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = vars(fava_ledger)["load"]

    def edited(path: str) -> Any:
        loaded = load(path)
        monkeypatch.setattr(fava_ledger, "load", load)
        with (ledgers / COOP).open("a") as file:
            file.write(EVENT.format("Huy"))
        return loaded

    monkeypatch.setattr(fava_ledger, "load", edited)
    assert Reader(ledgers).places() == {"Huy"}


@pytest.mark.parametrize("hours", [1, 0, -1])
def test_a_file_with_a_time_of_its_own_hides_nothing(reader: Reader, hours: int) -> None:
    book = reader.folder / COOP
    at = book.stat().st_mtime + hours * 3600
    reader.add(COOP, EVENT.format("Huy"))
    os.utime(book, (at, at))
    assert reader.places() == {"Huy"}
    reader.add("coop/equity.beancount", EVENT.format("Liège"))
    assert reader.places() == {"Huy", "Liège"}


@pytest.mark.parametrize(
    "name", ["activities/A003/books/x.exe", "activities/notes.txt", "activities/A003/books/.hidden"]
)
def test_what_the_gate_refuses_is_shown_again_when_it_is_gone(
    reader: Reader, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = reader.add(name, "x")
    reader.add(COOP, EVENT.format("Huy"))
    assert reader.status() == 500
    time.sleep(0.1)  # no mending while it is judged: that it is refused is known
    assert reader.status() == reader.status() == 500
    told = capsys.readouterr().err.count("is not shown")
    assert told < 4
    odd.unlink()
    assert reader.status() == 200


def test_what_is_mended_while_it_is_judged_is_shown(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = reader.add("activities/A003/books/x.exe", "x")
    judge = vars(app)["check_gate"]

    def mended(folders: Any) -> Any:
        found = judge(folders)
        odd.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(app, "check_gate", mended)
    assert reader.status() == 500
    assert reader.status() == 200


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_text(path.read_text() + "\n")])
def test_what_was_frozen_with_a_return(reader: Reader, change: Callable[[Path], object]) -> None:
    address = "extension/TVA/?time=2026-Q2"
    before = reader.page(address)
    change(reader.folder / "coop/vat/2026-Q2.csv")
    after = reader.page(address)
    assert after != before
    assert Reader(reader.folder).page(address).count("<tr") == after.count("<tr")


def test_a_document_comes_and_goes(ledgers: Path) -> None:
    (ledgers / "papers").mkdir()
    reader = Reader(ledgers)
    reader.add(COOP, '\n2026-05-05 document Assets:55:5500-Banque:COOP "../papers/x.pdf"\n')
    assert "BC064" in str(reader.asked("errors"))
    paper = reader.add("papers/x.pdf", "x")
    assert reader.asked("errors") == []
    paper.unlink()
    assert "BC064" in str(reader.asked("errors"))


def test_a_load_that_is_cut_short_is_made_again(ledgers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(ledgers, writes=True)
    held = reader.asked(f"source?filename={ledgers / COOP}")
    load = vars(Accounts)["load_file"]

    def cut_short(accounts: Any) -> None:
        monkeypatch.setattr(Accounts, "load_file", load)
        accounts.clear()
        raise TooLong

    monkeypatch.setattr(Accounts, "load_file", cut_short)
    sent = {"file_path": str(ledgers / COOP), "source": held["source"] + "; x\n", "sha256sum": held["sha256sum"]}
    answer = reader.client.put(f"{reader.base}/api/source", json=sent, headers=HERE)
    assert answer.status_code == 503
    assert reader.asked("errors") == []
    fresh = Reader(ledgers, writes=True).asked("ledger_data")
    assert reader.asked("ledger_data")["account_details"] == fresh["account_details"]


def test_how_numbers_are_written_follows_what_the_accountant_writes(ledgers: Path) -> None:
    reader = Reader(ledgers, writes=True)
    main = ledgers / "main.beancount"
    held = reader.asked(f"source?filename={main}")
    text = held["source"] + '\n2025-01-01 custom "fava-option" "locale" "en_IN"\n'
    sent = {"file_path": str(main), "source": text, "sha256sum": held["sha256sum"]}
    answer = reader.client.put(f"{reader.base}/api/source", json=sent, headers=HERE)
    if question := answer.headers.get("Beancoop-Question"):
        answer = reader.client.put(
            f"{reader.base}/api/source", json=sent, headers={**HERE, "Beancoop-Confirmed": question}
        )
    assert answer.status_code == 200, answer.text
    assert "en_IN" in reader.page("options/")


def test_lines_that_name_extensions(reader: Reader) -> None:
    main = reader.folder / "main.beancount"
    text = main.read_text()
    named = '"fava-extension" "beancoop_fava"'
    order = [each["name"] for each in reader.asked("ledger_data")["extensions"]]
    main.write_text(text.replace(named, f'{named} "x"'))
    assert "BC972" in str(reader.asked("errors"))
    main.write_text(text + '\n2025-01-01 custom "fava-extension" "fava.ext.auto_commit"\n')
    assert "AutoCommit" in {each["name"] for each in reader.asked("ledger_data")["extensions"]}
    main.write_text(text)
    assert reader.asked("errors") == []
    assert [each["name"] for each in reader.asked("ledger_data")["extensions"]] == order


def test_the_open_pages_see_a_new_folder(ledgers: Path, tmp_path: Path) -> None:
    own = ledgers / "activities/A007"
    own.rename(tmp_path / "elsewhere")
    shown = open_pages(ledgers / "main.beancount", lambda: None)
    client = Client(shown)
    assert "A007" not in client.get("/open/contributions/contributions.csv").text
    shutil.copytree(tmp_path / "elsewhere", own)
    shown.refresh()
    assert "A007" in client.get("/open/contributions/contributions.csv").text
