"""Small files on which the import was seen to fail, each with its right answer, from `init` on as a person would."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop_cli.main import main
from beancount.core import data
from click.testing import CliRunner

CASES = Path(__file__).parent / "cases"
TODAY = "2026-06-30"
BANK = "Assets:55:5500-Banque"


class Lab:
    """A cooperative as `beancoop init` and `beancoop activity A002` make it."""

    def __init__(self, folder: Path, start: str = "2026-01-01") -> None:
        self.folder = folder
        self.ledgers = folder / "ledgers"
        self.main = self.ledgers / "main.beancount"
        self.act("init", str(folder), "--start", start, "--iban", "BE68 5390 0754 7034")
        self.act("activity", "A002", "--ledger", str(self.main), "--start", start)

    def act(self, *arguments: str):
        result = CliRunner().invoke(main, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def bring(self, *files: Path | str, options: tuple[str, ...] = ()):
        paths = [str(CASES / file) for file in files]
        return self.act("import", *paths, "--ledger", str(self.main), "--today", TODAY, *options)

    def add(self, file: str, text: str) -> None:
        with (self.ledgers / file).open("a", encoding="utf-8") as opened:
            opened.write(text)

    def opening(self, amount: str) -> None:
        self.add(
            "coop/2026.beancount",
            f'\n2026-01-01 * "Report"\n  {BANK}:COOP  {amount} EUR\n'
            f"  Equity:14:140-ResultatReporte:COOP  -{amount} EUR\n",
        )

    def is_buyer(self) -> None:
        """Write the enterprise number, where the message says."""
        said = self.main.read_text()
        assert '; enterprise: "0xxxxxxxxx"' in said
        self.main.write_text(said.replace('; enterprise: "0xxxxxxxxx"', 'enterprise: "0999888767"'))

    def of(self, kind: type):
        return [one for one in load_ledger(self.main).entries if isinstance(one, kind)]

    def movements(self) -> list[data.Transaction]:
        return [one for one in self.of(data.Transaction) if "bank-ref" in one.meta]

    def findings(self) -> list[str]:
        return [str(one) for one in load_ledger(self.main).findings]

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Lab(tmp_path / "lab")


@pytest.mark.parametrize("file", ["zero/z_coda.cod", "zero/z_camt.xml"])
@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--explain",)])
def test_a_movement_of_nothing_is_booked_and_told(lab, file, options):
    result = lab.bring(file, options=options)
    assert result.exit_code == 0
    told = result.output.partition("To decide (2):")[2]
    assert "+5.00 EUR" in told
    assert "+0.00 EUR" in told
    assert len(lab.movements()) == (0 if "--dry-run" in options else 2)
    assert lab.findings() == []


class TestAsserted:
    FIRST, SECOND = "asserted-balance/1-export-10-march.csv", "asserted-balance/2-export-march-in-april.csv"

    def test_an_assertion_is_never_taken_out_unsaid(self, lab):
        lab.opening("100.00")
        assert lab.bring(self.FIRST).exit_code == 0
        assert [one.amount.number for one in lab.of(data.Balance)] == [71]
        result = lab.bring(self.SECOND)
        assert "the balance of 71.00 EUR" in result.stderr
        assert "BC1246" in result.stderr
        assert lab.of(data.Balance) == []


def test_after_init_the_first_statement_is_booked(lab):
    lab.opening("100.00")
    result = lab.bring("init-iban.cod")
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(lab.movements()) == 2
    assert lab.findings() == []


class TestSecondAccount:
    def test_the_account_to_open_has_a_free_name_and_does(self, lab):
        result = lab.bring("second-account.cod")
        assert result.exit_code == 1
        example = re.search(r"metadata: (.* open .*) with, below it, (.*)\. \[BC1203\]", result.stderr)
        assert "5501-Banque:COOP" in example[1]
        lab.add("coop/accounts.beancount", f"\n{example[1]}\n  {example[2]}\n")
        assert lab.findings() == []
        assert lab.bring("second-account.cod").exit_code == 0
        assert len(lab.movements()) == 1

    def test_the_line_to_which_the_number_is_to_be_added(self, lab):
        accounts = lab.ledgers / "coop/accounts.beancount"
        accounts.write_text(re.sub(r'\n  iban: "[^"]*"', "", accounts.read_text()))
        result = lab.bring("second-account.cod")
        assert "BC1248" in result.stderr
        place = re.search(r"below its `open` \((.*):(\d+)\): (iban: \"[A-Z0-9]*\")", result.stderr)
        lines = Path(place[1]).read_text().splitlines(keepends=True)
        lines.insert(int(place[2]), f"  {place[3]}\n")
        Path(place[1]).write_text("".join(lines))
        assert lab.bring("second-account.cod").exit_code == 0
        assert len(lab.movements()) == 1


class TestClosedMonth:
    def test_it_is_booked_on_the_first_open_day_and_keeps_its_own(self, lab):
        lab.opening("100.00")
        lab.bring("closed-month/january.cod")
        for month in ("2026-01", "2026-02", "2026-03"):
            assert lab.act("close", month, "--ledger", str(lab.main)).exit_code == 0
        result = lab.bring("closed-month/closed-and-open-day.cod")
        assert result.exit_code == 0
        assert "BC1245" in result.stderr
        late, april = lab.movements()[1:]
        assert (str(late.date), str(april.date)) == ("2026-04-01", "2026-04-02")
        assert str(late.meta["value-date"]) == str(late.meta["booking-date"]) == "2026-03-31"
        assert "booking-date" not in april.meta
        assert [str(one.date) for one in lab.of(data.Balance)] == ["2026-01-21", "2026-04-03"]
        assert lab.findings() == []
        before = lab.files()
        again = lab.bring("closed-month/closed-and-open-day.cod")
        assert (again.exit_code, again.stderr) == (0, "")
        assert lab.files() == before


class TestInvoices:
    @pytest.mark.parametrize(("file", "start"), [("german-cent.xml", "2026"), ("belgian-2025-cent.xml", "2025")])
    def test_a_cent_that_sellers_may_round_is_booked_and_told(self, tmp_path, file, start):
        lab = Lab(tmp_path / "lab", f"{start}-01-01")
        lab.is_buyer()
        result = lab.bring(file)
        assert result.exit_code == 0
        assert "BC844" in result.stderr
        (entry,) = [one for one in lab.of(data.Transaction) if "invoice-ref" in one.meta]
        owed = next(one for one in entry.postings if ":440-" in one.account).units.number
        assert owed < 0
        assert lab.findings() == []

    def test_a_belgian_invoice_of_2026_is_refused_as_ever(self, lab, tmp_path):
        lab.is_buyer()
        later = tmp_path / "later.xml"
        later.write_text((CASES / "belgian-2025-cent.xml").read_text().replace("2025-1", "2026-1"))
        result = lab.bring(later)
        assert result.exit_code == 1
        assert "BC837" in result.stderr or "BC1247" in result.stderr

    def test_a_date_beyond_today_is_told_and_not_booked_unasked(self, lab):
        lab.is_buyer()
        before = lab.files()
        result = lab.bring("dated-2062.xml")
        assert result.exit_code == 1
        assert "beyond today, 2026-06-30; if that is right, import it with --as-dated. [BC1247]" in result.stderr
        assert lab.files() == before
        assert lab.bring("dated-2062.xml", options=("--as-dated",)).exit_code == 0

    def test_due_before_it_was_issued_likewise(self, lab, tmp_path):
        lab.is_buyer()
        file = tmp_path / "due.xml"
        file.write_text((CASES / "dated-2062.xml").read_text().replace("2062-03-10", "2026-05-10"))
        assert "BC881" in lab.bring(file).stderr
        assert lab.bring(file, options=("--as-dated",)).exit_code == 0


def test_a_statement_beyond_today_is_told_and_not_booked_unasked(lab):
    result = lab.act("import", str(CASES / "init-iban.cod"), "--ledger", str(lab.main), "--today", "2026-03-09")
    assert (result.exit_code, "BC1247" in result.stderr) == (1, True)
    assert lab.movements() == []


class TestTwins:
    FILE = "same-number-twice-bnp.csv"

    def test_they_are_refused_with_two_remedies_that_do(self, lab, tmp_path):
        result = lab.bring(self.FILE)
        assert result.exit_code == 1
        line, other = re.search(r"\.csv:(\d+): .* as in (\S+); then", result.stderr).groups()
        rows = (CASES / self.FILE).read_bytes().splitlines(keepends=True)
        once, twice = tmp_path / "once.csv", tmp_path / "twice.csv"
        at = int(line) - 1
        once.write_bytes(b"".join(rows[:at] + rows[at + 1 :]))
        rows[at] = rows[at].replace(b"2026-00002", other.encode(), 1)
        twice.write_bytes(b"".join(rows))
        assert lab.bring(once).exit_code == 0
        assert len(lab.movements()) == 1
        assert lab.bring(twice).exit_code == 0
        assert len(lab.movements()) == 2


@pytest.mark.parametrize(
    ("file", "amount"),
    [("abn-without-20.sta", "5.00"), ("blank-structure.cod", "10.00"), ("belfius-two-digit-year.csv", "-7.90")],
)
def test_what_banks_write_so_is_read(lab, file, amount):
    assert lab.bring(file).exit_code == 0
    (movement,) = lab.movements()
    assert str(movement.postings[0].units.number) == amount
    assert movement.date.year == 2026


def test_the_original_amount_and_rate_are_kept(lab):
    lab.bring("camt-foreign-amount.xml")
    (movement,) = lab.movements()
    assert (movement.meta["original-amount"], movement.meta["exchange-rate"]) == ("110.00 USD", "1.10")


def test_nothing_is_missing_between_two_equal_days(lab):
    lab.opening("100.00")
    lab.bring("same-day-2.cod")
    result = lab.bring("same-day-1.cod")
    assert (result.exit_code, result.stderr) == (0, "")
    assert lab.findings() == []


def test_a_folder_is_taken_by_the_dates_of_its_statements(lab, tmp_path):
    lab.opening("100.00")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(CASES / "same-day-1.cod", inbox / "z.cod")
    shutil.copy(CASES / "same-day-2.cod", inbox / "a.cod")
    result = lab.bring(inbox)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "2 files: 2 booked, 0 already there, 2 to decide, 0 refused." in result.stdout


def test_a_total_price_is_refused_in_words_that_help(tmp_path):
    text = (CASES / "total-price-refused.beancount").read_text()
    ledger = tmp_path / "main.beancount"
    ledger.write_text(text)
    (finding,) = load_ledger(ledger).findings
    assert finding.code == "BC067"
    ledger.write_text(text.replace("  3 USD @@ 100.00 EUR", "  100.00 EUR\n    original-amount: 3 USD"))
    assert load_ledger(ledger).findings == []


class TestSummary:
    def test_json(self, lab):
        result = lab.bring("zero/z_coda.cod", "second-account.cod", options=("--format", "json"))
        booked, refused = json.loads(result.stdout)
        assert (booked["booked"], booked["refusal"], len(booked["undecided"])) == (2, None, 2)
        assert [one["amount"] for one in booked["undecided"]] == ["5.00", "0.00"]
        assert booked["targets"] == ["lab/ledgers/coop/bank-2026.beancount"]
        assert (refused["booked"], refused["refusal"]["code"]) == (0, "BC1203")

    def test_a_dry_run_says_would_be(self, lab):
        result = lab.bring("zero/z_coda.cod", "init-iban.cod", options=("--dry-run",))
        assert "2 movements would be booked in lab/ledgers/coop/bank-2026.beancount" in result.stdout
        assert "2 files: 4 would be booked, " in result.stdout
        assert not re.search(r"\d movements? booked", result.stdout)
