"""The page "Suivi": hours, meetings, and the accompaniments that come to their end."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancoop.model.periods import Period
from beancoop.statements.follow_up import attendances, endings, hours, meetings, planned, unmet
from beancoop.storage.atomic import write_text
from beancount.core.data import Custom

from tests.fava.reading import EXAMPLE, SLUG, ZERO, amount, client, day, load, page, tables

if TYPE_CHECKING:
    from tests.fava.conftest import Coop

PAGE = "/toute-la-coop/extension/Suivi/"
ALWAYS = Period(datetime.date.min, datetime.date.max, day("2026-12-01"))
ATTACK = "<script>alert(1)</script>"
TEAM = """
2026-02-12 custom "follow-up" "A001" "commercial" 1.5
2026-03-12 custom "follow-up" "A001" "commercial" 2.0
2026-03-13 custom "follow-up" "A001" "jardinage" 0.5
2026-02-20 custom "meeting" "monthly"
  attended: "A001"
2026-03-20 custom "meeting" "atelier"
"""


@pytest.fixture
def team(coop: Coop) -> Coop:
    coop.add("A001", TEAM)
    return coop


def test_hours_by_activity_and_domain(team: Coop) -> None:
    register = load(team.main).facts.register
    found = hours(register, ALWAYS)
    assert found.domains == ["commercial", "jardinage"]
    assert found.by_unit == {"A001": {"commercial": Decimal("3.5"), "jardinage": Decimal("0.5")}}
    march = hours(register, Period(day("2026-03-01"), day("2026-04-01"), day("2026-03-31")))
    assert march.by_unit == {"A001": {"commercial": Decimal("2.0"), "jardinage": Decimal("0.5")}}


def test_meetings_and_who_was_expected(team: Coop) -> None:
    team.add("A002", '2026-03-01 custom "activity-exit" "A002" "employed"\n')
    latest, first = meetings(load(team.main).facts.register, ALWAYS)
    assert (latest.meeting.kind, latest.meeting.attended, latest.expected) == ("atelier", [], ["A001"])
    assert (first.meeting.kind, first.meeting.attended, first.expected) == ("monthly", ["A001"], ["A001", "A002"])
    assert attendances([latest, first]) == [("A001", 1, 2), ("A002", 0, 1)]


@pytest.mark.parametrize(
    ("today", "days"),
    [("2027-04-04", None), ("2027-04-05", 90), ("2027-06-04", 30), ("2027-07-04", 0), ("2027-07-05", None)],
)
def test_an_accompaniment_is_told_from_ninety_days_before_its_end(coop: Coop, today: str, days: int | None) -> None:
    found = [each.days for each in endings(load(coop.main).facts.register, day(today)) if each.activity.unit == "A001"]
    assert found == ([] if days is None else [days])


def test_who_has_left_or_pauses_does_not_come_to_an_end(coop: Coop) -> None:
    coop.add("A001", '2027-05-01 custom "activity-pause" "A001"\n')
    coop.add("A002", '2027-05-01 custom "activity-exit" "A002" "employed"\n')
    assert endings(load(coop.main).facts.register, day("2027-06-01")) == []


def test_the_page_of_the_example_is_that_of_its_directives() -> None:
    books = load(EXAMPLE)
    found = tables(page(client(EXAMPLE), f"{SLUG}/extension/Suivi/", time="2026"))
    written: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    held = came = 0
    for each in books.entries:
        if isinstance(each, Custom) and each.date.year == 2026 and each.type == "follow-up":
            written[each.values[0].value] += each.values[2].value
        if isinstance(each, Custom) and each.date.year == 2026 and each.type == "meeting":
            held += 1
            came += len(each.meta["attended"].split())
    shown = {row[0]: amount(row[-1]) for row in found["hours"][1:]}
    assert shown.pop("Total") == sum(written.values()) > 0
    assert shown == written
    assert len(found["meetings"]) - 1 == held > 5
    assert sum(int(row[2]) for row in found["meetings"][1:]) == came
    assert sum(int(row[1]) for row in found["attendance"][1:]) <= came


def test_the_page_in_french(team: Coop) -> None:
    text = page(client(team.main), PAGE, time="2026")
    assert "– Suivi – 2026</h2>" in text  # noqa: RUF001
    found = tables(text)
    assert found["hours"] == [
        ["Activité", "Commercial", "jardinage", "Total"],
        ["A001", "3,50", "0,50", "4,00"],
        ["Total", "3,50", "0,50", "4,00"],
    ]
    assert found["meetings"][1:] == [
        ["20/03/2026", "atelier", "0", "2", ""],
        ["20/02/2026", "Mensuelle", "1", "2", "A001"],
    ]
    assert "Aucun ne se termine dans les 90 jours" in text
    assert "Ecritures/?figure=hours&amp;unit=A001&amp;from=2026-01-01&amp;until=2026-12-31&amp;item=jardinage" in text


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [("nl", "Opvolging", "Vergaderingen"), ("de", "Betreuung", "Treffen"), ("en", "Follow-up", "Meetings")],
)
def test_the_page_in_each_language(team: Coop, language: str, title: str, words: str) -> None:
    text = page(client(team.main), PAGE, language)
    assert f"– {title}</h2>" in text  # noqa: RUF001
    assert words in text


def test_the_filter_of_an_hour_finds_its_directives_in_fava(team: Coop) -> None:
    found = client(team.main).get(
        "/toute-la-coop/api/journal",
        query_string={"filter": 'type:"^follow-up$" values:"\'A001\'" values:"\'jardinage\'"'},
    )
    assert found.text.count("jardinage") >= 1
    assert "commercial" not in found.text


def test_nothing_to_tell_is_said(tmp_path) -> None:
    ledger = tmp_path / "main.beancount"
    write_text(ledger, 'option "title" "Toute la coop"\n')
    text = page(client(ledger), PAGE)
    assert "Aucun suivi dans la période affichée." in text
    assert "Aucune réunion dans la période affichée." in text


def test_hostile_text_is_escaped(team: Coop) -> None:
    team.add("A001", f'2026-04-01 custom "follow-up" "A001" "{ATTACK}" 1.0\n2026-04-02 custom "meeting" "{ATTACK}"\n')
    text = page(client(team.main), PAGE)
    assert ATTACK not in text
    assert text.count("&lt;script&gt;alert(1)") >= 2


# -- who has not been met, and what is to come


def days_unmet(coop: Coop, today: str, until: str = "") -> dict[str, tuple[str, str, int]]:
    found = unmet(load(coop.main).facts.register, day(today), day(until or today))
    return {each.activity.unit: (str(each.meeting), str(each.followed), each.days) for each in found}


def test_who_has_not_been_met_for_more_than_sixty_days(team: Coop) -> None:
    assert days_unmet(team, "2026-05-12") == {"A002": ("None", "None", 127)}  # since its first day
    assert days_unmet(team, "2026-05-13") == {"A002": ("None", "None", 128), "A001": ("2026-02-20", "2026-03-13", 61)}
    assert days_unmet(team, "2026-05-13", "2026-03-12")["A001"] == ("2026-02-20", "2026-03-12", 62)
    team.add("A001", '2026-04-20 custom "meeting" "monthly"\n  attended: "A001 A002"\n')
    assert days_unmet(team, "2026-05-13") == {}
    assert list(days_unmet(team, "2026-06-20")) == ["A001", "A002"]


def test_who_is_not_under_way_is_not_to_be_met(team: Coop) -> None:
    team.add("A001", '2026-05-01 custom "activity-pause" "A001"\n')
    team.add("A002", '2026-05-01 custom "activity-exit" "A002" "employed"\n')
    assert days_unmet(team, "2026-08-01") == {}


def test_what_is_announced_is_told_nearest_first(team: Coop) -> None:
    register = load(team.main).facts.register
    assert [str(each.date) for each in planned(register, day("2026-03-12"))] == ["2026-03-13", "2026-03-20"]
    assert planned(register, day("2026-03-20")) == []
    found = tables(page(client(team.main), PAGE, time="2026-02"))
    assert found["planned"] == [
        ["Date", "Quoi", "Sorte", "Activité"],
        ["12/03/2026", "Suivi", "Commercial", "A001"],
        ["13/03/2026", "Suivi", "jardinage", "A001"],
        ["20/03/2026", "Réunion", "atelier", ""],
    ]
    assert found["unmet"] == []
    text = page(client(team.main), PAGE, time="2026-02")
    assert "Toutes les activités en cours le 15/02/2026 ont été rencontrées" in text
    text = page(client(team.main), PAGE)
    assert "Rien n’est annoncé." in text  # noqa: RUF001


def test_the_page_tells_who_has_not_been_met(team: Coop) -> None:
    team.add(
        "A001",
        """\
2026-06-01 * "c" "Vente"
  Assets:40:400-Clients:A001  1.00 EUR
  Income:70:700-VentesPrestations:A001
""",
    )
    found = tables(page(client(team.main), PAGE, time="2026-06"))
    assert found["unmet"] == [
        ["Activité", "Métier", "Dernière réunion suivie", "Dernier suivi", "Jours depuis"],
        ["A002", "Couture", "–", "–", "147"],  # noqa: RUF001
        ["A001", "Menuiserie", "20/02/2026", "13/03/2026", "80"],
    ]
