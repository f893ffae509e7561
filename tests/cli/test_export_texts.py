"""The texts of an exported folder: the same in each language, and every word of a table there."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from beancoop.books.invoices import Customer, Invoice
from beancoop.leaving.opening_balance import FATES, STAYS, Carried
from beancoop.statements.accountbooks import BalanceLine, JournalLine
from beancoop_cli.dossier.texts import texts
from beancoop_cli.reports.words import LANGUAGES

TABLES: dict[str, type[NamedTuple]] = {
    "journal": JournalLine,
    "trial-balance": BalanceLine,
    "invoices": Invoice,
    "customers": Customer,
    "opening-balance": Carried,
}


def leaves(tree, path=()):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_is_there_and_none_is_left_over(language):
    for name, line in TABLES.items():
        assert set(texts(language)[name]) == {"title", *line._fields}
        assert len(texts(language)[name]["title"]) <= 31  # of a sheet
    assert set(texts(language)["fates"]) == {*FATES.values(), STAYS}
    assert [path for path, _ in leaves(texts(language))] == [path for path, _ in leaves(texts("fr"))]
    assert len(texts(language)["notes"]) == len(texts("fr")["notes"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    same = [path for path, value in leaves(texts(language)) if value == dict(leaves(texts("fr"))).get(path)]
    assert language == "fr" or len(same) < 12
    assert all(value for _, value in leaves(texts(language)))
