"""A financial year: what settles it, its seal, and the month in which it is levied (contract, sections 5 and 6)."""

from __future__ import annotations

import datetime
import json
import shutil
from decimal import Decimal

import pytest
from beancoop.books.books import Books
from beancoop.closing.seal import check_seals
from beancoop.closing.soundness import check_closed
from beancoop.loading.ledger import load_ledger
from beancoop.model.periods import Span
from beancoop.statements.activities import Activities
from beancoop.statements.activity import activity_statement
from beancoop_cli.main import main
from click.testing import CliRunner

STOCK, VARIATION = "Assets:30:300-StockMatieresPremieres", "Expenses:60:609-VariationStocks"
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
SALE = """
2026-02-02 * "Client" "Facture 1" ^A001-2026-0001
  Assets:40:400-Clients:A001              2000.00 EUR
  Income:70:700-VentesPrestations:A001   -2000.00 EUR
"""


def settling(amount: str = "100.00", unit: str = "A001", day: str = "2026-12-31", mark: str = "") -> str:
    """Write what settles a year: stock that was not used up."""
    return f"""
{day} * "Stock" "Inventaire" #inventory {mark}
  {STOCK}:{unit}   {amount} EUR
  {VARIATION}:{unit}  -{amount} EUR
"""


class House:
    """A cooperative of two activities that began with 2026."""

    def __init__(self, root):
        self.root = root

    @property
    def main(self):
        return self.root / "ledgers/main.beancount"

    def file(self, name):
        return self.main.parent / name

    def run(self, name, *arguments):
        return CliRunner().invoke(main, [name, "--ledger", str(self.main), *arguments])

    def close(self, *periods, today="2027-06-10"):
        results = [self.run("close", period, "--today", today, "--force") for period in periods]
        assert all(result.exit_code == 0 for result in results), [result.output for result in results]
        return results[-1].output

    def refused(self, period, *arguments, today="2027-06-10"):
        result = self.run("close", period, "--today", today, "--force", *arguments)
        assert result.exit_code == 1, result.output
        return result.output

    def write(self, text, name="activities/A001/books/2026.beancount"):
        with self.file(name).open("a", encoding="utf-8") as file:
            file.write(text)

    def check(self):
        return self.run("check")

    def levies(self, unit="A001", ledger=None):
        """Give margin and levy of each month in which there is either."""
        result = CliRunner().invoke(main, ["contributions", "--ledger", str(ledger or self.main), "--format", "json"])
        assert result.exit_code == 0, result.output
        rows = [row for row in json.loads(result.stdout) if row["unit"] == unit]
        return {
            row["period"]: (row["margin"], row["levy"]) for row in rows if float(row["margin"]) or float(row["levy"])
        }

    def seals(self):
        """Give every seal by period and unit; all of them hold."""
        ledger = load_ledger(self.main)
        assert check_closed(ledger.entries, ledger.options) == []
        return {
            (period, unit): seal for unit in ("A001", "A002", "COOP") for period, seal in self.seals_of(unit).items()
        }

    def seals_of(self, unit):
        customs = (each for each in load_ledger(self.main).entries if getattr(each, "type", "") == "closed")
        return {each.values[0].value: each for each in customs if each.values[1].value == unit}

    def account(self, number, name="coop/accounts.beancount"):
        return next(line.split()[2] for line in self.file(name).read_text().splitlines() if f":{number}-" in line)

    def found(self):
        loaded = load_ledger(self.main)
        wrong = [*loaded.findings, *check_seals(loaded.entries, loaded.options)]
        return [(finding.code, finding.file.rpartition("/")[2], finding.line) for finding in wrong]


@pytest.fixture(scope="module")
def a_year_closed(tmp_path_factory):
    """Give the cooperative with the twelve months of 2026 closed."""
    root = tmp_path_factory.mktemp("year") / "coop"
    for arguments in (
        ["init", str(root), "--start", "2026-01-01"],
        ["activity", "A002", "--start", "2026-01-01", "--ledger", str(root / "ledgers/main.beancount")],
    ):
        assert CliRunner().invoke(main, arguments).exit_code == 0
    house = House(root)
    house.write(SALE)
    house.close(*MONTHS)
    return house


