"""`beancoop open-books`: from the balances of the programme used before to the first statement, or nothing written."""

from __future__ import annotations

import datetime
import shlex
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop.books.open_items import open_items
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Refusal
from beancoop.model.register import read_register
from beancoop.opening.table import read_table
from beancoop_cli.main import main
from beancount.core.data import Balance, Transaction
from click.testing import CliRunner
from coda_writer import STRUCTURED, Line, Paper, coda
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

MAIN = Path("ledgers/main.beancount")
OWN, COOP = Path("ledgers/activities/A001/books/opening.beancount"), Path("ledgers/coop/opening.beancount")
HEAD = "unit;account;balance;party;invoice;date;due;amount;communication;iban\n"
TABLE = (
    HEAD
    + """COOP;550000;700,00
COOP;2400;4300,00
COOP;100;-5.000,00
A001;5500;300,00
A001;400;;Client SA;A001-2025-0042;10/12/2025;09/01/2026;1210,00
A001;400;1815,00;"Dupont; fils";2025-0043;11.12.2025;10/01/2026;605,00;+++090/9337/55493+++
A001;440;-250,00;Bois SPRL;F-2025-778;01/12/2025;31/12/2025;250,00;;BE71 0961 2345 6769
A001;140;-1865,00
"""
)
SHARED, BANK = "BE68 5390 0754 7034", "Assets:55:5500-Banque"


def run(*arguments, language="en"):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"BEANCOOP_LANG": language})


@pytest.fixture
def cooperative(tmp_path, monkeypatch):
    assert run("init", tmp_path / "coop", "--start", "2026-01-01", "--iban", SHARED).exit_code == 0
    monkeypatch.chdir(tmp_path / "coop")
    return Path.cwd()


def texts():
    return {path: path.read_bytes() for path in sorted(Path("ledgers").rglob("*")) if path.is_file()}


def table(text=TABLE, encoding="utf-8"):
    Path("opening.csv").write_bytes(text.encode(encoding))
    return "opening.csv"


def opened(text=TABLE, *arguments, encoding="utf-8"):
    result = run("open-books", table(text, encoding), *arguments, "--write")
    assert result.exit_code == 0, result.output
    assert run("check").exit_code == 0, run("check").output
    return result


def refused(text, *arguments, language="en"):
    """Open what must be refused, for show and to be written; give what is told, and see that nothing was written."""
    file = table(text)
    before = texts()
    tried = run("open-books", file, *arguments, language=language)
    result = run("open-books", file, *arguments, "--write", language=language)
    assert (tried.exit_code, result.exit_code, result.stdout) == (1, 1, ""), result.output
    assert tried.stderr == result.stderr
    assert texts() == before
    return result.stderr


def load():
    ledger = load_ledger(MAIN)
    assert ledger.findings == []
    return ledger


def openings():
    return {
        entry.postings[0].account.rpartition(":")[2]: entry
        for entry in load().entries
        if isinstance(entry, Transaction) and "opening" in entry.tags
    }


def items():
    return [
        (item.unit, item.name, item.payee, str(item.date), str(item.due), str(item.amount))
        for item in open_items(load().entries, "EUR")
    ]


def held(unit="A001"):
    """Give what the accounts of a unit hold, by number."""
    return {
        posting.account.split(":")[2].partition("-")[0]: sum(
            (each.units.number for each in openings()[unit].postings if each.account == posting.account), Decimal(0)
        )
        for posting in openings()[unit].postings
    }


def balances():
    return [(str(one.date), one.account, one.amount.number) for one in load().entries if isinstance(one, Balance)]


def test_without_write_it_is_shown_and_nothing_is_written(cooperative):
    file = table()
    before = texts()
    shown = run("open-books", file)
    assert shown.exit_code == 0, shown.output
    assert texts() == before
    for line in (f"; {OWN}", f"; {COOP}", '2026-01-01 * "Reprise des soldes" #opening', 'invoice: "A001-2025-0042"'):
        assert line in shown.stdout
    assert shown.stdout.endswith("Nothing is written yet; look at it, then add --write.\n")
    written = run("open-books", file, "--write")
    assert written.stdout == f"The books of A001, COOP are open: {OWN}, {COOP}.\n"
    for path in (OWN, COOP):
        assert path.read_text().partition("\n")[2].strip() in shown.stdout.replace(f"; {COOP}\n\n", "")


