"""Messages: their values as each language writes them, their codes, and the language that is chosen."""

from __future__ import annotations

import datetime
import pickle
from decimal import Decimal

import pytest
from beancoop.model.months import Month
from beancoop.words import language
from beancoop.words.messages import CODES, code_of, error, in_source, phrase, plain
from beancount.core.amount import Amount

DAY = datetime.date(2026, 3, 5)
VALUES = phrase("{day} {month} {amount} {number} {names}")


@pytest.fixture
def missing():
    """Give an error of a code of its own, and forget it."""
    yield error("BC000", "{count} entry is missing on {day}.", "{count} entries are missing on {day}.")
    del CODES["BC000"]


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("en", "2026-03-05 2026-03 1,234.50 EUR 0.125 A001, A002"),
        ("fr", "05/03/2026 mars 2026 1\N{NARROW NO-BREAK SPACE}234,50 EUR 0,125 A001, A002"),
        ("nl", "05/03/2026 maart 2026 1.234,50 EUR 0,125 A001, A002"),
        ("de", "05.03.2026 März 2026 1.234,50 EUR 0,125 A001, A002"),
    ],
)
def test_values_are_written_as_the_language_does(reader, expected):
    text = VALUES(
        day=DAY,
        month=Month(2026, 3),
        amount=Amount(Decimal("1234.50"), "EUR"),
        number=Decimal("0.125"),
        names=["A001", "A002"],
    )
    assert text.inside(reader) == expected


def test_a_message_is_told_with_its_code_and_knows_it(missing):
    text = missing(count=2, day=DAY)
    assert str(text) == "2 entries are missing on 2026-03-05. [BC000]"
    assert (plain(text), code_of(text)) == ("2 entries are missing on 2026-03-05.", "BC000")
    assert missing(count=1, day=DAY).plain == "1 entry is missing on 2026-03-05."


def test_a_message_of_somebody_else_stays_as_it_is():
    assert (plain("Balance failed"), code_of("Balance failed"), in_source("Balance failed")) == (
        "Balance failed",
        "",
        "Balance failed",
    )


def test_a_message_crosses_to_another_process_and_is_written_in_its_language(missing):
    sent = pickle.dumps(missing(count=2, day=DAY))
    with language.speaking("de"):
        received = pickle.loads(sent)  # noqa: S301 - our own
        assert "05.03.2026" in received
    assert in_source(received) == "2 entries are missing on 2026-03-05. [BC000]"


def test_a_code_is_taken_once(missing):
    with pytest.raises(ValueError, match="BC000"):
        error("BC000", "Something else.")


def test_a_text_with_braces_is_put_in_as_it_stands():
    assert phrase("{name} is there.")(name="{count} {name}") == "{count} {name} is there."


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "nl_BE.UTF-8"}, "nl"),
        ({"LANG": "nl_BE.UTF-8", "LC_MESSAGES": "de_BE"}, "de"),
        ({"LANG": "nl_BE.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "nl_BE.UTF-8"}, "fr"),
        ({"LC_ALL": "", "LANG": "nl_BE.UTF-8"}, "nl"),
        ({"BEANCOOP_LANG": "de", "LC_ALL": "en_GB.UTF-8"}, "de"),
        ({"BEANCOOP_LANG": "it", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "it_IT"}, "fr"),
    ],
)
def test_the_language_is_what_the_environment_asks_for(environment, expected):
    assert language.of_environment(environment) == expected


def test_a_reader_is_answered_in_his_language_and_the_program_speaks_its_own_again():
    with language.speaking("nl"):
        assert language.current() == "nl"
    assert language.current() == "en"