@pytest.fixture
def house(a_year_closed, tmp_path):
    shutil.copytree(a_year_closed.root, tmp_path / "coop")
    return House(tmp_path / "coop")


class TestWhatSettlesAnOpenYear:
    def test_counts_in_the_first_month_after_it_that_is_open_and_moves_with_each_closing(self, house):
        house.write(settling())
        assert house.levies() == {"2026-02": ("2000.00", "200.00"), "2027-01": ("100.00", "10.00")}
        house.close("2027-01", "2027-02")
        assert house.levies() == {"2026-02": ("2000.00", "200.00"), "2027-03": ("100.00", "10.00")}
        assert house.check().exit_code == 0
        assert house.levies(ledger=house.file("activities/A001/ledger.beancount")) == house.levies()

    def test_is_in_no_seal_of_a_month(self, house):
        house.write(settling())
        assert house.found() == []
        house.write(settling(day="2026-12-31").replace(" #inventory", ""))
        assert [code for code, *_ in house.found()] == ["BC522"]

    def test_needs_accounts_that_may_open_on_the_last_day_of_the_year(self, house):
        opened = house.run("account", "330", "A001", "--date", "2026-12-31")
        assert opened.exit_code == 0, opened.output
        house.write(settling().replace(STOCK, opened.stdout.split()[0].removesuffix(":A001")))
        assert house.found() == []
        house.close("2027-01", "2026", "2027-02")
        assert house.check().exit_code == 0

    def test_which_are_part_of_months_from_the_first_use_on(self, house):
        assert house.run("account", "330", "A001", "--date", "2026-12-31").exit_code == 0
        account = house.account("330", "activities/A001/ledger.beancount")
        house.close("2026")
        bought = f'2027-01-05 * "Achat"\n  {account}  5.00 EUR\n  Liabilities:44:440-Fournisseurs:A001  -5.00 EUR\n'
        house.write(bought, "activities/A001/books/2027.beancount")
        house.close("2027-01")
        assert house.check().exit_code == 0
        ledger = house.file("activities/A001/ledger.beancount")
        ledger.write_text(ledger.read_text().replace(f"2026-12-31 open {account}", f"2026-12-30 open {account}"))
        assert "BC522" in {code for code, *_ in house.found()}

    def test_an_account_that_opens_on_any_other_day_of_a_closed_month_is_told(self, house):
        assert house.run("account", "330", "A001", "--date", "2026-12-30").exit_code == 1
        assert house.run("account", "330", "A001", "--date", "2026-11-30").exit_code == 1

    def test_is_dated_the_last_day(self, house):
        house.write(settling(day="2026-12-30"))
        ((code, file, line),) = [each for each in house.found() if each[0] != "BC522"]
        assert (code, file) == ("BC306", "2026.beancount")
        assert "2026-12-31" in house.check().output
        assert (
            house.file("activities/A001/books/2026.beancount")
            .read_text()
            .splitlines()[line - 1]
            .startswith("2026-12-30")
        )

    def test_bears_the_rate_of_its_own_day(self, house):
        house.write('\n2027-01-01 custom "activity-terms" "A001"\n  rate: 0.50\n', "activities/A001/terms.beancount")
        house.write(settling())
        assert house.levies()["2027-01"] == ("100.00", "10.00")

    def test_a_report_of_the_year_is_provisional_until_its_seal(self, house):
        def standing():
            result = house.run("report", "trial-balance", "--year", "2026", "--format", "html")
            assert result.exit_code == 0, result.output
            return result.stdout

        assert "Provisional" in standing()
        house.close("2026")
        assert house.seals()["2026", "COOP"].meta["units"][:16] in standing()


