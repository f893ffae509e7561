"""The chart of accounts: complete in itself, and at one with the contract's roots."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from beancoop.model.accounts import BEANCOUNTS_OWN, parse_account
from beancoop.model.pcmn import roots_for, usual_root
from beancoop.model.pcmn.chart import LANGUAGES, account, chart, known, label, nearest, plain, slug
from beancoop.storage.scaffold import ACTIVITY_ACCOUNTS, COOP_ACCOUNTS
from beancoop.words import language as languages
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
NUMBERS = st.text("0123456789", min_size=1, max_size=6)
CONTRACT = {
    **dict.fromkeys(("10", "11", "12", "13", "14", "15", "19"), "equity"),
    **dict.fromkeys(("16", "17", "42", "43", "44", "45", "46", "47", "48", "492", "493"), "liabilities"),
    **dict.fromkeys(("2", "3", "40", "41", "5", "490", "491"), "assets"),
    "499": "assets liabilities",
    "6": "expenses",
    "7": "income",
    **dict.fromkeys(("9", "0"), "assets liabilities equity income expenses"),
}
"""Contract, section 2: "10-15, 19 Equity; 16, 17, 42-48 Liabilities; ..."."""


@given(NUMBERS)
def test_a_number_stands_under_the_roots_of_the_contract(number):
    roots = next((CONTRACT[number[:length]] for length in (3, 2, 1) if number[:length] in CONTRACT), "")
    assert " ".join(roots_for(number)) == roots


def test_each_number_has_one_row_a_parent_and_a_label_in_four_languages():
    text = Path(ROOT / "plugins/beancoop/model/pcmn/chart.tsv").read_text(encoding="utf-8")
    numbers = [line.split("\t")[0] for line in text.splitlines() if line[:1].isdigit()]
    assert len(numbers) == len(set(numbers)) == len(chart()) > 500
    assert set(LANGUAGES) == set(languages.LANGUAGES)
    for row in chart().values():
        assert len(row.number) == 1 or row.number[:-1] in chart(), row.number
        assert all(row.labels[language].strip() == row.labels[language] != "" for language in LANGUAGES), row.number
        assert row.source in {"", "usage", "beancoop"}
        assert len(row.number) == 1 or roots_for(row.number) or row.number == "49", row.number


def test_labels_are_not_left_in_another_language():
    """Where two languages have the same word it is known; a forgotten translation would be one more."""
    pairs = [(one, other) for index, one in enumerate(LANGUAGES) for other in LANGUAGES[index + 1 :]]
    same = {row.labels[a] for row in chart().values() for a, b in pairs if row.labels[a] == row.labels[b]}
    assert same == {"Goodwill", "Kassen", "Capital", "Charges", "Reserves"}


def test_the_normal_side_is_that_of_the_root_and_the_other_where_the_label_says_so():
    usual = {"assets": "D", "expenses": "D", "liabilities": "C", "equity": "C", "income": "C"}
    for row in chart().values():
        if row.number[0] in "09" or len(row.number) == 1 or row.number == "14":
            continue
        (side,) = {usual[root] for root in row.roots[:1]} or {row.side}
        is_less = row.labels["fr"].endswith("(-)")
        assert (row.side == side) is not is_less, row.number
        assert len({row.labels[language].endswith("(-)") for language in LANGUAGES}) == 1, row.number


def test_new_accounts_have_names_that_beancount_and_the_contract_take():
    for row in chart().values():
        if len(row.number) > 1 and row.roots:
            name = parse_account(BEANCOUNTS_OWN.new_account(row.stem, "A001"))
            assert name is not None
            assert (name.number, re.fullmatch(r"[A-Z][A-Za-z0-9]*", name.label) is not None) == (row.number, True)
            assert label(row.number, name.label, "fr") == row.labels["fr"]


@pytest.mark.parametrize("numbers", [ACTIVITY_ACCOUNTS, COOP_ACCOUNTS], ids=["activity", "structure"])
def test_the_scaffold_opens_numbers_of_the_chart_once_each(numbers):
    assert len(numbers) == len(set(numbers))
    assert all(account(number) for number in numbers)
    words = [plain(chart()[number].word) for number in numbers]
    assert "comptesattente" not in words  # the word that ledgers know, not one made of the label


@given(NUMBERS)
def test_a_number_that_is_not_listed_takes_the_name_of_the_longest_that_it_subdivides(number):
    row = known(number)
    listed = [each for each in chart() if number.startswith(each)]
    if row is None:
        assert max(map(len, listed), default=0) <= 2
        assert [each.number for each in nearest(number)] == sorted({each.number for each in nearest(number)})
        assert len(nearest(number)) == 3
    else:
        assert row.number == max(listed, key=len)


@pytest.mark.parametrize(
    ("number", "own", "language", "shown"),
    [
        ("700", "VentesPrestations", "nl", "Verkopen en dienstprestaties"),
        ("700", "VerkopenDienstprestaties", "fr", "Ventes et prestations de services"),
        ("700", "Menuiserie", "nl", "Menuiserie"),
        ("411", "TVARecuperable", "de", "Erstattungsfähige MwSt."),
        ("411", "TVARecuperer", "en", "VAT receivable"),
        ("451", "TVAAPayer", "nl", "Te betalen btw"),
        ("6139", "Notaire", "nl", "Notaire"),
        ("4001", "Clients", "nl", "Handelsdebiteuren"),
        ("494", "Rien", "nl", "Rien"),
    ],
)
def test_a_reader_sees_the_charts_label_where_the_ledgers_word_is_the_charts(number, own, language, shown):
    assert label(number, own, language) == shown


@given(st.text(max_size=60))
def test_a_word_made_of_any_text_is_letters_and_digits(text):
    assert re.fullmatch(r"([A-Z0-9][A-Za-z0-9]*)?", slug(text))


def test_the_nearest_numbers_are_those_beside():
    assert [row.number for row in nearest("494")] == ["491", "492", "493"]
    assert [row.number for row in nearest("180")] == ["176", "178", "179"]


def test_internal_accounts_stand_under_their_own_roots():
    assert [usual_root(number) for number in ("950", "951", "960", "0990", "499")] == [
        *("expenses", "expenses", "assets", "equity", "assets"),
    ]
    with pytest.raises(ValueError, match="180"):
        usual_root("180")


def test_a_load_does_not_read_the_chart():
    """The labels are for readers: a plain load, in Fava too, needs numbers alone."""
    code = """
