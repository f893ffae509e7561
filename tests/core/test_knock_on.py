"""One mistake, one error: of what follows from a refused directive nothing is told."""

from __future__ import annotations

import pytest
from beancoop.model.register import read_register
from beancoop.words.messages import Text
from edges import ACTIVITY, directives, seal
from loading import load, sale

BANK = "2026-01-05 open Assets:55:5500-Banque:A001\n"
LATE_SALE = sale("2027-12-10", "100.00")
PAUSE = directives("2026-02-01", "pause")
OVERDRAWN = """2026-01-10 * "Achat"
  Expenses:61:610-Loyers:A001  50.00 EUR
  Assets:55:5500-Banque:A001  -50.00 EUR
"""


def activity(*terms: str) -> str:
    return ACTIVITY + "".join(f"  {term}\n" for term in terms)


@pytest.mark.parametrize(
    ("refused", "rest"),
    [
        ('2026-01-05 custom "activity" "A001" "A002"\n', BANK + sale("2026-01-20", "100.00")),
        ('2026-01-05 custom "activity" "a001"\n', BANK),
        ('2026-01-05 custom "activity" 1\n', BANK),
        ('2026-01-05 custom "activty" "A001"\n', BANK),
        (
            '2026-01-05 custom "activity" "A001" 1\n',
            directives("2026-02-01", "terms") + PAUSE + seal("2026-01", "A001"),
        ),
        ('2026-01-05 custom "activity" "A001" 1\n', '2026-02-12 custom "follow-up" "A001" "commercial" 1.5\n'),
        ('2026-01-05 custom "activity" "A001" 1\n', '2026-02-12 custom "meeting" "monthly"\n  attended: "A001"\n'),
        (activity('settlement: "treasury"', 'treasury: "Banque"'), ""),
        (activity('settlement: "tresury"', 'treasury: "5500-Banque"'), LATE_SALE.replace("2027", "2026")),
        (activity('treasury: "Banque"'), directives("2026-02-01", "terms") + '  settlement: "treasury"\n'),
        (activity('months: "24"'), LATE_SALE),
        (activity("month: 24"), LATE_SALE),
        (activity("overdraft: 100"), OVERDRAWN),
        (ACTIVITY + directives("2026-02-01", "term") + "  months: 24\n", LATE_SALE),
        (ACTIVITY + directives("2026-02-01", "pause", more=" 1"), directives("2026-03-01", "resume")),
        (ACTIVITY + PAUSE + directives("2026-03-01", "resume", more=" 1"), directives("2026-04-01", "pause")),
        (ACTIVITY + PAUSE + directives("2026-03-01", "resume", more=" 1"), sale("2026-04-01", "100.00")),
        (ACTIVITY + directives("2026-01-04", "pause"), directives("2026-03-01", "resume")),
        (ACTIVITY + directives("2026-01-04", "terms") + "  months: 24\n", LATE_SALE),
        (ACTIVITY + directives("2026-01-05", "activity").replace("activity-", "") + "  months: 24\n", LATE_SALE),
        (ACTIVITY + '2026-02-28 custom "closed" "2026-2" "A001"\n', seal("2026-01", "A001") + seal("2026-03", "A001")),
        (ACTIVITY + '2026-02-27 custom "closed" "2026-02" "A001"\n', seal("2026-01", "A001") + seal("2026-03", "A001")),
        (
            ACTIVITY + '2026-01-30 custom "closed" "2026-01" "A001"\n',
            sale("2026-01-20", "1.00") + seal("2026-02", "A001"),
        ),
    ],
)
def test_of_what_follows_from_a_refused_directive_nothing_is_told(refused, rest):
    assert len(load(refused).told) == 1
    assert len(load(refused + rest).told) == 1


@pytest.mark.parametrize(
    ("refused", "rest", "words"),
    [
        (activity("rate: 2"), LATE_SALE, "after its last day to sell, 2027-07-04 (18 months and its pauses)"),
        (activity("rate: 2"), OVERDRAWN, "it may go down to 0 EUR"),
        (activity("colour: 2"), sale("2026-01-04", "1.00"), "before its start on 2026-01-05"),
        (activity('months: "24"'), PAUSE + sale("2026-02-10", "1.00"), "in the pause that began on 2026-02-01"),
        ('2026-01-05 custom "activity" "A001" 1\n', BANK.replace("A001", "B007"), "belongs to B007"),
        ('2026-01-05 custom "activty" "A001"\n', BANK.replace("A001", "B007"), "belongs to B007"),
    ],
)
def test_what_does_not_follow_from_it_is_told(refused, rest, words):
    told = load(refused + rest).told
    assert len(told) == 2
    assert any(words in message for _, message in told)


def of_file(tmp_path, text: str):
    """Load a ledger that stands in a file, as those of people do."""
    file = tmp_path / "main.beancount"
    file.write_text(text)
    accounts = ("Assets:40:400-Clients:A001", "Income:70:700-VentesPrestations:A001")
    return load("".join([f'include "{file}"\n', *(f"2020-01-01 open {account}\n" for account in accounts)]))


