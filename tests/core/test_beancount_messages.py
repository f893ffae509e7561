"""Beancount's own errors, each from a load that has it: recognised, with its code and its facts, in every language."""

from __future__ import annotations

import re

import pytest
from beancoop.model.beancount_messages import _KNOWN, recognised
from beancoop.model.findings import Finding
from beancoop.words.language import LANGUAGES, speaking
from beancoop.words.messages import Text
from beancount import loader

BOOKS = """option "operating_currency" "EUR"
2026-01-01 open Assets:A
2026-01-01 open Assets:B
2026-01-01 open Assets:C EUR
2026-01-01 open Assets:S "STRICT"
2026-01-01 open Assets:V "AVERAGE"
"""


def entry(*postings: str, day: int = 2) -> str:
    return f'2026-01-{day:02} * "x"\n' + "".join(f"  {each}\n" for each in postings)


LOT = entry("Assets:S  1 X {1 EUR}", "Assets:B  -1 EUR")
TWO_LOTS = entry("Assets:S  2 X {1 EUR}", "Assets:S  2 X {2 EUR}", "Assets:B  -6 EUR")
LOADS = [
    (
        "BC001",
        "2026-01-02 balance Assets:A\n",
        "the end of the line is not expected here. Expected: +, -, (, a number.",
    ),
    ("BC002", "2026-01-02 ,\n", "is not expected here. Look"),
    ("BC003", "2026-01-02 opne Assets:Z\n", "opne"),
    ("BC004", entry("Assets:A  1,5 EUR", "Assets:B"), "1,5"),
    ("BC005", "2026-02-30 open Assets:Z\n", "no such date"),
    ("BC005", "2026-13-01 open Assets:Z\n", "no such date"),
    ("BC005", "0000-01-01 open Assets:Z\n", "no such date"),
    ("BC006", '2026-01-02 * "\udce9"\n', "UTF-8"),
    ("BC007", "2026-01-02 open Actifs:A\n", "Actifs:A"),
    ("BC008", '2026-01-02 * "a" | "b"\n', "Pipe"),
    ("BC009", "pushtag #mai\n", "poptag #mai"),
    ("BC010", 'pushmeta mai: "1"\n', "popmeta mai:"),
    ("BC011", "poptag #mai\n", '"mai"'),
    ("BC012", "popmeta mai:\n", '"mai"'),
    ("BC013", 'option "titel" "x"\n', '"titel"'),
    ("BC014", 'option "filename" "x"\n', '"filename"'),
    ("BC015", 'option "booking_method" "x"\n', "\"booking_method\": it may not be 'x'"),
    ("BC015", 'option "inferred_tolerance_default" "x"\n', "'x'"),
    ("BC015", 'option "name_assets" "a b"\n', "'a b'"),
    ("BC016", entry("Assets:A  1 X {1 EUR, 2 EUR}", "Assets:B"), "amount in the cost of a lot: 2."),
    (
        "BC016",
        entry("Assets:A  1 X {1 EUR, 2026-01-01, 2026-01-02}", "Assets:B"),
        "date in the cost of a lot: 2026-01-02",
    ),
    ("BC016", entry('Assets:A  1 X {1 EUR, "a", "b"}', "Assets:B"), "label in the cost of a lot: b"),
    ("BC017", entry("Assets:A  1 X {1 EUR, *}", "Assets:B"), "merging"),
    ("BC018", entry("Assets:A  1 X {{1 # 2 EUR}}", "Assets:B"), "Per-unit"),
    ("BC019", '2026-01-02 open Assets:Z EUR "FOO"\n', "FOO"),
    ("BC020", entry("Assets:A  1 X @ -1 EUR", "Assets:B"), "-1 EUR"),
    ("BC021", entry("Assets:A  @@ 1 EUR", "Assets:B"), "1 EUR"),
    ("BC022", entry("Assets:A  1 X {1 EUR} @ 1 USD", "Assets:B"), "EUR is not USD"),
    ("BC023", '2026-01-02 * "u" "v" "w"\n', "'u', 'v', 'w'"),
    ("BC024", entry("Assets:A  1 EUR", "#mai", "Assets:B"), "line of the date"),
    (
        "BC025",
        entry('mai: "1"', 'mai: "2"', "Assets:A  1 EUR", "Assets:B"),
        "\"mai\" is written twice, the second time as '2'",
    ),
    ("BC026", entry("Assets:A  1 EUR", '  mai: "1"', '  mai: "2"', "Assets:B"), '"mai"'),
    ("BC030", 'include "other.beancount"\ninclude "other.beancount"\n', "other.beancount"),
    ("BC032", 'include "nowhere/*.beancount"\n', "nowhere/*.beancount"),
    ("BC033", 'plugin "nowhere"\n', "ModuleNotFoundError: No module named 'nowhere'. Correct"),
    ("BC034", 'plugin "beancount.plugins.check_average_cost" "x"\n', "NameError: name 'x' is not defined. What"),
    ("BC040", entry("Assets:A  0 X {1 EUR}", "Assets:B"), "0 X"),
    ("BC041", entry("Assets:A  1 X {-1 EUR}", "Assets:B"), "-1 EUR"),
    ("BC042", entry("Assets:A  1", "Assets:B  1 EUR", "Assets:A  2 USD"), "posting 1"),
    ("BC043", entry("Assets:A  1 EUR", "Assets:B", "Assets:S"), "one posting"),
    ("BC044", LOT + entry("Assets:S  -1 X {2 EUR}", "Assets:B  2 EUR", day=3), "-1 X on Assets:S"),
    ("BC045", entry("Assets:A  EUR", "Assets:B  EUR"), "group EUR"),
    (
        "BC046",
        LOT + entry("Assets:S  -5 X {1 EUR}", "Assets:B  5 EUR", day=3),
        "-5 X {1 EUR}: held are 1 X {1 EUR, 2026-01-02}",
    ),
    ("BC047", TWO_LOTS + entry("Assets:S  -1 X {}", "Assets:B", day=3), "-1 X {}: held are 2 X {1 EUR"),
    ("BC048", TWO_LOTS.replace(":S", ":V") + entry("Assets:V  -1 X {}", "Assets:B", day=3), "AVERAGE"),
    (
        "BC050",
        entry("Assets:A  1234.50 EUR", "Assets:B") + "2026-01-03 balance Assets:A  1.00 EUR\n",
        "'Assets:A': 1.00 EUR were expected and 1,234.50 EUR are there, 1,233.50 too much",
    ),
    ("BC051", "2026-01-03 balance Assets:A  -0.10 EUR\n2026-01-04 balance Assets:A  11 EUR\n", "11 too little"),
    ("BC052", "2026-01-02 balance Assets:C  0 USD\n", "USD"),
    ("BC053", "2026-01-03 balance Assets:A  0 EUR\n2026-01-03 balance Assets:A  1 EUR\n", "different amounts"),
    ("BC054", "2026-01-01 open Assets:A\n", "Assets:A"),
    ("BC055", "2026-01-03 close Assets:A\n2026-01-04 close Assets:A\n", "Assets:A"),
    ("BC056", entry("Assets:A  1 EUR", "Assets:Z  -1 EUR"), "'Assets:Z'"),
    ("BC057", "2026-01-02 close Assets:A\n" + entry("Assets:A  1 EUR", "Assets:B", day=3), "'Assets:A'"),
    ("BC058", "2026-01-02 close Assets:Z\n", "Assets:Z"),
    ("BC059", entry("Assets:C  1 USD", "Assets:B"), "USD for account 'Assets:C'"),
    ("BC060", entry("Assets:A  1.00 EUR", "Assets:B  -1.10 USD"), "-1.10 USD, 1.00 EUR are left over"),
    (
        "BC067",
        'option "tolerance_multiplier" "0"\n' + entry("Assets:A  3 USD @@ 100.00 EUR", "Assets:B  -100.00 EUR"),
        "original-amount: 3 USD",
    ),
    ("BC061", "2026-01-02 commodity EUR\n2026-01-03 commodity EUR\n", "EUR"),
    ("BC062", "2026-01-02 pad Assets:S Assets:B\n" + LOT + "2026-01-04 balance Assets:S  5 X\n", "1 X {1 EUR"),
    ("BC063", "2026-01-02 pad Assets:A Assets:B\n", "Unused pad"),
    ("BC064", '2026-01-02 document Assets:A "nowhere.pdf"\n', "nowhere.pdf"),
    ("BC065", 'option "documents" "nowhere"\n', "nowhere"),
]