import sys
from pathlib import Path
from beancoop.loading.ledger import load_ledger
ledger = load_ledger(Path(sys.argv[1]))
print(len(ledger.entries) > 1000, "beancoop.model.pcmn.chart" in sys.modules)
"""
    command = [sys.executable, "-c", code, ROOT / "ledgers/main.beancount"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True False\n"


ALLOWED = {
    "plugins/beancoop/model/pcmn/__init__.py": "the one place",
    "plugins/beancoop/model/pcmn/chart.py": "zeros to fill a number with",
    "plugins/beancoop/statements/nbb.py": "codes of the National Bank's rubrics",
    "plugins/beancoop/statements/appropriation_table.py": "codes of the National Bank's rubrics",
    "plugins/beancoop/storage/scaffold.py": "the lists of what new books open",
    "plugins/beancoop/statements/twelve_months.py": "all of classes 6 and 7 but those of the margin, one by one",
    "plugins/beancoop/leaving/preview.py": "class 1, whole",
    "plugins/beancoop/statements/equity.py": "class 1, whole",
    "plugins/beancoop/statements/distribution.py": "class 4, whole, of liabilities",
    "plugins/beancoop/leaving/settlement.py": "the class of an account that a person names",
    "cli/beancoop_cli/leaving.py": "the class of an account that a person names",
    "cli/beancoop_cli/reports/trial_balance.py": "class 1, whole",
    "importers/beancoop_importers/model/invoice.py": "codes of e-invoices (UNTDID 1001), no accounts",
    "importers/beancoop_importers/model/statement.py": "a statement's number",
    "plugins/beancoop/gate/syntax.py": "the value of an option",
    "plugins/beancoop/closing/canonical.py": "the digits of an amount",
    "importers/beancoop_importers/bank/booking.py": "the digits of an amount",
    "plugins/beancoop/loading/comparison.py": "amounts that a format is tried on",
    "plugins/beancoop/presentation/timeline.py": "how wide a digit is",
    "fava_extensions/beancoop_fava/pages/addresses.py": "a sign, and yes and no, in an address",
    "fava_extensions/beancoop_fava/pages/views/autonomy.py": "yes, in an address",
    "fava_extensions/beancoop_fava/pages/views/entries.py": "a page, in an address",
    "fava_extensions/beancoop_fava/pages/views/vat.py": "yes, in an address",
    "fava_extensions/beancoop_fava/server/worker.py": "no port",
    "fava_extensions/beancoop_server/listener.py": "who may use a socket",
}
"""Where a string of one to four digits may stand, and why."""


def _digits(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    fields = [each.format_spec for each in ast.walk(tree) if isinstance(each, ast.FormattedValue) and each.format_spec]
    widths = {id(node) for field in fields for node in ast.walk(field)}
    for node in ast.walk(tree):
        if id(node) in widths:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[0-9]{1,4}", node.value):
            yield node.lineno, node.value


def test_no_module_writes_a_group_of_numbers_of_its_own():
    packages = ("plugins", "importers", "fava_extensions", "cli")
    found = {
        f"{path.relative_to(ROOT)}:{line}": value
        for package in packages
        for path in sorted((ROOT / package).rglob("*.py"))
        if "/readers/" not in path.as_posix()  # codes of the banks' formats
        for line, value in _digits(path)
    }
    strays = {where: value for where, value in found.items() if where.rpartition(":")[0] not in ALLOWED}
    assert strays == {}
    unused = set(ALLOWED) - {where.rpartition(":")[0] for where in found}
    assert unused == set(), "no longer needed"