def test_each_unit_has_one_opening_that_is_exactly_zero(cooperative):
    opened()
    found = openings()
    assert set(found) == {"A001", "COOP"}
    for entry in found.values():
        assert (entry.flag, entry.date) == ("*", datetime.date(2026, 1, 1))
        assert sum(posting.units.number for posting in entry.postings) == 0
    assert held() == {
        "140": Decimal("-1865.00"),
        "400": Decimal("1815.00"),
        "440": Decimal("-250.00"),
        "5500": Decimal("300.00"),
    }


def test_open_invoices_are_items_with_their_party_and_days(cooperative):
    opened()
    assert items() == [
        ("A001", "F-2025-778", "Bois SPRL", "2025-12-01", "2025-12-31", "-250.00"),
        ("A001", "A001-2025-0042", "Client SA", "2025-12-10", "2026-01-09", "1210.00"),
        ("A001", "2025-0043", "Dupont; fils", "2025-12-11", "2026-01-10", "605.00"),
    ]


def test_invoices_without_a_balance_make_it(cooperative):
    opened(HEAD + "A001;400;;Client;F-1;;;100\nA001;400;;Client;F-2;;;-40,00\nA001;140;-60\n", "--unit", "A001")
    assert [(one[1], one[-1]) for one in items()] == [("F-1", "100.00"), ("F-2", "-40.00")]


def test_accounts_that_are_not_open_are_opened_under_the_charts_name(cooperative):
    opened()
    opens = read_register(load().entries, load().options).opens
    assert opens["Equity:10:100-CapitalSouscrit:COOP"].date == datetime.date(2026, 1, 1)
    assert opens["Equity:10:100-CapitalSouscrit:COOP"].meta["filename"].endswith(str(COOP))
    assert opens["Equity:14:140-ResultatReporte:A001"].meta["filename"].endswith(str(OWN))


@pytest.mark.parametrize(
    ("number", "account"),
    [
        ("613000", "Expenses:61:613-"),  # filled up with zeros
        ("6135", "Expenses:61:6135-"),
        ("6130-Divers", "Expenses:61:6130-Divers"),
        ("551000-Epargne", "Assets:55:551000-Epargne"),
        ("6130", "Expenses:61:6130-Assurances"),
    ],
)
def test_a_number_is_that_of_the_ledger_or_the_chart(cooperative, number, account):
    opened(f"unit,account,debit,credit\nA001,{number},10.00,\nA001,140,20,30\n")
    assert any(posting.account.startswith(account) for posting in openings()["A001"].postings), openings()


