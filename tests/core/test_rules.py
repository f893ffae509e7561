"""What every load checks: accounts, units, dates of sales, treasury, class 9, reserves."""

from __future__ import annotations

import pytest
from beancoop.contribution.explanation import explain
from beancoop.model.register import read_register
from loading import load, purchase, sale

ACTIVITY = '2026-01-05 custom "activity" "A001"\n'
COOP = "2026-01-01 open Assets:55:5500-Banque:COOP\n"


def register_of(loaded):
    return read_register(loaded.entries, loaded.options)


def money(date: str, amount: str, unit: str = "A001") -> str:
    return f"""{date} * "Mouvement"
  Assets:55:5500-Banque:{unit}  {amount} EUR
  Assets:40:400-Clients:{unit}  {"-" + amount if amount[0] != "-" else amount[1:]} EUR
"""


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("Expenses:70:700-Ventes:COOP", "stands under Expenses; PCMN 700 stands under Income"),
        ("Liabilities:13:1311-Reserve:COOP", "PCMN 1311 stands under Equity"),
        ("Assets:42:420-Dettes:COOP", "PCMN 420 stands under Liabilities"),
        ("Liabilities:41:411-TVA:COOP", "PCMN 411 stands under Assets"),
        ("Income:49:499-Attente:COOP", "PCMN 499 stands under Assets or Liabilities"),
        ("Assets:49:492-Charges:COOP", "PCMN 492 stands under Liabilities"),
        ("Equity:18:180-Rien:COOP", "has the number 180, which the PCMN does not know"),
        ("Assets:49:494-Rien:COOP", "has the number 494, which the PCMN does not know"),
        ("Assets:54:5500-Banque:COOP", "has class 54 where its number 5500 says 55"),
        ("Assets:96:960-Liaison:COOP", "has class 96 where its number 960 says 9"),
        ("Assets:Banque", "is not of the form Root:class:number-Label:UNIT"),
        ("Assets:55:5500-Banque:COOP:Compte", "is not of the form Root:class:number-Label:UNIT"),
        ("Assets:55:5500-Banque:B007", "belongs to B007, which is not declared"),
    ],
)
def test_an_account_that_disagrees_with_the_pcmn_is_an_error(account, words):
    ((line, message),) = load(f"2026-01-01 open {account}\n").told
    assert line == 1
    assert message.startswith(account)
    assert words in message


@pytest.mark.parametrize(
    "account",
    [
        "Assets:49:499-CompteAttente:COOP",
        "Liabilities:49:499-CompteAttente:COOP",
        "Equity:9:990-Memo:COOP",
        "Assets:01:010-Engagements:COOP",
        "Equity:19:190-AcompteAssocies:COOP",
        "Assets:24:240-Mobilier:COOP",
        "Assets:55:5500-Banque",
    ],
)
def test_an_account_that_agrees_is_accepted(account):
    assert load(f"2026-01-01 open {account}\n").told == []


def test_a_transaction_over_two_units_is_an_error():
    ((line, message),) = load(
        ACTIVITY
        + COOP
        + """2026-01-10 * "Loyer"
  Expenses:61:610-Loyers:A001  10.00 EUR
  Assets:55:5500-Banque:COOP  -10.00 EUR
"""
    ).told
    assert line == 3
    assert message.startswith("This transaction touches A001 and COOP; write one in the books of each")


def test_a_posting_to_a_parent_is_an_error_at_the_posting():
    ((line, message),) = load("""2026-01-10 * "Sans part"
  Assets:55:5500-Banque  10.00 EUR
  Assets:40:400-Clients:COOP  -10.00 EUR
""").told
    assert line == 2
    assert "takes no posting of its own" in message


