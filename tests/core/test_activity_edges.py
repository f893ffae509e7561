"""The edges of an activity's life and of its directives, where only a test at the very edge notices a change."""

from __future__ import annotations

import datetime

import pytest
from beancoop.model.months import Month
from beancoop.model.register import read_register
from edges import ACTIVITY, PAUSES, activity_of, directives
from loading import OPTIONS, load, sale

# Days


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-01-04", "future"),
        ("2026-01-05", "active"),
        ("2026-02-28", "active"),
        ("2026-03-01", "paused"),
        ("2026-03-10", "paused"),
        ("2026-03-11", "active"),
        ("2027-07-24", "active"),
        ("2027-07-25", "ended"),
    ],
)
def test_the_state_of_an_activity_from_its_start_to_its_end(day, state):
    assert activity_of(ACTIVITY + PAUSES).state(datetime.date.fromisoformat(day)) == state


@pytest.mark.parametrize(
    ("day", "state"), [("2026-06-10", "active"), ("2026-06-11", "employed"), ("2026-01-04", "future")]
)
def test_the_state_of_an_activity_that_left(day, state):
    left = activity_of(ACTIVITY + directives("2026-06-10", "exit", more=' "employed"'))
    assert left.state(datetime.date.fromisoformat(day)) == state


def test_the_last_day_is_not_known_while_a_pause_runs():
    activity = activity_of(ACTIVITY + PAUSES)
    last_days = {
        day: activity.last_day(datetime.date.fromisoformat(day))
        for day in ("2026-02-28", "2026-03-01", "2026-03-10", "2026-03-11", "2026-05-01", "2026-05-11")
    }
    assert last_days == {
        "2026-02-28": datetime.date(2027, 7, 4),
        "2026-03-01": None,
        "2026-03-10": None,
        "2026-03-11": datetime.date(2027, 7, 14),
        "2026-05-01": None,
        "2026-05-11": datetime.date(2027, 7, 24),
    }


@pytest.mark.parametrize(("pause", "last"), [("2027-07-04", "2027-07-14"), ("2027-07-05", "2027-07-04")])
def test_a_pause_on_the_last_day_still_prolongs_and_one_after_it_does_not(pause, last):
    resume = datetime.date.fromisoformat(pause) + datetime.timedelta(10)
    activity = activity_of(ACTIVITY + directives(pause, "pause") + directives(str(resume), "resume"))
    assert str(activity.last_day(datetime.date(2028, 1, 1))) == last


def test_the_first_day_and_the_day_of_the_exit_may_sell():
    activity = activity_of(ACTIVITY + PAUSES + directives("2026-06-10", "exit", more=' "employed"'))
    for day in (datetime.date(2026, 1, 5), datetime.date(2026, 6, 10)):
        assert activity.why_no_sale(day) is None


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-08-31", 18, "2028-02-29"),
        ("2026-08-30", 6, "2027-02-28"),
        ("2026-08-28", 6, "2027-02-27"),
        ("2026-08-31", 12, "2027-08-30"),
    ],
)
def test_months_end_on_an_eve_or_with_a_month_that_has_no_such_day(start, months, last):
    activity = activity_of(f'{start} custom "activity" "A001"\n  months: {months}\n')
    assert str(activity.last_day(activity.start)) == last


def test_a_pause_after_the_last_day_by_the_terms_of_then_prolongs_nothing_though_later_terms_do():
    later = directives("2027-09-01", "pause") + directives("2027-10-01", "resume")
    activity = activity_of(ACTIVITY + later + directives("2027-11-01", "terms") + "  months: 24\n")
    assert str(activity.last_day(datetime.date(2028, 1, 1))) == "2028-01-04"


def test_a_pause_within_longer_terms_prolongs_though_one_before_them_did_not():
    early = directives("2027-09-01", "pause") + directives("2027-10-01", "resume")
    longer = directives("2027-11-01", "terms") + "  months: 24\n"
    later = directives("2027-12-01", "pause") + directives("2027-12-11", "resume")
    assert str(activity_of(ACTIVITY + early + longer + later).last_day(datetime.date(2028, 1, 1))) == "2028-01-14"


@pytest.mark.parametrize(("day", "words"), [("2026-03-05", "2026-03-01"), ("2026-05-05", "2026-05-01")])
def test_each_of_two_pauses_stops_sales(day, words):
    ((_, message),) = load(ACTIVITY + PAUSES + sale(day, "10.00")).told
    assert f"in the pause that began on {words}" in message


def test_the_calendar_ends_with_its_last_year_and_months_go_on():
    december = Month(datetime.MAXYEAR, 12)
    assert december.first_day == datetime.date(9999, 12, 1)
    assert Month(datetime.MAXYEAR, 3).last_day == datetime.date(9999, 3, 31)
    assert december.next().first_day == december.next().last_day == datetime.date.max


def test_an_activity_whose_months_outlast_the_calendar_sells_to_its_last_day():
    activity = activity_of('9998-11-30 custom "activity" "A001"\n')
    assert activity.last_day(datetime.date(9999, 1, 1)) == activity.sells_until() == datetime.date.max
    assert activity.why_no_sale(datetime.date.max) is None


def test_months_follow_each_other_over_the_new_year():
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2026, 11).next() == Month(2026, 12)
    assert Month.parse("0001-01") == Month(1, 1)
    assert Month.parse("0000-01") is None