@pytest.mark.parametrize(
    ("terms", "line", "key"),
    [
        ("  rate: 0.10\n  rate: 0.20\n", 3, "rate"),
        ("  rate: 0.10\n  ; rate: 0.30\n  months: 12\n  rate: 0.10\n", 5, "rate"),
        ("  rate: 2\n  rate: 0.10\n", 3, "rate"),
        ('  trade: "Bois;\n  rate: 0.10\n  trade: 1"\n  rate: 0.20 ; "\n  rate: 0.30\n', 6, "rate"),
        ('  overdraft: 5.00 EUR\n  settlement: "account"\n  overdraft: 5.00 EUR\n', 4, "overdraft"),
    ],
)
def test_a_key_written_twice_is_an_error_at_its_line(tmp_path, terms, line, key):
    loaded = of_file(tmp_path, ACTIVITY + terms + sale("2026-01-20", "100.00"))
    ((found, message),) = loaded.told
    assert found == line
    assert message.startswith(f'"activity" has the key "{key}" twice; write it once: ')
    assert loaded.levies == []


@pytest.mark.parametrize(
    "text",
    [
        ACTIVITY + '  trade: "rate:\n  rate: 0.10\n  rate: 0.20"\n',
        ACTIVITY + "  rate: 0.10\n" + directives("2026-02-01", "terms") + "  rate: 0.10\n",
        ACTIVITY + "  rate: 0.10\r\n  months: 12\r\n",
        '\n; rate: "\n' + ACTIVITY + "  rate: 0.10",
    ],
)
def test_keys_written_once_are_accepted(tmp_path, text):
    assert of_file(tmp_path, text).told == []


def test_a_file_that_has_changed_since_it_was_loaded_repeats_nothing(tmp_path):
    loaded = of_file(tmp_path, ACTIVITY + "  rate: 0.10\n")
    (tmp_path / "main.beancount").write_text("\n" + ACTIVITY + "  rate: 0.10\n  rate: 0.10\n")
    assert read_register(loaded.entries, loaded.options).errors == ()
    (tmp_path / "main.beancount").unlink()
    assert read_register(loaded.entries, loaded.options).errors == ()


@pytest.mark.parametrize("feigned", ['filename: "/dev/zero"', "lineno: 3", 'filename: "<string>"\n  lineno: 1'])
def test_no_file_is_read_that_is_not_the_ledger_s(tmp_path, feigned):
    loaded = of_file(tmp_path, ACTIVITY + f"  {feigned}\n")
    assert [error for error in loaded.errors if "Traceback" in error.message] == []


def test_an_error_of_a_load_reads_in_every_language():
    ((_, message),) = load(ACTIVITY + sale("2026-01-04", "1.00")).told
    assert isinstance(message, Text)
    assert message.inside("fr").startswith("A001 vend le 04/01/2026, avant son début du 05/01/2026.")
    assert message.inside("nl").startswith("A001 verkoopt op 04/01/2026, vóór haar begin op 05/01/2026.")
    assert message.inside("de").startswith("A001 verkauft am 04.01.2026, vor ihrem Beginn am 05.01.2026.")
    assert message.inside("de").endswith("[BC301]")


def test_a_second_pause_says_what_was_expected():
    ((line, message),) = load(ACTIVITY + PAUSE + directives("2026-03-01", "pause")).told
    assert line == 3
    assert 'take one of the two away, or end the first with an "activity-resume" by 2026-03-01.' in message


# What a sale is, and what a reserve loses


def in_two_currencies(amount: str) -> str:
    return f"""2026-02-05 * "x"
  Income:70:700-Ventes:A001  -100.00 EUR
  Income:70:700-Ventes:A001  {amount} USD @ 0.10 EUR
  Assets:40:400-Clients:A001
"""


@pytest.mark.parametrize(("amount", "is_sale"), [("150.00", True), ("1000.00", False), ("1000.10", False)])
def test_a_sale_is_what_a_transaction_nets_in_the_value_of_the_operating_currency(amount, is_sale):
    left = directives("2026-02-01", "exit", more=' "stopped"')
    told = load(ACTIVITY + left + in_two_currencies(amount)).told
    assert ["after its exit on 2026-02-01" in message for _, message in told] == [True] * is_sale


@pytest.mark.parametrize(("amount", "is_sale"), [("-1.00", True), ("1.00", False)])
def test_a_sale_without_a_price_is_one_all_the_same(amount, is_sale):
    left = directives("2026-02-01", "exit", more=' "stopped"')
    sold = f'2026-02-05 * "x"\n  Income:70:700-V:A001  {amount} USD\n  Assets:40:400-C:A001\n'
    assert len(load(ACTIVITY + left + sold, plugin="beancoop.life").told) == is_sale
