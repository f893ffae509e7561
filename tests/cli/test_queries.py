"""`beancoop query`: the figures are those of the books, and nothing a bank wrote runs in a spreadsheet."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop.model.accounts import parse_account
from beancoop.storage.atomic import write_text
from beancoop_cli import querying
from beancoop_cli.main import main
from beancount import loader
from beancount.core.data import Transaction
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "ledgers" / "main.beancount"
NAMES = ["contributions", "journal", "open-items", "treasury", "trial-balance", "vat"]
ZERO = Decimal(0)


def run(*arguments):
    return CliRunner().invoke(main, ["query", *map(str, arguments)])


def ask(*arguments):
    """Give the rows of an answer, as a program reads them."""
    result = run(*arguments, "--ledger", EXAMPLE, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def postings():
    """Load the example: the transaction, the posting, and the parts of its account, of each posting."""
    entries, errors, _ = loader.load_file(str(EXAMPLE))
    assert not errors
    return [
        (entry, posting, parse_account(posting.account))
        for entry in entries
        if isinstance(entry, Transaction)
        for posting in entry.postings
    ]


def totals(triples, key):
    """Add up debits and credits by *key* of the transaction and the account."""
    found = defaultdict(lambda: [ZERO, ZERO])
    for entry, posting, account in triples:
        amount = posting.units.number
        found[key(entry, account)][amount < 0] += abs(amount)
    return {each: (debit, credit, debit - credit) for each, (debit, credit) in found.items()}


def sums(rows, *key):
    assert all(row["currency"] == "EUR" for row in rows)
    found = {
        tuple(row[name] for name in key): tuple(Decimal(row[name]) for name in ("debit", "credit", "balance"))
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def test_the_trial_balance_is_that_of_the_books(postings):
    rows = ask("trial-balance")
    assert sums(rows, "number") == totals(postings, lambda _, account: (account.number,))
    assert sum(Decimal(row["balance"]) for row in rows) == ZERO
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    assert {row["number"]: row["label"] for row in rows}["5500"] == "Banque"


def test_the_contributions_are_those_of_the_books(postings):
    levied = [each for each in postings if each[2].number == "950" and each[2].unit != "COOP"]
    expected = totals(levied, lambda entry, account: (account.unit, f"{entry.date:%Y-%m}"))
    rows = ask("contributions")
    found = {(row["unit"], row["month"]): Decimal(row["contribution"]) for row in rows}
    assert found == {key: balance for key, (_, _, balance) in expected.items()}
    assert len(found) == len(rows) > 100


@pytest.mark.parametrize(("name", "chosen"), [("vat", ("411", "451")), ("treasury", ("5",))])
def test_vat_and_treasury_are_those_of_the_books(postings, name, chosen):
    own = [each for each in postings if each[2].number.startswith(chosen)]
    expected = totals(own, lambda _, account: (account.unit, f"{account.number}-{account.label}"))
    rows = ask(name)
    assert {(row["unit"], row["account"]): Decimal(row["balance"]) for row in rows} == {
        key: balance for key, (_, _, balance) in expected.items()
    }
    if name == "vat":
        assert sums(rows, "unit", "account") == expected
    else:
        moved = {(account.unit, account.number): str(entry.date) for entry, _, account in own}  # in order of dates
        assert {(row["unit"], row["account"].split("-")[0]): row["moved"] for row in rows} == moved


def test_open_items_are_what_customers_and_suppliers_still_owe(postings):
    own = [each for each in postings if each[2].number.startswith(("40", "44"))]
    expected = totals(own, lambda _, account: (account.unit, f"{account.number}-{account.label}"))
    rows = ask("open-items")
    found = defaultdict(lambda: ZERO)
    for row in rows:
        assert Decimal(row["balance"]) != ZERO
        assert row["opened"] <= row["moved"]
        assert row["days"] == (datetime.date.today() - datetime.date.fromisoformat(row["moved"])).days  # noqa: DTZ011
        found[row["unit"], row["account"]] += Decimal(row["balance"])
    assert {key: amount for key, amount in found.items() if amount} == {
        key: balance for key, (_, _, balance) in expected.items() if balance
    }
    assert [row["days"] for row in rows] == sorted((row["days"] for row in rows), reverse=True)
    (invoice,) = (row for row in rows if row["item"] == "A003-2026-0018")
    linked = [(entry, posting) for entry, posting, _ in own if "A003-2026-0018" in entry.links]
    assert Decimal(invoice["balance"]) == sum(posting.units.number for _, posting in linked)
    assert invoice["opened"] == str(min(entry.date for entry, _ in linked))


def test_a_partly_paid_invoice_is_one_item_and_a_paid_one_is_none(tmp_path):
    ledger = scratch(
        tmp_path,
        """
