"""A reader sees the errors of a load, and what is refused her, in her own language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from beancoop_fava.server.app import create_app
from werkzeug.test import Client

if TYPE_CHECKING:
    from tests.fava.conftest import Coop

UNKNOWN = {
    "fr": "Compte inconnu 'Assets:55:5500-Banque:A009'",
    "nl": "Onbekende rekening 'Assets:55:5500-Banque:A009'",
    "de": "Unbekanntes Konto 'Assets:55:5500-Banque:A009'",
    "en": "Invalid reference to unknown account 'Assets:55:5500-Banque:A009'",
}


def errors(asking: Client, language: str) -> list[str]:
    answer = asking.get("/toute-la-coop/api/errors", headers={"Accept-Language": language})
    return [each["message"] for each in json.loads(answer.text)["data"]]


def test_each_reader_reads_the_errors_of_one_load_in_her_language(coop: Coop) -> None:
    with coop.main.open("a", encoding="utf-8") as file:
        file.write('2026-02-01 note Assets:55:5500-Banque:A009 "x"\n2026-02-01 custom "activty" "A001"\n')
    asking = Client(create_app(coop.main, hosts=("localhost",)))
    said = {language: errors(asking, language) for language in UNKNOWN}
    for language, words in UNKNOWN.items():
        assert any(each.startswith(words) and each.endswith("[BC056]") for each in said[language]), language
        assert any("activty" in each and each.endswith("[BC107]") for each in said[language]), language
    assert len({tuple(each) for each in said.values()}) == len(UNKNOWN)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Ce serveur"), ("nl", "Deze server"), ("de", "Dieser Server"), ("en", "This server")]
)
def test_a_refusal_is_in_the_readers_language_with_its_code(coop: Coop, language: str, words: str) -> None:
    asking = Client(create_app(coop.main, hosts=("elsewhere",)))
    answer = asking.get("/", headers={"Accept-Language": language})
    assert answer.text.startswith(words)
    assert answer.text.endswith("[BC960]")