class TestClosingAYear:
    def test_in_may_with_january_to_april_closed(self, house):
        house.write(settling())
        house.write(settling("30.00", "A002"), "activities/A002/books/2026.beancount")
        house.close("2027-01", "2027-02", "2027-03", "2027-04")
        said = house.close("2026")
        seals = house.seals()
        assert "2027-05" in said
        for unit in ("A001", "A002", "COOP"):
            seal = seals["2026", unit]
            assert str(seal.date) == "2026-12-31"
            assert seal.meta["levied-in"] == "2027-05"
            assert seal.meta["previous"] == ""
            assert seal.meta["filename"].endswith("contributions-2026.beancount")
            assert len(seal.meta["sha256"]) == 64
            assert ("units" in seal.meta) == (unit == "COOP")
        of_coop = seals["2026", "COOP"].meta
        assert f"anchor 2026 {of_coop['sha256']} {of_coop['units']}" in said
        assert house.levies()["2027-05"] == ("100.00", "10.00")
        house.close("2027-05")
        assert house.levies()["2027-05"] == ("100.00", "10.00")
        assert house.levies("A002") == {"2027-05": ("30.00", "3.00")}
        assert house.levies(ledger=house.file("activities/A001/ledger.beancount"))["2027-05"] == ("100.00", "10.00")
        assert house.check().exit_code == 0

    def test_the_next_year_follows_in_the_chain(self, house):
        first = house.close("2026")
        house.close(*(f"2027-{month:02}" for month in range(1, 13)), "2027", today="2028-02-01")
        seals = house.seals()
        assert seals["2027", "A001"].meta["previous"] == seals["2026", "A001"].meta["sha256"]
        assert len({seal.meta["sha256"] for seal in seals.values()}) == len(seals)
        anchors = house.root / "anchors.txt"
        anchors.write_text(first)
        assert house.run("check", "--anchor", str(anchors)).exit_code == 0
        anchors.write_text(first.replace("anchor 2026 ", "anchor 2028 "))
        assert "BC531" in house.run("check", "--anchor", str(anchors)).output

    def test_what_is_added_or_changed_after_it_is_told(self, house):
        house.write(settling())
        house.close("2026")
        assert house.found() == []
        book = house.file("activities/A001/books/2026.beancount")
        before = book.read_text()
        for after in (before.replace("100.00", "110.00"), before + settling("1.00"), before.replace(settling(), "")):
            book.write_text(after)
            line = house.seals_of("A001")["2026"].meta["lineno"]
            assert house.found() == [("BC522", "contributions-2026.beancount", line)]
        book.write_text(before)
        house.write(settling("2.00", "COOP").replace(STOCK, "Assets:40:400-Clients"), "coop/2026.beancount")
        assert "BC522" in {code for code, *_ in house.found()}

    def test_nothing_is_levied_by_a_seal_whose_month_was_changed(self, house):
        house.write(settling())
        house.close("2026")
        closed = house.file("activities/A001/closed/contributions-2026.beancount")
        closed.write_text(closed.read_text().replace('levied-in: "2027-01"', 'levied-in: "2027-03"'))
        assert [code for code, *_ in house.found()] == ["BC524"]
        assert house.check().exit_code == 1
        closed.write_text(closed.read_text().replace('  levied-in: "2027-03"\n', ""))
        assert "BC125" in {code for code, *_ in house.found()}

    def test_a_seal_that_the_structure_has_not_closes_nothing(self, house):
        house.write(settling())
        house.close("2026")
        closed = house.file("coop/contributions-2026.beancount")
        text = closed.read_text()
        closed.write_text(text[: text.index('2026-12-31 custom "closed" "2026" "COOP"')])
        assert {code for code, *_ in house.found()} == {"BC404"}


