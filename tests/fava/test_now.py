"""A page without a filter is of now: what is dated in days to come counts in no figure of it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.storage.atomic import write_text
from books import books_of

from tests.fava.reading import amount, client, page, tables

if TYPE_CHECKING:
    from pathlib import Path

THIS = datetime.datetime.now().astimezone().year
NEXT = THIS + 1
TO_COME = f"""
{NEXT}-01-02 * "Extourne"
  Liabilities:49:492-ChargesAImputer:COOP    300.00 EUR
  Expenses:61:610-Loyer:COOP                -300.00 EUR
{NEXT}-01-03 * "Vente de l'an prochain" ^V2
  Assets:40:400-Clients:A001                5000.00 EUR
  Income:70:700-Ventes:A001                -5000.00 EUR
{NEXT}-01-04 * "Retrait de l'an prochain"
  Assets:57:570-Caisse:A001                   70.00 EUR
  Assets:55:5500-Banque:A001                 -70.00 EUR
{NEXT}-01-05 * "Inexpliqué"
  Assets:55:5500-Banque:COOP                  11.00 EUR
  Liabilities:49:499-Attente:COOP            -11.00 EUR
{NEXT}-01-06 custom "follow-up" "A001" "commercial" 7
{NEXT}-01-07 custom "meeting" "monthly"
  attended: "A001"
"""
OPENS = "\n".join(
    f"{THIS}-01-01 open {account}"
    for account in (
        "Assets:55:5500-Banque:COOP",
        "Equity:11:1109-Apports:COOP",
        "Expenses:61:610-Loyer:COOP",
        "Liabilities:49:492-ChargesAImputer:COOP",
        "Liabilities:49:499-Attente:COOP",
        "Assets:55:5500-Banque:A001",
        "Assets:57:570-Caisse:A001",
        "Assets:40:400-Clients:A001",
        "Income:70:700-Ventes:A001",
    )
)
NOW = f"""
option "title" "Now"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
{THIS}-01-01 custom "fava-extension" "beancoop_fava"
{THIS}-01-01 custom "activity" "A001"
{OPENS}
{THIS}-01-01 open Assets:55:5500-Banque
  iban: "BE68539007547034"
{THIS}-01-01 * "Apports"
  Assets:55:5500-Banque:COOP                1000.00 EUR
  Equity:11:1109-Apports:COOP              -1000.00 EUR
{THIS}-01-01 * "Charge à imputer"
  Expenses:61:610-Loyer:COOP                 300.00 EUR
  Liabilities:49:492-ChargesAImputer:COOP   -300.00 EUR
{THIS}-01-01 * "Client" "Vente" ^V1
  Assets:40:400-Clients:A001                 100.00 EUR
  Income:70:700-Ventes:A001                 -100.00 EUR
{THIS}-01-01 * "Client" "Paiement" ^V1
  Assets:55:5500-Banque:A001                 100.00 EUR
  Assets:40:400-Clients:A001                -100.00 EUR
{THIS}-01-01 custom "follow-up" "A001" "commercial" 1
{THIS}-01-01 custom "meeting" "monthly"
  attended: "A001"
"""
NAMES = ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie")


def shown(folder: Path, text: str, name: str, **parameters: str) -> dict[str, list[list[str]]]:
    """Give the tables of a page of a ledger."""
    file = folder / "main.beancount"
    write_text(file, text)
    assert load_ledger(file).errors == []
    return tables(page(client(file), f"/now/extension/{name}/", unit="A001", **parameters))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_a_filter_shows_what_it_showed_before_the_days_to_come_were_written(
    tmp_path: Path, name: str
) -> None:
    with_them, without = shown(tmp_path, NOW + TO_COME, name), shown(tmp_path, NOW, name)
    for found in (with_them, without):
        found.pop("course", None)  # a calendar: what is planned stands in the month ahead that it names
        found.pop("planned", None)  # what is to come, and nothing else
        found.pop("next", None)  # the next meeting
    assert with_them == without


def test_the_result_of_this_year_has_its_cost_and_next_year_gives_it_back(tmp_path: Path) -> None:
    equity = shown(tmp_path, NOW + TO_COME, "Reserves")["equity"]
    assert [amount(row[-1]) for row in equity if str(THIS) in row[0]] == [-200]
    later = shown(tmp_path, NOW + TO_COME, "Reserves", time=str(NEXT))["equity"]
    assert amount(later[-1][-1]) == 1000 + 100 + 5000  # and the cost is gone


def test_figures_of_a_year_are_of_all_of_it(tmp_path: Path) -> None:
    rows = shown(tmp_path, NOW + TO_COME, "Suivi", time=str(NEXT))
    assert rows["hours"][-1][-1] == "7,00"
    assert len(rows["meetings"]) == 2


def test_a_figure_leads_to_the_entries_that_count(tmp_path: Path) -> None:
    file = tmp_path / "main.beancount"
    write_text(file, NOW + TO_COME)
    text = page(client(file), "/now/extension/Tresorerie/")
    assert f"until={THIS}-" in text
    assert f"until={NEXT}-" not in text
    write_text(file, NOW)
    _, rooms = page(client(file), "/now/extension/Tresorerie/").split('<section id="rooms">')
    assert "numbers=5" in rooms
    assert "until=" not in rooms  # what a board looks at is always of certain days


def test_of_a_ledger_all_of_which_is_to_come_nothing_counts(tmp_path: Path) -> None:
    text = NOW.replace(f"{THIS}-", f"{NEXT}-")
    assert shown(tmp_path, text, "Tresorerie")["rooms"][1][1] == "0,00"


def test_what_is_of_now_ends_before_the_first_entry_to_come() -> None:
    books = books_of(NOW + TO_COME)
    eve, new_year = datetime.date(THIS, 12, 31), datetime.date(NEXT, 1, 1)
    assert books.until_now(eve) == new_year
    assert books.until_now(datetime.date(THIS, 1, 1)) == datetime.date(THIS, 2, 1)  # the levy of January counts
    assert books.until_now(datetime.date(NEXT, 1, 3)) == datetime.date(NEXT, 1, 4)
    assert books.until_now(datetime.date(NEXT, 1, 7)) == datetime.date.max
