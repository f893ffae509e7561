"""Directives written wrong: each gets one clear error at its own line, and the load goes on."""

from __future__ import annotations

import pytest
from loading import load, sale

ACTIVITY = '2026-01-05 custom "activity" "A001"\n'


def with_terms(line: str) -> str:
    return f"{ACTIVITY}  {line}\n"


@pytest.mark.parametrize(
    ("ledger", "line", "words"),
    [
        (with_terms("rate: -0.10"), 1, "has rate: -0.10; write a number from 0 to 1"),
        (with_terms("rate: 1.01"), 1, "has rate: 1.01; write a number from 0 to 1"),
        (with_terms('rate: "10%"'), 1, 'has rate: "10%"; write a number from 0 to 1'),
        (with_terms("rate: 0.10 EUR"), 1, "has rate: 0.10 EUR; write a number from 0 to 1"),
        (with_terms("rate:"), 1, "has rate: nothing; write a number from 0 to 1"),
        (with_terms("rate: TRUE"), 1, "has rate: TRUE; write a number from 0 to 1"),
        (with_terms("ratio: 0.10"), 1, 'has an unknown key "ratio"; it takes: trade, rate, margin'),
        (with_terms('margin: "net"'), 1, 'write one of "direct", "operating"'),
        (with_terms('negative: "forget"'), 1, 'write one of "refund", "carry"'),
        (with_terms('settlement: "cash"'), 1, 'write one of "account", "treasury"'),
        (with_terms('settlement: "treasury"'), 1, "needs the bank account"),
        (with_terms('treasury: "400-Clients"'), 1, "write a bank account"),
        (with_terms("months: 0"), 1, "write a whole number of months"),
        (with_terms("months: 1.5"), 1, "write a whole number of months"),
        (with_terms("overdraft: 100"), 1, "write an amount of zero or more"),
        (with_terms("overdraft: -100 EUR"), 1, "write an amount of zero or more"),
        (with_terms("overdraft: 100 USD"), 1, "The overdraft is 100 USD; write it in EUR."),
        (with_terms('trade: " "'), 1, "write a text in quotes"),
        ('2026-01-05 custom "activity" "a001"\n', 1, "takes a unit's code in quotes"),
        ('2026-01-05 custom "activity" 1\n', 1, '"activity" has 1 where it takes a unit\'s code'),
        ('2026-01-05 custom "activity"\n', 1, "0 values are given"),
        ('2026-01-05 custom "activity" "A001" "A002"\n', 1, "2 values are given"),
        ('2026-01-05 custom "activity" "COOP"\n', 1, "COOP is the structure itself"),
        ('2026-01-05 custom "activty" "A001"\n', 1, '"activty" is not a known directive'),
        (ACTIVITY + '2026-02-01 custom "activity" "A001"\n', 2, "A001 is already declared at <string>:1"),
        (ACTIVITY + '2026-02-01 custom "activity-terms" "A002"\n', 2, "A002 is not declared"),
        (ACTIVITY + '2026-01-01 custom "activity-terms" "A001"\n', 2, "comes before its start, 2026-01-05"),
        (ACTIVITY + '2026-01-01 custom "activity-pause" "A001"\n', 2, "comes before its start"),
        (ACTIVITY + '2026-01-04 custom "activity-exit" "A001" "employed"\n', 2, "comes before its start"),
        (ACTIVITY + '2026-02-01 custom "activity-exit" "A001" "rich"\n', 2, 'takes one of "independent"'),
        (ACTIVITY + '2026-02-01 custom "activity-resume" "A001"\n', 2, "A001 is not in a pause on 2026-02-01"),
        (ACTIVITY + '2026-02-01 custom "follow-up" "A002" "commercial" 1.5\n', 2, "A002 is not declared"),
        (ACTIVITY + '2026-02-01 custom "follow-up" "A001" "commercial" -1\n', 2, "a number of hours"),
        (ACTIVITY + '2026-02-01 custom "follow-up" "A001" "commercial" "1"\n', 2, "a number of hours"),
        (ACTIVITY + '2026-02-01 custom "meeting" "monthly"\n  attended: "A001 A009"\n', 2, "A009 is not declared"),
        (ACTIVITY + '2026-02-01 custom "meeting" "monthly"\n  attended: "Zoé"\n', 2, "units separated by blanks"),
        (ACTIVITY + '2026-01-31 custom "closed" "2026-13" "A001"\n', 2, "a month or a year in quotes"),
        (ACTIVITY + '2026-01-31 custom "closed" "2026-01" "A009"\n', 2, "A009 is not declared"),
        (ACTIVITY + '2026-01-30 custom "closed" "2026-01" "A001"\n', 2, "must be dated 2026-01-31"),
        (ACTIVITY + '2026-01-31 custom "closed" "2026-01" "A001"\n  sha256: "xyz"\n', 2, "64 hexadecimal digits"),
    ],
)
def test_a_wrong_directive_is_one_error_at_its_line(ledger, line, words):
    (found,) = load(ledger).told
    assert found[0] == line
    assert words in found[1]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ('2026-03-01 custom "activity-exit" "A001" "stopped"\n', "A001 has already left at <string>:2"),
        ('2026-02-01 custom "activity-exit" "A001" "employed"\n', "A001 has already left at <string>:2"),
    ],
)
def test_a_second_exit_is_an_error(second, words):
    ((line, message),) = load(ACTIVITY + '2026-02-01 custom "activity-exit" "A001" "employed"\n' + second).told
    assert line == 3
    assert words in message


