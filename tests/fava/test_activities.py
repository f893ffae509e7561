"""The page "Activités": the figures, the words, and what it does with a ledger that is wrong."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancoop.books.sums import Series, Sums
from beancoop.model.periods import Period
from beancoop.statements.activities import Activities, ActivityRow, added, total
from beancoop.storage.atomic import write_text
from beancoop_fava.server.app import create_app
from beancount import loader
from beancount.core.data import Transaction
from books import loaded
from fava.application import create_app as stock_fava
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from tests.fava.conftest import make_coop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from beancount.core.data import Directive

    from tests.fava.conftest import Coop

PAGE = "/toute-la-coop/extension/Activites/"
ALWAYS = (datetime.date.min, datetime.date.max)
PAUSE = '2026-05-01 custom "activity-pause" "A001"\n'
RESUME = '2026-06-15 custom "activity-resume" "A001"\n'
EXIT = '2026-05-01 custom "activity-exit" "A001" "employed"\n'
DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 2, 28))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Coop:
    """Write a cooperative that no test changes."""
    return make_coop(tmp_path_factory.mktemp("still") / "ledgers")


@pytest.fixture(scope="module")
def still(whole: Coop) -> Client:
    """Serve it."""
    return Client(create_app(whole.main, hosts=("localhost",)))


def page(ledger: Path, time: str = "", language: str = "fr", path: str = PAGE) -> str:
    return shown(Client(create_app(ledger, hosts=("localhost",))), time, language, path)


def shown(asking: Client, time: str = "", language: str = "fr", path: str = PAGE) -> str:
    query = {"time": time} if time else {}
    answer = asking.get(path, query_string=query, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def cells(text: str) -> list[list[str]]:
    """Give the texts of the table's body and foot, row by row."""
    table = text[text.index("<tbody>") : text.index("</table>")]
    return [
        [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
    ]


def rows(ledger: Path, begin: datetime.date, end: datetime.date, today: datetime.date) -> list[ActivityRow]:
    entries, errors, options = loader.load_file(str(ledger))
    assert not errors
    return list(Activities(loaded(entries, options)).rows(Period(begin, end, today)))


@given(st.lists(st.tuples(DAYS, st.decimals(-999, 999, places=2))), DAYS)
def test_a_series_gives_the_sum_of_what_comes_before(
    amounts: list[tuple[datetime.date, Decimal]], day: datetime.date
) -> None:
    series = Series()
    for when, amount in sorted(amounts, key=lambda pair: pair[0]):
        series.add(when, amount)
    assert series.before(day) == sum((amount for when, amount in amounts if when < day), Decimal(0))


def test_the_figures_are_those_of_the_books(whole: Coop) -> None:
    first, second = rows(whole.main, *ALWAYS, datetime.date(2026, 3, 1))
    assert first == ActivityRow(
        "A001",
        "A001",
        "Menuiserie",
        "active",
        Decimal("800.00"),
        Decimal("696.54"),  # less the contribution
        Decimal("1034.56"),
        Decimal("103.46"),
        Decimal("103.46"),
        None,
        Decimal("234.56"),
        40,
        16,
        18,
        datetime.date(2027, 7, 4),
    )
    assert second.unit == "A002"
    sums = total([first, second])
    assert (sums.treasury, sums.available, sums.margin) == (Decimal("1600.00"), Decimal("1393.08"), Decimal("2069.12"))
    assert (sums.contribution, sums.provisional, sums.customers) == (
        Decimal("206.92"),
        Decimal("206.92"),
        Decimal("469.12"),
    )


def test_margin_and_contribution_follow_the_period_and_treasury_its_end(whole: Coop) -> None:
    january = rows(whole.main, datetime.date(2026, 1, 1), datetime.date(2026, 2, 1), datetime.date(2026, 1, 31))[0]
    assert (january.treasury, january.margin, january.contribution) == (
        Decimal("0.00"),
        Decimal("1234.56"),
        Decimal("123.46"),
    )
    one_day = rows(whole.main, datetime.date(2026, 2, 15), datetime.date(2026, 2, 16), datetime.date(2026, 2, 15))[0]
    assert (one_day.treasury, one_day.margin, one_day.contribution) == (
        Decimal("800.00"),
        Decimal("-200.00"),
        Decimal("0.00"),
    )


def test_the_operating_margin_counts_its_classes_from_its_date(coop: Coop) -> None:
    coop.add(
        "A001",
        """\
2026-03-01 custom "activity-terms" "A001"
  margin: "operating"
2026-01-05 open Expenses:61:611-Loyer:A001
2026-02-20 * "Loyer"
  Expenses:61:611-Loyer:A001   50.00 EUR
  Assets:55:5500-Banque:A001  -50.00 EUR
2026-03-20 * "Loyer"
  Expenses:61:611-Loyer:A001   30.00 EUR
  Assets:55:5500-Banque:A001  -30.00 EUR
""",
    )
    row = rows(coop.main, *ALWAYS, datetime.date(2026, 3, 21))[0]
    assert row.margin == Decimal("1004.56")
    assert row.contribution == Decimal("100.46")


def test_margins_and_contributions_agree_with_the_levies_of_the_core(whole: Coop) -> None:
    entries, _, options = loader.load_file(str(whole.main))
    levied = [entry for entry in entries if isinstance(entry, Transaction) and "contribution" in entry.tags]
    for unit, row in zip(
        ("A001", "A002"), Activities(loaded(entries, options)).rows(Period(*ALWAYS, datetime.date.max)), strict=True
    ):
        own = [entry for entry in levied if entry.meta["unit"] == unit]
        assert row.margin == own[-1].meta["cumulative"].number
        assert row.contribution == own[-1].meta["due"].number


@pytest.mark.parametrize(
    ("directives", "today", "facts"),
    [
        ("", "2026-01-04", ("future", 18, "2027-07-04")),
        ("", "2026-01-05", ("active", 18, "2027-07-04")),
        ("", "2026-01-06", ("active", 17, "2027-07-04")),
        ("", "2027-06-05", ("active", 1, "2027-07-04")),
        ("", "2027-07-04", ("active", 0, "2027-07-04")),
        ("", "2027-07-05", ("ended", 0, "2027-07-04")),
        (PAUSE, "2026-05-01", ("paused", None, None)),
        (PAUSE + RESUME, "2026-06-15", ("active", 14, "2027-08-18")),
        (EXIT, "2026-05-02", ("employed", None, "2027-07-04")),
    ],
)
def test_state_and_months_left(coop: Coop, directives: str, today: str, facts: tuple[str, int, str]) -> None:
    coop.add("A001", directives)
    row = rows(coop.main, *ALWAYS, datetime.date.fromisoformat(today))[0]
    assert (row.state, row.months_left, row.last_day and str(row.last_day)) == facts


def test_the_page_in_french(still: Client) -> None:
    text = shown(still, time="2026-02")
    assert "<h2>Toute la coop – Activités – 2026-02</h2>" in text  # noqa: RUF001
    first, second, last = cells(text)
    day = "04/07/2027"
    figures = [
        "800,00",
        "696,54",
        "-200,00",
        "-20,00",
        "-20,00",
        "234,56",
        "26",
    ]  # as of 15 February, when the books end
    assert first == ["A001", "Menuiserie", "Active", *figures, "16 / 18", day]
    assert second[0] == "A002"
    sums = ["1\u202f600,00", "1\u202f393,08", "-400,00", "-40,00", "-40,00", "469,12"]
    assert last == ["Total (2)", *sums, ""]
    assert 'href="/toute-la-coop/trial_balance/?account=A001&amp;time=2026-02"' in text
    assert 'role="alert"' not in text


@pytest.mark.parametrize(
    ("language", "title", "state", "amount"),
    [
        ("fr-BE,fr;q=0.9,en;q=0.8", "Activités", "Active", "1\u202f034,56"),
        ("nl", "Activiteiten", "Actief", "1.034,56"),
        ("de", "Tätigkeiten", "Aktiv", "1.034,56"),
        ("en", "Activities", "Active", "1,034.56"),
        ("es", "Activités", "Active", "1\u202f034,56"),
    ],
)
def test_the_page_in_each_language(still: Client, language: str, title: str, state: str, amount: str) -> None:
    text = shown(still, language=language)
    assert f"– {title}</h2>" in text  # noqa: RUF001
    assert cells(text)[0][2] == state
    assert cells(text)[0][5] == amount


def test_the_ledgers_own_language_wins(coop: Coop) -> None:
    coop.add("A001", '2026-01-01 custom "fava-option" "language" "nl"\n')
    assert "Activiteiten</h2>" in page(coop.main, language="en")


def test_an_empty_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "main.beancount"
    write_text(ledger, 'option "title" "Toute la coop"\n2020-01-01 custom "fava-extension" "beancoop_fava"\n')
    assert "Aucune activité" in page(ledger)
    assert "Aucune activité" in page(ledger, time="2020")


def test_one_activity_of_a_cooperative(coop: Coop) -> None:
    two = coop.main.read_text(encoding="utf-8")
    one = two.replace('include "activities/A002/ledger.beancount"\n', "")
    write_text(coop.main, f"{one}2026-01-05 open Assets:55:5500-Banque:COOP\n")
    text = page(coop.main)
    assert [row[0] for row in cells(text)] == ["A001", "Total (1)"]
    assert cells(text)[0][6] == "103,46"


def test_a_sub_ledger_alone_has_nothing_of_the_cooperative_to_show(coop: Coop) -> None:
    text = page(coop.own("A001"), path="/livre-a001/extension/Activites/", time="2026-02")
    assert "n’a rien à y montrer" in text  # noqa: RUF001
    assert 'href="/livre-a001/extension/Autonomie/?time=2026-02"' in text
    assert "<table" not in text


def test_five_hundred_activities(coop: Coop) -> None:
    with_500 = "".join(
        f'2026-01-05 custom "activity" "B{number:03}"\n2026-01-05 open Assets:55:5500-Banque:B{number:03}\n'
        for number in range(500)
    )
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + with_500)
    assert len(cells(page(coop.main))) == 503


