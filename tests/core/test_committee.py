"""The report to the committee: its figures, and that no small group can be told from any run of reports."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.model.periods import Span
from beancoop.statements.committee import OTHER, Figures, committee
from beancoop.statements.masking import FEWEST
from books import asked, books_of, example
from disclosure import determined, told
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


def known_sums(reports: list[Figures]):
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


SUMMED = ("entries", "exits", "hours", "sold", "margin", "levied")


def across(reports):
    """Say by hand what a reader adds up over quarters: twelve months are those of four reports together."""
    for turn, report in enumerate(reports):
        quarters = range(max(0, turn - 3), turn + 1)
        for name in report.year.figures:
            if name.split(":")[0] in SUMMED:
                yield {f"{turn} year {name}": 1, **{f"{quarter} {name}": -1 for quarter in quarters}}
        for prefix in ("exits", "hours"):
            parts = {f"{turn} year {name}": -1 for name in report.year.figures if name.startswith(f"{prefix}:")}
            yield {f"{turn} year {prefix}": 1, **parts}
        start = f"{turn - 4} end" if turn > 3 else "0 start"
        yield {f"{turn} year during": 1, start: -1, f"{turn} year entries": -1}


def ages(reports):
    """Say by hand what a reader who knows of no exit and no pause makes of the months used, quarter by quarter."""
    for turn in range(len(reports)):
        for place, months in enumerate((6, 12, 18)):
            entered = [quarter for quarter in (turn - 2 * place, turn - 2 * place - 1) if quarter >= 0]
            if entered:
                yield {f"{turn} used:{months}": 1, **{f"{quarter} entries": -1 for quarter in entered}}


def cells(reports):
    """Give the figures of all reports by a name of their own, and the names of the hidden ones."""
    figures, secret = {}, set()
    for turn, report in enumerate(reports):
        for kind, own in (("", report.quarter), ("year ", report.year)):
            for name, figure in own.figures.items():
                key = f"{turn - 1} end" if name == "start" and turn else f"{turn} {kind}{name}"
                assert figures.setdefault(key, figure) == figure
                assert figure.people >= FEWEST or name in own.hidden
                assert (own.shown(name) is None) is (name in own.hidden)
                if name in own.hidden:
                    secret.add(key)
    return figures, secret


@settings(max_examples=12, deadline=None)  # a load each
@given(st.lists(LIFE, min_size=1, max_size=40))
def test_neither_quarters_nor_twelve_months_nor_both_give_a_hidden_figure(lives):
    """By linear algebra, and for counts, none of which is below zero, by a linear program."""
    books = cooperative(lives)
    reports = [committee(books, *quarter) for quarter in QUARTERS]
    figures, secret = cells(reports)
    relations = [*known_sums([report.quarter for report in reports]), *across(reports)]
    for relation in relations:
        assert sum(weight * figures[key].value for key, weight in relation.items()) == 0
    assert not determined(relations, secret & {key for relation in relations for key in relation})
    counts = {key: figures[key].people for key in secret if not key.split()[-1].startswith(MONEY)}
    own = [relation for relation in relations if not any(key.split()[-1].startswith(MONEY) for key in relation)]
    known = {key for relation in own for key in relation}
    assert not told(own, {key: value for key, value in counts.items() if key in known})


MONEY = ("sold", "margin", "levied", "hours")  # may be below zero, or are no counts
GROUPS = st.lists(st.tuples(st.sampled_from((20, 100, 200, 290, 390)), st.integers(1, 14)), min_size=1, max_size=6)


@settings(max_examples=12, deadline=None)  # a load each
@given(GROUPS)
def test_the_months_used_give_no_hidden_entry_away(groups):
    """Where nobody leaves, who has used up to six months is who entered in two quarters (case accounts/committee)."""
    books = cooperative([(start, 0, None, 0, 1, "commercial") for start, many in groups for _ in range(many)])
    reports = [committee(books, *quarter) for quarter in QUARTERS]
    reports = reports[next((turn for turn, each in enumerate(reports) if each.quarter.figures["during"].people), 0) :]
    _, secret = cells(reports)
    relations = [*known_sums([report.quarter for report in reports]), *across(reports), *ages(reports)]
    assert not determined(relations, secret & {key for relation in relations for key in relation})


def test_the_case_of_the_committee():
    """Six activities, then five, then two: that two entered cannot be read from the months used, nor from the year."""
    lives = [
        *[(287, 0, None, 0, 1, "marketing")] * 6,
        *[(384, 0, None, 0, 1, "marketing")] * 5,
        *[(474, 0, None, 0, 1, "marketing")] * 2,
    ]
    first, second = (committee(cooperative(lives), 2026, quarter) for quarter in (1, 2))
    assert (first.quarter.shown("start"), first.quarter.shown("end")) == (6, 11)
    hidden = (second.quarter.shown("entries"), second.quarter.shown("used:6"), second.year.shown("entries"))
    assert hidden == (None, None, None)
    assert (second.quarter.shown("end"), second.year.shown("accompanied")) == (13, 13)


def test_twelve_months_show_what_is_too_small_in_each_quarter():
    """Two enter in each quarter, and are accompanied: eight in the year, and no more can be said of one quarter."""
    lives = [(1, 0, None, 0, 1, "commercial")] * 20
    for quarter in range(8):
        lives += [(91 * quarter + 9, 0, None, 0, 1, "commercial")] * 2
    report = committee(cooperative(lives), 2026, 2)
    assert [report.quarter.shown(name) for name in ("hours", "accompanied")] == [None, None]
    assert [report.year.shown(name) for name in ("hours", "accompanied")] == [8, 8]
    assert report.year.span == Span(datetime.date(2025, 7, 1), datetime.date(2026, 6, 30))


def test_what_a_report_shows_does_not_depend_on_what_comes_later():
    lives = [(place * 9, 200 + place, OUTCOMES[place % 5], 5000, 1, "commercial") for place in range(40)]
    late = [*lives, *[(500, 10, None, 100, 1, "marketing")] * 9]
    before, after = (
        [committee(books, *quarter).quarter for quarter in QUARTERS[:2]] for books in map(cooperative, (lives, late))
    )
    assert before == after


def test_large_groups_and_shares_of_them_are_shown():
    lives = [(place, 100, OUTCOMES[place % 5], 5000, 1, "commercial") for place in range(60)]
    report = committee(cooperative(lives), 2025, 2).quarter
    assert [report.shown(name) for name in ("start", "exits", "end")] == [60, 60, None]
    assert [report.shown(f"exits:{outcome}") for outcome in OUTCOMES] == [12] * 5
    assert report.share(["exits:independent", "exits:employed"], "exits") == Decimal("0.4")


def test_a_share_is_hidden_where_it_would_betray_one_of_its_parts():
    lives = [(place, 100, OUTCOMES[0 if place > 2 else 1], 5000, 1, "commercial") for place in range(60)]
    report = committee(cooperative(lives), 2025, 2).quarter
    assert report.shown("exits:employed") is None
    assert report.share(["exits:independent", "exits:employed"], "exits") is None


def test_a_kind_somebody_made_up_is_told_as_another():
    report = committee(cooperative([(1, 1, None, 0, 1, "pour Marie")] * 1), 2025, 1).quarter
    assert not any("Marie" in name for name in report.figures)
    assert report.figures[f"hours:{OTHER}"].value == 1


@pytest.mark.parametrize(("year", "quarter"), [(2025, 2), (2026, 2)])
def test_the_figures_of_the_example_are_those_of_its_books(year, quarter):
    report, span = committee(example(), year, quarter).quarter, Span.of_quarter(year, quarter)
    days = f"date >= {span.first} AND date <= {span.last}"
    units = "A\\d+"
    assert report.figures["sold"].value == -asked(example(), days, "70", unit=units)
    assert report.figures["levied"].value == asked(example(), days, "950", unit=units)
    assert report.figures["margin"].value == -asked(example(), days, "60", "70", "951", unit=units)
    figures = {name: figure.value for name, figure in report.figures.items()}
    expected = {(2025, 2): (3, 2, 0, 5), (2026, 2): (7, 0, 1, 6)}[year, quarter]
    assert tuple(figures[name] for name in ("start", "entries", "exits", "end")) == tuple(map(Decimal, expected))
    assert report.meetings == sum(span.first <= each.date <= span.last for each in example().register.meetings)