class TestWhatRefusesAYear:
    def test_an_open_month(self, house):
        for folder in ("activities/A001/closed", "activities/A002/closed", "coop"):
            file = house.file(f"{folder}/contributions-2026.beancount")
            text = file.read_text()
            file.write_text(text[: text.index("2026-12-31 custom")])
        assert "beancoop close 2026-12" in house.refused("2026")

    def test_a_year_that_is_not_over_is_closed_or_follows_one_that_is_open(self, house):
        assert "BC504" in house.refused("2027")
        assert "BC504" in house.refused("2026", today="2026-12-31")
        assert "beancoop close 2026" in house.refused("2027", today="2028-01-01")
        house.close("2026")
        assert "BC505" in house.refused("2026")

    def test_what_waits_and_what_is_flagged(self, house):
        house.write(settling(mark="^x").replace(f"{VARIATION}:A001", "Assets:49:499-CompteAttente:A001"))
        house.write(settling(mark="^y").replace(STOCK, "Assets:58:580-VirementsInternes"))
        house.write(settling(mark="^z").replace("31 *", "31 !"))
        said = house.refused("2026")
        assert [code for code in ("BC551", "BC576", "BC575") if code in said] == ["BC551", "BC576", "BC575"]
        assert said.count("BC551") == 2
        assert "BC551" in house.refused("2026", "--dry-run")

    def test_a_document_that_is_not_there(self, house):
        house.write(settling().replace("#inventory \n", '#inventory\n  document: "../documents/stock.pdf"\n'))
        assert "BC533" in house.refused("2026")
        house.file("activities/A001/documents/stock.pdf").write_bytes(b"%PDF-1.7")
        house.close("2026")
        house.file("activities/A001/documents/stock.pdf").write_bytes(b"%PDF-1.7 other")
        assert "BC522" in {code for code, *_ in house.found()}

    def test_books_without_entries_or_without_the_structure(self, house):
        assert "BC507" in house.refused("2025")
        alone = CliRunner().invoke(
            main, ["close", "2026", "--ledger", str(house.file("activities/A001/ledger.beancount"))]
        )
        assert alone.exit_code == 1
        assert "BC503" in alone.output

    @pytest.mark.parametrize("period", ["26", "2026-13", "1926", "x"])
    def test_what_is_no_period_is_misuse(self, house, period):
        assert house.run("close", period).exit_code == 2


class TestTheChecklist:
    def test_says_what_to_look_at_and_writes_nothing(self, house):
        vat = SALE.replace("2026-02-02", "2027-01-02").replace("2000.00 EUR\n  Income", "2420.00 EUR\n  Income")
        house.write(f"{vat}  Liabilities:45:451-TVAPayer:A001   -420.00 EUR\n")
        before = {path: path.read_bytes() for path in house.root.rglob("*") if path.is_file()}
        result = house.run("close", "2026", "--dry-run", "--today", "2027-06-10", "--force")
        assert result.exit_code == 0, result.output
        assert [period for period in ("2026-Q1", "2026-Q4") if f"beancoop vat file {period}" in result.output] == [
            "2026-Q1",
            "2026-Q4",
        ]
        assert 'custom "closed" "2026" "COOP"' in result.output
        assert {path: path.read_bytes() for path in house.root.rglob("*") if path.is_file()} == before


class TestYearsOfTheirOwn:
    def test_end_where_the_cooperative_says(self, house):
        quarterly = '  vat-period: "quarter"\n'
        house.main.write_text(house.main.read_text().replace(quarterly, f'{quarterly}  year-start: "07-01"\n'))
        house.write(settling(day="2026-06-30"))
        house.close("2026")
        seal = house.seals()["2026", "A001"]
        assert str(seal.date) == "2026-06-30"
        assert seal.meta["levied-in"] == "2027-01"
        assert seal.meta["filename"].endswith("contributions-2026.beancount")
        assert house.levies()["2027-01"] == ("100.00", "10.00")
        assert house.levies(ledger=house.file("activities/A001/ledger.beancount"))["2027-01"] == ("100.00", "10.00")
        house.write(settling(day="2026-12-31"))
        assert "BC306" in {code for code, *_ in house.found()}


@pytest.mark.parametrize(
    ("seal", "code"),
    [
        ('2026-12-31 custom "closed" "2026" "A001"\n  levied-in: "2026-12"', "BC125"),
        ('2026-12-31 custom "closed" "2026" "A001"', "BC125"),
        ('2026-11-30 custom "closed" "2026" "A001"\n  levied-in: "2027-01"', "BC122"),
        ('2027-01-31 custom "closed" "2027-01" "A001"\n  levied-in: "2027-02"', "BC126"),
        ('2026-12-31 custom "closed" "2026" "A001"\n  levied-in: 2027-01-01', "BC103"),
        ('2026-12-31 custom "closed" "1999" "A001"\n  levied-in: "2027-01"', "BC102"),
    ],
)
def test_a_seal_of_another_form_is_told(house, seal, code):
    house.write(f"\n{seal}\n", "activities/A001/closed/contributions-2026.beancount")
    assert code in {each for each, *_ in house.found()}


