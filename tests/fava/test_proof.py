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
