"""`beancoop decide`: what an imported statement leaves on 499, settled at the keyboard."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
from beancoop.books.open_items import open_items
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Refusal
from beancoop_cli.main import main
from beancoop_importers.deciding.desk import Desk
from beancoop_importers.deciding.proposals import Proposal
from beancount.core.data import Transaction
from click.testing import CliRunner
from coda_writer import Line, Paper, coda

OTHER, PRINTER = "BE84999330817459", "BE71096123456769"
A001, COOP, RULES = Path("ledgers/activities/A001/books"), Path("ledgers/coop"), Path("ledgers/rules.toml")
BANK, WAITING = "Assets:55:5500-Banque:", "Assets:49:499-CompteAttente:"
SALE = """
2026-01-10 * "Pharmacie Neuve Voie" "Comptoir" ^A001-2026-0007
  Assets:40:400-Clients:A001                 1210.00 EUR
  Income:70:700-VentesPrestations:A001      -1000.00 EUR
  Liabilities:45:451-TVAPayer:A001           -210.00 EUR
"""
RENT = '[[movement]]\nname = "Loyer"\nwhen = { text = "loyer" }\nthen = { unit = "A001", account = "610-Loyers" }\n'


def run(*arguments, typed="", language="en"):
    return CliRunner().invoke(main, list(map(str, arguments)), input=typed, env={"BEANCOOP_LANG": language})


def decide(*lines, arguments=(), language="en"):
    result = run("decide", *arguments, typed="".join(f"{line}\n" for line in lines), language=language)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def coop(tmp_path, monkeypatch):
    made = run("init", tmp_path / "coop", "--start", "2026-01-05", "--iban", "BE68 5390 0754 7034")
    assert made.exit_code == 0, made.output
    monkeypatch.chdir(tmp_path / "coop")
    for number, unit in (("6140", "COOP"), ("6140", "A001"), ("610", "A001")):
        run("account", number, unit, *(("--label", "Loyers") if number == "610" else ()))
    assert run("activity", "A002").exit_code == 0
    return Path.cwd()


class Bank:
    """Statements of the shared account, one after the other."""

    def __init__(self):
        self.balance, self.number = 0, 0

    def pays(self, *lines):
        self.number += 1
        numbered = tuple(replace(line, sequence=place) for place, line in enumerate(lines, 1))
        paper = Paper(numbered, old=self.balance, number=f"{self.number:03}")
        self.balance += sum(line.amount for line in lines)
        file = Path(f"{self.number}.cod")
        file.write_bytes(coda(paper))
        result = run("import", file, "--as-dated")
        assert result.exit_code == 0, result.output
        return result.stdout


@pytest.fixture
def bank(coop):
    return Bank()


def flyers(amount=-25_000, **more):
    return Line(amount, account=PRINTER, name="Imprimerie du Pont", communication="Flyers", **more)


def write(path, text):
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def files():
    return {path: path.read_bytes() for path in sorted(Path("ledgers").rglob("*")) if path.is_file()}


def balances():
    ledger = load_ledger(Path("ledgers/main.beancount"))
    assert ledger.findings == []
    sums = {}
    for entry in ledger.entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            sums[posting.account] = sums.get(posting.account, 0) + posting.units.number
    return {account: str(number) for account, number in sums.items() if number}


def decisions(folder):
    return (folder / "decisions-2026.beancount").read_text()


class TestTheList:
    def test_nothing_waits(self, coop):
        result = decide(arguments=["--list"])
        assert (result.exit_code, result.stdout) == (0, "Nothing waits on 499.\n")
        assert decide().stdout == "Nothing waits on 499.\n"
        assert json.loads(decide(arguments=["--list", "--format", "json"]).stdout) == []

    def test_the_oldest_comes_first(self, bank):
        bank.pays(Line(50_000, name="Inconnu", communication="Don"), flyers())
        result = decide(arguments=["--list"])
        first, second, count = result.stdout.splitlines()
        assert result.exit_code == 1
        assert first.endswith(": 2026-01-15 COOP 50.00 EUR | Inconnu | Don")
        assert second.endswith(": 2026-01-15 COOP -25.00 EUR | Imprimerie du Pont | Flyers")
        assert second.startswith("ledgers/coop/bank-2026.beancount:")
        assert count == "2 movements wait on 499."

    def test_a_program_reads_it(self, bank):
        bank.pays(Line(50_000, name="Inconnu", communication="Don"), flyers())
        result = decide(arguments=["--list", "--format", "json"])
        _, one = json.loads(result.stdout)
        assert result.exit_code == 1
        assert (one["unit"], one["amount"], one["currency"]) == ("COOP", "-25.00", "EUR")
        assert (one["party"], one["communication"], one["proposals"]) == ("Imprimerie du Pont", "Flyers", [])

    def test_of_one_unit(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        assert decide(arguments=["--list", "--unit", "A001"]).exit_code == 0
        assert decide(arguments=["--list", "--unit", "COOP"]).exit_code == 1

    @pytest.mark.parametrize(("arguments", "code"), [(["--unit", "A009"], "BC924"), (["--format", "json"], "BC995")])
    def test_misuse(self, coop, arguments, code):
        result = decide(arguments=arguments)
        assert result.exit_code == 2
        assert code in result.stderr


class TestDeciding:
    def test_an_account_is_typed(self, bank):
        bank.pays(Line(50_000, name="Inconnu"), flyers())
        result = decide("s", "6140", "n")
        assert "Settled on Expenses:61:6140-Publicite:COOP." in result.stdout
        assert "1 decision written; still waiting: 1." in result.stdout
        reference = "coda/BE68539007547034/EUR/2026-01-15/001/0002.0000"
        assert decisions(COOP) == (
            "; COOP : décisions sur ce qui attendait en 499\n\n"
            '2026-01-15 * "Imprimerie du Pont" "Flyers"\n'
            f'  decides: "{reference}"\n  counterparty-account: "{PRINTER}"\n'
            f"  {WAITING}COOP  -25.00 EUR\n  Expenses:61:6140-Publicite:COOP    25.00 EUR\n"
        )
        assert balances()[f"{WAITING}COOP"] == "-50.00"
        assert balances()["Expenses:61:6140-Publicite:COOP"] == "25.00"
        assert run("check").exit_code == 0

    @pytest.mark.parametrize("typed", ["700 a001", "Income:70:700-VentesPrestations:A001", "ventes A001"])
    def test_of_another_unit_it_goes_through_the_shares_of_the_bank(self, bank, typed):
        bank.pays(Line(50_000, name="Inconnu"))
        result = decide(typed, "n")
        assert result.stderr == ""
        held = balances()
        assert (held[f"{BANK}A001"], held["Income:70:700-VentesPrestations:A001"]) == ("50.00", "-50.00")
        assert not {f"{BANK}COOP", f"{WAITING}COOP"} & held.keys()
        links = {next(word for word in decisions(folder).split() if word.startswith("^")) for folder in (COOP, A001)}
        assert len(links) == 1
        assert run("check").exit_code == 0

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("zut", "BC1290"),
            ("6199", "BC1291"),
            ("4", "BC977"),
            ("0", "BC977"),
            ("49", "BC1292"),
            ("6140 A009", "BC1290"),
            ("\x00\x1b[2J", "BC1290"),
            (WAITING + "COOP", "BC1290"),
            ("²", "BC1290"),
        ],
    )
    def test_what_is_no_account_is_told_and_asked_again(self, bank, typed, code):
        bank.pays(flyers(50_000))
        before = files()
        result = decide(typed, "q")
        assert code in result.stderr
        assert result.stdout.count("Number, account") == 2
        assert files() == before

    def test_bytes_that_are_no_text(self, bank):
        bank.pays(flyers(50_000))
        result = CliRunner().invoke(main, ["decide"], input=b"\xff\xfe\n", env={"BEANCOOP_LANG": "en"})
        assert result.exit_code == 0
        assert "BC1290" in result.stderr

    def test_help_and_the_end_of_the_input(self, bank):
        bank.pays(flyers(50_000))
        result = decide("?", "")
        assert result.exit_code == 0
        assert result.stdout.count("take the last decision back") == 2
        assert "0 decisions written; still waiting: 1." in result.stdout

    def test_stop_and_go_on(self, bank):
        bank.pays(Line(50_000, name="Inconnu"), Line(30_000, name="Autre"))
        decide("700 A001", "n", "q")
        result = decide("700 A001")
        assert "1 movement waits on 499." in result.stdout
        assert f"{WAITING}COOP" not in balances()
        assert decide(arguments=["--list"]).exit_code == 0


class TestUndo:
    def test_every_file_is_as_before(self, bank):
        bank.pays(Line(50_000, name="Inconnu"), Line(30_000, name="Autre"))
        before = files()
        result = decide("700 A001", "y", "u", "u", "q")
        assert "Taken back" in result.stdout
        assert "BC978" in result.stderr
        assert files() == before

    def test_the_last_one_too(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        before = files()
        result = decide("700 A001", "n", "u", "q")
        assert result.stdout.count("| Inconnu") == 2
        assert files() == before

    def test_what_was_changed_since_stays(self, bank):
        bank.pays(Line(50_000, name="Inconnu"), Line(30_000, name="Autre"))
        desk = Desk(Path("ledgers/main.beancount"))
        case = desk.cases[0]
        desk.decide(case, desk.typed(case, "700 A001"))
        write(A001 / "decisions-2026.beancount", "; de ma main\n")
        with pytest.raises(Refusal, match="BC516"):
            desk.undo()
        assert "de ma main" in decisions(A001)


class TestProposals:
    def test_by_rule(self, bank):
        bank.pays(Line(50_000, communication="loyer"), Line(-20_000, communication="loyer de janvier"))
        RULES.write_text(RENT)
        result = decide("s", "1")
        assert "  1. Expenses:61:610-Loyers:A001: rule Loyer\n" in result.stdout
        assert "BC1299" in result.stderr  # A001 has nothing to pay it with
        assert 'rule: "Loyer"' not in "".join(text.decode() for text in files().values())

    def test_by_an_invoice_that_is_named(self, bank):
        write(A001 / "2026.beancount", SALE)
        bank.pays(Line(900_000, name="Pharmacie", communication="acompte"))
        file = COOP / "bank-2026.beancount"
        file.write_text(file.read_text().replace('"acompte"', '"acompte A001-2026-0007"'))
        result = decide("1")
        assert (
            "  1. Assets:40:400-Clients:A001, invoice A001-2026-0007: the communication names invoice A001-2026-0007 "
            "of Pharmacie Neuve Voie, of which 1,210.00 is open\n"
        ) in result.stdout
        assert balances()["Assets:40:400-Clients:A001"] == "310.00"
        assert "^A001-2026-0007" in decisions(A001)
        assert '    invoice: "A001-2026-0007"' in decisions(A001)
        assert "^A001-2026-0007" not in decisions(COOP)
        assert "this rule" not in result.stdout

    def test_by_an_invoice_of_the_same_amount(self, bank):
        write(A001 / "2026.beancount", SALE)
        bank.pays(Line(1_210_000, name="Pharmacie"))
        result = decide("1")
        assert "invoice A001-2026-0007 of Pharmacie Neuve Voie is open for the same amount" in result.stdout
        assert "Assets:40:400-Clients:A001" not in balances()

    def test_by_what_was_decided_before(self, bank):
        bank.pays(Line(500_000, name="Inconnu"), flyers())
        decide("s", "6140", "n")
        bank.pays(flyers(-30_000), Line(-1_000, name="IMPRIMERIE DU PONT", communication="x"))
        result = decide("s", "1", "n", "1", "n")
        assert "1. Expenses:61:6140-Publicite:COOP: so decided 1 time before for the account" in result.stdout
        assert "so decided 2 times before for IMPRIMERIE DU PONT" in result.stdout
        assert balances()["Expenses:61:6140-Publicite:COOP"] == "56.00"

    def test_a_rule_that_cannot_be_read_is_told(self, bank):
        bank.pays(flyers(50_000))
        RULES.write_text("[[movement]]\nname = 3\n")
        result = decide("700 A001", "q")
        assert "The rules propose nothing: ledgers/rules.toml:2" in result.stderr
        assert "this rule" not in result.stdout


class TestARuleForNextTime:
    def test_the_next_import_books_it_by_itself(self, bank):
        RULES.write_text("# les nôtres\n" + RENT)
        bank.pays(Line(500_000, name="Inconnu"), flyers())
        result = decide("s", "6140", "y")
        assert "Added." in result.stdout
        assert RULES.read_text() == "# les nôtres\n" + RENT + (
            '\n[[movement]]\nname = "Imprimerie du Pont : 6140-Publicite"\n'
            f'when = {{ counterparty_account = "{PRINTER}", direction = "out" }}\n'
            'then = { unit = "COOP", account = "6140-Publicite", flag = "*" }\n'
        )
        assert ", 0 to decide." in bank.pays(flyers(-30_000))
        assert balances()["Expenses:61:6140-Publicite:COOP"] == "55.00"

    def test_the_same_file_again_adds_nothing(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        decide("700 A001", "y")
        before = files()
        result = run("import", "1.cod", "--as-dated")
        assert result.exit_code == 0, result.output
        assert ", 0 to decide." in result.stdout
        assert files() == before

    @pytest.mark.parametrize("answer", ["n", "", "non"])
    def test_not_unless_asked(self, bank, answer):
        bank.pays(Line(50_000, name="Inconnu"))
        before = RULES.read_bytes() if RULES.exists() else None
        decide("700 A001", answer)
        assert (RULES.read_bytes() if RULES.exists() else None) == before

    def test_without_a_party_the_words_before_a_figure(self, bank):
        bank.pays(Line(50_000, communication='Recette "comptoir" 15-01-2026'))
        decide("700 A001", "y")
        assert 'text = "Recette \\"comptoir\\""' in RULES.read_text()

    def test_none_where_only_figures_are_told(self, bank):
        bank.pays(Line(50_000, communication="15-01-2026"))
        assert "this rule" not in decide("700 A001").stdout


class TestRefusals:
    def test_a_treasury_that_would_be_overdrawn(self, bank):
        bank.pays(Line(50_000, name="Inconnu"), flyers())
        before = files()
        result = decide("s", "6140 A001", "q")
        assert "BC1299" in result.stderr
        assert "Not decided; everything is as it was." in result.stderr
        assert files() == before

    def test_a_full_disk(self, bank, monkeypatch):
        bank.pays(Line(50_000, name="Inconnu"))
        before = files()

        def full(*arguments, **named):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("tempfile.mkstemp", full)
        result = decide("700 A001", "q")
        assert "Not decided; everything is as it was." in result.stderr
        assert files() == before

    def test_a_closed_month_is_settled_on_the_first_open_day(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        assert run("close", "2026-01").exit_code == 0
        before = files()
        decide("700 A001", "n")
        assert "2026-02-01 * " in decisions(A001)
        assert "booking-date: 2026-01-15" in decisions(A001)
        assert all(files()[path] == text for path, text in before.items())
        assert run("check").exit_code == 0


BOUGHT = """
2026-01-{day} ! "Fournisseur" "Facture {number}"
  invoice-ref: "0208:0999777614/{number}"
{vat}  Assets:49:499-CompteAttente:A001  100.00 EUR
  Assets:41:411-TVARecuperer:A001  21.00 EUR
  Liabilities:44:440-Fournisseurs:A001  -121.00 EUR
