"""Activities searched and chosen, the periods to pick, and what the accountant has to see to."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from beancoop.books.books import Books
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from beancoop.model.periods import Period
from beancoop.statements.activities import Activities
from beancoop.statements.alerts import Alerts, OnSuspense, Silent, alerts
from beancoop.statements.choosing import FACTS, choose, facts_of
from beancoop.statements.freshness import open_months
from beancoop.statements.treasury import CashBalances
from beancoop.statements.vat import VatFigures
from beancoop.storage.atomic import write_text
from hypothesis import given
from hypothesis import strategies as st

from tests.fava.conftest import make_coop
from tests.fava.reading import EXAMPLE, SLUG, client, page, tables
from tests.fava.test_entries import figures, total

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import Client

    from tests.fava.conftest import Coop

PAGE = "/toute-la-coop/extension/Activites/"
PAGES = ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie", "TVA", "Ecritures")
MORE = """
2026-01-05 open Assets:49:499-CompteAttente:A001
2026-03-04 ! "Banque" "Inconnu"
  Assets:55:5500-Banque:A001           25.00 EUR
  Assets:49:499-CompteAttente:A001    -25.00 EUR
2026-03-09 ! "Banque" "Inconnu aussi"
  Assets:55:5500-Banque:A001           -5.50 EUR
  Assets:49:499-CompteAttente:A001      5.50 EUR
"""
SHORT = """
2026-03-10 * "Fournisseur" "Trop"
  Expenses:60:603-SousTraitance:A002   1000.00 EUR
  Assets:55:5500-Banque:A002          -1000.00 EUR
