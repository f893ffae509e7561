"""The glossary says what the catalogue says."""

from __future__ import annotations

from pathlib import Path

from beancoop.words.language import LANGUAGES, catalogue

GLOSSARY = Path(__file__).parents[2] / "docs/glossary.md"


def rows() -> list[list[str]]:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


def test_each_word_of_the_catalogue_is_given_as_it_is_there():
    """Where the English of a row is a text of the program; the others are explained and not shown."""
    compared = 0
    for english, *others, _meaning in rows():
        said = [catalogue(language).gettext(english) for language in LANGUAGES if language != "en"]
        if said != [english] * len(said):
            assert others == said
            compared += 1
    assert compared > 20


def test_every_row_is_whole():
    assert all(len(row) == len(LANGUAGES) + 1 and all(row) for row in rows())