def test_two_terms_on_one_day_are_an_error():
    change = '2026-02-01 custom "activity-terms" "A001"\n  rate: 0.08\n'
    ((line, message),) = load(ACTIVITY + change + change).told
    assert line == 4
    assert "already has terms from 2026-02-01 at <string>:2" in message


def test_a_pause_never_resumed_is_legal_and_a_second_pause_is_not():
    pause = '2026-02-01 custom "activity-pause" "A001"\n'
    assert load(ACTIVITY + pause).told == []
    ((line, message),) = load(ACTIVITY + pause + pause.replace("02-01", "03-01")).told
    assert line == 3
    assert message == (
        "A001 is already in the pause that began on 2026-02-01; take one of the two away, or end the first with an "
        '"activity-resume" by 2026-03-01. [BC119]'
    )


def test_a_resume_twice_is_an_error():
    pause = '2026-02-01 custom "activity-pause" "A001"\n'
    resume = '2026-03-01 custom "activity-resume" "A001"\n'
    ((line, message),) = load(ACTIVITY + pause + resume + resume.replace("03-01", "04-01")).told
    assert line == 4
    assert "not in a pause" in message


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_pause_and_resume_on_one_day_mean_the_same_in_any_order(order):
    same_day = ['2026-03-01 custom "activity-resume" "A001"\n', '2026-03-01 custom "activity-pause" "A001"\n']
    first = '2026-02-01 custom "activity-pause" "A001"\n'
    assert load(ACTIVITY + first + "".join(same_day[index] for index in order)).told == []


def test_two_operating_currencies_are_an_error_and_nothing_is_levied():
    loaded = load(ACTIVITY + sale("2026-01-20", "100.00") + 'option "operating_currency" "USD"\n')
    ((_, message),) = loaded.told
    assert "names 2 operating currencies (USD, EUR)" in message
    assert loaded.levies == []


def test_a_ledger_that_names_no_currency_is_kept_in_euro():
    loaded = load(ACTIVITY + sale("2026-01-20", "100.00"), options='option "tolerance_multiplier" "0"\n')
    assert loaded.told == []
    assert [str(levy.postings[0].units) for levy in loaded.levies] == ["10.00 EUR"]


def test_several_faults_in_one_directive_are_all_told():
    told = load(with_terms('rate: 2\n  margin: "x"\n  colour: "red"')).told
    assert [line for line, _ in told] == [1, 1, 1]


def test_an_activity_declared_wrong_is_not_levied_by_default():
    loaded = load(with_terms("rate: 0.8 EUR") + sale("2026-01-20", "100.00"))
    assert len(loaded.told) == 1
    assert loaded.levies == []


def test_directives_of_fava_are_not_judged():
    assert load('2026-01-01 custom "fava-option" "language" "fr"\n').told == []
    assert load('2026-01-01 custom "fava-empty"\n').told == []
    assert load('2026-01-01 custom "budget" Expenses:61:610-Loyers:COOP "monthly" 10 EUR\n').told == []


def test_seals_have_no_gap_and_no_twin():
    seals = "".join(f'2026-{day} custom "closed" "2026-{day[:2]}" "A001"\n' for day in ("01-31", "03-31", "03-31"))
    told = load(ACTIVITY + seals).told
    assert [line for line, _ in told] == [3, 4]
    assert "2026-03 of A001 is closed but 2026-02 is not" in told[0][1]
    assert "already closed at <string>:3" in told[1][1]