"""
BANK = '2026-01-01 open Assets:55:5500-Banque\n  iban: "BE68 5390 0754 7034"\n'
EARLY = '2026-01-05 custom "activity" "A003"\n  trade: "Élagage à Liège"\n  months: 3\n'


class Link(NamedTuple):
    href: str
    is_shown: bool
    text: str


def links(text: str, after: str) -> list[Link]:
    """Give the links of the first list that comes after a piece of the page."""
    part = text.split(after, 1)[1].split("</ul>", 1)[0]
    found = re.findall(r'<a[^>]*href="([^"]*)"( aria-current="true")?>([^<]*)</a>', part)
    return [Link(unescape(href), bool(shown), unescape(said)) for href, shown, said in found]


def chips(text: str) -> list[Link]:
    return links(text, '<section id="activities">')


def picks(text: str) -> list[Link]:
    return links(text, '<nav class="picks"')


def told(text: str) -> list[Link]:
    return links(text, '<ul class="alerts"') if 'class="alerts"' in text else []


def units(text: str) -> list[str]:
    return [row[0] for row in tables(text)["activities"][1:-1]]


def follow(asking: Client, href: str) -> str:
    where = urlsplit(href)
    return page(asking, where.path, **dict(parse_qsl(where.query)))


def add(coop: Coop, text: str) -> None:
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + text)


def books_of(path: Path) -> Books:
    return Books(load_ledger(path))


def of(day: str) -> Period:
    asked = datetime.date.fromisoformat(day)
    return Period(datetime.date.min, datetime.date.max, asked, asked)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Coop:
    """Add an activity whose time is soon over, a purchase beyond the overdraft, and what waits on 499."""
    return with_more(make_coop(tmp_path_factory.mktemp("choosing") / "ledgers"))


def with_more(coop: Coop) -> Coop:
    add(coop, EARLY + BANK)
    coop.add("A001", MORE)
    coop.add("A002", SHORT)
    return coop


@pytest.fixture(scope="module")
def of_three(three: Coop) -> Client:
    return client(three.main)


# -- searched


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["A001", "A002", "A003"]),
        ("a003", ["A003"]),
        ("elagage", ["A003"]),
        ("LIÈGE élag", ["A003"]),
        ("couture", ["A002"]),
        ("menuiserie A001", ["A001"]),
    ],
)
def test_activities_are_searched_by_code_and_trade(of_three: Client, search: str, found: list[str]) -> None:
    text = page(of_three, PAGE, search=search)
    assert units(text) == found
    assert f'name="search" value="{search}"' in text


def test_who_finds_none_is_told(of_three: Client) -> None:
    text = page(of_three, PAGE, search="<b>zz", only="negative")
    assert "Aucune activité ne correspond." in text
    assert "&lt;b&gt;zz" in text
    assert "<b>zz" not in text
    assert chips(text.replace("<section>", '<section id="activities">'))[0].is_shown


def test_a_search_keeps_the_period_and_what_is_chosen(of_three: Client) -> None:
    text = page(of_three, PAGE, time="2026-03", only="negative", interval="year")
    form = re.search(r'<form class="search" role="search" method="get">(.*?)</form>', text, re.DOTALL)
    assert form
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[1]))
    assert hidden == {"time": "2026-03", "interval": "year", "only": "negative"}


# -- chosen


def test_a_chip_chooses_and_is_pressed_and_its_count_is_that_of_the_rows(of_three: Client) -> None:
    first = page(of_three, PAGE, time="2026-03")
    assert [each.text for each in chips(first)] == [
        "Disponible sous zéro (1)",
        "En retard de paiement (2)",
        "Fin dans les 90 jours (1)",
        "Mois non clôturés (3)",
    ]
    assert not any(each.is_shown for each in chips(first))
    for chip in chips(first):
        chosen = follow(of_three, chip.href)
        assert [each.is_shown for each in chips(chosen)] == [each.text == chip.text for each in chips(chosen)]
        assert f"({len(units(chosen))})" in chip.text
        assert tables(chosen)["activities"][-1][0] == f"Total ({len(units(chosen))})"
        again = next(each for each in chips(chosen) if each.is_shown)
        assert units(follow(of_three, again.href)) == ["A001", "A002", "A003"]


def test_two_chips_choose_what_both_are_true_of(of_three: Client) -> None:
    assert units(page(of_three, PAGE, time="2026-03", only="overdue,negative")) == ["A002"]
    assert units(page(of_three, PAGE, time="2026-03", only="negative,anything")) == ["A002"]


@pytest.mark.parametrize(
    "parameters", [{"only": "overdue"}, {"search": "menuiserie"}, {"only": "open", "time": "2026-02"}]
)
def test_the_total_of_those_that_are_chosen_leads_to_their_entries(
    of_three: Client, parameters: dict[str, str]
) -> None:
    found = list(figures(page(of_three, PAGE, **parameters)))
    assert len(found) > 6
    assert [(each, made) for each in found if (made := total(of_three, each.href)) != each.value] == []


def test_what_is_true_of_an_activity(three: Coop) -> None:
    books = books_of(three.main)
    period = of("2026-03-31")
    rows = {row.unit: row for row in Activities(books).rows(period)}
    assert facts_of(books, period, rows["A001"]) == {"overdue", "open"}
    assert facts_of(books, period, rows["A002"]) == {"negative", "overdue", "open"}
    assert facts_of(books, period, rows["A003"]) == {"ending", "open"}
    assert facts_of(books, of("2026-01-05"), rows["A003"]._replace(state="future")) == set()


@given(st.sets(st.sampled_from(FACTS)), st.text(max_size=4))
def test_whatever_is_asked_the_counts_are_those_of_what_is_searched(only: set[str], search: str) -> None:
    books, period = EXAMPLE_BOOKS, of("2026-08-31")
    chosen = choose(books, period, EXAMPLE_ROWS, search, only)  # type: ignore[arg-type]
    assert all(facts_of(books, period, row) >= only for row in chosen.rows)
    searched = choose(books, period, EXAMPLE_ROWS, search, ())
    assert chosen.counts == searched.counts
    for fact in FACTS:
        assert searched.counts[fact] == len(choose(books, period, EXAMPLE_ROWS, search, [fact]).rows)
    assert chosen.is_all == (len(chosen.rows) == len(EXAMPLE_ROWS))


EXAMPLE_BOOKS = books_of(EXAMPLE)
EXAMPLE_ROWS = list(Activities(EXAMPLE_BOOKS).rows(of("2026-08-31")))


# -- to be seen to


def found(path: Path, period: Period) -> Alerts:
    books = books_of(path)
    return alerts(CashBalances(books), VatFigures(books), period)


def test_sound_books_have_nothing_to_be_seen_to(coop: Coop) -> None:
    seals = "".join(
        f'{day} custom "closed" "{month}" "{unit}"\n  entries: 0\n  sha256: ""\n  previous: ""\n'
        for month, day in (("2026-01", "2026-01-31"), ("2026-02", "2026-02-28"))
        for unit in ("COOP", "A001", "A002")
    )
    add(coop, BANK + "2026-03-01 balance Assets:55:5500-Banque  1600.00 EUR\n" + seals)
    period = of("2026-03-15")
    assert found(coop.main, period)[:3] == (None, [], ())
    assert found(coop.main, period).silent == []


def test_what_waits_what_is_overdrawn_and_what_is_open(coop: Coop) -> None:
    three = with_more(coop)
    now = found(three.main, of("2026-04-15"))
    assert now.suspense == OnSuspense(2, Decimal("-19.50"))
    assert [(each.unit, each.room) for each in now.overdrawn] == [("A002", Decimal("-200.00"))]
    assert now.open == (Month(2026, 1), Month(2026, 2), Month(2026, 3))
    assert now.silent == [Silent("Assets:55:5500-Banque", None)]
    allowed = '2026-01-06 custom "activity-terms" "A002"\n  overdraft: 200 EUR\n'
    add(three, allowed)
    assert found(three.main, of("2026-04-15")).overdrawn == []


def test_a_month_that_has_not_passed_is_not_open(coop: Coop) -> None:
    books = books_of(coop.main)
    assert open_months(books, "COOP", of("2026-01-30")) == ()
    assert open_months(books, "COOP", of("2026-01-31")) == (Month(2026, 1),)
    assert open_months(books, "A001", of("2026-02-27")) == (Month(2026, 1),)
    never = Books(load_ledger(coop.main)._replace(entries=[]))
    assert open_months(never, "COOP", of("2026-02-27")) == ()


def test_who_has_left_has_no_open_month_after(coop: Coop) -> None:
    add(coop, '2026-02-20 custom "activity-exit" "A001" "employed"\n')
    assert open_months(books_of(coop.main), "A001", of("2026-06-30")) == (Month(2026, 1), Month(2026, 2))


@pytest.mark.parametrize(
    ("more", "day", "since"),
    [
        ("2026-03-01 balance Assets:55:5500-Banque  1600.00 EUR\n", "2026-03-30", "nothing"),
        ("2026-03-01 balance Assets:55:5500-Banque  1600.00 EUR\n", "2026-03-31", "2026-03-01"),
        ("2026-02-28 balance Assets:55:5500-Banque  1600.00 EUR\n", "2026-03-15", "2026-02-28"),
        ("", "2026-03-15", "never"),
    ],
)
def test_statements_are_missing_from_the_last_balance_on(coop: Coop, more: str, day: str, since: str) -> None:
    add(coop, BANK + more)
    missing = [str(each.since) if each.since else "never" for each in found(coop.main, of(day)).silent]
    assert missing == ([] if since == "nothing" else [since])


def test_an_account_that_is_closed_is_not_asked_for_its_statements(coop: Coop) -> None:
    old = (
        '2026-01-01 open Assets:55:5509-Ancienne:COOP\n  iban: "BE90 9985 5201 1432"\n'
        "2026-01-31 close Assets:55:5509-Ancienne:COOP\n"
    )
    add(coop, old)
    assert found(coop.main, of("2026-03-15")).silent == []


def test_each_alert_leads_to_where_it_is_mended(of_three: Client) -> None:
    text = page(of_three, PAGE, time="2026-03")
    waits, amount, overdrawn, months, vat, bank = told(text)
    assert waits.text == "2 mouvements attendent sur le 499\xa0:"
    assert amount.text == "-19,50"
    assert total(of_three, amount.href) == Decimal("-19.50")
    assert "Inconnu aussi" in follow(of_three, waits.href)
    assert waits.href.endswith("/Tresorerie/?time=2026-03#waiting")
    assert overdrawn.text == "1 activité dépasse le découvert permis\xa0: A002"
    assert overdrawn.href.endswith("#rooms")
    assert tables(follow(of_three, overdrawn.href))["rooms"][1][3] == "-200,00"
    assert months.text == "3 mois non clôturés, depuis janvier 2026"
    assert picks(follow(of_three, months.href))[0].is_shown is False
    assert units(follow(of_three, months.href)) == ["A001", "A002", "A003"]
    number = int(re.search(r": (\d+) ", vat.text.replace("\xa0", " "))[1])  # type: ignore[index]
    assert len(tables(follow(of_three, vat.href))["undecided"]) == 1 + number
    assert bank.text == "Pas encore d’extrait bancaire\xa0: 5500-Banque"  # noqa: RUF001
    assert "BE68 5390 0754 7034" in follow(of_three, bank.href)


def test_more_than_three_units_are_not_all_named(coop: Coop) -> None:
    for number in range(3, 7):
        unit = f"A00{number}"
        add(
            coop,
            f'2026-01-05 custom "activity" "{unit}"\n2026-01-05 open Assets:55:5500-Banque:{unit}\n'
            f"2026-01-05 open Expenses:60:603-SousTraitance:{unit}\n" + SHORT.replace("A002", unit),
        )
    said = next(each.text for each in told(page(client(coop.main), PAGE)) if "découvert" in each.text)
    assert said == "4 activités dépassent le découvert permis\xa0: A003, A004, A005 …"


def test_a_return_that_cannot_be_read_is_no_alert(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(VatFigures, "shown", broken)
    assert found(coop.main, of("2026-03-15")).undecided is None
    monkeypatch.undo()
    assert found(coop.main, of("2025-03-15")._replace(end=datetime.date(2025, 4, 1))).undecided is None


def test_a_period_that_cannot_be_read_alerts_of_nothing(coop: Coop) -> None:
    text = page(client(coop.main), PAGE, time="someday")
    assert "[BC970]" in text
    assert told(text) == []
    assert not any(each.is_shown for each in picks(text))


def test_a_sub_ledger_alone_has_neither_search_nor_alerts(coop: Coop) -> None:
    text = page(client(coop.own("A001")), "/livre-a001/extension/Activites/")
    assert "<form" not in text
    assert told(text) == []
    assert len(picks(page(client(coop.own("A001")), "/livre-a001/extension/Autonomie/"))) == 5


# -- the periods to pick


@pytest.fixture(scope="module")
def asking() -> Client:
    return client(EXAMPLE)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_the_periods_to_pick(asking: Client, name: str) -> None:
    parameters = {"unit": "A003"} if name == "Autonomie" else {}
    text = page(asking, f"{SLUG}/extension/{name}/", **parameters)
    found = picks(text)
    assert [each.text for each in found] == [
        "Maintenant",
        "août 2026",
        "3e trimestre 2026",
        "Exercice 2026",
        "Avant\xa0: juillet 2026",
    ]
    assert [each.is_shown for each in found] == [True, False, False, False, False]
    for position, time in enumerate(("2026-08", "2026-Q3", "2026"), 1):
        assert dict(parse_qsl(urlsplit(found[position].href).query)) == {**parameters, "time": time}
        again = picks(follow(asking, found[position].href))
        assert [each.is_shown for each in again[:4]] == [number == position for number in range(4)]


def test_before_and_after_go_through_the_months(asking: Client) -> None:
    text = page(asking, f"{SLUG}/extension/Activites/", time="2026-03", search="a", only="overdue", interval="year")
    *_, before, after = picks(text)
    assert (before.text, after.text) == ("Avant\xa0: février 2026", "Après\xa0: avril 2026")
    assert dict(parse_qsl(urlsplit(before.href).query)) == {
        "time": "2026-02",
        "search": "a",
        "only": "overdue",
        "interval": "year",
    }


def test_the_year_to_pick_is_the_financial_one(coop: Coop) -> None:
    add(coop, '2026-01-01 custom "cooperative" "Toute la coop"\n  year-start: "07-01"\n')
    asking = client(coop.main)
    _, month, _, year, before = picks(page(asking, PAGE))
    assert (month.text, year.text) == ("février 2026", "Exercice 2026")
    assert dict(parse_qsl(urlsplit(year.href).query))["time"] == "2025-07-01 - 2026-06-30"
    assert picks(follow(asking, year.href))[3].is_shown
    assert before.text == "Avant\xa0: janvier 2026"


def test_a_figure_is_asked_of_another_period(asking: Client) -> None:
    path = f"{SLUG}/extension/Ecritures/"
    text = page(asking, path, unit="A003", numbers="70", **{"from": "2026-03-01", "until": "2026-03-31"}, time="2026")
    month, quarter, _, before, after = picks(text)  # what has a first day has no now
    assert (before.text, after.text) == ("Avant\xa0: février 2026", "Après\xa0: avril 2026")
    asked = dict(parse_qsl(urlsplit(before.href).query))
    assert asked == {"unit": "A003", "numbers": "70", "from": "2026-02-01", "until": "2026-02-28", "time": "2026-02"}
    balance = page(asking, path, unit="A003", numbers="5", until="2026-03-31", day="2026-03-31", time="2026-03")
    now, month, *_ = picks(balance)
    assert dict(parse_qsl(urlsplit(now.href).query)) == {"unit": "A003", "numbers": "5", "day": "2026-03-31"}
    asked = dict(parse_qsl(urlsplit(month.href).query))
    assert asked == {"unit": "A003", "numbers": "5", "until": "2026-08-31", "day": "2026-08-31", "time": "2026-08"}
    assert quarter.text == "3e trimestre 2026"
