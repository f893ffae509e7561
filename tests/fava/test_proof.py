"""A ledger that the suite has not checked to its end carries a banner, however right its figures look."""

from __future__ import annotations

import pytest
from fava.application import create_app

LEDGER = """option "title" "Essai"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
{plugin}
2026-01-05 custom "fava-extension" "beancoop_fava"
2026-01-05 custom "activity" "A001"
2026-01-05 open Assets:40:400-Clients:A001
2026-01-05 open Income:70:700-VentesPrestations:A001
2026-01-20 * "Facture"
  Assets:40:400-Clients:A001                 100.00 EUR
  Income:70:700-VentesPrestations:A001      -100.00 EUR
"""


@pytest.mark.parametrize(
    ("plugin", "is_proved"),
    [('plugin "beancoop"', True), ("", False), ('plugin "beancoop.chart"', False), ('plugin "beancoop_typo"', False)],
)
def test_the_page_says_when_the_suite_did_not_run(tmp_path, plugin, is_proved):
    ledger = tmp_path / "main.beancount"
    ledger.write_text(LEDGER.format(plugin=plugin))
    client = create_app([ledger], load=True, read_only=True).test_client()
    page = client.get("/essai/extension/Activites/").text
    assert "A001" in page
    assert ('class="warning"' in page) is not is_proved


FAILING = "__plugins__ = ('fail',)\ndef fail(entries, options):\n    raise ZeroDivisionError\n"
PAD = """2026-01-05 open Equity:10:100-Capital:COOP
2026-02-01 pad Assets:40:400-Clients:A001 Equity:10:100-Capital:COOP
2026-02-02 balance Assets:40:400-Clients:A001  200 EUR
"""
PLACED = '2026-03-01 note Assets:40:400-Clients:A001 "x"\n  {}\n'


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("", False),
        ('2026-01-01 custom "follow-up" "A099" "commercial" 1\n', False),
        ('plugin "failing"\n', True),
        ('plugin "beancount.plugins.leafonly"\n', True),
        ('plugin "beancoop" "config"\n', True),
        ('plugin "gone"\n', True),
        (PAD, True),
        (PLACED.format("lineno: 0"), True),
        (PLACED.format('lineno: "0"'), True),
        (PLACED.format('filename: "x"'), True),
        (PLACED.format('key: "x"'), False),
    ],
)
def test_the_suite_is_proved_again_where_anything_could_stand_in_its_way(tmp_path, monkeypatch, text, runs):
    """What the load itself proves is not worked out a second time: of a large ledger that takes as long as the load."""
    asked = []

    def prove(_, rules):
        asked.append(rules)
        return []

    (tmp_path / "failing.py").write_text(FAILING)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("beancoop_fava.unproved", prove)
    ledger = tmp_path / "main.beancount"
    ledger.write_text(LEDGER.format(plugin='plugin "beancoop"') + text)
    create_app([ledger], load=True, read_only=True)
    assert bool(asked) is runs


def test_an_entry_that_says_where_it_stands_is_told_in_fava(tmp_path):
    ledger = tmp_path / "main.beancount"
    ledger.write_text(LEDGER.format(plugin='plugin "beancoop"') + PLACED.format('filename: "x"'))
    client = create_app([ledger], load=True, read_only=True).test_client()
    assert "BC294" in client.get("/essai/api/errors").text