def test_a_code_inside_another_is_filtered_apart(coop: Coop) -> None:
    coop.add("A001", '2026-01-05 custom "activity" "A0010"\n2026-01-05 open Assets:55:5500-Banque:A0010\n')
    text = page(coop.main)
    assert "account=:A001$" in text.replace("%3A", ":").replace("%24", "$")
    assert "account=A0010" in text


@pytest.mark.parametrize(
    ("directives", "words"),
    [
        ('2026-03-01 custom "activity" "A003"\n  rate: 7\n', "has rate: 7"),
        ('2026-03-01 custom "activity" "A001"\n', "already declared"),
        ('2026-03-01 custom "activity" "A003" 2\n', "2 values are given"),
        ('2026-03-01 custom "activity-exit" "A004" "stopped"\n', "A004 is not declared"),
        ('option "operating_currency" "USD"\n', "2 operating currencies"),
    ],
)
def test_a_broken_declaration_is_told_on_the_page(coop: Coop, directives: str, words: str) -> None:
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + directives)
    text = page(coop.main)
    assert "Ce livre contient des erreurs" in text
    assert words in text
    assert re.search(r"main\.beancount:\d+ ", text)
    assert [row[0] for row in cells(text)][:2] == ["A001", "A002"]


@pytest.mark.parametrize("config", ["{'a': 1}", "this is ( not python", "1/0", ""])
def test_a_configuration_is_told_and_stops_nothing(coop: Coop, config: str) -> None:
    text = coop.main.read_text(encoding="utf-8")
    write_text(coop.main, text.replace('"beancoop_fava"', f'"beancoop_fava" "{config}"'))
    asking = Client(create_app(coop.main, hosts=("localhost",)))
    for language, words in {"en": "takes no configuration", "fr": "ne prend pas de configuration"}.items():
        told = asking.get("/toute-la-coop/api/errors", headers={"Accept-Language": language}).text
        assert words in told
        assert "[BC972]" in told
    assert "Menuiserie" in asking.get(PAGE).text


