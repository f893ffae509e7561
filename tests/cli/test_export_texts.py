"""The texts of an exported folder: every word of a table there, in each language."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from beancoop.books.invoices import Customer, Invoice
from beancoop.leaving.flat_books import BalanceLine, JournalLine
from beancoop.leaving.opening_balance import FATES, STAYS, Carried
from beancoop.presentation.texts import Words
from beancoop.words.language import LANGUAGES
from beancoop_cli.dossier import texts

TABLES: dict[str, type[NamedTuple]] = {
    "journal": JournalLine,
    "trial-balance": BalanceLine,
    "invoices": Invoice,
    "customers": Customer,
    "purchases": Invoice,
    "suppliers": Customer,
    "opening-balance": Carried,
}


def all_texts() -> list[str]:
    headings = [column.heading for sheet in texts.SHEETS.values() for column in sheet.columns.values()]
    titles = [sheet.title for sheet in texts.SHEETS.values()]
    singles = [texts.TITLE, texts.OPENING, texts.HANDOVER, texts.INTRO, *texts.NOTES]
    return [*dict.fromkeys([*singles, *titles, *headings, *texts.FILES.values(), *texts.FATES.values()])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_is_there_and_none_is_left_over(language):
    assert set(texts.SHEETS) == set(TABLES)
    for name, line in TABLES.items():
        assert list(texts.SHEETS[name].columns) == list(line._fields)
        assert len(Words(language).t(texts.SHEETS[name].title)) <= 31  # of a sheet
    assert set(texts.FATES) == {*FATES.values(), STAYS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    places = {"unit": "A001", "days": "2026"}
    said = {text: Words(language).t(text, **places) for text in all_texts()}
    french = {text: Words("fr").t(text, **places) for text in all_texts()}
    assert language == "fr" or len([text for text in said if said[text] == french[text]]) < 12
    assert all(said.values())
