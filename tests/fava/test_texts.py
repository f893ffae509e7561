"""The catalogues: complete, compiled, and without a message nobody uses."""

from __future__ import annotations

from pathlib import Path
from string import punctuation

import beancoop_fava
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from beancoop.declarations import OUTCOMES
from beancoop_fava import words
from beancoop_fava.texts import DOMAIN, FOLDER, LANGUAGES

PACKAGE = Path(beancoop_fava.__file__).parent


def used() -> set[str]:
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    found = extract_from_dir(str(PACKAGE), method_map=methods, keywords={"mark": None, "t": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def catalogue(language: str, kind: str) -> dict[str, str]:
    read = read_po if kind == "po" else read_mo
    with (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}").open("rb") as file:
        return {str(message.id): str(message.string) for message in read(file) if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_missing_or_left_over(language: str) -> None:
    messages = catalogue(language, "po")
    assert len(used()) > 30
    assert set(messages) == used()
    assert all(messages.values())
    assert (messages == {each: each for each in messages}) is (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    assert catalogue(language, "mo") == catalogue(language, "po")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_stays_a_sentence(language: str) -> None:
    for message, text in catalogue(language, "po").items():
        assert text == text.strip()
        assert (message[-1] in punctuation) is (text[-1] in punctuation), text


def test_each_state_has_a_name() -> None:
    assert set(words.STATES) == {"future", "active", "paused", "ended", *OUTCOMES}


def test_there_is_no_other_language() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} == set(LANGUAGES)