@pytest.mark.parametrize(
    ("directives", "date", "words"),
    [
        ("", "2026-01-04", "before its start on 2026-01-05"),
        ("", "2026-01-05", None),
        ("", "2027-07-04", None),
        ("", "2027-07-05", "after its last day to sell, 2027-07-04"),
        ("  months: 6\n", "2026-07-05", "after its last day to sell, 2026-07-04"),
        ('2026-05-01 custom "activity-pause" "A001"\n', "2026-04-30", None),
        ('2026-05-01 custom "activity-pause" "A001"\n', "2026-05-01", "in the pause that began on 2026-05-01"),
        ('2026-05-01 custom "activity-pause" "A001"\n', "2030-01-01", "in the pause that began on 2026-05-01"),
        (
            '2026-05-01 custom "activity-pause" "A001"\n2026-06-15 custom "activity-resume" "A001"\n',
            "2026-06-14",
            "in the pause",
        ),
        (
            '2026-05-01 custom "activity-pause" "A001"\n2026-06-15 custom "activity-resume" "A001"\n',
            "2026-06-15",
            None,
        ),
        (
            '2026-05-01 custom "activity-pause" "A001"\n2026-06-15 custom "activity-resume" "A001"\n',
            "2027-08-18",
            None,
        ),
        (
            '2026-05-01 custom "activity-pause" "A001"\n2026-06-15 custom "activity-resume" "A001"\n',
            "2027-08-19",
            "after its last day to sell, 2027-08-18",
        ),
        ('2026-03-10 custom "activity-exit" "A001" "employed"\n', "2026-03-10", None),
        ('2026-03-10 custom "activity-exit" "A001" "employed"\n', "2026-03-11", "after its exit on 2026-03-10"),
        ('2027-01-01 custom "activity-terms" "A001"\n  months: 24\n', "2027-07-05", None),
        (
            '2027-09-01 custom "activity-pause" "A001"\n2028-09-01 custom "activity-resume" "A001"\n',
            "2028-09-02",
            "after its last day to sell, 2027-07-04",
        ),
    ],
)
def test_the_days_on_which_an_activity_may_sell(directives, date, words):
    told = load(ACTIVITY + directives + sale(date, "100.00")).told
    if words is None:
        assert told == []
    else:
        ((_, message),) = told
        assert words in message


def test_the_last_valid_day_of_a_shorter_month_counts():
    ledger = '2025-08-31 custom "activity" "A001"\n'
    assert load(ledger + sale("2027-02-28", "1.00")).told == []
    assert len(load(ledger + sale("2027-03-01", "1.00")).told) == 1


def test_a_credit_note_may_come_after_the_exit():
    ledger = ACTIVITY + '2026-03-10 custom "activity-exit" "A001" "employed"\n'
    assert load(ledger + sale("2026-02-10", "100.00") + sale("2026-04-10", "-40.00")).told == []


def test_a_purchase_may_come_before_the_start():
    assert load(ACTIVITY + purchase("2025-12-20", "40.00")).told == []


def test_a_treasury_below_its_overdraft_is_told_once_for_each_time():
    told = load(
        ACTIVITY
        + money("2026-01-10", "-10.00")
        + money("2026-01-11", "-5.00")
        + money("2026-01-12", "20.00")
        + money("2026-01-13", "-6.00")
    ).told
    assert [line for line, _ in told] == [2, 11]
    assert "The treasury of A001 is -10.00 EUR at the end of 2026-01-10; it may go down to 0 EUR" in told[0][1]


def test_the_order_of_movements_within_a_day_does_not_matter():
    assert load(ACTIVITY + money("2026-01-10", "-10.00") + money("2026-01-10", "10.00")).told == []


def test_all_accounts_of_class_5_make_the_treasury():
    cash = money("2026-01-09", "10.00").replace("55:5500-Banque", "57:570-Caisse")
    assert load(ACTIVITY + cash + money("2026-01-10", "-10.00")).told == []


def test_an_overdraft_allows_as_far_as_it_says():
    ledger = ACTIVITY + "  overdraft: 10.00 EUR\n"
    assert load(ledger + money("2026-01-10", "-10.00")).told == []
    assert len(load(ledger + money("2026-01-10", "-10.01")).told) == 1


