"""The catalogues of the reports: complete, compiled, and without a message nobody uses."""

from __future__ import annotations

import re
from pathlib import Path

import beancoop_cli
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from beancoop.backing import NET_ASSETS as TESTED
from beancoop.declarations import MARGINS, NEGATIVES, OUTCOMES, SETTLEMENTS
from beancoop.equity import GROUPS
from beancoop.statements.annual import EquityChanges
from beancoop.statements.committee import KINDS
from beancoop.statements.nbb import RUBRICS
from beancoop_cli.reports.entrepreneur import KIND_NAMES, STATES, TERMS
from beancoop_cli.reports.equity import CHANGES, NET_ASSETS, PARTS
from beancoop_cli.reports.words import DOMAIN, FOLDER, LANGUAGES, Words

PACKAGE = Path(beancoop_cli.__file__).parent


def used() -> set[str]:
    methods = [("**.py", "python"), ("reports/templates/**.html", "jinja2")]
    found = extract_from_dir(str(PACKAGE), method_map=methods, keywords={"mark": None, "t": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)} | {each.name for each in RUBRICS}


def catalogue(language: str, kind: str) -> dict[str, str]:
    read = read_po if kind == "po" else read_mo
    with (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}").open("rb") as file:
        return {str(message.id): str(message.string) for message in read(file) if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_missing_or_left_over(language: str) -> None:
    messages = catalogue(language, "po")
    assert len(used()) > 250
    assert set(messages) == used()
    assert all(messages.values())
    assert (messages == {each: each for each in messages}) is (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    assert catalogue(language, "mo") == catalogue(language, "po")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_stays_a_sentence_and_keeps_its_places(language: str) -> None:
    for message, text in catalogue(language, "po").items():
        assert text == text.strip()
        if " " in message.strip(".") and not message.startswith("VAT"):  # MwSt. is written with a full stop
            assert (message[-1] in ".:;!?") is (text[-1] in ".:;!?"), text
        assert sorted(re.findall(r"{\w+}", message)) == sorted(re.findall(r"{\w+}", text)), text


def test_everything_has_a_name() -> None:
    assert set(STATES) == {"future", "active", "paused", "ended", *OUTCOMES}
    assert set(TERMS) == {*MARGINS, *NEGATIVES, *SETTLEMENTS}
    assert set(KIND_NAMES) == set(KINDS)
    assert set(PARTS) == set(GROUPS)
    assert set(NET_ASSETS) == {*TESTED, "net"}
    assert set(CHANGES) == set(EquityChanges._fields)


def test_there_is_no_other_language() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} == set(LANGUAGES)


def test_a_text_with_braces_is_put_in_as_it_stands() -> None:
    assert Words("fr").t("{text} (provisional)", text="{0} {text}") == "{0} {text} (provisoire)"
