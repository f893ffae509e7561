"""What Fava itself shows to who may only read: files from their folder on, numbers as the reader writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from beancoop.storage.atomic import write_text

from tests.fava.reading import client

if TYPE_CHECKING:
    from tests.fava.conftest import Coop

SHOWN = (
    "api/ledger_data",
    "api/options",
    "api/errors",
    "api/journal",
    "extension/Autonomie/?unit=A001",
    "editor/",
    "options/",
)
DOCUMENT = '2026-03-01 document Assets:40:400-Clients:A001 "pièce & reçu.txt"\n'
UNBALANCED = '2026-03-02 * "Sans contrepartie"\n  Assets:40:400-Clients:A001  1 EUR\n'


@pytest.fixture
def accented(coop: Coop) -> Coop:
    """Give a cooperative in a folder whose name needs writing differently in a page, in data and in an address."""
    folder = coop.folder.with_name("Livres & comptes de l'été")
    coop.folder.rename(folder)
    moved = coop._replace(folder=folder, main=folder / coop.main.name)
    write_text(moved.books("A001").with_name("pièce & reçu.txt"), "reçu")
    write_text(moved.books("A001"), moved.books("A001").read_text(encoding="utf-8") + DOCUMENT + UNBALANCED)
    return moved


def test_no_path_of_the_server_is_shown(accented: Coop) -> None:
    asking, above = client(accented.main), str(accented.folder.parent)
    for address in SHOWN:
        answer = asking.get(f"/toute-la-coop/{address}")
        assert answer.status_code == 200, address
        assert above not in answer.text, address
        assert quote(above, "") not in answer.text, address
    query = {"query_string": "SELECT DISTINCT filename"}
    assert "activities/A001/books/2026.beancount" in asking.get("/toute-la-coop/api/query", query_string=query).text
    table = asking.get("/toute-la-coop/download-query/query_result.csv", query_string=query).text
    assert "activities/A001/books/2026.beancount" in table
    assert above not in table


def test_a_file_is_found_by_the_name_that_was_shown(accented: Coop) -> None:
    asking = client(accented.main)
    (error,) = asking.get("/toute-la-coop/api/errors").json["data"]
    name = error["source"]["filename"]
    assert name == "activities/A001/books/2026.beancount"
    source = asking.get("/toute-la-coop/api/source", query_string={"filename": name}).json["data"]
    assert "Sans contrepartie" in source["source"]
    (document,) = asking.get("/toute-la-coop/api/documents").json["data"]
    answer = asking.get("/toute-la-coop/document/", query_string={"filename": document["filename"]})
    assert answer.text == "reçu"
    for outside in ("../secret.txt", "activities/../../secret.txt", "/etc/passwd"):
        assert asking.get("/toute-la-coop/document/", query_string={"filename": outside}).status_code == 404


@pytest.mark.parametrize(("language", "locale"), [("fr", "fr_BE"), ("nl", "nl_BE"), ("de", "de_BE"), ("en", "en_GB")])
def test_numbers_are_written_as_the_reader_writes_them(coop: Coop, language: str, locale: str) -> None:
    asked = {"headers": {"Accept-Language": language}}
    asking = client(coop.main)
    assert asking.get("/toute-la-coop/api/ledger_data", **asked).json["data"]["fava_options"]["locale"] == locale
    chosen = '2020-01-01 custom "fava-option" "locale" "lb_LU"\n'
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + chosen)
    asking = client(coop.main)
    assert asking.get("/toute-la-coop/api/ledger_data", **asked).json["data"]["fava_options"]["locale"] == "lb_LU"


def hidden(text: str) -> set[str]:
    """Give our pages that the menu does not show."""
    return set(re.findall(r'aside a\[href\*="/extension/(\w+)/"\],', text))


def test_the_menu_of_one_activity_holds_what_concerns_her(coop: Coop) -> None:
    assert hidden(client(coop.main).get("/toute-la-coop/extension/Autonomie/").text) == set()
    hers = client(coop.own("A001")).get("/livre-a001/journal/").text
    assert hidden(hers) == {"Activites", "Reserves", "Suivi", "Tresorerie", "TVA"}