@pytest.mark.parametrize(
    "text",
    [
        "Unité;Compte;Solde\nA001;5500;1234,50\nA001;140;-1234,50\n",
        "eenheid,rekening,saldo\nA001,5500,1234.50\nA001,140,-1234.50\n",
        'Einheit;Konto;Bezeichnung;Soll;Haben\nA001;5500;Bank;"1.234,50";0\nA001;140;;;1 234,50\n',
        'unit\taccount\tbalance\r\n\r\nA001\t5500\t"1,234.50"\r\nA001\t140\t1\'234.50-\r\n\t\t\r\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_headings_separators_and_encodings_of_each_country_are_read(cooperative, text, encoding):
    opened(text, encoding=encoding)
    assert held()["5500"] == Decimal("1234.50")


def test_one_unit_alone_is_opened_and_its_lines_need_not_name_it(cooperative):
    opened("account;balance\n5500;10\n140;-10\n", "--unit", "A001")
    assert set(openings()) == {"A001"}
    assert balances() == []  # nobody knows yet what the others hold
    opened("unit;account;balance\nCOOP;5500;5\nCOOP;140;-5\nA001;5500;3\n", "--unit", "COOP")
    assert held("COOP")["5500"] == 5
    assert balances() == [("2026-01-02", BANK, Decimal(15))]


def test_the_day_may_be_named(cooperative):
    opened(TABLE, "--date", "2026-02-01")
    assert {entry.date for entry in openings().values()} == {datetime.date(2026, 2, 1)}
    assert balances() == [("2026-02-02", BANK, Decimal("1000.00"))]


def test_the_balance_of_the_shared_account_is_asserted_on_the_parent(cooperative):
    opened()
    assert balances() == [("2026-01-02", BANK, Decimal("1000.00"))]
    assert "balance" in COOP.read_text()


def test_the_balance_of_an_own_account_is_asserted_in_its_books(cooperative):
    assert run("activity", "A002", "--start", "2026-01-01", "--iban", "BE71 0961 2345 6769").exit_code == 0
    opened("unit;account;balance\nA002;5501;70,00\nA002;570;30,00\nA002;140;-100,00\n")
    assert balances() == [("2026-01-02", "Assets:55:5501-Banque:A002", Decimal("70.00"))]


def test_results_of_a_year_under_way_are_levied_no_more(cooperative):
    opened("unit;account;balance\nA001;5500;900\nA001;600;100\nA001;700;-1000\n")
    assert '"levy": "0.00"' in run("contributions", "--format", "json").stdout
    assert '"margin": "0.00"' in run("contributions", "--format", "json").stdout


def test_a_sub_ledger_alone_is_opened_too(cooperative):
    ledger = "ledgers/activities/A001/ledger.beancount"
    opened("account;balance\n5500;10\n140;-10\n", "--unit", "A001", "--ledger", ledger)
    assert held()["5500"] == 10
    assert balances() == []  # what the bank holds is the sum of all shares


@pytest.mark.parametrize("name", ["fr"])
def test_other_names_of_roots_are_kept(tmp_path, monkeypatch, name):
    assert run("init", tmp_path / "coop", "--start", "2026-01-01", "--roots", name).exit_code == 0
    monkeypatch.chdir(tmp_path / "coop")
    opened()
    assert "Capitaux:14:140-ResultatReporte:A001" in OWN.read_text()


def test_a_second_run_is_refused(cooperative):
    opened()
    told = refused(TABLE)
    assert f"{OWN}:5: The books of A001 are open already" in told
    assert "[BC1432]" in told


def test_what_is_written_is_all_of_it_or_nothing(cooperative):
    """The second unit is not as it has to be, so that the first is not opened either."""
    told = refused(TABLE.replace("COOP;100;-5.000,00", "COOP;100;-4.999,99"))
    assert "opening.csv:2: The balances of COOP come to 0.01 EUR, and not to zero." in told
    assert "960-Liaison" in told
    assert not OWN.exists()


LINES = "A001;5500;100\nA001;140;-100\n"


@pytest.mark.parametrize(
    ("text", "line", "code", "words"),
    [
        (HEAD + LINES + "A001;5501;1.000.00\n", 4, "BC1409", ""),
        ("", 1, "BC1401", "expected one such as: unit;account;balance"),
        ("\n\n", 1, "BC1401", ""),
        ("unit;balance\nA001;10\n", 1, "BC1402", "called account"),
        ("account;balance\n5500;10\n", 1, "BC1402", "called unit"),
        ("unit;account\nA001;5500\n", 1, "BC1402", "called balance"),
        ("\nunit;account;balance;TVA\nA001;5500;10;\n", 2, "BC1403", "TVA"),
        ("unit;account;solde;saldo\nA001;5500;10;10\n", 1, "BC1404", "solde and saldo"),
        (HEAD + LINES + "A001;5501;1" + ";" * 8 + "x\n", 4, "BC1405", "10 headings"),
        (HEAD + LINES + 'A001;5501;1;"' + "x" * 200_000, 4, "BC1406", "quotation mark"),
        (HEAD + LINES + ";5501;1\n", 4, "BC1407", "--unit"),
        (HEAD + LINES + "A001;Banque;1\n", 4, "BC1408", "Banque"),
        (HEAD + LINES + "A001;;1\n", 4, "BC1408", "two to six digits"),
        (HEAD + LINES + "A001;5501;1,234\n", 4, "BC1409", "1,234 is no amount"),
        (HEAD + LINES + "A001;5501;1.234.5\n", 4, "BC1409", ""),
        (HEAD + LINES + "A001;5501;10 EUR\n", 4, "BC1409", ""),
        (HEAD + LINES + "A001;5501;NaN\n", 4, "BC1409", ""),
        (HEAD + LINES + "A001;400;;X;F-1;31/02/2025;;10\n", 4, "BC1410", "31/02/2025"),
        (HEAD + LINES + "A001;400;;X;F-1;01/02-2025;;10\n", 4, "BC1410", ""),
        (HEAD + LINES + "A001;400;;X;F-1;;;10;+++090/9337/55494+++\n", 4, "BC1411", "check digits"),
        (HEAD + LINES + "A001;5501;\n", 4, "BC1412", ""),
        ("unit;account;balance;debit\nA001;5500;10;10\n", 2, "BC1413", ""),
        (HEAD + LINES + "A001;400;;X;F-1\n", 4, "BC1414", "cell amount is empty"),
        (HEAD + LINES + "A001;400;;X;;;;10\n", 4, "BC1414", "cell invoice is empty"),
        (HEAD + LINES + "A001;950;10\n", 4, "BC1421", "result brought forward"),
        (HEAD + LINES + "A001;570;;X;F-1;;;10\n", 4, "BC1422", "570-"),
        (HEAD + LINES + "A001;550000;10\n", 4, "BC1423", "at line 2"),
        (HEAD + LINES + "A001;440;;X;F-1;;;10\nA001;440;;Y;F-1;;;10\n", 5, "BC1426", "F-1"),
        (HEAD + LINES + "A001;400;100;X;F-1;;;90,5\n", 4, "BC1424", "a difference of 9.50 EUR"),
        (HEAD + "A001;440;100;X;F-1;;;100\nA001;5500;-100\n", 2, "BC1424", "come to -100.00 EUR"),
        (HEAD + "A001;5500;100\n", 2, "BC1425", "A001 come to 100.00 EUR"),
        (HEAD + LINES + "A009;5500;100\n", 4, "BC1431", "COOP, A001"),
        (HEAD + LINES + "A001;18;100\n", 4, "BC281", "no room"),
        (HEAD + LINES + "A001;5510;100\n", 4, "BC1427", "5510-Banque"),
    ],
)
def test_a_mistake_is_told_at_its_line_with_what_was_expected(cooperative, text, line, code, words):
    told = refused(text)
    (first,) = [each for each in told.splitlines() if each.startswith("opening.csv:")]
    assert first.startswith(f"opening.csv:{line}: ")
    assert first.endswith(f"[{code}]")
    assert words in first


def test_every_mistake_is_told_at_once(cooperative):
    told = refused(HEAD + "A001;x;1\n" + LINES + "A001;5501;x\n", language="fr")
    assert [each.partition(" ")[0] for each in told.splitlines()[:2]] == ["opening.csv:2:", "opening.csv:5:"]
    assert told.splitlines()[-1].startswith("Aucune comptabilité")


def test_several_accounts_of_a_number_need_a_name(cooperative):
    assert run("account", "5500", "A001", "--label", "Epargne").exit_code == 0
    assert "5500-Banque, 5500-Epargne" in refused(HEAD + LINES)
    opened(HEAD + LINES.replace("5500", "5500-Epargne"))
    assert any("Epargne" in posting.account for posting in openings()["A001"].postings)


@pytest.mark.parametrize("text", [HEAD, HEAD + "A001;5500;0\nA001;140;0,00\n"])
def test_nothing_but_zeros_opens_nothing(cooperative, text):
    assert "[BC1430]" in refused(text)


def test_what_comes_before_is_told_with_the_day_to_ask_for(cooperative):
    Path("ledgers/coop/2026.beancount").write_text(
        f'\n2026-01-05 * "Frais"\n  {BANK}:COOP  -5.00 EUR\n  Expenses:65:657-FraisBancaires:COOP  5.00 EUR\n'
    )
    told = refused(TABLE, "--date", "2026-02-01")
    assert "coop/2026.beancount:2: The books of COOP have this entry before 2026-02-01" in told
    assert "--date 2026-01-05" in told
    opened(TABLE, "--date", "2026-01-05")
    assert balances() == []  # the bank has moved on that day


def test_a_day_before_the_activity_or_its_accounts_is_refused(cooperative):
    assert "[BC284]" in refused(TABLE, "--date", "2025-12-31")
    assert run("account", "5501", "COOP", "--label", "Banque", "--date", "2026-03-01").exit_code == 0
    told = refused("unit;account;balance\nCOOP;5501;5\nCOOP;140;-5\n")
    assert "opening.csv:2: Assets:55:5501-Banque:COOP is open from 2026-03-01 on" in told


def test_what_the_ledger_does_not_take_is_not_written(cooperative):
    told = refused(HEAD + LINES.replace("100", "x").replace("-x", "100").replace("x", "-100"))
    assert "treasury of A001 is -100.00 EUR" in told
    assert "[BC1436]" in told


def test_a_file_that_the_ledger_would_not_read_is_taken_back(cooperative):
    ledger = Path("ledgers/activities/A001/ledger.beancount")
    ledger.write_text(ledger.read_text().replace("books/*.beancount", "books/2026.beancount"))
    file = table()
    before = texts()
    result = run("open-books", file, "--write")
    assert (result.exit_code, texts()) == (1, before)
    assert f"{OWN} is not included by" in result.stderr.replace(f"{Path.cwd()}/", "")


def test_a_file_that_is_not_there_is_told(cooperative):
    result = run("open-books", "nowhere.csv")
    assert result.exit_code == 1
    assert "nowhere.csv" in result.stderr


def statement(*lines, old=1000_000, old_date="311225", new_date="020126"):
    Path("releve.cod").write_bytes(coda(Paper(lines, old=old, old_date=old_date, new_date=new_date)))
    return "releve.cod"


def paid(amount, communication, booked="020126", **also):
    return Line(amount, communication=communication, booked=booked, value=booked, **also)


def test_what_an_import_says_about_a_first_balance_makes_it_succeed(cooperative):
    file = statement(paid(1210_000, "A001-2025-0042 merci"))
    before = run("import", file)
    assert "begins at 1,000.00 on 2025-12-31" in before.stderr
    assert "beancoop open-books opening.csv --write" in before.stderr
    assert run("check").exit_code == 1
    table()
    command = before.stderr.partition("beancoop ")[2].partition(" [")[0].split()
    assert run(*command).exit_code == 0
    again = run("import", file)
    assert (again.exit_code, again.stderr) == (0, "")
    assert run("check").exit_code == 0


def test_a_payment_settles_the_invoice_that_it_names(cooperative):
    opened()
    file = statement(
        paid(1210_000, "A001-2025-0042 merci", sequence=1),
        paid(605_000, "101090933755493", sequence=2, structured=STRUCTURED),
        paid(-250_000, "F-2025-778", sequence=3, account="BE71096123456769", name="BOIS"),
    )
    imported = run("import", file)
    assert (imported.exit_code, imported.stderr) == (0, ""), imported.output
    assert "3 to an invoice, 0 to decide" in imported.stdout
    assert items() == []
    assert run("check").exit_code == 0


def test_a_payment_is_recognised_by_its_creditor_reference_too(cooperative):
    opened(HEAD + "A001;400;;Client;F-2025-9;;;60;RF18 5390 0754 7034\nA001;140;-60\n", "--unit", "A001")
    assert 'rf: "RF18539007547034"' in OWN.read_text()
    imported = run("import", statement(paid(60_000, "RF18539007547034"), old=0))
    assert "1 to an invoice, 0 to decide" in imported.stdout


def test_a_communication_that_is_none_of_these_is_kept(cooperative):
    opened(HEAD + "A001;400;;Client;F-2025-9;;;60;dossier 12\nA001;140;-60\n", "--unit", "A001")
    assert 'communication: "dossier 12"' in OWN.read_text()


def test_a_credit_note_that_was_open_is_paid_back(cooperative):
    opened(HEAD + "A001;400;;Client;NC-2025-9;;;-60\nA001;5500;60\n", "--unit", "A001")
    imported = run("import", statement(paid(-60_000, "NC-2025-9"), old=60_000))
    assert "1 to an invoice, 0 to decide" in imported.stdout
    assert items() == []


@pytest.mark.parametrize(("new_date", "warned"), [("010126", False), ("050126", True)])
def test_movements_of_the_day_of_the_opening_take_its_balance_out(cooperative, new_date, warned):
    opened()
    imported = run("import", statement(paid(10_000, "intérêts", "010126"), new_date=new_date))
    assert imported.exit_code == 0
    assert ("[BC1262]" in imported.stderr) == warned
    assert ("1,000.00 EUR" in imported.stderr) == warned
    assert [one[2] for one in balances()] == [Decimal("1010.00")]
    assert run("check").exit_code == 0


def test_a_balance_that_is_not_the_openings_stays(cooperative):
    opened()
    COOP.write_text(COOP.read_text().replace(" 1000.00 EUR", " 1010.00 EUR"))
    run("import", statement(paid(10_000, "intérêts", "010126"), new_date="050126"))
    assert sorted(one[2] for one in balances()) == [Decimal("1010.00"), Decimal("1010.00")]


def test_a_first_statement_without_movements_begins_where_the_books_stand(cooperative):
    opened()
    assert run("import", statement()).stderr == ""
    assert [one[0] for one in balances()] == ["2026-01-02", "2026-01-03"]


def test_a_statement_that_begins_elsewhere_is_told_as_before(cooperative):
    opened()
    imported = run("import", statement(paid(10_000, "x"), old=999_000))
    assert "[BC1214]" in imported.stderr
    assert "open-books" not in imported.stderr


def test_a_statement_before_the_opening_does_not_count_it(cooperative):
    opened(TABLE, "--date", "2026-02-01")
    told = run("import", statement(paid(10_000, "x"))).stderr
    assert "stands at 0.00" in told


PIECES = [
    "A001",
    "COOP",
    "400",
    "5500",
    "140",
    "950",
    "1,00",
    "-1,00",
    "1.234,5",
    '"',
    ";",
    ",",
    "\n",
    "\r",
    "\0",
    "F-1",
]
PIECES += ["10/12/2025", "+++090/9337/55493+++", "unit", "account", "balance", "amount", "invoice", "é", "\u202e", "\\"]


def damaged():
    """Draw the table with something put in or cut out, or any bytes at all."""
    cut = st.tuples(st.integers(0, len(TABLE)), st.integers(0, 30), st.lists(st.sampled_from(PIECES), max_size=4))
    mended = cut.map(lambda each: (TABLE[: each[0]] + "".join(each[2]) + TABLE[each[0] + each[1] :]).encode())
    pieces = st.lists(st.sampled_from(PIECES), max_size=30).map(lambda each: (HEAD + "".join(each)).encode())
    return st.one_of(
        mended, pieces, st.binary(max_size=60), st.binary(max_size=20).map(lambda each: b"unit;account;" + each)
    )


@given(damaged(), st.sampled_from([None, "A001"]))
@example(b"\xff\xfeu\0n\0", None)
@settings(max_examples=400, deadline=None)
def test_any_table_is_read_or_refused_with_its_lines(tmp_path_factory, data, unit):
    file = tmp_path_factory.getbasetemp() / "damaged.csv"
    file.write_bytes(data)
    findings, lines = None, []
    try:
        lines = read_table(file, unit)
    except Refusal as refused:
        findings = refused.findings
    assert findings is None or (findings and all(each.line > 0 and each.code for each in findings))
    assert all(each.balance is not None or each.item for each in lines)


@pytest.mark.slow
@given(damaged())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_table_is_taken_whole_or_leaves_all_as_it_was(cooperative, data):
    Path("opening.csv").write_bytes(data)
    before = texts()
    result = run("open-books", "opening.csv", "--write")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    if result.exit_code == 0:
        assert run("check").exit_code == 0, run("check").output
        for path in (OWN, COOP):
            path.unlink(missing_ok=True)
    else:
        assert (result.exit_code, result.stdout) == (1, "")
    assert texts() == before


def test_the_guide_runs_from_its_first_command_to_its_last(tmp_path, monkeypatch):
    guide = (Path(__file__).parents[2] / "docs/opening.md").read_text()
    monkeypatch.chdir(tmp_path)
    table_of_guide = guide.partition("```csv\n")[2].partition("```")[0]
    commands = [
        line.partition("  #")[0].strip() for line in guide.splitlines() if line.startswith(("    beancoop ", "    cd "))
    ]
    assert len(commands) > 6
    for command in commands:
        words = shlex.split(command)
        if words[0] == "cd":
            monkeypatch.chdir(words[1])
            table(table_of_guide)
            statement(paid(1210_000, "A001-2025-0042"), paid(605_000, "090933755493", sequence=2), old=1000_000)
            continue
        result = run(*words[1:])
        assert (result.exit_code, result.stderr) == (0, ""), command
    assert "2 to an invoice, 0 to decide" in result.stdout
    written = OWN.read_text()
    shown = guide.partition("#opening\n")[2].partition("\n\n")[0]
    assert all(line.strip() in written for line in shown.splitlines())
    again = run("open-books", "opening.csv", "--write")  # the remedy, where it has been taken already
    assert (again.exit_code, "[BC1432]" in again.stderr) == (1, True)
