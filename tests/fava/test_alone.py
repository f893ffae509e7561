"""A sub-ledger alone, as its entrepreneur is served it: the page that is hers, without naming any extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancoop.gate.check import check_gate
from beancoop_fava.server.app import create_app
from fava.application import create_app as stock_fava
from werkzeug.test import Client

from tests.fava.reading import amount, tables

if TYPE_CHECKING:
    from tests.fava.conftest import Coop

HEADERS = {"Host": "localhost", "Accept-Language": "fr"}


@pytest.fixture
def lea(coop: Coop) -> Client:
    """Ask as the entrepreneur of A001."""
    return Client(create_app(coop.own("A001"), hosts=("localhost",)))


def get(asking: Client, path: str) -> str:
    answer = asking.get(f"/livre-a001/{path}", headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_autonomie_is_hers(coop: Coop, lea: Client) -> None:
    assert check_gate([coop.own("A001").parent]) == []
    text = get(lea, "extension/Autonomie/")
    assert "<h3>A001 – Menuiserie</h3>" in text  # noqa: RUF001
    assert str(amount(tables(text)["steps"][-1][1])) == "696.54"
    assert "Madame Dupont" in text
    assert "A002" not in text
    assert "Peeters" not in text


@pytest.mark.parametrize("name", ["Activites", "Reserves", "Suivi", "Tresorerie", "TVA"])
def test_the_pages_of_the_cooperative_say_that_they_have_nothing_to_show(lea: Client, name: str) -> None:
    text = get(lea, f"extension/{name}/")
    assert "n’a rien à y montrer" in text or "appartiennent à la coopérative" in text  # noqa: RUF001
    assert 'href="/livre-a001/extension/Autonomie/"' in text
    assert "<table" not in text


def test_her_tables_can_be_downloaded(lea: Client) -> None:
    text = get(lea, "extension/Autonomie/download-table.csv?table=steps")
    assert "Disponible à dépenser;696,54" in text.splitlines()


def test_the_pages_follow_a_change_of_her_books(coop: Coop, lea: Client) -> None:
    get(lea, "extension/Autonomie/")
    coop.add("A001", '2026-03-01 * "x"\n  Assets:55:5500-Banque:A001  7 EUR\n  Assets:40:400-Clients:A001  -7 EUR\n')
    assert "703,54" in get(lea, "extension/Autonomie/")


def test_each_page_is_there_once(lea: Client, coop: Coop) -> None:
    whole = Client(create_app(coop.main, hosts=("localhost",)))
    for text in (get(lea, "extension/Autonomie/"), whole.get("/toute-la-coop/extension/Autonomie/").text):
        for name in ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie", "TVA", "Ecritures"):
            assert text.count(f'"name":"{name}"') + text.count(f'"name": "{name}"') == 1
        assert '"Page"' not in text


def test_a_broken_sub_ledger_still_has_its_page(coop: Coop, lea: Client) -> None:
    coop.add("A001", '2026-03-01 custom "activity-terms" "A001"\n  rate: 7\n')
    text = get(lea, "extension/Autonomie/")
    assert "Ce livre contient des erreurs" in text
    assert "has rate: 7" in text


def test_without_the_server_a_sub_ledger_has_no_page(coop: Coop) -> None:
    """What docs/serving.md says: the gate lets no sub-ledger name an extension, and only our server adds it."""
    plain = Client(stock_fava([coop.own("A001")], load=True))
    assert plain.get("/livre-a001/extension/Autonomie/").status_code == 404