def test_a_year_is_sealed_once_and_without_gap(house):
    house.close("2026")
    closed = house.file("activities/A001/closed/contributions-2026.beancount")
    seal = closed.read_text()[closed.read_text().index('2026-12-31 custom "closed" "2026" "A001"') :]
    house.write(f"\n{seal}", "activities/A001/closed/contributions-2026.beancount")
    assert "BC123" in {code for code, *_ in house.found()}
    closed.write_text(closed.read_text().removesuffix(f"\n{seal}"))
    for unit, folder in (("A001", "activities/A001/closed"), ("COOP", "coop")):
        house.write(
            f'\n2028-12-31 custom "closed" "2028" "{unit}"\n  levied-in: "2029-01"\n',
            f"{folder}/contributions-2028.beancount",
        )
    assert [code for code, *_ in house.found()].count("BC127") == 2


def test_what_a_sealed_year_holds_is_not_taken_back(house):
    """The common property: an entry and its exact negative are left alone while both years are open (section 7)."""
    reserve, debt = house.account("1319"), house.account("489")
    taken = f"""
2026-12-31 * "Partage interdit" ^erreur #inventory
  {reserve}   -500.00 EUR
  {debt}       500.00 EUR
"""
    back = taken.replace("2026-12-31", "2027-01-02").replace(" #inventory", "").replace(" -500.00", " 500.000")
    back = back.replace("      500.00 EUR", "     -500.00 EUR").replace("500.000", "500.00")
    house.write(taken, "coop/2026.beancount")
    house.write(back, "coop/2027.beancount")
    assert house.found() == []
    assert "BC341" in house.refused("2026", "--dry-run")
    assert "BC341" in house.refused("2026")


def test_statements_and_pages_count_it_where_it_is_levied(house):
    """Of the month of its levy, and not of the month of its own day."""
    house.write(settling())
    house.close("2026")

    def margin_of(first, last):
        books = Books(load_ledger(house.main))
        statement = activity_statement(books, "A001", Span(first, last))
        (row, _) = Activities(books).rows(Span(first, last).period)
        assert sum(line.base for line in statement.margin) == row.margin
        return row.margin, statement.levy.levy, dict(statement.bases)

    december = datetime.date(2026, 12, 1), datetime.date(2026, 12, 31)
    january = datetime.date(2027, 1, 1), datetime.date(2027, 1, 31)
    assert margin_of(*december) == (0, 0, {Decimal("0.10"): 2000})
    assert margin_of(*january) == (100, 10, {Decimal("0.10"): 2100})


class TestWhatIsFlagged:
    """A sealed entry keeps its flag: what was decided since is no obstacle."""

    WAITING = """
2026-12-31 ! "Banque" "Virement" #inventory
  bank-ref: "coda/R1"
  Assets:40:400-Clients:A001   50.00 EUR
  Assets:49:499-CompteAttente:A001   -50.00 EUR
"""
    DECISION = """
2026-12-31 * "Banque" "Virement" #inventory
  decides: "coda/R1"
  Assets:49:499-CompteAttente:A001   50.00 EUR
  Expenses:61:613-ServicesDivers:A001   -50.00 EUR
"""

    def test_a_movement_while_something_else_was_decided(self, house):
        house.write(self.WAITING + self.DECISION.replace("coda/R1", "coda/R2"))
        assert "BC576" in house.refused("2026")

    def test_a_movement_that_was_decided_by_its_name(self, house):
        house.write(self.WAITING)
        assert "BC576" in house.refused("2026")
        house.write(self.DECISION)
        house.close("2026")

    def test_an_entry_that_was_taken_back_under_its_link(self, house):
        flagged = settling(mark="^erreur").replace("31 *", "31 !")
        house.write(flagged)
        assert "BC576" in house.refused("2026")
        back = flagged.replace("31 !", "31 *").replace("100.00", "X").replace("-X", "100.00").replace("X", "-100.00")
        house.write(back.replace("^erreur", "^autre"))
        assert "BC576" in house.refused("2026")
        house.write(back)
        house.close("2026")

    def test_the_closing_of_its_month_tells_it_before(self, house):
        house.write(SALE.replace("2026-02-02 *", "2027-01-02 !"), "activities/A001/books/2027.beancount")
        said = house.run("close", "2027-01", "--dry-run", "--today", "2027-06-10", "--force").output
        assert "BC558" in said