@pytest.mark.parametrize(("code", "text", "said"), LOADS)
def test_each_is_told_as_ours(tmp_path, code, text, said):
    path = tmp_path / "main.beancount"
    (tmp_path / "other.beancount").write_text("")
    path.write_text(BOOKS + text, encoding="utf-8", errors="surrogateescape")
    findings = [Finding.of(error) for error in loader.load_file(str(path))[1]]
    (found, *_) = [each for each in findings if each.code == code] or [pytest.fail(str(findings))]
    assert said in found.message
    assert isinstance(found.message, Text)
    assert len({found.message.inside(language) for language in LANGUAGES}) == len(LANGUAGES)
    assert "\n" not in found.message


def test_a_ledger_that_is_not_there_is_told_as_ours(tmp_path):
    ((error),) = loader.load_file(str(tmp_path / "x.beancount"))[1]
    assert Finding.of(error).code == "BC031"


def test_each_that_is_known_is_tried():
    assert {known.template.code for known in _KNOWN} == {code for code, _, _ in LOADS} | {"BC031"}


def test_amounts_are_as_the_language_writes_them():
    message = "Balance failed for 'Assets:A': expected 1.00 EUR != accumulated 1234.50 EUR (1233.50 too much)"
    with speaking("de"):
        assert "1.234,50 EUR" in str(recognised(message))
    assert re.search(r"1.234,50 EUR", recognised(message).inside("fr"))


def test_what_is_not_known_stays_as_it_is():
    assert recognised("Something of a later release") is None
    assert recognised("prefix Unused Pad entry") is None
