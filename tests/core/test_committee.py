"""The report to the committee: its figures, and that no small group can be told from any run of reports."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.model.periods import Span
from beancoop.statements.committee import OTHER, Quarter, committee
from beancoop.statements.masking import FEWEST
from books import asked, books_of, example
from disclosure import determined
from hypothesis import given, settings
from hypothesis import strategies as st

OPTIONS = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
OUTCOMES = ("independent", "employed", "cooperative", "jobseeker", "stopped")
FIRST = datetime.date(2025, 1, 1)


def cooperative(lives):
    """Write activities that start, sell, are accompanied and leave."""
    lines = [OPTIONS]
    for place, (start, stay, outcome, sold, hours, kind) in enumerate(lives):
        unit, day = f"A{place:03}", FIRST + datetime.timedelta(start)
        lines += [
            f'{day} custom "activity" "{unit}"',
            f"{day} open Assets:40:400-Clients:{unit}",
            f"{day} open Income:70:700-Ventes:{unit}",
            f'{day} custom "follow-up" "{unit}" "{kind}" {hours}',
        ]
        if sold:
            lines += [
                f'{day} * "Vente"',
                f"  Assets:40:400-Clients:{unit}  {sold} EUR",
                f"  Income:70:700-Ventes:{unit}  -{sold} EUR",
            ]
        if outcome:
            lines.append(f'{day + datetime.timedelta(stay)} custom "activity-exit" "{unit}" "{outcome}"')
    return books_of("\n".join(lines) + "\n")


LIFE = st.tuples(
    st.integers(0, 400),
    st.integers(0, 300),
    st.sampled_from((None, *OUTCOMES)),
    st.sampled_from((0, 100, 5000, 9000)),
    st.sampled_from((1, 2.5)),
    st.sampled_from(("commercial", "marketing", "pour Marie")),
)
QUARTERS = [(2025, 1), (2025, 2), (2025, 3), (2025, 4), (2026, 1)]


def known_sums(reports: list[Quarter]):
    """Say by hand what a reader of all reports can add up: cells are named by quarter, stocks carried over."""
    relations = []
    for turn, report in enumerate(reports):

        def at(name, turn=turn):
            return f"{turn - 1} end" if name == "start" and turn else f"{turn} {name}"

        relations.append({at("start"): 1, at("entries"): 1, at("exits"): -1, at("end"): -1})
        relations.append({at("start"): 1, at("entries"): 1, at("during"): -1})
        for total, part in (("exits", "exits:"), ("end", "used:"), ("during", "turnover:"), ("hours", "hours:")):
            parts = {at(name): 1 for name in report.figures if name.startswith(part)}
            relations.append({**parts, at(total): -1})
    return relations


@settings(max_examples=25, deadline=None)  # a load each
@given(st.lists(LIFE, min_size=1, max_size=40))
def test_no_hidden_figure_can_be_computed_from_all_reports_together(lives):
    books = cooperative(lives)
    reports = [committee(books, *quarter) for quarter in QUARTERS]
    secret, values = set(), {}
    for turn, report in enumerate(reports):
        for name, figure in report.figures.items():
            key = f"{turn - 1} end" if name == "start" and turn else f"{turn} {name}"
            values.setdefault(key, figure.value)
            assert values[key] == figure.value
            if name in report.hidden:
                secret.add(key)
            assert figure.people >= FEWEST or name in report.hidden
            assert (report.shown(name) is None) is (name in report.hidden)
    relations = known_sums(reports)
    for relation in relations:
        assert sum(weight * values[key] for key, weight in relation.items()) == 0
    assert not determined(relations, secret & {key for relation in relations for key in relation})


GROUPS = st.lists(st.tuples(st.sampled_from((20, 100, 200, 290, 390)), st.integers(1, 14)), min_size=1, max_size=6)


def ages(reports):
    """Say by hand what a reader who knows of no exit and no pause makes of the months used, quarter by quarter."""
    for turn in range(len(reports)):
        for place, months in enumerate((6, 12, 18)):
            entered = [quarter for quarter in (turn - 2 * place, turn - 2 * place - 1) if quarter >= 0]
            if entered:
                yield {f"{turn} used:{months}": 1, **{f"{quarter} entries": -1 for quarter in entered}}


@settings(max_examples=15, deadline=None)  # a load each
@given(GROUPS)
def test_the_months_used_give_no_hidden_entry_away(groups):
    """Where nobody leaves, who has used up to six months is who entered in two quarters (case accounts/committee)."""
    lives = [(start, 0, None, 0, 1, "commercial") for start, many in groups for _ in range(many)]
    reports = [committee(cooperative(lives), *quarter) for quarter in QUARTERS]
    first = next((turn for turn, report in enumerate(reports) if report.figures["during"].people), 0)
    reports = reports[first:]
    relations = [*known_sums(reports), *ages(reports)]
    secret = {
        f"{turn - 1} end" if name == "start" and turn else f"{turn} {name}"
        for turn, report in enumerate(reports)
        for name in report.hidden
    }
    assert not determined(relations, secret & {key for relation in relations for key in relation})
    assert not any(
        report.shown(name) is not None and report.figures[name].people < FEWEST
        for report in reports
        for name in report.figures
    )


def test_the_case_of_the_committee():
    """Six activities, then five, then two: that two entered cannot be read from the months used."""
    lives = [
        *[(287, 0, None, 0, 1, "marketing")] * 6,
        *[(384, 0, None, 0, 1, "marketing")] * 5,
        *[(474, 0, None, 0, 1, "marketing")] * 2,
    ]
    books = cooperative(lives)
    first, second = committee(books, 2026, 1), committee(books, 2026, 2)
    assert first.shown("entries") == 5
    assert (second.shown("entries"), second.shown("used:6")) == (None, None)


def test_what_a_report_shows_does_not_depend_on_what_comes_later():
    lives = [(place * 9, 200 + place, OUTCOMES[place % 5], 5000, 1, "commercial") for place in range(40)]
    late = [*lives, *[(500, 10, None, 100, 1, "marketing")] * 9]
    before, after = (
        [committee(books, *quarter) for quarter in QUARTERS[:2]] for books in map(cooperative, (lives, late))
    )
    assert before == after


def test_large_groups_and_shares_of_them_are_shown():
    lives = [(place, 100, OUTCOMES[place % 5], 5000, 1, "commercial") for place in range(60)]
    report = committee(cooperative(lives), 2025, 2)
    assert [report.shown(name) for name in ("start", "exits", "end")] == [60, 60, None]
    assert [report.shown(f"exits:{outcome}") for outcome in OUTCOMES] == [12] * 5
    assert report.share(["exits:independent", "exits:employed"], "exits") == Decimal("0.4")


def test_a_share_is_hidden_where_it_would_betray_one_of_its_parts():
    lives = [(place, 100, OUTCOMES[0 if place > 2 else 1], 5000, 1, "commercial") for place in range(60)]
    report = committee(cooperative(lives), 2025, 2)
    assert report.shown("exits:employed") is None
    assert report.share(["exits:independent", "exits:employed"], "exits") is None


def test_a_kind_somebody_made_up_is_told_as_another():
    report = committee(cooperative([(1, 1, None, 0, 1, "pour Marie")] * 1), 2025, 1)
    assert not any("Marie" in name for name in report.figures)
    assert report.figures[f"hours:{OTHER}"].value == 1


@pytest.mark.parametrize(("year", "quarter"), [(2025, 2), (2026, 2)])
def test_the_figures_of_the_example_are_those_of_its_books(year, quarter):
    report, span = committee(example(), year, quarter), Span.of_quarter(year, quarter)
    days = f"date >= {span.first} AND date <= {span.last}"
    units = "A\\d+"
    assert report.figures["sold"].value == -asked(example(), days, "70", unit=units)
    assert report.figures["levied"].value == asked(example(), days, "950", unit=units)
    assert report.figures["margin"].value == -asked(example(), days, "60", "70", "951", unit=units)
    figures = {name: figure.value for name, figure in report.figures.items()}
    expected = {(2025, 2): (3, 2, 0, 5), (2026, 2): (7, 0, 1, 6)}[year, quarter]
    assert tuple(figures[name] for name in ("start", "entries", "exits", "end")) == tuple(map(Decimal, expected))
    assert report.meetings == sum(span.first <= each.date <= span.last for each in example().register.meetings)
