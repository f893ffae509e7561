"""The edges of the rules, each found because a change of the program there went unnoticed by every other test."""

from __future__ import annotations

import datetime

import pytest
from beancoop.accounts import parse_account
from beancoop.months import Month
from beancoop.register import read_register
from loading import OPTIONS, load, purchase, sale

ACTIVITY = '2026-01-05 custom "activity" "A001"\n'
TREASURY = '  settlement: "treasury"\n  treasury: "5500-Banque"\n'
COOP = "2026-01-01 open Assets:55:5500-Banque:COOP\n"
OWN = "2026-01-01 open Assets:55:5500-Banque:A001\n"
PAUSES = "".join(
    f'{day} custom "activity-{kind}" "A001"\n'
    for day, kind in [
        ("2026-03-01", "pause"),
        ("2026-03-11", "resume"),
        ("2026-05-01", "pause"),
        ("2026-05-11", "resume"),
    ]
)


def directives(date: str, what: str, unit: str = "A001", more: str = "") -> str:
    return f'{date} custom "activity-{what}" "{unit}"{more}\n'


def seal(period: str, unit: str) -> str:
    return f'{Month.parse(period).last_day} custom "closed" "{period}" "{unit}"\n'


def side(unit: str, amount: str, of: str = "A001", tag: str = "#contribution", date: str = "2026-01-31") -> str:
    """Write one unit's side of a levy on another."""
    opposite = amount[1:] if amount.startswith("-") else f"-{amount}"
    return f"""{date} * "Contribution" {tag}
  unit: "{of}"
  Expenses:9:950-Contribution:{unit}  {amount} EUR
  Assets:9:960-Liaison:{unit}  {opposite} EUR
"""


def moved(loaded) -> list[tuple[str, str]]:
    """Give the postings of what is injected."""
    return [
        (posting.account, str(posting.units))
        for entry in loaded.levies
        if "provisional" in entry.tags
        for posting in entry.postings
    ]


def activity_of(ledger: str):
    loaded = load(ledger)
    return read_register(loaded.entries, loaded.options).activities["A001"]


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


@pytest.mark.parametrize(("day", "words"), [("2026-03-05", "2026-03-01"), ("2026-05-05", "2026-05-01")])
def test_each_of_two_pauses_stops_sales(day, words):
    ((_, message),) = load(ACTIVITY + PAUSES + sale(day, "10.00")).told
    assert f"in the pause that began on {words}" in message


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


# Levies


def test_a_bank_account_named_without_being_chosen_settles_nothing():
    loaded = load(ACTIVITY + '  treasury: "5500-Banque"\n' + OWN + sale("2026-01-20", "100.00"))
    assert moved(loaded) == [
        ("Expenses:9:950-Contribution:A001", "10.00 EUR"),
        ("Assets:9:960-Liaison:A001", "-10.00 EUR"),
    ]


def test_the_structure_s_share_of_a_bank_account_opens_by_itself_and_an_activity_s_does_not():
    cash = "2026-01-01 open Assets:57:570-Caisse:COOP\n"
    ledger = ACTIVITY + TREASURY + cash + sale("2026-01-20", "100.00")
    assert ("Assets:55:5500-Banque:COOP", "10.00 EUR") in moved(load(ledger + OWN))
    ((line, message),) = load(ledger).told
    assert line == 1
    assert "needs Assets:55:5500-Banque:A001, which is not open" in message


def test_an_account_closed_too_early_is_told_until_when_it_is_needed():
    ledger = ACTIVITY + sale("2026-01-20", "100.00") + "2026-01-05 open Assets:9:960-Liaison:A001\n"
    ledger += "2026-02-20 close Assets:9:960-Liaison:A001\n"
    ((line, message),) = load(ledger).told
    assert line == 6
    assert "it cannot be closed while A001 has not left" in message
    ((_, message),) = load(ledger + directives("2026-02-10", "exit", more=' "stopped"')).told
    assert "it cannot be closed before 2026-03-01" in message


def test_what_is_injected_stands_at_no_line_of_a_file():
    loaded = load(ACTIVITY + COOP + sale("2026-01-20", "100.00"))
    ours = [entry for entry in loaded.entries if entry.meta["filename"] == "<beancoop.contribution>"]
    assert len(ours) == 6
    assert {entry.meta["lineno"] for entry in ours} == {0}