2026-01-20 * "Client" "Facture 1" ^A001-1
  Assets:40:400-Clients:A001               100.00 EUR
  Income:70:700-VentesPrestations:A001    -100.00 EUR
2026-01-21 * "Client" "Facture 2" ^A001-2
  Assets:40:400-Clients:A001               200.00 EUR
  Income:70:700-VentesPrestations:A001    -200.00 EUR
2026-02-01 * "Client" "Paiement" ^A001-1 ^a-extrait-7
  Assets:55:5500-Banque:A001               100.00 EUR
  Assets:40:400-Clients:A001              -100.00 EUR
2026-02-02 * "Client" "Acompte" ^A001-2
  Assets:55:5500-Banque:A001                50.00 EUR
  Assets:40:400-Clients:A001               -50.00 EUR
2026-02-03 * "Menuisier" "Sans lien"
  Expenses:60:603-SousTraitance:A001        30.00 EUR
  Liabilities:44:440-Fournisseurs:A001     -30.00 EUR
""",
    )
    rows = json.loads(run("open-items", "--ledger", ledger, "--format", "json").stdout)
    assert [(row["item"], row["opened"], row["moved"], row["balance"]) for row in rows] == [
        ("A001-2", "2026-01-21", "2026-02-02", "150.00"),
        ("Menuisier", "2026-02-03", "2026-02-03", "-30.00"),
    ]


@pytest.mark.parametrize("unit", ["A001", "COOP"])
def test_the_journal_is_of_one_unit(postings, unit):
    own = [each for each in postings if each[2].unit == unit]
    rows = ask("journal", "--unit", unit)
    assert sorted((row["date"], row["account"], row["number"], row["narration"]) for row in rows) == sorted(
        (str(entry.date), f"{account.number}-{account.label}", str(posting.units.number), entry.narration)
        for entry, posting, account in own
    )
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_sub_ledger_alone_answers_too(name):
    alone = EXAMPLE.parent / "activities" / "A001" / "ledger.beancount"
    unit = ["--unit", "A001"] if name == "journal" else []
    result = run(name, *unit, "--ledger", alone, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    if name != "open-items":  # A001 has left: nothing is open
        assert rows
    assert {row.get("unit", "A001") for row in rows} <= {"A001"}


@pytest.mark.parametrize("style", ["text", "csv"])
def test_the_same_rows_in_each_format(style):
    rows = [{key: str(value) for key, value in row.items()} for row in ask("contributions")]
    text = run("contributions", "--ledger", EXAMPLE, "--format", style).stdout
    if style == "csv":
        assert list(csv.DictReader(io.StringIO(text))) == rows
    else:
        names, *lines = [line.split() for line in text.splitlines()]
        assert [dict(zip(names, line, strict=True)) for line in lines] == rows


def test_without_a_name_the_queries_are_listed_with_a_sentence_each():
    result = run("--ledger", EXAMPLE)
    assert result.exit_code == 0
    lines = [line.split(maxsplit=1) for line in result.stdout.splitlines()]
    assert [name for name, _ in lines] == NAMES
    assert all(sentence.endswith(".") for _, sentence in lines)


def test_each_query_of_the_repository_begins_with_select():
    files = sorted((ROOT / "queries").glob("*.bql"))
    assert [path.stem for path in files] == NAMES
    assert all(path.read_text(encoding="utf-8").startswith("SELECT\n") for path in files)


def test_an_unknown_name_is_misuse_and_lists_the_names():
    result = run("balance", "--ledger", EXAMPLE)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert all(re.search(rf"\b{name}\b", result.stderr) for name in NAMES)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["journal"], "say which, as in --unit A001"),
        (["journal", "--unit", "Z999"], "declares no unit Z999; it has COOP, A001"),
        (["vat", "--unit", "A001"], "is of the whole ledger"),
    ],
)
def test_a_unit_too_many_or_missing_is_misuse(arguments, words):
    result = run(*arguments, "--ledger", EXAMPLE)
    assert result.exit_code == 2
    assert words in result.stderr


def scratch(tmp_path, text=""):
    """Make a cooperative of one activity, whose books hold *text*."""
    made = CliRunner().invoke(main, ["init", str(tmp_path / "coop"), "--start", "2026-01-05"])
    assert made.exit_code == 0, made.output
    book = tmp_path / "coop/ledgers/activities/A001/books/2026.beancount"
    write_text(book, book.read_text(encoding="utf-8") + text)
    return tmp_path / "coop/ledgers/main.beancount"


def own_query(ledger, name, text):
    folder = ledger.parent.parent / "queries"
    folder.mkdir(exist_ok=True)
    write_text(folder / f"{name}.bql", text)


def test_a_query_beside_the_ledger_stands_before_the_programs_own(tmp_path):
    ledger = scratch(tmp_path)
    own_query(ledger, "vat", "SELECT /* Ours. */ 1 AS one, 2.50 AS two FROM year = 1 LIMIT 1")
    own_query(ledger, "mine", "SELECT date")
    assert "vat            Ours." in run("--ledger", ledger).stdout
    assert "\nmine\n" in run("--ledger", ledger).stdout
    assert run("vat", "--ledger", ledger).stdout == "one  two\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/* First. */ SELECT date", "begins with SELECT"),
        ("CREATE TABLE t USING 'csv:/etc/hostname'", "begins with SELECT"),
        ("", "begins with SELECT"),
        ("SELECT nonsense", 'column "nonsense" not found'),
        ("SELECT date FROM", "syntax error"),
        ("SELECT date WHERE account ~ '('", "cannot answer"),
        ("SELECT date WHERE account = %(other)s", "parameter missing: other"),
    ],
)
def test_a_wrong_query_is_told_with_its_file(tmp_path, text, words):
    ledger = scratch(tmp_path, SALE.format(payee="x"))
    own_query(ledger, "wrong", text)
    result = run("wrong", "--ledger", ledger)
    assert result.exit_code == 2
    assert "wrong.bql: " in result.stderr
    assert words in result.stderr


def test_a_query_that_is_not_text_is_told(tmp_path):
    ledger = scratch(tmp_path)
    own_query(ledger, "wrong", "SELECT date")
    (ledger.parent.parent / "queries/wrong.bql").write_bytes(b"SELECT \xff")
    result = run("wrong", "--ledger", ledger)
    assert result.exit_code == 2
    assert "wrong.bql is not UTF-8 text" in result.stderr


SALE = """
2026-01-20 * "{payee}" "Facture"
  Assets:40:400-Clients:A001                 100.00 EUR
  Income:70:700-VentesPrestations:A001      -100.00 EUR