def test_an_overdraft_taken_back_is_told_on_the_day_it_ends():
    ledger = ACTIVITY + '  overdraft: 10.00 EUR\n2026-03-01 custom "activity-terms" "A001"\n  overdraft: 0 EUR\n'
    ((_, message),) = load(ledger + money("2026-01-10", "-10.00")).told
    assert "at the end of 2026-03-01" in message


def test_another_currency_is_a_purse_of_its_own_without_overdraft():
    ledger = ACTIVITY + "  overdraft: 100.00 EUR\n" + money("2026-01-09", "50.00")
    ((_, message),) = load(ledger + money("2026-01-10", "-1.00").replace("EUR", "USD")).told
    assert "is -1.00 USD at the end of 2026-01-10; it may go down to 0 USD" in message


def test_the_treasury_of_the_structure_is_not_an_activitys():
    assert load(money("2026-01-10", "-10.00", "COOP")).told == []


def test_a_provisional_levy_does_not_touch_the_treasury_but_a_written_one_does():
    terms = '  settlement: "treasury"\n  treasury: "5500-Banque"\n'
    ledger = ACTIVITY + terms + "2026-01-01 open Assets:55:5500-Banque:A001\n" + sale("2026-01-20", "100.00")
    assert load(ledger).told == []
    written = """2026-01-31 * "Contribution A001 2026-01" #contribution ^contribution-2026-01
  unit: "A001"
  period: "2026-01"
  Expenses:9:950-Contribution:A001  10.00 EUR
  Assets:55:5500-Banque:A001  -10.00 EUR
"""
    ((_, message),) = load(ledger + written).told
    assert "is -10.00 EUR at the end of 2026-01-31" in message


def services(seller: str, buyer: str, sold: str, bought: str, date: str = "2026-02-10", link: str = "^PI-1") -> str:
    return f"""2026-02-10 * "Vendu" ^PI-1
  Assets:9:960-Liaison:{seller}  {sold} EUR
  Expenses:9:951-PrestationsInternes:{seller}  -{sold} EUR
{date} * "Acheté" {link}
  Expenses:9:951-PrestationsInternes:{buyer}  {bought} EUR
  Assets:9:960-Liaison:{buyer}  -{bought} EUR
"""


TWO = ACTIVITY + '2026-01-05 custom "activity" "A002"\n'


def test_internal_services_that_mirror_each_other_are_accepted():
    assert load(TWO + COOP + services("A001", "A002", "30.00", "30.00")).told == []
    assert load(ACTIVITY + COOP + services("COOP", "A001", "30.00", "30.00")).told == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (services("A001", "A002", "30.00", "29.99"), "but A002 books 29.99 EUR on 2026-02-10 at <string>:7"),
        (services("A001", "A002", "30.00", "30.00", date="2026-02-11"), "Both sides take one date"),
        (services("A001", "A002", "30.00", "30.00", link="^PI-2"), "no transaction of another unit shares its ^link"),
        (services("A001", "A002", "30.00", "30.00", link=""), "no transaction of another unit shares its ^link"),
    ],
)
def test_internal_services_that_differ_are_an_error(given, words):
    told = load(TWO + COOP + given).told
    assert told[0][0] == 4
    assert words in told[0][1]


def test_class_9_is_not_summed_where_the_structure_is_absent():
    ((line, message),) = load(TWO + services("A001", "A002", "30.00", "29.99")).told
    assert line == 3
    assert message.startswith("A001 books -30.00 EUR of internal services on 2026-02-10, but A002 books 29.99 EUR")


def test_a_service_whose_other_side_is_not_there_is_not_compared_where_the_structure_is_absent():
    alone = services("A001", "A002", "30.00", "29.99").partition('2026-02-10 * "Acheté')[0]
    twice = alone.replace("30.00", "5.00")
    assert load(ACTIVITY + alone + twice).told == []