class TestTheChecklistOfAYear:
    """Everything an accountant looks at (contract, section 10), on a year that has some of each."""

    BOUGHT = """
2026-12-31 * "Scierie" "Scie" #inventory
  Assets:23:2300-InstallationsMachinesOutillage:A001   1200.00 EUR
    asset: "A001-01"
    life: 5
  Liabilities:44:440-Fournisseurs:A001   -1200.00 EUR
2026-12-31 * "Grossiste" "Bois" #inventory
  Expenses:60:604-Marchandises:A001   300.00 EUR
  Liabilities:44:440-Fournisseurs:A001   -300.00 EUR
2026-12-31 * "Client B" "Trop perçu" #inventory
  Assets:57:570-Caisse:A001   50.00 EUR
  Assets:40:400-Clients:A001   -50.00 EUR
"""

    def said(self, house):
        result = house.run("close", "2026", "--dry-run", "--today", "2027-06-10", "--force")
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    def test_names_stock_assets_balances_and_what_nobody_owes(self, house):
        house.write(self.BOUGHT)
        said = self.said(house)
        assert "A001 holds 0.00 EUR in stock and bought 300.00 EUR" in said
        assert "A001-01 is still to be written down by 20.00 EUR for 2026" in said
        assert "400-Clients:A001 holds 50.00 EUR against its side" in said
        earned = "1500.00"  # 2000.00 sold, 300.00 bought, 200.00 contributed
        assert "A001 has earned 1,500.00 EUR by the end of 2026" in said
        assert (
            f"Expenses:61:619-Indemnites:A001 {earned} EUR Liabilities:49:492-ChargesImputer:A001 -{earned} EUR" in said
        )

    def test_is_done_with_when_each_of_them_is_settled(self, house):
        house.write(self.BOUGHT + settling("0.00"))
        assert house.run("depreciate", "2026", "--write", "--today", "2027-06-10").exit_code == 0
        said = house.run("close", "2026", "--dry-run", "--today", "2027-06-10", "--force").stdout
        proposed = said[said.index("2026-12-31 * ") : said.index("\n; /")]
        house.write(f"\n{proposed}\n")
        left = self.said(house)
        assert [code for code in ("BC579", "BC580", "BC582") if code in left] == []
        house.close("2026")
        assert house.check().exit_code == 0

    def test_names_what_was_carried_over_and_not_reversed(self, house):
        carried = """
2026-12-31 * "Assureur" "Prime de 2027" #inventory
  Assets:49:490-ChargesReporter:COOP   120.00 EUR
  Liabilities:44:440-Fournisseurs:COOP   -120.00 EUR
"""
        house.write(carried, "coop/2026.beancount")
        assert "BC577" not in self.said(house)
        house.close("2026")
        reversed_ = carried.replace("2026-12-31", "2027-01-01").replace(" #inventory", "").replace("120.00", "x70.00")
        house.write(reversed_.replace(" x", " -").replace("-x", ""), "coop/2027.beancount")
        house.close(*(f"2027-{month:02}" for month in range(1, 13)), today="2028-02-01")
        again = carried.replace("2026-12-31", "2027-12-31").replace("120.00", "30.00")
        house.write(again, "coop/2027.beancount")
        said = house.run("close", "2027", "--dry-run", "--today", "2028-02-01", "--force").output
        assert "490-ChargesReporter:COOP still holds 50.00 EUR" in " ".join(said.split())

    def test_tells_what_it_can_of_a_ledger_with_errors(self, house):
        """An account that nobody opened holds something against its side: no traceback, and the error told."""
        unopened = settling().replace(STOCK, "Assets:41:416-CreancesDiverses").replace("100.00", "X")
        house.write(unopened.replace("-X", "100.00").replace("X", "-100.00"))
        said = house.refused("2026", "--dry-run")
        assert "416-CreancesDiverses:A001" in said
        assert "BC501" in said