"""


@pytest.mark.parametrize("payee", ["=1+1", "+32 4", "-2", "@SUM(A1)", " =1+1", "\t1"])
def test_a_text_does_not_become_a_formula_and_an_amount_stays_one(tmp_path, payee):
    ledger = scratch(tmp_path, SALE.format(payee=payee))
    result = run("journal", "--unit", "A001", "--ledger", ledger, "--format", "csv")
    rows = [row for row in csv.DictReader(io.StringIO(result.stdout)) if row["narration"] == "Facture"]
    assert [row["payee"] for row in rows] == [f"'{payee}"] * 2
    assert [row["number"] for row in rows] == ["100.00", "-100.00"]


def test_a_text_does_not_command_the_terminal(tmp_path):
    ledger = scratch(tmp_path, SALE.format(payee="\x1b[2Jvide\x07"))
    result = run("journal", "--unit", "A001", "--ledger", ledger)
    assert "\N{REPLACEMENT CHARACTER}[2Jvide\N{REPLACEMENT CHARACTER}" in result.stdout
    assert "\x1b" not in result.stdout


def test_every_kind_of_value_is_written(tmp_path):
    ledger = scratch(tmp_path, SALE.format(payee="x").replace('"Facture"', '"Facture" ^b ^a'))
    own_query(ledger, "kinds", "SELECT links, year, position, cost_number, number = 100.00 AS same LIMIT 1")
    (row,) = json.loads(run("kinds", "--ledger", ledger, "--format", "json").stdout)
    assert row == {"links": "a b", "year": 2026, "position": "100.00 EUR", "cost_number": None, "same": True}
    table = run("kinds", "--ledger", ledger, "--format", "csv").stdout.splitlines()
    assert table == ["links,year,position,cost_number,same", "a b,2026,100.00 EUR,,True"]


def test_a_ledger_with_errors_is_answered_and_doubted(tmp_path):
    ledger = scratch(tmp_path, '2026-01-10 custom "activty" "A001"\n')
    result = run("trial-balance", "--ledger", ledger)
    assert result.exit_code == 1
    assert result.stdout.startswith("number")
    assert "these figures may be wrong" in result.stderr


def test_the_installed_programs_queries_are_found(tmp_path, monkeypatch):
    ledger = scratch(tmp_path)
    package = tmp_path / "package"
    shutil.copytree(ROOT / "queries", package)
    monkeypatch.setattr(querying, "_SHIPPED", (package, tmp_path / "nowhere"))
    assert [line.split()[0] for line in run("--ledger", ledger).stdout.splitlines()] == NAMES


def test_the_wheel_takes_the_queries_along():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["force-include"] == {"queries": "beancoop_cli/queries"}
    assert Path(querying.__file__).parent / "queries" in querying._SHIPPED


LINKED = """\
option "operating_currency" "EUR"
plugin "beancoop"
2026-01-01 custom "activity" "A001"
2026-01-01 open Assets:55:5500-Banque:A001
2026-01-01 open Assets:40:400-Clients:A001
2026-01-01 open Liabilities:44:440-Fournisseurs:A001
2026-01-01 open Income:70:700-Ventes:A001
2026-01-01 open Expenses:60:600-Achats:A001
2026-01-01 open Assets:55:5500-Banque:COOP
2026-01-10 * "Client" "Facture" ^A001-2026-0001
  Assets:40:400-Clients:A001              1000.00 EUR
  Income:70:700-Ventes:A001              -1000.00 EUR
2026-01-11 * "Client" "Paiement" ^A001-2026-0001
  Assets:55:5500-Banque:A001              1000.00 EUR
  Assets:40:400-Clients:A001             -1000.00 EUR
2026-01-12 * "Bois SA" "Achat direct de cette vente" ^A001-2026-0001
  invoice: "B-1"
  Expenses:60:600-Achats:A001              300.00 EUR
  Liabilities:44:440-Fournisseurs:A001    -300.00 EUR
2026-01-20 * "Bois SA" "Paiement"
  invoice: "B-1"
  Liabilities:44:440-Fournisseurs:A001     300.00 EUR
  Assets:55:5500-Banque:A001              -300.00 EUR
"""


def test_a_purchase_linked_to_its_sale_and_paid_by_its_number_is_paid_for_query_and_exit(tmp_path):
    ledger = tmp_path / "main.beancount"
    ledger.write_text(LINKED)
    assert json.loads(run("open-items", "--ledger", ledger, "--format", "json").stdout) == []
    leaving = ["exit", "A001", "--outcome", "independent", "--date", "2026-02-28", "--ledger", str(ledger)]
    result = CliRunner().invoke(main, leaving)
    assert "BC916" not in result.output