def test_a_parent_of_class_9_that_is_not_zero_is_told_at_its_first_day():
    ((line, message),) = load(
        ACTIVITY
        + COOP
        + """2026-02-10 * "Versement sans contrepartie"
  Assets:9:960-Liaison:A001  30.00 EUR
  Assets:40:400-Clients:A001  -30.00 EUR
"""
    ).told
    assert line == 3
    assert "Assets:9:960-Liaison is 30.00 EUR over all units at the end of 2026-02-10" in message


@pytest.mark.parametrize("exact", ['option "tolerance_multiplier" "0"\n', ""])
def test_half_a_cent_is_told_once(exact):
    told = load(
        """2026-01-10 * "Un demi-cent"
  Assets:40:400-Clients:COOP  10.00 EUR
  Assets:55:5500-Banque:COOP  -10.005 EUR
""",
        options=exact,
    ).told
    assert [line for line, _ in told] == [1]


def test_a_default_tolerance_does_not_let_a_cent_pass():
    told = load(
        """2026-01-10 * "Un cent"
  Assets:40:400-Clients:COOP  10.00 EUR
  Assets:55:5500-Banque:COOP  -10.01 EUR
""",
        options='option "tolerance_multiplier" "0"\noption "inferred_tolerance_default" "EUR:0.02"\n',
    ).told
    assert any("sums to -0.01 EUR, not to zero" in message for _, message in told)


@pytest.mark.parametrize("plugin", ["chart", "life", "treasury", "internal", "reserves", "exact", "contribution"])
def test_each_plugin_loads_alone_and_speaks_of_the_directives(plugin):
    ((line, message),) = load(ACTIVITY + "  rate: 2\n", f"beancoop.{plugin}").told
    assert line == 1
    assert "write a number from 0 to 1" in message


def test_plugins_named_beside_the_suite_say_nothing_twice():
    ledger = ACTIVITY + "  rate: 2\n" + sale("2026-01-04", "100.00")
    both = load(ledger + 'plugin "beancoop.life"\nplugin "beancoop.chart"\n')
    assert both.told == load(ledger).told
    alone = load(ledger + 'plugin "beancoop.chart"\n', "beancoop.life")
    assert len(alone.told) == 2


OPENING = sale("2026-01-05", "1000.00").replace('"Vente"', '"Reprise" #opening')


def test_an_opening_is_no_sale_and_in_no_margin():
    loaded = load(ACTIVITY.replace("01-05", "01-10") + OPENING + sale("2026-01-20", "100.00"))
    assert loaded.told == []
    assert [str(entry.postings[0].units) for entry in loaded.levies] == ["10.00 EUR"]
    assert [len(each.lines) for each in explain(loaded.entries, register_of(loaded), "A001")] == [1]


def test_an_opening_binds_no_later_entry_to_its_day():
    """A credit note under its link bears the rate of its own day: what the opening brings in was levied before."""
    terms = ACTIVITY + "  rate: 0.10\n" + '2026-02-01 custom "activity-terms" "A001"\n  rate: 0.20\n'
    linked = OPENING.replace("#opening", "#opening ^F1") + sale("2026-02-10", "-100.00", links="^F1")
    loaded = load(terms + linked)
    assert [str(entry.postings[0].units) for entry in loaded.levies] == []
    after = load(terms + linked + sale("2026-02-11", "300.00"))
    assert [str(entry.postings[0].units) for entry in after.levies] == ["40.00 EUR"]


@pytest.mark.parametrize("unit", ["A001", "COOP"])
def test_an_opening_stands_on_the_first_day_of_its_unit(unit):
    books = money("2026-01-04", "5.00", unit) + OPENING.replace("A001", unit)
    others = money("2026-01-01", "7.00", "COOP" if unit == "A001" else "A001")
    ((line, message),) = load(ACTIVITY.replace("01-05", "01-01") + books + others).told
    assert line == 5
    assert f'{unit} has transactions from 2026-01-04 on, before this one, which is tagged "#opening"' in message
    assert load(ACTIVITY.replace("01-05", "01-01") + books.replace("01-04", "01-05") + others).told == []