def test_whatever_goes_wrong_with_a_page_is_an_error_of_the_ledger(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("beancoop_fava.Activities", fail)
    asking = Client(create_app(coop.main, hosts=("localhost",)))
    assert "ne peuvent pas être affichées" in asking.get(PAGE).text
    assert "ZeroDivisionError" in asking.get("/toute-la-coop/api/errors").text
    assert asking.get("/toute-la-coop/api/income_statement").status_code == 200


@pytest.mark.parametrize("time", ["hello", "2026-13", "2026-02-30", "2026 - 2025", "' or 1", "10000", "<b>"])
def test_a_period_that_cannot_be_read_is_told_on_the_page(still: Client, time: str) -> None:
    for name in ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie"):
        path = f"/toute-la-coop/extension/{name}/"
        answer = still.get(path, query_string={"time": time}, headers={"Accept-Language": "fr"})
        assert answer.status_code == 200
        assert "La période ne peut pas être lue" in answer.text
        assert "<b>" not in answer.text
        assert still.get(f"{path}download-tables.xlsx", query_string={"time": time}).status_code == 404


@pytest.mark.parametrize("time", ["0001", "9999", "9999-12-31", "0001 - 9999", "2026-W10", "fy2026", "month"])
def test_any_other_period_is_read(still: Client, time: str) -> None:
    for name in ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie"):
        answer = still.get(f"/toute-la-coop/extension/{name}/", query_string={"time": time, "unit": "A001"})
        assert answer.status_code == 200
        assert "period cannot be read" not in answer.text


def test_hostile_text_is_escaped(coop: Coop) -> None:
    hostile = "<script>alert(1)</script>"
    coop.add("A001", f'2026-02-01 custom "activity-terms" "A001"\n  trade: "{hostile}"\n')
    coop.add("A001", f'2026-02-01 custom "activity-terms" "A002"\n  margin: "{hostile}"\n')
    text = page(coop.main)
    assert text.count("&lt;script&gt;alert(1)") >= 2  # in the table, and again in the chart
    assert hostile not in text


def test_numbers_are_hidden_incognito(whole: Coop) -> None:
    asking = Client(stock_fava([whole.main], load=True, incognito=True))
    table = cells(asking.get(PAGE).text)
    assert table[0][3:8] in (
        ["XXX.XX", "XXX.XX", "X,XXX.XX", "XXX.XX", "XXX.XX"],
        ["XXX,XX", "XXX,XX", "X\u202fXXX,XX", "XXX,XX", "XXX,XX"],
    )
    assert not re.search(r"data-sort-value=\"-?\d+\.\d\d\"", asking.get(PAGE).text)


def test_the_figures_are_added_up_once_per_load_for_all_pages(coop: Coop, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = Sums.__init__

    def counted(self: Sums, entries: Sequence[Directive], currency: str) -> None:
        made.append(len(entries))
        real(self, entries, currency)

    monkeypatch.setattr(Sums, "__init__", counted)
    asking = Client(create_app(coop.main, hosts=("localhost",)))
    for time in ("", "2026-01", "2026-02"):
        for name in ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie"):
            path = f"/toute-la-coop/extension/{name}/"
            assert asking.get(path, query_string={"time": time}).status_code == 200
    assert len(made) == 1


@given(
    st.lists(st.lists(st.tuples(DAYS, st.decimals(-999, 999, places=2)))),
    DAYS,
    DAYS,
)
def test_several_series_added_up_are_the_sum_of_each(
    several: list[list[tuple[datetime.date, Decimal]]], begin: datetime.date, end: datetime.date
) -> None:
    all_series = []
    for amounts in several:
        series = Series()
        for when, amount in sorted(amounts, key=lambda pair: pair[0]):
            series.add(when, amount)
        all_series.append(series)
    assert added(all_series).within(begin, end) == sum((each.within(begin, end) for each in all_series), Decimal(0))