def test_a_posting_without_a_price_is_told_at_its_own_line():
    ((line, _),) = load(
        ACTIVITY
        + """2026-01-20 * "Vente"
  Assets:40:400-Clients:A001  100.00 USD
  Income:70:700-VentesPrestations:A001  -100.00 USD
"""
    ).told
    assert line == 4


# A closing that was cut off


CUT_OFF = ACTIVITY + COOP + sale("2026-01-20", "100.00") + side("A001", "10.00") + seal("2026-01", "A001")
COOPS = [("Assets:9:960-Liaison:COOP", "10.00 EUR"), ("Expenses:9:950-Contribution:COOP", "-10.00 EUR")]


def test_the_structure_s_side_of_a_written_levy_is_supplied_until_the_structure_closes():
    loaded = load(CUT_OFF)
    assert loaded.told == []
    assert moved(loaded) == COOPS


def test_the_structure_s_side_is_not_supplied_where_it_is_written_already():
    loaded = load(CUT_OFF + side("COOP", "-10.00"))
    assert moved(loaded) == []


@pytest.mark.parametrize(
    "other",
    [
        side("COOP", "-10.00", tag="#other"),
        side("COOP", "-10.00", of="A002"),
        side("COOP", "-10.00", date="2026-02-15"),
        side("COOP", "-10.00").replace("950-Contribution", "951-PrestationsInternes"),
    ],
)
def test_what_the_structure_wrote_of_another_levy_takes_nothing_away(other):
    assert moved(load(CUT_OFF + other)) == COOPS


def test_only_what_is_missing_of_the_structure_s_side_is_supplied():
    wrong_by_four = [(account, amount.replace("10", "4")) for account, amount in COOPS]
    assert moved(load(CUT_OFF + side("COOP", "-6.00"))) == wrong_by_four
    assert moved(load(CUT_OFF + side("COOP", "-6.00") + side("COOP", "-4.00"))) == []


def test_nothing_is_supplied_in_a_month_that_the_structure_has_closed():
    loaded = load(CUT_OFF + seal("2026-01", "COOP"))
    assert moved(loaded) == []
    assert any("Assets:9:960-Liaison is -10.00 EUR over all units" in message for _, message in loaded.told)


def test_a_margin_before_the_first_seal_is_told_at_the_seal():
    ledger = ACTIVITY + sale("2026-01-20", "100.00") + seal("2026-02", "A001")
    ((line, message),) = load(ledger).told
    assert line == 5
    assert message.startswith("2026-02 of A001 is closed but 2026-01, which has a margin, is not")
    assert load(ACTIVITY + sale("2026-02-20", "100.00") + seal("2026-02", "A001")).told == []


def test_a_purchase_before_the_start_is_levied_in_its_month():
    loaded = load(ACTIVITY + purchase("2025-12-20", "-40.00"))
    assert [str(levy.date) for levy in loaded.levies] == ["2025-12-31"]


def test_a_parent_has_no_unit_and_a_share_has_its_parent_s_name():
    share = parse_account("Assets:55:5500-Banque:A001")
    assert share.parent == "Assets:55:5500-Banque"
    assert parse_account(share.parent).unit is None


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
    assert (line, message) == (5, "A001 is already in the pause that began on 2026-05-01.")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_later_pause_may_end_and_another_begin_on_one_day(order):
    turn = [directives("2026-05-11", "resume"), directives("2026-05-11", "pause")]
    ledger = ACTIVITY + PAUSES[: PAUSES.rindex("2026-05-11")] + "".join(turn[index] for index in order)
    assert load(ledger).told == []
    assert [str(pause.start) for pause in activity_of(ledger).pauses] == ["2026-03-01", "2026-05-01", "2026-05-11"]


# Treasury


def bank(date: str, amount: str, unit: str = "A001") -> str:
    opposite = amount[1:] if amount.startswith("-") else f"-{amount}"
    return f'{date} * "x"\n  Assets:55:5500-Banque:{unit}  {amount}\n  Assets:40:400-Clients:{unit}  {opposite}\n'


def test_an_overdraft_taken_back_on_the_day_the_account_is_filled_up_is_no_fault():
    terms = "  overdraft: 10.00 EUR\n" + directives("2026-03-01", "terms") + "  overdraft: 0 EUR\n"
    ledger = ACTIVITY + terms + bank("2026-01-10", "-10.00 EUR")
    assert load(ledger + bank("2026-03-01", "10.00 EUR")).told == []
    assert len(load(ledger + bank("2026-03-02", "10.00 EUR")).told) == 1
