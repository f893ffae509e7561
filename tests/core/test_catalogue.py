"""The catalogue of all that people read: complete, compiled, and without a message nobody uses."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import beancoop
import beancoop_cli
import beancoop_fava
import beancoop_importers
import beancoop_server
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from beancoop.words.language import DOMAIN, FOLDER, LANGUAGES, SOURCE

MAKEFILE = Path(__file__).parents[2] / "Makefile"
KEYWORDS = parse_keywords(re.findall(r"-k (\S+)", MAKEFILE.read_text()))
PACKAGES = [
    Path(package.__file__).parent
    for package in (beancoop, beancoop_importers, beancoop_fava, beancoop_server, beancoop_cli)
]
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]


@cache
def used() -> frozenset[str | tuple[str, ...]]:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = frozenset(
        message
        for package in PACKAGES
        for _, _, message, _, _ in extract_from_dir(str(package), method_map=methods, keywords=KEYWORDS)
    )
    return found - {message[0] for message in found if isinstance(message, tuple)}  # told with its plural already


def catalogue(language: str, kind: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    read = read_po if kind == "po" else read_mo
    with (Path(FOLDER) / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}").open("rb") as file:
        return {_key(each.id): texts(each.string) for each in read(file) if each.id}


def _key(message: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    return message if isinstance(message, str) else tuple(message)


def texts(message: object) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_is_missing_or_left_over(language: str) -> None:
    messages = catalogue(language, "po")
    assert len(used()) > 500
    assert set(messages) == used()
    assert [message for message, said in messages.items() if not all(said)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_none_is_a_guess(language: str) -> None:
    with (Path(FOLDER) / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        assert [each.id for each in read_po(file) if each.id and each.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    assert catalogue(language, "mo") == catalogue(language, "po")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_stays_a_sentence_and_keeps_its_places(language: str) -> None:
    for message, said in catalogue(language, "po").items():
        for source, text in zip(texts(message), said, strict=True):
            assert text == text.strip()
            if " " in source.strip(".") and not text.endswith("MwSt."):  # which is written with a full stop
                assert (source[-1] in ".:;!?") is (text[-1] in ".:;!?"), text
        places = {name for source in texts(message) for name in re.findall(r"{\w+}|%\(\w+\)s", source)}
        assert places == {name for text in said for name in re.findall(r"{\w+}|%\(\w+\)s", text)}, said


def test_there_is_no_other_language() -> None:
    assert {folder.name for folder in Path(FOLDER).iterdir() if folder.is_dir()} == set(TRANSLATED)