# Directives


def test_the_first_day_of_an_activity_may_bring_new_terms_and_its_exit():
    ledger = ACTIVITY + directives("2026-01-05", "terms") + "  rate: 0.20\n"
    loaded = load(ledger + directives("2026-01-05", "exit", more=' "stopped"') + sale("2026-01-05", "100.00"))
    assert loaded.told == []
    assert [str(levy.postings[0].units) for levy in loaded.levies] == ["20.00 EUR"]


@pytest.mark.parametrize("terms", ["  overdraft: 100 USD\n", '  settlement: "treasury"\n'])
@pytest.mark.parametrize("first", [ACTIVITY, ACTIVITY + directives("2026-01-10", "terms")])
def test_an_activity_whose_terms_are_refused_in_part_is_not_levied(terms, first):
    loaded = load(first + terms + sale("2026-01-20", "100.00"))
    assert len(loaded.told) == 1
    assert loaded.levies == []


def test_months_are_counted_whole():
    activity = activity_of(ACTIVITY + "  months: 6.0\n")
    assert repr(activity.terms[0].months) == "6"


def test_a_ledger_in_another_currency_is_levied_in_it():
    options = OPTIONS.replace("EUR", "USD")
    loaded = load(ACTIVITY + sale("2026-01-20", "100.00").replace("EUR", "USD"), options=options)
    assert loaded.told == []
    assert [str(levy.postings[0].units) for levy in loaded.levies] == ["10.00 USD"]
    assert read_register(loaded.entries, loaded.options).currency == "USD"


def test_of_two_foreign_currencies_the_first_is_named_in_what_follows():
    loaded = load(ACTIVITY, options='option "operating_currency" "USD"\noption "operating_currency" "GBP"\n')
    assert read_register(loaded.entries, loaded.options).currency == "USD"
    (error,) = loaded.errors
    assert (error.source["filename"], error.source["lineno"]) == (loaded.options["filename"], 1)


@pytest.mark.parametrize(
    ("term", "is_accepted"),
    [
        ("months: 1", True),
        ("months: 1200", True),
        ("months: 1201", False),
        ("overdraft: 0 EUR", True),
        ("overdraft: -0.01 EUR", False),
        ("rate: 0", True),
        ("rate: 1", True),
        ('treasury: "5-Banque"', False),
        ('treasury: "55-Banque"', True),
    ],
)
def test_how_far_terms_may_go(term, is_accepted):
    assert (load(f"{ACTIVITY}  {term}\n").told == []) is is_accepted


@pytest.mark.parametrize(("entries", "is_accepted"), [("0", True), ("1", True), ("-1", False), ("0.5", False)])
def test_a_seal_counts_whole_entries(entries, is_accepted):
    ledger = f'{ACTIVITY}2026-01-31 custom "closed" "2026-01" "A001"\n  entries: {entries}\n'
    assert (load(ledger).told == []) is is_accepted


@pytest.mark.parametrize(("hours", "is_accepted"), [("0", False), ("0.25", True), ("1", True)])
def test_a_follow_up_takes_some_time(hours, is_accepted):
    ledger = f'{ACTIVITY}2026-02-12 custom "follow-up" "A001" "commercial" {hours}\n'
    assert (load(ledger).told == []) is is_accepted


# What contradicts itself


def test_of_two_exits_the_first_counts():
    ledger = ACTIVITY + "".join(
        directives(day, "exit", more=f' "{outcome}"')
        for day, outcome in [("2026-06-10", "employed"), ("2026-07-10", "stopped")]
    )
    left = activity_of(ledger).exit
    assert (str(left.date), left.outcome) == ("2026-06-10", "employed")
    ((_, message),) = load(ledger).told
    assert "A001 has already left at <string>:2" in message
    assert len(load(ledger + directives("2026-08-10", "exit", more=' "stopped"')).told) == 2


def test_terms_that_do_not_repeat_a_key_keep_what_it_last_was():
    ledger = ACTIVITY + directives("2026-02-01", "terms") + "  rate: 0.20\n" + directives("2026-03-01", "terms")
    loaded = load(ledger + '  negative: "carry"\n' + sale("2026-03-10", "100.00"))
    assert [str(levy.postings[0].units) for levy in loaded.levies] == ["20.00 EUR"]


def test_an_activity_with_two_terms_on_one_day_is_not_levied():
    change = directives("2026-02-01", "terms") + "  rate: 0.20\n"
    loaded = load(ACTIVITY + change + change + sale("2026-02-10", "100.00"))
    assert len(loaded.told) == 1
    assert loaded.levies == []


def test_a_second_pause_within_a_later_one_is_told_with_its_own_date():
    ((line, message),) = load(ACTIVITY + PAUSES[: PAUSES.rindex("2026-05-11")] + directives("2026-05-05", "pause")).told
    assert line == 5
    assert message.startswith("A001 is already in the pause that began on 2026-05-01; take one of the two away")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_later_pause_may_end_and_another_begin_on_one_day(order):
    turn = [directives("2026-05-11", "resume"), directives("2026-05-11", "pause")]
    ledger = ACTIVITY + PAUSES[: PAUSES.rindex("2026-05-11")] + "".join(turn[index] for index in order)
    assert load(ledger).told == []
    assert [str(pause.start) for pause in activity_of(ledger).pauses] == ["2026-03-01", "2026-05-01", "2026-05-11"]