"""


class TestWithinAnInvoice:
    @pytest.fixture
    def invoice(self, coop):
        """Write one that waits, with a code of VAT."""
        write(A001 / "2026.beancount", BOUGHT.format(day=10, number="D-1", vat='  vat: "BE"\n'))
        return A001 / "2026.beancount"

    def test_the_account_takes_the_place_of_499(self, invoice):
        before = invoice.read_text()
        result = decide("6140")
        assert result.stderr == ""
        wanted = before.replace("Assets:49:499-CompteAttente:A001", "Expenses:61:6140-Publicite:A001")
        assert invoice.read_text() == wanted.replace('2026-01-10 ! "F', '2026-01-10 * "F')
        assert run("check").exit_code == 0

    def test_it_is_taken_back(self, invoice):
        before = files()
        decide("6140", "u", "q")
        assert files() == before

    def test_what_was_before_is_proposed(self, invoice):
        decide("6140")
        write(invoice, BOUGHT.format(day=12, number="D-2", vat=""))
        result = decide("1")
        assert "  1. Expenses:61:6140-Publicite:A001" in result.stdout
        assert invoice.read_text().count("Expenses:61:6140-Publicite:A001") == 2
        assert '2026-01-12 ! "F' in invoice.read_text()  # nobody has said what it is to VAT

    def test_another_unit_s_account_does_not_belong_there(self, invoice):
        before = files()
        assert "BC1293" in decide("6140 COOP", "q").stderr
        assert files() == before

    def test_what_is_sealed_stays_and_an_entry_of_its_own_settles_it(self, invoice):
        assert run("close", "2026-01").exit_code == 0
        before = invoice.read_text()
        assert decide("6140").stderr == ""
        assert invoice.read_text() == before
        assert "2026-02-01 * " in decisions(A001)
        assert run("check").exit_code == 0


class TestBetweenUnits:
    @pytest.fixture
    def own(self, coop):
        """Give A003 a bank account of its own, and a movement on it."""
        assert run("activity", "A003", "--iban", "BE71 0961 2345 6769", "--start", "2026-01-05").exit_code == 0
        paper = Paper((flyers(50_000),), account=PRINTER)
        Path("own.cod").write_bytes(coda(paper))
        result = run("import", "own.cod", "--as-dated")
        assert result.exit_code == 0, result.output

    def test_what_no_bank_account_shares_goes_through_960(self, own):
        result = decide("6140 COOP", "n")
        assert result.stderr == ""
        held = balances()
        assert (held["Assets:9:960-Liaison:A003"], held["Assets:9:960-Liaison:COOP"]) == ("-50.00", "50.00")
        assert held["Expenses:61:6140-Publicite:COOP"] == "-50.00"
        assert not any(account.startswith(WAITING) for account in held)
        assert "this rule" not in result.stdout
        assert run("check").exit_code == 0

    def test_there_must_be_a_way(self, own):
        file = A001.parents[1] / "A003/ledger.beancount"
        file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if ":960-" not in line))
        before = files()
        assert "BC1295" in decide("6140 COOP", "q").stderr
        assert files() == before

    def test_a_customer_without_invoice_settles_the_oldest_debt_of_that_name(self, bank):
        write(A001 / "2026.beancount", SALE)
        bank.pays(Line(10_000, name="Pharmacie Neuve Voie"))
        assert decide("400 A001").stderr == ""
        (item,) = open_items(load_ledger(Path("ledgers/main.beancount")).entries, "EUR")[:1]
        assert item.name == "A001-2026-0007"
        assert "^" not in decisions(COOP)

    def test_a_sub_ledger_alone(self, own):
        ledger = "ledgers/activities/A003/ledger.beancount"
        result = decide("6140 COOP", "700", "n", arguments=["--ledger", ledger])
        assert "BC1290" in result.stderr
        assert "1 decision written; still waiting: 0." in result.stdout
        assert run("check").exit_code == 0


class TestMeanwhile:
    def test_somebody_else_has_settled_it(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        desk = Desk(Path("ledgers/main.beancount"))
        (case,) = desk.cases
        decide("700 A001", "n")
        with pytest.raises(Refusal, match="BC1297"):
            desk.decide(case, desk.typed(case, "700 A001"))
        assert desk.cases == []

    def test_an_account_that_is_not_open(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        desk = Desk(Path("ledgers/main.beancount"))
        with pytest.raises(Refusal, match="BC1294"):
            desk.decide(desk.cases[0], Proposal("Expenses:61:6199-Rien:COOP"))

    def test_another_rule_has_come(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        desk = Desk(Path("ledgers/main.beancount"))
        (case,), choice = desk.cases, Proposal("Income:70:700-VentesPrestations:A001")
        desk.decide(case, choice)
        rule = desk.offer(case, choice)
        RULES.write_text(RENT.replace('text = "loyer"', 'counterparty = "inconnu"'))
        before = files()
        with pytest.raises(Refusal, match="BC1296"):
            desk.add_rule(case, rule)
        assert files() == before

    def test_a_file_that_nothing_reads(self, bank):
        bank.pays(Line(50_000, name="Inconnu"))
        main_file = Path("ledgers/main.beancount")
        named = "".join(f'include "coop/{path.name}"\n' for path in sorted(COOP.glob("*.beancount")))
        main_file.write_text(main_file.read_text().replace('include "coop/*.beancount"\n', named))
        before = files()
        assert "BC1298" in decide("6140", "q").stderr
        assert files() == before


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "1 mouvement attend sur 499."),
        ("nl", "1 beweging wacht op 499."),
        ("de", "1 Bewegung wartet auf 499."),
    ],
)
def test_it_speaks_the_language_of_who_decides(bank, language, said):
    bank.pays(Line(50_000, name="Inconnu"))
    result = decide("?", "zut", "q", language=language)
    assert said in result.stdout
    assert "BC1290" in result.stderr
    assert "proposal" not in result.output
